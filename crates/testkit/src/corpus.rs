//! Messages: the project's own corpus, the shared development mail where it is at hand, and as many made ones as a test wants.

mod made;
mod markers;

use std::path::{Path, PathBuf};

use crate::random::Random;

pub use made::made;

/// The field by which a message is known again on the other side.
const TAG: &str = "X-Test-Id: ";

/// A message with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// File name, or what it is.
    pub name: String,
    /// Its bytes, CRLF line ends.
    pub bytes: Vec<u8>,
}

/// The project's own corpus, markers filled, in the order of names.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn project() -> Vec<Mail> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let mut mails = read(&folder);
    assert!(!mails.is_empty(), "no corpus in {}", folder.display());
    for mail in &mut mails {
        mail.bytes = markers::fill(&mail.bytes);
    }
    mails
}

/// Up to `count` of the shared development mail, chosen by `seed`; fewer or none where that folder is not there. The folder is
/// `POSTERN_SHARED`, else `../shared` beside the project.
#[must_use]
pub fn shared(count: usize, seed: u64) -> Vec<Mail> {
    let folder = shared_folder().join("corpora/dev");
    let mut files = files(&folder);
    let mut random = Random::new(seed);
    let mut mails = Vec::new();
    while mails.len() < count && !files.is_empty() {
        let file = files.swap_remove(random.below(files.len()));
        mails.extend(mail(&file).filter(|mail| is_sendable(&mail.bytes)));
    }
    mails
}

/// The folder that stands beside the project on a developer's machine.
#[must_use]
pub fn shared_folder() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    std::env::var_os("POSTERN_SHARED").map_or(beside, PathBuf::from)
}

/// A message with a tag on top, so that it is known again.
#[must_use]
pub fn tagged(message: &[u8], id: usize) -> Vec<u8> {
    [format!("{TAG}{id}\r\n").as_bytes(), message].concat()
}

/// Where the tag of a message stands.
#[must_use]
pub fn tag_place(message: &[u8]) -> Option<usize> {
    message.windows(TAG.len()).position(|window| window == TAG.as_bytes())
}

/// The tag of a message.
#[must_use]
pub fn tag_of(message: &[u8]) -> Option<usize> {
    let start = tag_place(message)? + TAG.len();
    let digits = message.get(start..)?.split(|byte| !byte.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A zip archive with one stored file in it, or one that says it is encrypted.
#[must_use]
pub fn archive(name: &str, data: &[u8], encrypted: bool) -> Vec<u8> {
    markers::zip(name, data, u16::from(encrypted))
}

/// Whether SMTP can carry it: every line ends with CRLF, no NUL.
#[must_use]
pub fn is_sendable(bytes: &[u8]) -> bool {
    let mut before = 0;
    for byte in bytes {
        let bare = (*byte == b'\n') != (before == b'\r');
        if bare || *byte == 0 {
            return false;
        }
        before = *byte;
    }
    before == b'\n' && !bytes.is_empty()
}

fn read(folder: &Path) -> Vec<Mail> {
    files(folder).iter().filter_map(|file| mail(file)).collect()
}

fn mail(file: &Path) -> Option<Mail> {
    let bytes = std::fs::read(file).ok()?;
    let name = file.file_name()?.to_string_lossy();
    let folder = file.parent()?.file_name()?.to_string_lossy();
    Some(Mail { name: format!("{folder}/{name}"), bytes: with_crlf(&bytes) })
}

/// Line feeds alone become CRLF; a last line without end gets one.
#[must_use]
pub fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut before = 0;
    for byte in bytes {
        if *byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        before = *byte;
    }
    if before != b'\n' {
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
