//! What tests of documents share: making them, and showing what was found.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};

use bytes::Bytes;
use scan::content::Content;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

/// A zip of these parts.
pub(crate) fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A compound file of these streams.
pub(crate) fn compound_of(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        let folder = std::path::Path::new(path).parent().unwrap();
        file.create_storage_all(folder).unwrap();
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A file that is kept packed, since it is mostly empty space.
pub(crate) fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

/// Looks into one file.
pub(crate) fn open(bytes: &[u8]) -> Content {
    open_with(bytes, &[])
}

/// Looks into one file of a message that names passwords.
pub(crate) fn open_with(bytes: &[u8], passwords: &[&str]) -> Content {
    let part = Part { place: "1".to_owned(), bytes: Bytes::copy_from_slice(bytes), ..Part::default() };
    let passwords = passwords.iter().map(|word| (*word).to_owned()).collect();
    let request = Request { parts: vec![part], passwords, ..Request::default() };
    unpack(&request, &mut Budget::new(Limits::default()))
}

/// What is notable of each item: of children that have neither text nor marks only those of a kind of their own.
pub(crate) fn show(content: &Content) -> String {
    let mut shown = String::new();
    for item in &content.items {
        let is_dull = item.text.is_empty() && item.marks.is_empty() && matches!(item.kind.as_str(), "xml" | "text");
        if item.place != "1" && is_dull {
            continue;
        }
        writeln!(shown, "{} {} {:?}", item.place, item.kind, item.marks).unwrap();
        for (name, text) in [("", &item.text), ("hidden ", &item.hidden_text), ("other ", &item.other_text)] {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                writeln!(shown, "  {name}{}", line.trim_end()).unwrap();
            }
        }
        for link in &item.links {
            writeln!(shown, "  -> {} {:?} {:?}", link.target, link.kind, link.text).unwrap();
        }
    }
    for one in &content.unopened {
        writeln!(shown, "unopened {} {}", one.place, one.why.word()).unwrap();
    }
    shown
}

/// Flips, cuts and doubles pieces of a file, so many times, and looks into each: nothing may panic.
pub(crate) fn mutate(bytes: &[u8], times: u32) {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut chance = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    for _ in 0..times {
        let mut changed = bytes.to_vec();
        for _ in 0..=chance(4) {
            let at = chance(changed.len());
            match chance(5) {
                0 => changed.truncate(at.max(8)),
                1 => changed[at] = u8::try_from(chance(256)).unwrap(),
                2 => changed[at] = 0xff,
                3 => changed[at] = 0,
                _ => changed[at] ^= 1 << chance(8),
            }
        }
        let content = open(&changed);
        assert!(!content.items.is_empty());
    }
}
