//! What Postern reads in a message, and what of the others' files is missing there.

use std::collections::{BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use mail::decode::words;
use mail::message::Message;
use mail::part::{Encoding, Part};

use super::others::{File, essence, hash};

/// Messages within the encoding of a part that are looked into.
const DEPTH_MAX: usize = 8;

/// Something that another reader sees and Postern neither sees nor flags.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// Which reader.
    pub(super) reader: String,
    /// `content`, or `name` where only that is missing.
    pub(super) kind: &'static str,
    /// The name in question.
    pub(super) name: String,
}

impl Difference {
    /// The same in a shorter message?
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.reader == other.reader && self.kind == other.kind
    }
}

/// What came of one message.
pub(super) struct Compared {
    /// It is called ambiguous, or not looked into whole: it is stopped.
    pub(super) is_flagged: bool,
    /// What is missing.
    pub(super) differences: Vec<Difference>,
}

/// Compares the others' files with what is read here.
pub(super) fn differences(message: &[u8], files: &[File]) -> Compared {
    let mut seen = Seen::default();
    seen.read(Bytes::copy_from_slice(message), DEPTH_MAX);
    if seen.is_flagged {
        return Compared { is_flagged: true, differences: Vec::new() };
    }
    let mut differences: Vec<Difference> = Vec::new();
    for file in files {
        let names = seen.names.get(&file.sha256);
        let kind = match names {
            None if file.essence.as_ref().is_some_and(|essence| seen.essences.contains(essence)) => continue,
            None => "content",
            Some(names) if is_missing(&file.name, names) => "name",
            Some(_) => continue,
        };
        let difference = Difference { reader: file.reader.clone(), kind, name: file.name.clone() };
        if !differences.iter().any(|other| other.is_like(&difference)) {
            differences.push(difference);
        }
    }
    Compared { is_flagged: false, differences }
}

/// Neither the name is there nor one that the same program opens: what decides is what stands behind the last dot.
fn is_missing(name: &str, names: &BTreeSet<String>) -> bool {
    let ending = |name: &str| {
        let name = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let ending = name.rsplit_once('.').map(|(_, ending)| ending)?;
        ending.split(|c: char| !c.is_ascii_alphanumeric()).next().map(str::to_owned).filter(|ending| !ending.is_empty())
    };
    let Some(wanted) = ending(&decoded(name)) else { return false };
    let wanted = [Some(wanted), ending(&canonical(name))];
    !names.contains(&canonical(name)) && !names.iter().any(|known| wanted.contains(&ending(known)))
}

fn decoded(name: &str) -> String {
    let name = if name.contains("=?") { words::decode(name.as_bytes()).text } else { name.to_owned() };
    name.to_ascii_lowercase()
}

/// A name without what readers treat in different ways: encoded words decoded, only what ASCII shows, in lower case, without blanks,
/// quotes and slashes.
fn canonical(name: &str) -> String {
    let name = decoded(name);
    let shown = name.chars().filter(char::is_ascii_graphic).filter(|c| !"\"\\/'".contains(*c));
    shown.collect()
}

/// All contents in all readings.
#[derive(Default)]
struct Seen {
    is_flagged: bool,
    /// Names by the hash of the content.
    names: HashMap<Vec<u8>, BTreeSet<String>>,
    /// Of contents in quoted-printable with broken escapes.
    essences: HashSet<Vec<u8>>,
}

impl Seen {
    fn read(&mut self, raw: Bytes, depth: usize) {
        let message = Message::parse(raw);
        self.is_flagged |= !message.ambiguities.is_empty() || message.is_cut();
        for (_, part) in message.parts() {
            self.add(part, message.raw(), depth);
        }
    }

    fn add(&mut self, part: &Part, raw: &Bytes, depth: usize) {
        let names = part.names.iter().map(|name| canonical(name)).collect::<Vec<_>>();
        let body = raw.get(part.body.clone()).unwrap_or_default();
        let mut note = |content: &[u8]| self.names.entry(hash(content)).or_default().extend(names.iter().cloned());
        let is_broken = part.encoding == Encoding::QuotedPrintable && part.encoding_defect(raw).is_some();
        for content in part.contents(raw) {
            if is_broken {
                self.essences.insert(essence(&content));
            }
            note(&content);
            // The last group of base64 that is not whole: some leave it out.
            if part.encoding == Encoding::Base64 {
                (1..3).for_each(|less| note(content.get(..content.len().saturating_sub(less)).unwrap_or_default()));
                // Or take what there is of it for a byte.
                if let Some(sextet) = last_sextet(body) {
                    note(&[&content, &[sextet << 2][..]].concat());
                }
            }
        }
        // What a reader leaves in its transfer encoding is looked at decoded; that does no less. Python joins the lines.
        if !part.is_leaf() || part.encoding != Encoding::Base64 || is_of_base64(body) {
            note(body);
        }
        if part.encoding == Encoding::Base64 {
            note(&body.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect::<Vec<u8>>());
        }
        if !part.is_leaf() {
            return;
        }
        if let Some(inner) = part.inner_message(raw) {
            if depth == 0 {
                self.is_flagged = true;
            } else {
                self.read(Bytes::from(inner), depth - 1);
            }
        }
    }
}

fn last_sextet(body: &[u8]) -> Option<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |byte: &u8| LETTERS.iter().position(|letter| letter == byte);
    body.iter().rev().find_map(value).and_then(|value| u8::try_from(value).ok())
}

// Nearly all of it: a stray byte makes nothing run either.
fn is_of_base64(body: &[u8]) -> bool {
    let of = body.iter().filter(|byte| byte.is_ascii_alphanumeric() || b"+/=-_\r\n\t ".contains(byte)).count();
    of * 10 >= body.len() * 9
}
