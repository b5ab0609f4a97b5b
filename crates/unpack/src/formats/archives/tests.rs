//! Real archives, made by other programs (`testdata/make_archives.py`): what is in them, and what is said of them.

mod bombs;
mod cabinets;
pub(crate) mod damaged;
mod discs;
mod limits;
mod packed;
mod rars;
mod tricks;
mod volumes;

use std::fmt::Write as _;

use bytes::Bytes;
use scan::content::Content;

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

/// A file of `testdata/archives`.
macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/archives/", $name)).as_slice()
    };
}
pub(crate) use sample;

/// Images of disks are mostly empty: the ratio of real mail does not fit them.
pub(crate) fn roomy() -> Limits {
    Limits { ratio: 100_000, ..Limits::default() }
}

/// Opens an attachment, with words that may be passwords.
pub(crate) fn open_with(bytes: &[u8], words: &[&str], limits: Limits) -> Content {
    let part = Part {
        place: "1".to_owned(),
        declared: "application/octet-stream".to_owned(),
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    };
    let passwords = words.iter().map(|word| (*word).to_owned()).collect();
    let request = Request { parts: vec![part], passwords, ..Request::default() };
    unpack(&request, &mut Budget::new(limits))
}

/// One line an item: place, kind, names, size, marks; and what was not opened.
pub(crate) fn show(content: &Content) -> String {
    let mut out = String::new();
    for item in &content.items {
        let (place, kind, names, size) = (&item.place, &item.kind, item.names.join("|"), item.size);
        let marks = item.marks.join(" ");
        writeln!(out, "{}", format!("{place} {kind} {names:?} {size} {marks}").trim_end()).unwrap();
    }
    for one in &content.unopened {
        writeln!(out, "unopened {} {}", one.place, one.why.word()).unwrap();
    }
    out
}

/// Opens a sample and shows it.
pub(crate) fn shown(bytes: &[u8]) -> String {
    show(&open_with(bytes, &["wrong", "Secret-42", "also wrong"], roomy()))
}
