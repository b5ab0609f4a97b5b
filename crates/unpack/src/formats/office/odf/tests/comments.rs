//! Comments in texts, tables and shows: what they say, where they lead, and that they are no piece of the text around them.

use expect_test::expect;

use super::content;
use crate::formats::office::testing::{open, show, zip_of};

/// A document of this kind with this body.
fn document(kind: &str, body: &str) -> scan::content::Content {
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    let body = content(&format!("<office:body>{body}</office:body>"));
    open(&zip_of(&[("mimetype", mimetype.as_bytes()), ("content.xml", body.as_bytes())]))
}

#[test]
fn comments_on_a_text() {
    let body = "<office:text><text:p>41<office:annotation office:name='1'><dc:creator>Ann</dc:creator><dc:date>2026-11-27T10:00:00</dc:date>\
        <text:p>ask <text:a xlink:href='http://comment.example/x'>the bank</text:a>, or https://second.example/y</text:p>\
        </office:annotation>11<office:annotation-end office:name='1'/></text:p>\
        <text:p><text:a xlink:href='http://around.example/'>pay<office:annotation><text:p>within</text:p></office:annotation>pal</text:a>\
        </text:p></office:text>";
    expect![[r#"
        1 odf []
          ask the bank, or https://second.example/y
          4111
          within
          paypal
          other Ann
          other 2026-11-27T10:00:00
          -> http://comment.example/x Anchor "the bank"
          -> http://around.example/ Anchor "paypal"
          -> https://second.example/y Text ""
    "#]]
    .assert_eq(&show(&document("text", body)));
}

/// The value of a cell is what stands in it, whatever is said about it: a formula takes that.
#[test]
fn comments_on_cells() {
    let body = "<office:spreadsheet><table:table table:name='S'><table:table-row><table:table-cell office:value-type='string'>\
        <office:annotation><dc:creator>Ann</dc:creator><text:p>see https://cell.example/x</text:p></office:annotation>\
        <text:p>http://far</text:p></table:table-cell>\
        <table:table-cell table:formula='of:=HYPERLINK([.A1]&amp;\"-host.example/\";\"go\")'/>\
        <table:table-cell office:value='8'><office:annotation><text:p>eight</text:p></office:annotation></table:table-cell>\
        </table:table-row></table:table></office:spreadsheet>";
    let content = document("spreadsheet", body);
    let lines: Vec<&str> = content.items[0].text.lines().map(str::trim_end).collect();
    assert_eq!(lines, ["S", "http://far\t\t8", "see https://cell.example/x", "eight"]);
    let targets: Vec<&str> = content.items[0].links.iter().map(|link| link.target.as_str()).collect();
    for target in ["http://far-host.example/", "https://cell.example/x"] {
        assert!(targets.contains(&target), "{target}: {targets:?}");
    }
}

#[test]
fn comments_on_slides() {
    let body = "<office:presentation><draw:page draw:name='one'><office:annotation svg:x='1cm' svg:y='1cm'><dc:creator>Ann</dc:creator>\
        <text:p>see https://slide.example/x</text:p></office:annotation><draw:frame><draw:text-box><text:p>slide</text:p></draw:text-box>\
        </draw:frame></draw:page></office:presentation>";
    expect![[r#"
        1 odf []
          see https://slide.example/x
          slide
          other Ann
          -> https://slide.example/x Text ""
    "#]]
    .assert_eq(&show(&document("presentation", body)));
}

#[test]
fn titles_of_frames_and_shapes_do_not_part_words() {
    let titled = |name: &str| format!("<draw:{name}><svg:title>a title</svg:title></draw:{name}>");
    for name in ["frame", "custom-shape", "g"] {
        let content = document("text", &format!("<office:text><text:p>41{}11</text:p></office:text>", titled(name)));
        let item = &content.items[0];
        assert_eq!((item.text.trim_end(), item.other_text.trim_end()), ("4111", "a title"), "{name}");
    }
}

#[test]
fn paragraphs_of_one_cell_are_not_glued() {
    let body = "<office:text><table:table table:name='T'><table:table-row><table:table-cell><text:p>http://a.example/x</text:p>\
        <text:p>next</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>\
        </office:text>";
    expect![[r#"
        1 odf []
          T
          http://a.example/x next	b
          -> http://a.example/x Text ""
    "#]]
    .assert_eq(&show(&document("text", body)));
}
