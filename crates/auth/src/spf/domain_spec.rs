//! The domain-spec of a term: text with macros (RFC 7208 7), read once, expanded for each check.

use super::record::BadRecord;

/// Parts of a domain-spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DomainSpec {
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// As it stands; `%%`, `%_`, `%-` are resolved.
    Text(String),
    /// `%{...}`.
    Macro(Macro),
}

/// A macro with its transformers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Macro {
    pub(crate) letter: Letter,
    /// Written in upper case: the value is URL-escaped.
    pub(crate) is_escaped: bool,
    /// Keep so many parts from the right; none keeps all.
    pub(crate) keep: Option<usize>,
    pub(crate) is_reversed: bool,
    /// Characters that part the value; empty means the dot.
    pub(crate) delimiters: String,
}

/// The letters that may stand outside of an explanation (7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    Sender,
    LocalPart,
    SenderDomain,
    Domain,
    Ip,
    ValidatedName,
    Family,
    Helo,
}

impl DomainSpec {
    pub(crate) fn parse(text: &str) -> Result<Self, BadRecord> {
        let parts = parts(text)?;
        if ends_well(text, &parts) { Ok(Self { parts }) } else { Err(BadRecord) }
    }

    /// The value of an unknown modifier must be readable too.
    pub(crate) fn check_macro_string(text: &str) -> Result<(), BadRecord> {
        parts(text).map(drop)
    }
}

/// domain-end (7.1): a macro, or a dot and a top label with at least one letter or inner hyphen.
fn ends_well(text: &str, parts: &[Part]) -> bool {
    let is_macro_end = text.ends_with('}') || ["%%", "%_", "%-"].iter().any(|end| text.ends_with(end));
    match parts.last() {
        None => false,
        Some(_) if is_macro_end => true,
        Some(Part::Macro(_)) => true,
        Some(Part::Text(last)) => {
            let last = last.strip_suffix('.').unwrap_or(last);
            last.rsplit_once('.').is_some_and(|(_, label)| is_top_label(label))
        }
    }
}

fn is_top_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && edge(bytes.first())
        && edge(bytes.last())
        && !bytes.iter().all(u8::is_ascii_digit)
}

fn parts(text: &str) -> Result<Vec<Part>, BadRecord> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c != '%' {
            // 7.1: macro-literal is visible ASCII.
            if !c.is_ascii_graphic() {
                return Err(BadRecord);
            }
            literal.push(c);
            continue;
        }
        let next = rest.chars().next().ok_or(BadRecord)?;
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        match next {
            '%' => literal.push('%'),
            '_' => literal.push(' '),
            '-' => literal.push_str("%20"),
            '{' => {
                let (inner, after) = rest.split_once('}').ok_or(BadRecord)?;
                rest = after;
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(Part::Macro(Macro::parse(inner)?));
            }
            _ => return Err(BadRecord),
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Ok(parts)
}

impl Macro {
    /// `letter *DIGIT ["r"] *delimiter`.
    fn parse(inner: &str) -> Result<Self, BadRecord> {
        let first = inner.chars().next().ok_or(BadRecord)?;
        let letter = match first.to_ascii_lowercase() {
            's' => Letter::Sender,
            'l' => Letter::LocalPart,
            'o' => Letter::SenderDomain,
            'd' => Letter::Domain,
            'i' => Letter::Ip,
            'p' => Letter::ValidatedName,
            'v' => Letter::Family,
            'h' => Letter::Helo,
            // c, r and t only make sense in an explanation.
            _ => return Err(BadRecord),
        };
        let rest = inner.get(1..).unwrap_or_default();
        let digits_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at(digits_end);
        let keep = match digits {
            "" => None,
            // 7.1: a zero is an error; more than there can be keeps all.
            digits => match digits.parse::<usize>().unwrap_or(usize::MAX) {
                0 => return Err(BadRecord),
                keep => Some(keep),
            },
        };
        let (is_reversed, delimiters) = match rest.strip_prefix(['r', 'R']) {
            Some(delimiters) => (true, delimiters),
            None => (false, rest),
        };
        if !delimiters.chars().all(|c| ".-+,/_=".contains(c)) {
            return Err(BadRecord);
        }
        let delimiters = delimiters.to_owned();
        Ok(Self { letter, is_escaped: first.is_ascii_uppercase(), keep, is_reversed, delimiters })
    }

    /// Applies the transformers to a value (7.3).
    pub(crate) fn transform(&self, value: &str) -> String {
        let is_delimiter = |c: char| if self.delimiters.is_empty() { c == '.' } else { self.delimiters.contains(c) };
        let mut pieces: Vec<&str> = value.split(is_delimiter).collect();
        if self.is_reversed {
            pieces.reverse();
        }
        let skip = pieces.len().saturating_sub(self.keep.unwrap_or(usize::MAX));
        let joined = pieces.split_off(skip).join(".");
        if self.is_escaped { escape(&joined) } else { joined }
    }
}

/// RFC 3986 2.3: everything but unreserved characters is escaped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            escaped.push(char::from(b));
        } else {
            escaped.push_str(&format!("%{b:02X}"));
        }
    }
    escaped
}
