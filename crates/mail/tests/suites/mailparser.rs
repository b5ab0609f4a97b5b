//! mail-parser: all parts of a message as JSON, texts decoded to UTF-8.

use std::collections::BTreeSet;

use bytes::Bytes;
use mail::decode::charset;
use mail::message::Message;
use serde_json::Value;

use crate::{Leaf, compare, files, readings, suite};

#[test]
fn leaves_are_those_of_mail_parser() {
    let Some(folder) = suite("mime-mailparser-rs") else {
        return;
    };
    let mut found = Vec::new();
    files(&folder.join("resources/eml"), &mut found);
    let mut differing = BTreeSet::new();
    let mut count = 0;
    for golden in found.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let file = golden.to_string_lossy().into_owned();
        let raw =
            std::fs::read(file.replace(".crlf.json", ".eml").replace(".json", ".eml")).expect("the message is there");
        let raw = with_line_ends(&raw, if file.contains(".crlf.") { b"\r\n" } else { b"\n" });
        let message = Message::parse(Bytes::from(raw));
        let golden_text = std::fs::read_to_string(golden).expect("it is readable");
        let golden_value: Value = serde_json::from_str(&golden_text).expect("it is JSON");
        let mut expected = Vec::new();
        walk(&golden_value, 0, &mut expected);
        if !readings(&message).iter().any(|read| is_same(read, &expected)) {
            let name = file.split("/eml/").nth(1).unwrap_or_default();
            differing.insert(name.to_owned());
        }
        count += 1;
    }
    assert!(count > 100, "{count} goldens");
    compare("mime-mailparser-rs", &differing);
}

// One file ends with a CR alone, which stays where lines end with CRLF.
fn with_line_ends(raw: &[u8], end: &[u8]) -> Vec<u8> {
    let lines = raw.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut whole = lines.collect::<Vec<&[u8]>>().join(end);
    if raw.ends_with(b"\r") && end == b"\r\n" {
        whole.push(b'\r');
    }
    whole
}

// Text of text, bytes of all else.
fn is_same(read: &[Leaf], expected: &[Vec<u8>]) -> bool {
    let shown = |leaf: &Leaf, content: &[u8]| match &leaf.charset {
        Some(charset) => charset::decode(content, charset).into_bytes(),
        None => content.to_vec(),
    };
    let holds = |leaf: &Leaf, expected: &Vec<u8>| leaf.contents.iter().any(|content| shown(leaf, content) == *expected);
    read.len() == expected.len() && read.iter().zip(expected).all(|(leaf, expected)| holds(leaf, expected))
}

fn walk(message: &Value, id: usize, found: &mut Vec<Vec<u8>>) {
    let body = &message["parts"][id]["body"];
    if let Some(children) = body["Multipart"].as_array() {
        for child in children {
            walk(message, child.as_u64().and_then(|id| usize::try_from(id).ok()).unwrap_or(usize::MAX), found);
        }
    } else if body["Message"].is_object() {
        walk(&body["Message"], 0, found);
    } else if let Some(text) = body["Text"].as_str().or_else(|| body["Html"].as_str()) {
        found.push(text.as_bytes().to_vec());
    } else {
        let bytes = body["Binary"].as_array().or_else(|| body["InlineBinary"].as_array()).cloned().unwrap_or_default();
        found.push(bytes.iter().filter_map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect());
    }
}
