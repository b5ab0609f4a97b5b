//! Content lines of calendars and cards (RFC 5545 3.1, RFC 6350 3.2; vCalendar 1.0 and vCard 2.1): unfolded, and taken apart.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mail::decode::quoted_printable;

use crate::text;

/// Parameters of one line.
const PARAMETERS_MAX: usize = 64;

/// One line.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Upper case, its group left out.
    pub(crate) name: String,
    /// Names in upper case; of old files only the value is written (`QUOTED-PRINTABLE`).
    pub(crate) parameters: Vec<(String, String)>,
    /// Its encoding undone unless it is base64; escapes undone.
    pub(crate) value: String,
    /// As written.
    pub(crate) raw: String,
}

impl Line {
    /// The first parameter of a name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn says(&self, value: &str) -> bool {
        self.parameters.iter().any(|(name, own)| own.eq_ignore_ascii_case(value) || (own.is_empty() && name == value))
    }

    /// The bytes of a value in base64, or of a `data:` address.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        if let Some(rest) =
            self.raw.get(..5).filter(|start| start.eq_ignore_ascii_case("data:")).and(self.raw.split_once(','))
        {
            return decode_base64(rest.1);
        }
        let is_coded = self.says("BASE64") || self.says("B") || self.says("BINARY");
        is_coded.then(|| decode_base64(&self.raw)).flatten()
    }
}

/// Base64 with white space in it and with or without padding; what is none is nothing.
pub(crate) fn decode_base64(written: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let bare: Vec<u8> = written.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    engine.decode(bare).ok().filter(|bytes| !bytes.is_empty())
}

/// The lines of a file.
pub(crate) fn read(text: &str) -> impl Iterator<Item = Line> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
    std::iter::from_fn(move || {
        let mut whole = lines.next()?.to_owned();
        // Quoted-printable goes on behind a `=` at the end, in files that are not folded.
        let is_quoted =
            whole.split(':').next().is_some_and(|head| head.to_ascii_uppercase().contains("QUOTED-PRINTABLE"));
        loop {
            if is_quoted && whole.ends_with('=') && lines.peek().is_some() {
                whole.pop();
                whole.push_str(lines.next().unwrap_or_default());
                continue;
            }
            let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) else { break };
            whole.push_str(more.get(1..).unwrap_or_default());
        }
        Some(whole)
    })
    .map(|line| take_apart(&line))
}

fn take_apart(line: &str) -> Line {
    let mut is_within = false;
    let mut ends = line.char_indices().filter(|(_, character)| {
        is_within ^= *character == '"';
        !is_within && matches!(character, ';' | ':')
    });
    let mut parts = Vec::new();
    let mut start = 0;
    let mut value = "";
    for (at, character) in ends.by_ref() {
        parts.push(line.get(start..at).unwrap_or_default());
        start = at.saturating_add(1);
        if character == ':' {
            value = line.get(start..).unwrap_or_default();
            break;
        }
        if parts.len() > PARAMETERS_MAX {
            break;
        }
    }
    let mut parts = parts.into_iter();
    let name = parts.next().unwrap_or_default().rsplit('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let parameters = parts.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()),
        None => (part.trim().to_ascii_uppercase(), String::new()),
    });
    let mut line = Line { name, parameters: parameters.collect(), value: String::new(), raw: value.to_owned() };
    let decoded = if line.says("QUOTED-PRINTABLE") {
        let charset = line.parameter("CHARSET").unwrap_or_default();
        text::decode(&quoted_printable::decode(value.as_bytes()).bytes, charset).into_owned()
    } else {
        value.to_owned()
    };
    line.value = unescape(&decoded);
    line
}

// RFC 5545 3.3.11
fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n' | 'N') => plain.push('\n'),
            Some(other @ (',' | ';' | '\\' | ':')) => plain.push(other),
            // A path of Windows is often not escaped.
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}
