//! The head of an ICAP answer (RFC 3507 4.3), and of the HTTP message inside one: a status line and fields. Folded fields are
//! read, since scanners write lists that way.

use crate::scanners::ScanTrouble;

/// Fields of one head.
const FIELDS_MAX: usize = 100;

/// A head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The status code.
    pub(super) status: u16,
    /// What stands behind it.
    pub(super) reason: String,
    /// Fields, names in lower case; the lines of a folded one are joined by line ends.
    fields: Vec<(String, String)>,
}

impl Head {
    /// Reads a head that begins with `protocol` (`ICAP/1.`, `HTTP/1.`), with or without the empty line at its end.
    pub(super) fn read(bytes: &[u8], protocol: &str) -> Result<Self, ScanTrouble> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let status_line = lines.next().unwrap_or_default();
        let (status, reason) = status(status_line, protocol).ok_or(ScanTrouble::Garbage)?;
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            if line.starts_with([' ', '\t']) {
                let (_, value) = fields.last_mut().ok_or(ScanTrouble::Garbage)?;
                value.push('\n');
                value.push_str(line.trim());
                continue;
            }
            let (name, value) = line.split_once(':').ok_or(ScanTrouble::Garbage)?;
            if fields.len() == FIELDS_MAX {
                return Err(ScanTrouble::Garbage);
            }
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self { status, reason: reason.to_owned(), fields })
    }

    /// The first field of that name (lower case).
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The words of all fields of that name, which stand between commas.
    pub(super) fn words<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter().filter(move |(known, _)| known == name);
        fields.flat_map(|(_, value)| value.split([',', '\n'])).map(str::trim).filter(|word| !word.is_empty())
    }
}

fn status<'a>(line: &'a str, protocol: &str) -> Option<(u16, &'a str)> {
    let mut words = line.splitn(3, ' ');
    let version = words.next()?.strip_prefix(protocol)?;
    let code = words.next()?;
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let is_version = version.len() == 1 && version.bytes().all(|byte| byte.is_ascii_digit());
    (is_code && is_version).then_some((code.parse().ok()?, words.next().unwrap_or_default()))
}

/// One part of an encapsulated message and where it begins (RFC 3507 4.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) offset: usize,
}

/// The field `Encapsulated`: parts in their order, the body last.
pub(super) fn encapsulated(head: &Head) -> Result<Vec<Part>, ScanTrouble> {
    let mut parts: Vec<Part> = Vec::new();
    for word in head.words("encapsulated").take(4) {
        let (name, offset) = word.split_once('=').ok_or(ScanTrouble::Garbage)?;
        let offset = offset.trim().parse().map_err(|_| ScanTrouble::Garbage)?;
        if parts.last().is_some_and(|before| before.offset > offset || before.name.ends_with("-body")) {
            return Err(ScanTrouble::Garbage);
        }
        parts.push(Part { name: name.trim().to_ascii_lowercase(), offset });
    }
    let has_body = parts.last().is_some_and(|last| last.name.ends_with("-body"));
    if has_body { Ok(parts) } else { Err(ScanTrouble::Garbage) }
}
