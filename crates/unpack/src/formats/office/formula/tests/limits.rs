//! Every limit of formulas is reached and told; honest books of many links pass.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use scan::content::Content;

use super::{file, told};
use crate::budget::{Budget, Limits, thread_time};
use crate::formats::office::testing::{open, zip_of};
use crate::formats::shown::shown;
use crate::request::{Part, Request};
use crate::unpack::unpack;

/// What is told of formulas.
fn book(sheet: &str) -> String {
    let found = super::book(sheet);
    found.split(' ').filter(|word| !word.starts_with("Text:")).collect::<Vec<_>>().join(" ")
}

/// Looks into copies of one file, with so many steps.
fn open_with(bytes: &[u8], (copies, formula_steps): (usize, u32)) -> Content {
    let part =
        |number: usize| Part { place: number.to_string(), bytes: Bytes::copy_from_slice(bytes), ..Part::default() };
    let request = Request { parts: (0..copies).map(part).collect(), ..Request::default() };
    unpack(&request, &mut Budget::new(Limits { formula_steps, ratio: u64::MAX, ..Limits::default() }))
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (1..=count).fold(String::new(), |mut rows, number| {
        write!(rows, "<row r='{number}'>{}</row>", row(number)).unwrap();
        rows
    })
}

#[test]
fn a_price_list_of_thirty_thousand_links() {
    let sheet = rows(30_000, |row| {
        format!(
            "<c r='A{row}'><v>{row}</v></c><c r='B{row}' t='str'><f>HYPERLINK(\"https://shop.example/item/\"&amp;A{row},\"open\")</f>\
             <v>open</v></c>"
        )
    });
    let evil =
        "<row r='40000'><c r='A40000' t='str'><f>HYPERLINK(\"https://evil.ex\"&amp;\"ample/item/1\")</f></c></row>";
    let content = open(&file(&(sheet + evil)));
    assert_eq!(content.unopened, []);
    assert_eq!(content.items[0].marks, ["links_cut"]);
    let has = |target: &str| content.items[0].links.iter().any(|link| link.target == target);
    assert!(has("https://shop.example/item/1") && has("https://evil.example/item/1"));
}

#[test]
fn links_to_ever_new_places_are_over_the_budget() {
    let sheet = rows(10_001, |row| format!("<c r='A{row}'><f>HYPERLINK(\"https://h{row}.example/\")</f></c>"));
    let content = open(&file(&sheet));
    assert!(content.unopened.iter().any(|one| one.why.word() == "over_budget"), "{:?}", content.unopened);
}

#[test]
fn one_long_formula_that_thousands_share_ends() {
    for formula in [
        format!("\"{}\"&amp;(1)", "a".repeat(1_000_000)),
        format!("HYPERLINK({}A1)", "\"a\"&amp;".repeat(5_000)),
        format!("HYPERLINK(B1){}", "+HYPERLINK(B1".repeat(2_000)),
    ] {
        let sheet = format!("<row r='1'><c r='A1'><f t='shared' ref='A1:A8000' si='0'>{formula}</f></c></row>")
            + &rows(8_000, |row| format!("<c r='C{row}'><f t='shared' si='0'/></c>"));
        let found = book(&sheet);
        assert_eq!(found.contains("link_computed"), formula.contains("HYPERLINK"));
    }
}

#[test]
fn cells_that_are_passed_over_again_and_again_end() {
    // Each of these cells reads the long one forty times.
    let long = format!("<c r='B1'><f>^{}</f></c>", "x".repeat(8_000));
    let again = rows(200, |row| format!("<c r='A{row}'><f>HYPERLINK({}B1)</f></c>", "B1&amp;".repeat(40)));
    let sheet = file(&format!("<row r='1'>{long}</row>{again}"));
    // In one message there are steps for one such book or for ten.
    for copies in [1, 10] {
        let content = open_with(&sheet, (copies, 100_000));
        for item in content.items.iter().filter(|item| !item.place.contains('/')) {
            assert!(item.marks.contains(&"link_computed".to_owned()), "{:?}", item.marks);
        }
    }
}

#[test]
fn without_steps_addresses_count_as_computed() {
    let sheet = "<row r='1'><c r='A1' t='str'><v>http://a.example/</v></c><c r='B1'><f>HYPERLINK(A1)</f></c></row>";
    let parts = file(sheet);
    let of = |steps: u32| told(&open_with(&parts, (1, steps)));
    assert!(of(1_000).contains("Anchor:http://a.example/[]") && !of(1_000).contains("link_computed"), "{}", of(1_000));
    // The message's own bytes give steps, too; so many are used up by decoys.
    let decoys = rows(3_000, |row| format!("<c r='D{row}'><f>HYPERLINK(D{row}&amp;1&amp;2&amp;3)</f></c>"));
    let found = told(&open_with(&file(&(decoys + sheet)), (1, 0)));
    assert!(found.contains("link_computed"), "{found}");
}

#[test]
fn more_shared_formulas_than_are_kept() {
    let decoys = rows(10_000, |row| format!("<c r='A{row}'><f t='shared' ref='A{row}' si='{row}'>1+1</f></c>"));
    let last = |formula: &str| {
        format!(
            "{decoys}<row r='10001'><c r='A10001'><f t='shared' ref='A10001:A10002' si='20000'>{formula}</f></c></row>\
             <row r='10002'><c r='A10002'><f t='shared' si='20000'/></c><c r='B10002'><v>1</v></c></row>"
        )
    };
    assert!(book(&last("HYPERLINK(B10001,\"a\")")).contains("link_computed"));
    assert_eq!(book(&last("2+2")), "");
    // What such a cell shows is not known: it is not empty.
    let uses = "<row r='10003'><c r='C3'><f>HYPERLINK(\"http://a\"&amp;A10002&amp;\".example/\")</f></c></row>";
    let found = book(&(last("2+2") + uses));
    assert!(found.contains("link_computed") && !found.contains("http://a.example"), "{found}");
    let early = rows(10_001, |row| format!("<c r='A{row}'><f t='shared' si='1'/></c>"));
    assert_eq!(book(&early), "link_computed");
}

#[test]
fn more_cells_than_are_kept_make_the_others_unknown() {
    let table = "1,2,3,4,5,6,7,8\n".repeat(50_100);
    let found = shown("a.csv", format!("{table}=HYPERLINK(\"http://a.example/\"&Z900000)\n").as_bytes());
    let marks = found.lines().next().unwrap_or_default();
    assert!(marks.contains("link_computed"), "{marks}");
    let few = "1,2,3,4,5,6,7,8\n".repeat(40_000);
    let found = shown("a.csv", format!("{few}=HYPERLINK(\"http://a.example/\"&Z900000)\n").as_bytes());
    let marks = found.lines().next().unwrap_or_default();
    assert!(!marks.contains("link_computed"), "{marks}");
}

#[test]
fn a_long_cell_is_unknown_and_the_others_are_not() {
    // Letters of two bytes, as many as Excel allows, and one more than is kept.
    for (letters, is_known) in [(8_000, true), (17_000, false)] {
        let sheet = format!(
            "<row r='1'><c r='A1' t='str'><v>{0}</v></c><c r='B1'><f>&quot;{0}&quot;</f></c>\
             <c r='C1'><f>HYPERLINK(\"http://a.example/\"&amp;Z9)</f></c><c r='D1'><f>HYPERLINK(\"#\"&amp;LEFT(A1,1))</f></c></row>",
            "я".repeat(letters)
        );
        let found = book(&sheet);
        assert!(found.contains("Anchor:http://a.example/[]"), "{found}");
        assert_eq!(found.contains("link_computed"), !is_known, "{letters}");
    }
}

#[test]
fn more_formulas_that_wait_and_more_calls_than_are_looked_at() {
    let calls =
        |count: usize| format!("<row r='1'><c r='A1'><f>{}1</f></c></row>", "HYPERLINK(\"#a\")&amp;".repeat(count));
    assert!(!book(&calls(16)).contains("link_computed") && book(&calls(17)).contains("link_computed"));
    let long = format!(
        "<row r='1'><c r='A1'><f>HYPERLINK(\"http://a.example/\")&amp;\"{}\"</f></c></row>",
        "x".repeat(33_000)
    );
    let found = book(&long);
    assert!(found.contains("link_computed") && found.contains("Anchor:http://a.example/"), "{found}");
    let table = "=IMAGE(A1)\n".repeat(100_001);
    let found = shown("a.csv", format!("{table}\n").as_bytes());
    assert!(found.lines().next().unwrap_or_default().contains("link_computed"));
}

#[test]
fn many_names_of_one_long_sheet_end() {
    let name = "s".repeat(500_000);
    let parts: Vec<(&str, Vec<u8>)> =
        vec![("[Content_Types].xml", super::TYPES.as_bytes().to_vec()), ("xl/workbook.bin", long_sheet(&name))];
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let part = Part { place: "1".to_owned(), bytes: Bytes::from(zip_of(&parts)), ..Part::default() };
    let request = Request { parts: vec![part], ..Request::default() };
    // Such a name is short when it is packed.
    let limits = Limits { ratio: u64::MAX, cpu: Duration::from_secs(2), ..Limits::default() };
    let content = unpack(&request, &mut Budget::with_clock(limits, thread_time));
    assert_eq!((content.items[0].kind.as_str(), content.unopened.as_slice()), ("xlsx", &[][..]));
}

/// A sheet of that name, and forty thousand references to it.
fn long_sheet(name: &str) -> Vec<u8> {
    let record = |kind: u32, body: &[u8]| {
        let size = u32::try_from(body.len()).unwrap();
        let mut bytes = vec![u8::try_from(kind & 0x7f | 0x80).unwrap(), u8::try_from(kind >> 7).unwrap()];
        bytes.extend((0..4).map(|at| u8::try_from((size >> (7 * at)) & 0x7f).unwrap() | if at < 3 { 0x80 } else { 0 }));
        bytes.extend(body);
        bytes
    };
    let text = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], &units].concat()
    };
    let sheet = [&[0; 8][..], &text("r1"), &text(name)].concat();
    let mut references = vec![0; 4];
    references.extend([0; 12].repeat(40_000));
    [record(156, &sheet), record(357, b""), record(362, &references)].concat()
}
