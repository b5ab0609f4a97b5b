//! Tables and pages of OpenDocument that draw codes.

use scan::content::Content;

use crate::formats::drawing::{dark, modules, runs, says};
use crate::formats::office::testing::{open, zip_of};

const STYLES: &str = "<style:style style:name='b' style:family='table-cell'><style:table-cell-properties fo:background-color='#101820'/>\
    </style:style><style:style style:name='c' style:family='table-cell' style:parent-style-name='b'/>\
    <style:style style:name='w' style:family='table-cell'><style:table-cell-properties fo:background-color='#ffffff'/></style:style>\
    <style:style style:name='n' style:family='table-cell'><style:table-cell-properties fo:background-color='transparent'/></style:style>\
    <style:style style:name='g' style:family='graphic'><style:graphic-properties draw:fill='solid' draw:fill-color='#000000'/>\
    </style:style><style:style style:name='e' style:family='graphic'><style:graphic-properties draw:fill='none' \
    draw:fill-color='#000000'/></style:style><style:style style:name='h' style:family='text'>\
    <style:text-properties fo:background-color='#000000'/></style:style>";

fn document(body: &str) -> Content {
    let content = format!(
        "<?xml version='1.0'?><office:document-content><office:automatic-styles>{STYLES}</office:automatic-styles>\
        <office:body>{body}</office:body></office:document-content>"
    );
    open(&zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", content.as_bytes())]))
}

fn table(cell: impl Fn(bool) -> String) -> String {
    let row = |row: &Vec<bool>| row.iter().map(|dark| cell(*dark)).collect::<String>();
    let rows: String =
        modules(1).iter().map(|own| format!("<table:table-row>{}</table:table-row>", row(own))).collect();
    format!("<table:table>{rows}</table:table>")
}

#[test]
fn codes_of_shaded_cells() {
    let cell = |style: &str| format!("<table:table-cell table:style-name='{style}'><text:p/></table:table-cell>");
    let repeated = runs(1, |x, _, length, is_dark| {
        let start = if x == 0 { "</table:table-row><table:table-row>" } else { "" };
        let style = if is_dark { " table:style-name='c'" } else { "" };
        format!("{start}<table:table-cell{style} table:number-columns-repeated='{length}'/>")
    });
    // Each row twice, each cell over two columns.
    let wide = |dark: bool| {
        let style = if dark { "b" } else { "w" };
        format!(
            "<table:table-cell table:style-name='{style}' table:number-columns-spanned='2'/><table:covered-table-cell/>"
        )
    };
    let twice = table(wide).replace("<table:table-row>", "<table:table-row table:number-rows-repeated='2'>");
    for (name, body) in [
        ("only dark", table(|dark| if dark { cell("b") } else { cell("") })),
        ("both, by another style", table(|dark| cell(if dark { "c" } else { "w" }))),
        ("inverted", table(|dark| cell(if dark { "w" } else { "b" }))),
        ("repeated cells", format!("<table:table><table:table-row>{repeated}</table:table-row></table:table>")),
        ("repeated rows, wide cells", twice),
    ] {
        let content = document(&body);
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
    }
}

#[test]
fn what_lies_under_a_cell_is_not_seen() {
    let wide = table(|dark| {
        let [own, under] = if dark { ["b", "w"] } else { ["w", "b"] };
        format!(
            "<table:table-cell table:style-name='{own}' table:number-columns-spanned='2'/><table:covered-table-cell \
            table:style-name='{under}'/>"
        )
    });
    assert!(says(&document(&wide.replace("<table:table-row>", "<table:table-row table:number-rows-repeated='2'>"))));
}

#[test]
fn codes_of_shapes() {
    let shape = |name: &str, style: &str| {
        dark(0, |x, y| {
            let (x, y) = (x * 2 + 30, y * 2 + 40);
            format!(
                "<draw:{name} draw:style-name='{style}' svg:x='{x}mm' svg:y='{y}mm' svg:width='0.2cm' svg:height='2mm'/>"
            )
        })
    };
    for name in ["rect", "custom-shape"] {
        let content = document(&format!("<draw:page>{}</draw:page>", shape(name, "g")));
        assert!(says(&content), "{name}");
    }
    assert!(!says(&document(&shape("rect", "e"))));
    let moved = dark(0, |x, y| {
        format!(
            "<draw:rect draw:style-name='g' draw:transform='translate ({}mm {}mm)' svg:width='2mm' svg:height='2mm'/>",
            x * 2,
            y * 2
        )
    });
    assert!(says(&document(&moved)), "moved");
}

#[test]
fn codes_of_text_on_grounds() {
    let row = |row: &Vec<bool>| {
        let span = |dark: &bool| {
            format!("<text:span text:style-name='{}'><text:s text:c='2'/></text:span>", if *dark { "h" } else { "" })
        };
        format!("<text:p>{}</text:p>", row.iter().map(span).collect::<String>())
    };
    let content = document(&modules(2).iter().map(row).collect::<String>());
    assert!(says(&content), "{:?}", content.items[0].marks);
}

#[test]
fn other_tables_are_no_codes() {
    let row = |y: usize| {
        let style = if y.is_multiple_of(2) { "w" } else { "b" };
        let cells =
            format!("<table:table-cell table:style-name='{style}'><text:p>{y}</text:p></table:table-cell>").repeat(12);
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let striped = format!("<table:table>{}</table:table>", (0..60).map(row).collect::<String>());
    let ends = "<table:table><table:table-row table:number-rows-repeated='1048576'><table:table-cell table:style-name='b' \
        table:number-columns-repeated='16384'/></table:table-row></table:table>";
    let none = table(|dark| format!("<table:table-cell table:style-name='{}'/>", if dark { "n" } else { "" }));
    for body in [&striped, ends, &none] {
        let content = document(body);
        assert!(content.items[0].marks.is_empty(), "{:?}", content.items[0].marks);
    }
}
