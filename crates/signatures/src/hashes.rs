//! Lists of known files: SHA-256 for exact copies, TLSH for near ones (texts, documents and programs that were changed a little).
//!
//! One entry a line: a hash and, after it, a label. Taken as they come: bare hashes, `sha256sum` (also its BSD form), CSV with
//! comma, semicolon or tab. `#`, `;` and `//` begin comments; two of them at the head are heard: `# tlsh-distance: 30` and
//! `# severity: suspicious`.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use tlsh2::{TlshDefault, TlshDefaultBuilder};

use crate::{
    fault::{Fault, Level, cut, one_line},
    limits::{
        FAULTS_MAX, LABEL_BYTES_MAX, LIST_BYTES_MAX, SHA256_ENTRIES_MAX, TLSH_BYTES_MAX, TLSH_BYTES_MIN,
        TLSH_DISTANCE_DEFAULT, TLSH_DISTANCE_MAX, TLSH_ENTRIES_MAX,
    },
    rules::Unusable,
    scanner::Severity,
};

/// What each step in the logarithm of the length adds to a distance, from the second on (TLSH, `totalDiff`).
const LENGTH_STEP_DISTANCE: u16 = 12;

/// A list of known files.
pub struct HashList {
    name: String,
    version: [u8; 32],
    severity: Severity,
    distance: u16,
    /// Sorted by hash; the number is of the label.
    exact: Vec<([u8; 32], usize)>,
    /// Sorted by the length class.
    near: Vec<(u8, TlshDefault, usize)>,
    labels: Vec<Box<str>>,
}

/// A file that is on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// The list.
    pub list: &'a str,
    /// How bad its entries are.
    pub severity: Severity,
    /// What the list says after the hash; may be empty.
    pub label: &'a str,
    /// Nothing for an exact copy, else how far away the entry is.
    pub distance: Option<u16>,
}

/// TLSH of the bytes in its text form (`T1` and 70 hexadecimal digits). Nothing for fewer than [`TLSH_BYTES_MIN`], more than
/// [`TLSH_BYTES_MAX`], or bytes with too little variety.
#[must_use]
pub fn tlsh(bytes: &[u8]) -> Option<String> {
    if bytes.len() < TLSH_BYTES_MIN || bytes.len() > TLSH_BYTES_MAX {
        return None;
    }
    let hash = TlshDefaultBuilder::build_from(bytes)?.hash();
    Some(String::from_utf8_lossy(&hash).into_owned())
}

impl HashList {
    /// Reads a list. Lines that are no entry are named and left out.
    ///
    /// # Errors
    /// A limit of [`crate::limits`] was passed.
    pub fn parse(name: &str, text: &str) -> Result<(Self, Vec<Fault>), Unusable> {
        at_most("bytes of a hash list", text.len(), LIST_BYTES_MAX)?;
        let mut list = Self {
            name: one_line(name),
            version: Sha256::digest(text).into(),
            severity: Severity::Malware,
            distance: TLSH_DISTANCE_DEFAULT,
            exact: Vec::new(),
            near: Vec::new(),
            labels: Vec::new(),
        };
        let mut faults = Vec::new();
        let (mut entries, mut heading) = (false, None);
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let trouble = match Line::read(line) {
                Line::Nothing => None,
                Line::Word(word, value) => list.hear(word, value).err(),
                // A first line of column names.
                Line::Trouble(trouble) if !entries && heading.is_none() && is_column_names(line) => {
                    heading = Some((number + 1, trouble));
                    None
                }
                Line::Trouble(trouble) => Some(trouble),
                Line::Sha256(hash, label) => {
                    let label = list.label(label);
                    list.exact.push((hash, label));
                    entries = true;
                    None
                }
                Line::Tlsh(length, hash, label) => {
                    let label = list.label(label);
                    list.near.push((length, hash, label));
                    entries = true;
                    None
                }
            };
            if let Some((message, hint)) = trouble.filter(|_| faults.len() < FAULTS_MAX) {
                faults.push(fault(&list.name, number + 1, message, hint));
            }
            at_most("SHA-256 entries in a list", list.exact.len(), SHA256_ENTRIES_MAX)?;
            at_most("TLSH entries in a list", list.near.len(), TLSH_ENTRIES_MAX)?;
        }
        // Names of columns of which nothing follows are a line that is no entry.
        if let Some((line, (message, hint))) = heading.filter(|_| !entries) {
            faults.insert(0, fault(&list.name, line, message, hint));
        }
        list.exact.sort_unstable();
        list.exact.dedup_by_key(|(hash, _)| *hash);
        list.near.sort_by_key(|(length, ..)| *length);
        Ok((list, faults))
    }

    /// The name it was read under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the text.
    #[must_use]
    pub const fn version(&self) -> [u8; 32] {
        self.version
    }

    /// Entries of both kinds: SHA-256, TLSH.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.exact.len(), self.near.len())
    }

    /// It has entries for near copies, so that making a TLSH of an item is worth its cost.
    #[must_use]
    pub fn wants_tlsh(&self) -> bool {
        !self.near.is_empty()
    }

    /// Whether a file is known: exactly, else the nearest entry within the list's distance.
    #[must_use]
    pub fn find(&self, sha256: &[u8], tlsh: Option<&str>) -> Option<Known<'_>> {
        if let Ok(at) = self.exact.binary_search_by(|(hash, _)| hash.as_slice().cmp(sha256)) {
            return self.exact.get(at).map(|(_, label)| self.known(*label, None));
        }
        let (length, hash) = read_tlsh(tlsh?)?;
        self.near_ones(length)
            .iter()
            .filter_map(|(_, entry, label)| Some((u16::try_from(entry.diff(&hash, true)).ok()?, *label)))
            .filter(|(distance, _)| *distance <= self.distance)
            .min()
            .map(|(distance, label)| self.known(label, Some(distance)))
    }

    /// Entries whose length alone does not put them too far away. The length class wraps around at 256.
    fn near_ones(&self, length: u8) -> &[(u8, TlshDefault, usize)] {
        let steps = (self.distance / LENGTH_STEP_DISTANCE).max(1);
        let Ok(steps) = u8::try_from(steps) else { return &self.near };
        let (Some(low), Some(high)) = (length.checked_sub(steps), length.checked_add(steps)) else { return &self.near };
        let from = self.near.partition_point(|(class, ..)| *class < low);
        let to = self.near.partition_point(|(class, ..)| *class <= high);
        self.near.get(from..to).unwrap_or(&[])
    }

    fn known(&self, label: usize, distance: Option<u16>) -> Known<'_> {
        let label = self.labels.get(label).map_or("", |label| label);
        Known { list: &self.name, severity: self.severity, label, distance }
    }

    fn label(&mut self, label: &str) -> usize {
        let label = one_line(cut(label, LABEL_BYTES_MAX));
        // Lists are often sorted by family.
        if self.labels.last().is_none_or(|last| **last != *label) {
            self.labels.push(label.into());
        }
        self.labels.len().saturating_sub(1)
    }

    fn hear(&mut self, word: &str, value: &str) -> Result<(), Trouble> {
        if word == "severity" {
            self.severity = Severity::from_word(value)
                .ok_or_else(|| (format!("{value:?} is no severity"), "malware, suspicious or info".to_owned()))?;
            return Ok(());
        }
        self.distance =
            value.parse().ok().filter(|distance| *distance <= TLSH_DISTANCE_MAX).ok_or_else(|| {
                (format!("{value:?} is no distance"), format!("a number from 0 to {TLSH_DISTANCE_MAX}"))
            })?;
        Ok(())
    }
}

/// Message and hint.
type Trouble = (String, String);

/// What a line says.
enum Line<'a> {
    Nothing,
    /// A word of the head and its value.
    Word(&'a str, &'a str),
    Sha256([u8; 32], &'a str),
    /// Class of the length, the hash, the label.
    Tlsh(u8, TlshDefault, &'a str),
    Trouble(Trouble),
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let line = line.trim();
        if line.is_empty() {
            return Self::Nothing;
        }
        if let Some(comment) = line.strip_prefix('#').or(line.strip_prefix(';')).or(line.strip_prefix("//")) {
            return match comment.split_once(':') {
                Some((word, value)) if matches!(word.trim(), "tlsh-distance" | "severity") => {
                    Self::Word(word.trim(), value.trim())
                }
                _ => Self::Nothing,
            };
        }
        if let Some(hash) = read_sha256(line) {
            return Self::Sha256(hash, "");
        }
        // The BSD form: SHA256 (name) = hash.
        if let Some((name, hash)) = line.strip_prefix("SHA256 (").and_then(|rest| rest.rsplit_once(") = ")) {
            return Self::entry(hash, name);
        }
        for (at, field) in fields(line) {
            match Self::entry(field, label_beside(line, at, field)) {
                Self::Trouble(_) => {}
                entry => return entry,
            }
        }
        let first = fields(line).next().map_or("", |(_, field)| field);
        Self::entry(first, "")
    }

    fn entry(hash: &str, label: &'a str) -> Self {
        if let Some(hash) = read_sha256(hash) {
            return Self::Sha256(hash, label);
        }
        if let Some((length, hash)) = read_tlsh(hash) {
            return Self::Tlsh(length, hash, label);
        }
        let is_hex = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        Self::Trouble(match hash.len() {
            32 | 40 if is_hex => (
                "MD5 and SHA-1 are not looked up".to_owned(),
                "collisions are made at will: give the SHA-256".to_owned(),
            ),
            length => (
                format!("no hash here ({length} characters)"),
                "SHA-256: 64 hexadecimal digits; TLSH: T1 and 70".to_owned(),
            ),
        })
    }
}

/// The fields of a line with their places, without quotes: cut at commas, semicolons and tabs, else at white space.
fn fields(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let separated = line.contains([',', ';', '\t']);
    let is_cut = move |c: char| if separated { matches!(c, ',' | ';' | '\t') } else { c.is_whitespace() };
    let mut at = 0;
    line.split(is_cut).filter_map(move |field| {
        let start = at;
        at += field.len() + 1;
        let bare = field.trim().trim_matches(['"', '\'']);
        (!bare.is_empty()).then_some((start, bare))
    })
}

/// What a line says beside its hash: what comes after it, else what comes before.
fn label_beside<'a>(line: &'a str, at: usize, hash: &str) -> &'a str {
    let bare = |text: &'a str| {
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '*' | '#'))
    };
    let rest = line.get(at..).unwrap_or("");
    let after = rest.find(hash).and_then(|found| rest.get(found + hash.len()..)).map_or("", bare);
    if after.is_empty() { bare(line.get(..at).unwrap_or("")) } else { after }
}

fn is_column_names(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["sha256", "sha-256", "sha2_256", "tlsh", "hash"].iter().any(|name| line.contains(name))
}

fn read_sha256(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 2 * hash.len() {
        return None;
    }
    HEXLOWER_PERMISSIVE.decode_mut(text.as_bytes(), &mut hash).ok()?;
    Some(hash)
}

/// The class of the length and the hash; the older form is without `T1`.
fn read_tlsh(text: &str) -> Option<(u8, TlshDefault)> {
    let digits = text.strip_prefix("T1").unwrap_or(text).to_ascii_uppercase();
    let hash = format!("T1{digits}").parse().ok()?;
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?;
    // The second byte, with its halves swapped.
    let length = bytes.get(1)?.rotate_left(4);
    Some((length, hash))
}

fn fault(list: &str, line: usize, message: String, hint: String) -> Fault {
    Fault { source: list.to_owned(), line, column: 1, level: Level::Broken, message: one_line(&message), hint }
}

fn at_most(what: &'static str, found: usize, max: usize) -> Result<(), Unusable> {
    if found > max { Err(Unusable::TooMuch { what, found, max }) } else { Ok(()) }
}

/// SHA-256 as people write it.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    HEXLOWER.encode(hash)
}

#[cfg(test)]
mod tests;
