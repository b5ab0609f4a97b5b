//! Each way in which two clients read two messages in one mail: the message in, the leaves of every reading out.

mod bodies;
mod boundaries;
mod delimiters;
mod encodings;
mod file_names;
mod header_lines;
mod headers;
mod names;
mod outside;
mod types;

use bytes::Bytes;
use expect_test::Expect;
use mail::defect::AmbiguityKind;
use mail::message::Message;
use mail::part::{Encoding, Part};

const HEAD: &str = "From: a@b.example\nDate: Wed, 25 Nov 2026 21:00:00 +0000\nMIME-Version: 1.0\n";

/// A line end of LF alone.
const LONE_LF: &str = "\u{240a}";

// Lines of `rest` stand behind a good header.
fn check(rest: &str, expected: &Expect) {
    check_whole(&format!("{HEAD}{rest}"), expected);
}

// Lines end with CRLF.
fn check_whole(raw: &str, expected: &Expect) {
    let raw = raw.replace('\n', "\r\n").replace(LONE_LF, "\n");
    let message = Message::parse(Bytes::from(raw));
    let mut text = String::new();
    for root in std::iter::once(&message.root).chain(&message.alternatives) {
        leaves(root, &message, 0, &mut text);
    }
    for defect in &message.defects {
        text += &format!("defect {} @{}\n", defect.kind.word(), defect.offset);
    }
    for ambiguity in &message.ambiguities {
        text += &format!("ambiguous {} @{}\n", ambiguity.kind.word(), ambiguity.offset);
    }
    expected.assert_eq(&text);
}

fn leaves(part: &Part, message: &Message, depth: usize, text: &mut String) {
    *text += &format!("{}{}", "  ".repeat(depth), part.media_type.essence());
    if part.encoding != Encoding::Identity {
        *text += &format!(" {:?}", part.encoding);
    }
    if !part.disposition.is_empty() {
        *text += &format!(" {}", part.disposition);
    }
    if !part.names.is_empty() {
        *text += &format!(" {:?}", part.names);
    }
    if let Some(charset) = part.media_type.parameter("charset") {
        *text += &format!(" {charset}");
    }
    if part.is_leaf() {
        for content in part.contents(message.raw()) {
            *text += &format!(" {:?}", String::from_utf8_lossy(&content));
        }
    }
    *text += "\n";
    for child in &part.children {
        leaves(child, message, depth + 1, text);
    }
}

#[test]
fn every_kind_of_ambiguity_has_a_case() {
    let cases = [
        include_str!("bodies.rs"),
        include_str!("boundaries.rs"),
        include_str!("delimiters.rs"),
        include_str!("encodings.rs"),
        include_str!("header_lines.rs"),
        include_str!("headers.rs"),
        include_str!("names.rs"),
        include_str!("outside.rs"),
        include_str!("types.rs"),
    ];
    for kind in AmbiguityKind::ALL {
        let line = format!("ambiguous {} @", kind.word());
        assert!(cases.iter().any(|cases| cases.contains(&line)), "{line}");
    }
}
