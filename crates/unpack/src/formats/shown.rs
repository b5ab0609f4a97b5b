//! For tests of readers: a file goes in, everything that was found comes out as text.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the tests themselves")]

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use scan::content::Content;

use crate::budget::{Budget, Limits, thread_time};
use crate::request::{Part, Request};
use crate::unpack::unpack;

/// Opens one part.
pub(super) fn open(name: &str, declared: &str, bytes: &[u8]) -> Content {
    open_with(name, declared, bytes, "")
}

/// Opens one part of a message with this subject: its words may be passwords.
pub(super) fn open_with(name: &str, declared: &str, bytes: &[u8], subject: &str) -> Content {
    let names = if name.is_empty() { Vec::new() } else { vec![name.to_owned()] };
    let part = Part {
        place: "1".to_owned(),
        names,
        declared: declared.to_owned(),
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    };
    let request = Request { parts: vec![part], subject: subject.to_owned(), ..Request::default() };
    unpack(&request, &mut Budget::new(Limits::default()))
}

/// Opens one part that may take so much time of the processor: what takes more is told as over it.
pub(crate) fn open_within(cpu: Duration, declared: &str, bytes: &[u8]) -> Content {
    let part = Part {
        place: "1".to_owned(),
        declared: declared.to_owned(),
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    };
    let request = Request { parts: vec![part], ..Request::default() };
    unpack(&request, &mut Budget::with_clock(Limits { cpu, ..Limits::default() }, thread_time))
}

/// What was found: for each item a line of its place, kind, names and marks, then its texts and links.
pub(super) fn show(content: &Content) -> String {
    let mut text = String::new();
    for item in &content.items {
        let names = item.names.join("|");
        let _ = writeln!(text, "{} {} [{names}] {}", item.place, item.kind, item.marks.join(" "));
        for (word, lines) in [("text", &item.text), ("hidden", &item.hidden_text), ("other", &item.other_text)] {
            for line in lines.lines().filter(|line| !line.trim().is_empty()) {
                let _ = writeln!(text, "    {word}: {line}");
            }
        }
        for link in &item.links {
            let _ = writeln!(text, "    {:?}: {} [{}]", link.kind, link.target, link.text);
        }
    }
    for unopened in &content.unopened {
        let _ = writeln!(text, "unopened {} {}", unopened.place, unopened.why.word());
    }
    text
}

/// Shows one file.
pub(super) fn shown(name: &str, bytes: &[u8]) -> String {
    show(&open(name, "", bytes))
}

/// Opens so many damaged copies of a file: bytes changed, cut, doubled. What comes out does not matter, only that it does.
pub(super) fn damage(name: &str, declared: &str, bytes: &[u8], count: u64) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for _ in 0..count {
        let mut copy = bytes.to_vec();
        for _ in 0..=random(6) {
            if copy.is_empty() {
                break;
            }
            let at = random(copy.len());
            match random(5) {
                0 => copy[at] = random(256) as u8,
                1 => copy[at] ^= 1 << random(8),
                2 => copy.truncate(at),
                3 => drop(copy.drain(at..(at + random(24)).min(copy.len()))),
                _ => {
                    let piece = copy[at..(at + random(64)).min(copy.len())].to_vec();
                    let to = random(copy.len());
                    copy.splice(to..to, piece);
                }
            }
        }
        let _ = open(name, declared, &copy);
    }
}
