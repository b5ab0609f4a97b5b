use bytes::Bytes;
use scan::content::Content;

use super::*;
use crate::budget::Limits;
use crate::formats::office::testing::{open, zip_of};

mod archives;
mod documents;
mod mutated;
mod others;
mod pages;

fn part(name: &str, bytes: &[u8]) -> Part {
    Part { place: "1".into(), names: vec![name.to_owned()], bytes: Bytes::copy_from_slice(bytes), ..Part::default() }
}

fn outcome(name: &str, bytes: &[u8]) -> Outcome {
    disarm(&part(name, bytes), &mut Budget::new(Limits::default()))
}

#[track_caller]
fn disarmed(name: &str, bytes: &[u8]) -> Disarmed {
    match outcome(name, bytes) {
        Outcome::Disarmed(disarmed) => disarmed,
        other => panic!("{name}: {other:?}"),
    }
}

// All text of a file and of what is in it.
fn words(content: &Content) -> String {
    let mut words: Vec<&str> = content.items.iter().flat_map(|item| item.text.split_whitespace()).collect();
    words.dedup();
    words.join(" ")
}

fn marks(bytes: &[u8]) -> Vec<String> {
    let mut marks: Vec<String> = open(bytes).items.into_iter().flat_map(|item| item.marks).collect();
    marks.sort();
    marks.dedup();
    marks
}

// The parts of a zip, to be changed and packed again.
fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    crate::formats::zip::whole::read(bytes, &mut Budget::new(Limits::default())).ok().unwrap().files
}

fn rezip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip_of(&parts)
}

fn replace(parts: &mut [(String, Vec<u8>)], name: &str, from: &str, to: &str) {
    let (_, bytes) = parts.iter_mut().find(|(own, _)| own == name).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}
