//! Shows whose records do not stand as they should, plain and encrypted.

use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use scan::content::Content;
use sha1::{Digest as _, Sha1};

use crate::formats::office::testing::{compound_of, open, show};

const SLIDE: u16 = 0x03ee;
const TEXT: u16 = 0x0fa8;
const SESSION: u32 = 9;

fn bytes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn head(version: u16, kind: u16, size: usize) -> Vec<u8> {
    [&version.to_le_bytes()[..], &kind.to_le_bytes(), &u32::try_from(size).unwrap().to_le_bytes()].concat()
}

fn record(version: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    [&head(version, kind, body.len())[..], body].concat()
}

fn slide(text: &str) -> Vec<u8> {
    record(0x0f, SLIDE, &record(0, TEXT, text.as_bytes()))
}

/// The stream of a document.
#[derive(Default)]
struct Document {
    stream: Vec<u8>,
    last: u32,
}

impl Document {
    /// Adds something, and says where it begins.
    fn add(&mut self, bytes: &[u8]) -> u32 {
        let at = u32::try_from(self.stream.len()).unwrap();
        self.stream.extend(bytes);
        at
    }

    fn add_closed(&mut self, number: u32, bytes: &[u8]) -> u32 {
        self.add(&sealed(number, bytes))
    }

    /// An edit with a list of objects.
    fn edit(&mut self, objects: &[(u32, u32)]) {
        let runs: Vec<u32> = objects.iter().flat_map(|(number, place)| [(1 << 20) | number, *place]).collect();
        let list = self.add(&record(0, 0x1772, &bytes(&runs)));
        self.edit_of(list);
    }

    fn edit_of(&mut self, list: u32) {
        let edit = bytes(&[0, 0, self.last, list, 1, 1, 0, SESSION]);
        self.last = self.add(&record(0, 0x0ff5, &edit));
    }

    fn open(&self, token: u32) -> Content {
        let user = bytes(&[0, 0, 20, token, self.last, 0, 0]);
        open(&compound_of(&[("Current User", &user), ("PowerPoint Document", &self.stream)]))
    }

    fn plain(&self) -> Content {
        self.open(0xe391_c05f)
    }

    fn closed(&self) -> Content {
        self.open(0xf3d1_c4df)
    }
}

/// What a key of an object makes of it, with the word that PowerPoint tries by itself.
fn sealed(number: u32, plain: &[u8]) -> Vec<u8> {
    let word: Vec<u8> = "/01Hannes Ruescher/01".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let base = Sha1::digest([&[7; 16], &word[..]].concat());
    let key = Sha1::digest([&base[..], &number.to_le_bytes()].concat());
    let mut sealed = plain.to_vec();
    Rc4::new_from_slice(&key[..16]).unwrap().apply_keystream(&mut sealed);
    sealed
}

/// The head of the encryption.
fn session() -> Vec<u8> {
    let check = [1; 16];
    let both = sealed(0, &[&check[..], &Sha1::digest(check)[..]].concat());
    let header = bytes(&[4, 0, 0x6801, 0x8004, 128, 1, 0, 0]);
    let version = [2, 0, 2, 0];
    let salted = [&version[..], &bytes(&[4, 32]), &header, &bytes(&[16]), &[7; 16]].concat();
    record(0x0f, 0x2f14, &[&salted[..], &both[..16], &bytes(&[20]), &both[16..]].concat())
}

fn text(content: &Content) -> String {
    content.items[0].text.lines().collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn unopened(content: &Content) -> Vec<&str> {
    content.unopened.iter().map(|one| one.why.word()).collect()
}

#[test]
fn what_lies_in_front_hides_no_object() {
    let of = |front: &[u8]| {
        let mut document = Document::default();
        let first = document.add(&slide("first"));
        document.add(front);
        let second = document.add(&slide("second"));
        document.edit(&[(1, first), (2, second)]);
        let content = document.plain();
        assert!(content.items[0].marks.is_empty() && content.unopened.is_empty(), "{}", show(&content));
        text(&content)
    };
    assert_eq!(of(b""), "first second");
    for front in [head(0, 0x1234, 9_999), head(0, 0, 16), head(0x0f, 0, 3), b"junk".to_vec()] {
        assert_eq!(of(&front), "first second", "{front:?}");
    }
    // All of them.
    let mut document = Document::default();
    document.add(&head(0, 0x1234, 9_999));
    let places = ["one", "two"].map(|text| document.add(&slide(text)));
    document.edit(&[(1, places[0])]);
    document.edit(&[(2, places[1])]);
    let content = document.plain();
    assert_eq!((text(&content).as_str(), content.items[0].marks.len()), ("one two", 0), "{}", show(&content));
}

#[test]
fn objects_within_others_again_and_again_end() {
    let mut document = Document::default();
    document.add(&head(0, 0, 900_000));
    let places: Vec<(u32, u32)> = (0..5_000).map(|number| (number, document.add(&head(0, 0, 800_000)))).collect();
    document.add(&b"\0".repeat(800_000));
    document.edit(&places);
    assert_eq!(unopened(&document.plain()), ["over_budget"]);
}

#[test]
fn more_edits_and_objects_than_are_read_are_said() {
    for (edits, expected) in [(900, &[][..]), (1_001, &["over_budget"][..])] {
        let mut document = Document::default();
        document.add(&head(0, 0x1234, 9_999_999));
        let place = document.add(&slide("text"));
        document.edit(&[(1, place)]);
        let empty = document.add(&record(0, 0x1772, b""));
        (1..edits).for_each(|_| document.edit_of(empty));
        let content = document.plain();
        assert_eq!(unopened(&content), expected);
        assert_eq!(text(&content) == "text", expected.is_empty());
    }
    let mut document = Document::default();
    let place = document.add(&slide("text"));
    let objects: Vec<(u32, u32)> = (0..60_000).map(|number| (number, place)).collect();
    document.edit(&objects);
    assert_eq!(unopened(&document.plain()), ["over_budget"]);
    // An edit that is none.
    let mut document = Document { last: 3, ..Document::default() };
    let place = document.add(&slide("text"));
    document.edit(&[(1, place)]);
    let content = document.plain();
    assert_eq!((text(&content).as_str(), &*content.items[0].marks), ("text", &["malformed".to_owned()][..]));
}

#[test]
fn encrypted_objects_are_opened_or_said_to_be_closed() {
    let check = |document: &Document, expected: (&str, &[&str])| {
        let content = document.closed();
        assert_eq!((text(&content).as_str(), unopened(&content).as_slice()), expected, "{}", show(&content));
        assert_eq!(content.items[0].marks, ["encrypted", "password_found"]);
    };
    // An honest one; and a second edit, by which one object is another.
    let mut honest = Document::default();
    let one = honest.add_closed(1, &slide("one"));
    let two = honest.add_closed(2, &slide("two"));
    let head_at = honest.add(&session());
    honest.edit(&[(1, one), (2, two), (SESSION, head_at)]);
    check(&honest, ("one two", &[]));
    let newer = honest.add_closed(2, &slide("new"));
    honest.edit(&[(2, newer)]);
    assert!(text(&honest.closed()).contains("new") && honest.closed().unopened.is_empty());

    // More edits than are read in front of the one with the objects.
    let mut many = Document::default();
    let one = many.add_closed(1, &slide("one"));
    let head_at = many.add(&session());
    many.edit(&[(1, one), (SESSION, head_at)]);
    let empty = many.add(&record(0, 0x1772, b""));
    (0..1_000).for_each(|_| many.edit_of(empty));
    assert!(unopened(&many.closed()).contains(&"encrypted"), "{}", show(&many.closed()));

    // Heads of objects that nobody uses and that lie over others.
    let mut over = Document::default();
    let decoys = [1, 2].map(|number| (number, over.add_closed(number, &head(0, 0, 1_000_000))));
    let three = over.add_closed(3, &slide("three"));
    let head_at = over.add(&session());
    over.edit(&[decoys[0], decoys[1], (3, three), (SESSION, head_at)]);
    check(&over, ("three", &["encrypted"]));
    // One that begins within another, or where it does.
    for by in [0, 8] {
        let mut within = Document::default();
        let three = within.add_closed(3, &slide("three"));
        let head_at = within.add(&session());
        within.edit(&[(3, three), (4, three + by), (SESSION, head_at)]);
        assert_eq!(unopened(&within.closed()), ["encrypted"]);
    }

    // An older head of another key, which nobody asks any more.
    let mut old = Document::default();
    let mut other = session();
    other[60] ^= 1;
    let other = old.add(&other);
    old.edit(&[(SESSION, other)]);
    let one = old.add_closed(1, &slide("one"));
    let head_at = old.add(&session());
    old.edit(&[(1, one), (SESSION, head_at)]);
    check(&old, ("one", &[]));
}
