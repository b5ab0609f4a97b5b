//! Apache James mime4j: the tree as XML, each content in a file of its own.

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use mail::message::Message;

use crate::{Leaf, compare, files, readings, suite};

#[test]
fn trees_and_contents_are_those_of_mime4j() {
    let Some(folder) = suite("mime-mime4j") else {
        return;
    };
    let mut found = Vec::new();
    files(&folder, &mut found);
    let mut differing = BTreeSet::new();
    let goldens = found.iter().filter(|path| path.to_string_lossy().ends_with("_decoded.xml"));
    let mut count = 0;
    for golden in goldens {
        let name =
            golden.file_name().map(|name| name.to_string_lossy().replace("_decoded.xml", "")).unwrap_or_default();
        let raw = std::fs::read(golden.with_file_name(format!("{name}.msg"))).expect("the message is there");
        let message = Message::parse(Bytes::from(raw));
        let expected = expected(golden);
        if !readings(&message).iter().any(|read| is_same(read, &expected)) {
            differing.insert(name);
        }
        count += 1;
    }
    assert!(count >= 80, "{count} goldens");
    compare("mime-mime4j", &differing);
}

// Bodies in document order, by the files that hold them.
fn expected(golden: &Path) -> Vec<Vec<u8>> {
    let xml = String::from_utf8_lossy(&std::fs::read(golden).expect("it is readable")).into_owned();
    let bodies = xml.split("-body name=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned));
    bodies.map(|name| std::fs::read(golden.with_file_name(name)).expect("the body is there")).collect()
}

// Texts are stored with line ends of one kind.
fn is_same(read: &[Leaf], expected: &[Vec<u8>]) -> bool {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let holds = |leaf: &Leaf, expected: &[u8]| leaf.contents.iter().any(|content| lines(content) == lines(expected));
    read.len() == expected.len() && read.iter().zip(expected).all(|(leaf, expected)| holds(leaf, expected))
}
