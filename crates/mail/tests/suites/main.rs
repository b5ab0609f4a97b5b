//! The MIME suites of other projects, when they are there: `POSTERN_SUITES`, or `../shared/suites` beside the checkout. Every
//! message is read without a panic and rebuilt in canonical form; where a suite says what is in a message and the standard leaves
//! one reading, the same is read here. What differs is listed in [`EXPLAINED`] and explained in
//! `docs/reference/mime-suites.md`.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "a test; the suites may be absent, which is said")]

mod mailparser;
mod mime4j;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use mail::canonical::canonical;
use mail::message::Message;
use mail::part::{Encoding, Part};

/// Goldens that differ, by suite and file.
const EXPLAINED: &str = include_str!("../../../../docs/reference/mime-suites.md");

fn suite(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites");
    let folder = std::env::var_os("POSTERN_SUITES").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("{} is not there: nothing was compared", folder.display());
    None
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

/// One leaf.
struct Leaf {
    // In every way its encoding can be read.
    contents: Vec<Vec<u8>>,
    // Of text.
    charset: Option<String>,
}

impl Leaf {
    fn of(message: &Message, part: &Part) -> Self {
        let contents = part.contents(message.raw());
        let charset = part.media_type.parameter("charset").unwrap_or_default();
        Self {
            contents: contents.into_iter().map(std::borrow::Cow::into_owned).collect(),
            charset: Some(charset.to_owned()).filter(|_| part.media_type.top == "text"),
        }
    }
}

// The leaves of every reading. An encoded message is read as the suites do it, and a multipart that shows no part is nothing.
fn readings(message: &Message) -> Vec<Vec<Leaf>> {
    let roots = std::iter::once(&message.root).chain(&message.alternatives);
    let read = |root| {
        let mut found = Vec::new();
        leaves(message, root, &mut found);
        found
    };
    roots.map(read).collect()
}

fn leaves(message: &Message, part: &Part, found: &mut Vec<Leaf>) {
    for child in &part.children {
        leaves(message, child, found);
    }
    if !part.is_leaf() || (part.is_multipart() && part.encoding == Encoding::Identity) {
        return;
    }
    match part.inner_message(message.raw()).filter(|_| part.media_type.is_message()) {
        Some(inner) => {
            let inner = Message::parse(Bytes::from(inner));
            leaves(&inner, &inner.root, found);
        }
        None => found.push(Leaf::of(message, part)),
    }
}

// The names of the files of which something differs, and of those that are explained.
fn compare(suite: &str, differing: &BTreeSet<String>) {
    let section = EXPLAINED.split("\n## ").find(|section| section.starts_with(suite)).unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let explained: BTreeSet<String> = cells.map(str::to_owned).collect();
    let new: Vec<_> = differing.difference(&explained).collect();
    let gone: Vec<_> = explained.difference(differing).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "{suite}: not explained: {new:#?}; explained and no longer so: {gone:#?}"
    );
}

#[test]
fn every_message_is_read_and_rebuilt() {
    for name in ["mime-chatmail", "mime-enmime", "mime-mailparser-rs", "mime-mime4j"] {
        let Some(folder) = suite(name) else {
            continue;
        };
        let mut found = Vec::new();
        files(&folder, &mut found);
        let is_mail = |path: &PathBuf| {
            path.extension().is_some_and(|ending| ["eml", "msg", "raw", "mbox"].iter().any(|mail| ending == *mail))
        };
        let mails: Vec<&PathBuf> = found.iter().filter(|path| is_mail(path)).collect();
        assert!(mails.len() > 30, "{name}");
        for path in mails {
            rebuild(path, &std::fs::read(path).expect("it is readable"));
        }
    }
}

fn rebuild(path: &Path, raw: &[u8]) {
    let message = Message::parse(Bytes::copy_from_slice(raw));
    if message.is_cut() {
        return;
    }
    let read = Message::parse(Bytes::from(canonical(&message)));
    assert_eq!(read.ambiguities, [], "{}", path.display());
    let contents = |message: &Message| -> BTreeSet<Vec<u8>> {
        let leaves = message.parts().map(|(_, part)| part).filter(|part| part.is_leaf());
        leaves.flat_map(|part| part.contents(message.raw())).map(std::borrow::Cow::into_owned).collect()
    };
    assert_eq!(contents(&read), contents(&message), "{}", path.display());
    assert!(canonical(&read) == *read.raw(), "{}", path.display());
}
