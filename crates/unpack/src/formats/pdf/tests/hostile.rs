//! Documents that would make a careless reader slow or large: each is near one megabyte and has to be read in a blink.

use crate::formats::shown::open;

use super::made::page;

fn read(document: &str) -> scan::content::Content {
    let content = open("a.pdf", "", document.as_bytes());
    assert_eq!(content.items[0].kind, "pdf");
    content
}

fn many(count: u32, make: impl Fn(u32) -> String) -> String {
    (0..count).map(make).collect()
}

#[test]
fn a_name_that_stands_a_hundred_thousand_times() {
    let more = format!(
        "6 0 obj <<{}>> endobj 7 0 obj <<{}>> endobj",
        "/AA<</O<</S/Launch>>>>".repeat(20_000),
        "/S/Launch".repeat(50_000)
    );
    let content = read(&page("", &more));
    assert!(content.items[0].marks.iter().any(|mark| mark == "launch"), "{:?}", content.items[0].marks);
}

#[test]
fn many_pages_under_one_large_parent() {
    let kids = many(8_000, |number| format!("{} 0 R ", number + 10));
    let keys = many(30_000, |number| format!("/k{number} {number} "));
    let pages =
        many(8_000, |number| format!("{} 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n", number + 10));
    let document = page("BT /F 9 Tf (x) Tj ET", &pages).replace("/Kids[3 0 R]", &format!("/Kids[{kids}]{keys}"));
    let _ = read(&document);
}

#[test]
fn streams_over_each_other() {
    let streams = many(20_000, |number| format!("{number} 0 obj<</Type/ObjStm/N 9/First 0>>stream\n"));
    let _ = read(&format!("%PDF-1.7\n{streams}"));
    let files = many(20_000, |number| format!("{number} 0 obj<</Type/EmbeddedFile>>stream\n"));
    let content = read(&format!("%PDF-1.7\n{files}"));
    assert!(!content.unopened.is_empty(), "it was cut short, and said so");
}

#[test]
fn an_encryption_that_points_to_the_same_large_thing() {
    let entries = many(40_000, |number| format!("/k{number} 9 0 R"));
    let large = "[1]".repeat(60_000);
    let more = format!("8 0 obj<</Filter/Standard/V 1/R 2{entries}>>endobj 9 0 obj[{large}]endobj");
    let document = page("", &more).replace("/Root 1 0 R", "/Root 1 0 R/Encrypt 8 0 R");
    assert_eq!(read(&document).unopened[0].why.word(), "encrypted");
}

#[test]
fn names_looked_up_for_every_operator() {
    let fonts = many(20_000, |number| format!("/n{number} 5 0 R"));
    let content = many(30_000, |number| format!("/n{number} 9 Tf (a) Tj "));
    let _ = read(&page(&content, "").replace("/F 5 0 R", &fonts));
}

#[test]
fn grounds_and_states_without_end() {
    let content = format!("{}{}", "0 0 1 1 re f ".repeat(20_000), "q 1 g 0 0 9 9 re f BT (a) Tj ET ".repeat(20_000));
    let _ = read(&page(&content, ""));
}

#[test]
fn one_stream_shown_by_many_pages() {
    let content = "BT (words) Tj ET ".repeat(3_000);
    let kids = many(8_000, |number| format!("{} 0 R ", number + 10));
    let pages =
        many(8_000, |number| format!("{} 0 obj<</Type/Page/Resources<<>>/Contents 4 0 R>>endobj\n", number + 10));
    let document = page(&content, &pages).replace("/Kids[3 0 R]", &format!("/Kids[{kids}]"));
    assert_eq!(read(&document).unopened[0].why.word(), "over_budget");
}
