//! What a filter, a limit or the budget cuts off is said: nothing of a document is dropped in silence.

use std::io::Write as _;

use scan::content::Content;

use super::made::page;
use crate::formats::shown::open;

fn read(document: &[u8]) -> Content {
    let content = open("a.pdf", "", document);
    assert_eq!(content.items[0].kind, "pdf");
    content
}

fn said(content: &Content) -> Vec<&str> {
    content.unopened.iter().map(|one| one.why.word()).collect()
}

fn has_mark(content: &Content, word: &str) -> bool {
    content.items[0].marks.iter().any(|mark| mark == word)
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A document with one more stream.
fn with_stream(head: &str, data: &[u8]) -> Vec<u8> {
    let document = page("", "");
    let (start, end) = document.split_at(document.find("trailer").unwrap());
    [start.as_bytes(), format!("7 0 obj<<{head}>>stream\n").as_bytes(), data, b"\nendstream endobj\n", end.as_bytes()]
        .concat()
}

/// Runs of at most 128 bytes as they are.
fn run_lengths(bytes: &[u8]) -> Vec<u8> {
    let runs = bytes.chunks(128).flat_map(|run| {
        let length = u8::try_from(run.len()).unwrap().saturating_sub(1);
        std::iter::once(length).chain(run.iter().copied())
    });
    runs.chain([128]).collect()
}

#[test]
fn any_number_of_filters_is_undone() {
    let objects = b"9 0 <</S/Launch/F(calc.exe)>>";
    for count in [1, 8, 9, 40] {
        let data = (0..count).fold(objects.to_vec(), |data, _| run_lengths(&data));
        let head = format!("/Type/ObjStm/N 1/First 4/Filter[{}]", "/RL".repeat(count));
        let content = read(&with_stream(&head, &data));
        assert!(has_mark(&content, "launch") && content.unopened.is_empty(), "{count}: {content:?}");
    }
}

#[test]
fn a_filter_that_nobody_knows_is_said() {
    let content = read(&with_stream("/Type/ObjStm/N 1/First 4/Filter/BrotliDecode", b"xxxx"));
    assert!(said(&content).contains(&"unsupported"), "{content:?}");
    let document = page("BT (words) Tj ET", "").replace("<</Length", "<</Filter/Xx/Length");
    assert!(said(&read(document.as_bytes())).contains(&"unsupported"));
}

#[test]
fn content_behind_a_megabyte_of_blanks_is_not_lost_in_silence() {
    let head = "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Filter/FlateDecode";
    for (kilobytes, is_within) in [(900, true), (3 * 1024, false)] {
        let shown = format!("{}BT (see https://far.example/) Tj ET", " ".repeat(kilobytes * 1024));
        let content = read(&with_stream(head, &deflated(shown.as_bytes())));
        let is_seen = content.items[0].links.iter().any(|link| link.target.contains("far.example"));
        assert_eq!((is_seen, said(&content).contains(&"over_budget")), (is_within, !is_within), "{content:?}");
    }
    let script = format!("{}app.launchURL('https://far.example/')", " ".repeat(3 * 1024 * 1024));
    let mut document = with_stream("/Filter/FlateDecode", &deflated(script.as_bytes()));
    document.extend_from_slice(b"8 0 obj<</S/JavaScript/JS 7 0 R>>endobj\n");
    let content = read(&document);
    assert!(has_mark(&content, "javascript") && said(&content).contains(&"over_budget"), "{content:?}");
}

#[test]
fn trailers_within_each_other_cost_no_memory() {
    let mut document = page("", "");
    document.push_str(&"trailer<</A(".repeat(60_000));
    let content = read(document.as_bytes());
    assert!(said(&content).contains(&"over_budget"), "{:?}", content.unopened);
}

#[test]
fn a_jpeg_in_other_filters_stays_within_the_limits() {
    let zeros = deflated(&deflated(&vec![0; 300 * 1024 * 1024]));
    assert!(zeros.len() < 20_000);
    let head = "/Subtype/Image/Width 64/Height 64/Filter[/FlateDecode/FlateDecode/DCTDecode]";
    let content = read(&with_stream(head, &zeros));
    assert!(has_mark(&content, "picture_unread"), "{content:?}");
    assert!(content.items.iter().all(|item| item.size < 100 * 1024 * 1024));
}

#[test]
fn forms_behind_decoys_are_read() {
    let decoys: String = (0..40).map(|number| format!("{} 0 obj<</XFA (x)>>endobj\n", number + 100)).collect();
    let document = page(
        "",
        &format!(
            "{decoys}7 0 obj<</XFA 8 0 R>>endobj 8 0 obj<<>>stream\n<x><script>app.alert(1)</script></x>\nendstream endobj"
        ),
    );
    let content = read(document.as_bytes());
    assert!(content.items.iter().any(|item| item.place.contains("xfa0js0")), "{content:?}");
    let scripts = "<script>a()</script>".repeat(400);
    let form = format!("7 0 obj<</XFA 8 0 R>>endobj 8 0 obj<<>>stream\n<x>{scripts}</x>\nendstream endobj");
    assert!(said(&read(page("", &form).as_bytes())).contains(&"over_budget"));
    let forms: String = (0..400)
        .map(|number| {
            let (form, own) = (number + 1000, number + 2000);
            format!("{form} 0 obj<</XFA {own} 0 R>>endobj {own} 0 obj<<>>stream\n<x>{number}</x>\nendstream endobj\n")
        })
        .collect();
    assert!(said(&read(page("", &forms).as_bytes())).contains(&"over_budget"));
}

#[test]
fn actions_behind_many_others_are_said() {
    let triggers: String = (0..100).map(|number| format!("/T{number}<</S/GoTo>>")).collect();
    let document = page("", &format!("7 0 obj<</AA<<{triggers}/O<</S/Launch>>>>>>endobj"));
    assert!(has_mark(&read(document.as_bytes()), "open_action"));
    let kinds = "/S/GoTo".repeat(20);
    let document = page("", &format!("7 0 obj<<{kinds}/S/Launch/F(a.exe)>>endobj"));
    let content = read(document.as_bytes());
    assert!(has_mark(&content, "launch") || said(&content).contains(&"over_budget"), "{content:?}");
    let scripts: String =
        (0..1_100).map(|number| format!("{} 0 obj<</JS(a{number}())>>endobj\n", number + 10)).collect();
    assert!(said(&read(page("", &scripts).as_bytes())).contains(&"over_budget"));
}

#[test]
fn pages_and_notes_beyond_the_limits_are_said() {
    let notes = "<</Subtype/Link>>".repeat(2_100);
    let document = page("", "").replace("/Type/Page/", &format!("/Type/Page/Annots[{notes}]/"));
    assert!(document.contains("Annots"));
    assert!(said(&read(document.as_bytes())).contains(&"over_budget"));
}

#[test]
fn addresses_count_from_the_base_of_the_document() {
    let note = "<</Subtype/Link/A<</S/URI/URI(login)>>>> <</Subtype/Link/A<</S/URI/URI(/a)>>>>";
    let document = page("", "").replace("/Type/Page/", &format!("/Type/Page/Annots[{note}]/"));
    let document = document.replace("/Type/Catalog", "/Type/Catalog/URI<</Base(http://far.example/x/)>>");
    let content = read(document.as_bytes());
    let targets: Vec<&str> = content.items[0].links.iter().map(|link| link.target.as_str()).collect();
    assert!(
        targets.contains(&"http://far.example/x/login") && targets.contains(&"http://far.example/a"),
        "{targets:?}"
    );
}

#[test]
fn properties_beyond_the_limits_are_said() {
    let document = |count: usize| {
        let entries: String = (0..count).map(|number| format!("/K{number}(value {number})")).collect();
        page("", "").replace("trailer <<", &format!("trailer <</Info<<{entries}>>"))
    };
    let content = read(document(400).as_bytes());
    assert!(content.items[0].other_text.contains("value 399") && content.unopened.is_empty(), "{:?}", content.unopened);
    let content = read(document(5_100).as_bytes());
    assert!(said(&content).contains(&"over_budget"), "{:?}", content.unopened);
}
