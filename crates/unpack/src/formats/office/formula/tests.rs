//! Addresses that formulas put together, in every kind of book.

mod doubts;
mod guessed;
mod limits;

use std::fmt::Write as _;

use crate::formats::office::testing::{open, zip_of};
use crate::formats::shown;

const TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

/// Marks and links of the first item.
fn told(content: &scan::content::Content) -> String {
    let item = &content.items[0];
    let mut told = item.marks.join(" ");
    for link in &item.links {
        write!(told, " {:?}:{}[{}]", link.kind, link.target, link.text).unwrap();
    }
    told.trim().to_owned()
}

fn book(sheet: &str) -> String {
    told(&open(&file(sheet)))
}

fn file(sheet: &str) -> Vec<u8> {
    let workbook = "<?xml version='1.0'?><workbook xmlns:r='r'><sheets><sheet name='One' r:id='r1'/><sheet name='Two' r:id='r2'/>\
        </sheets><definedNames><definedName name='Where'>Two!$A$1</definedName><definedName name='Beside'>One!B1</definedName></definedNames></workbook>";
    let relations = "<?xml version='1.0'?><Relationships><Relationship Id='r1' Type='http://s/worksheet' Target='worksheets/sheet1.xml'/>\
        <Relationship Id='r2' Type='http://s/worksheet' Target='worksheets/sheet2.xml'/></Relationships>";
    let strings = "<?xml version='1.0'?><sst><si><t>http://evil</t></si><si><t>-host.example/x</t></si></sst>";
    let one = format!("<?xml version='1.0'?><worksheet><sheetData>{sheet}</sheetData></worksheet>");
    let two = "<?xml version='1.0'?><worksheet><sheetData><row><c r='A1' t='inlineStr'><is><t>http://two.example/</t></is></c></row>\
        </sheetData></worksheet>";
    let parts: [(&str, &str); 6] = [
        ("[Content_Types].xml", TYPES),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", &one),
        ("xl/worksheets/sheet2.xml", two),
    ];
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zip_of(&parts)
}

#[test]
fn cells_of_workbooks() {
    let cells = "<row><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>";
    for (formula, expected) in [
        ("HYPERLINK(A1&amp;B1,\"click\")", "Anchor:http://evil-host.example/x[click]"),
        ("HYPERLINK(Two!A1&amp;\"y\")", "Anchor:http://two.example/y[]"),
        ("HYPERLINK(Where)", "Anchor:http://two.example/[]"),
        ("HYPERLINK(CONCAT(A1:B1))", "Anchor:http://evil-host.example/x[]"),
        ("WEBSERVICE(A1&amp;B1)", "external_link Fetched:http://evil-host.example/x[]"),
        ("IMAGE(LEFT(A1,7)&amp;MID(\"..a.example..\",3,9))", "external_link Fetched:http://a.example[]"),
        ("HYPERLINK(VLOOKUP(1,A1:B9,2)&amp;\"/a\",\"b\")", "link_computed Anchor:/a[b]"),
        ("WEBSERVICE(VLOOKUP(1,A1:B9,2))", "link_computed external_link"),
        ("HYPERLINK(\"#Two!A1\",\"go\")", "Anchor:#Two!A1[go]"),
    ] {
        // The cells may stand in front of the formula or behind it.
        let row = format!("<row><c r='C1'><f>{formula}</f></c></row>");
        for sheet in [format!("{cells}{row}"), format!("{row}{cells}")] {
            let found = book(&sheet);
            let found: Vec<&str> = found.split(' ').filter(|word| !word.starts_with("Text:")).collect();
            assert_eq!(found.join(" "), expected, "{formula}");
        }
    }
}

#[test]
fn formulas_that_cells_share() {
    let sheet = "<row><c r='A1' t='str'><v>http://one.example/</v></c><c r='B1'><f t='shared' ref='B1:B2' si='0'>HYPERLINK(A1)</f></c></row>\
        <row><c r='A2' t='str'><v>http://next.example/</v></c><c r='B2'><f t='shared' si='0'/></c></row>";
    let found = book(sheet);
    assert!(
        found.contains("Anchor:http://one.example/[]") && found.contains("Anchor:http://next.example/[]"),
        "{found}"
    );
}

#[test]
fn what_the_file_says_and_what_the_formula_says() {
    let sheet = "<row><c r='A1' t='str'><f>\"http://formula\"&amp;\".example/\"</f><v>http://value.example/</v></c>\
        <c r='B1'><f>HYPERLINK(A1)</f></c></row>";
    let found = book(sheet);
    assert!(found.contains("Anchor:http://formula.example/[]"), "{found}");
    assert!(found.contains("Anchor:http://value.example/[]"), "{found}");
}

#[test]
fn cells_of_open_documents() {
    for formula in ["of:=HYPERLINK([.A1]&amp;[.B1];\"go\")", "=HYPERLINK([.A1]&amp;[.B1];\"go\")"] {
        let content = format!(
            "<?xml version='1.0'?><office:document-content><office:spreadsheet><table:table table:name='S'><table:table-row>\
             <table:table-cell office:value-type='string'><text:p>http://evil</text:p></table:table-cell>\
             <table:table-cell><text:p>.example/</text:p></table:table-cell>\
             <table:table-cell table:formula='{formula}'/></table:table-row></table:table></office:spreadsheet></office:document-content>"
        );
        let parts: [(&str, &[u8]); 2] =
            [("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())];
        let found = told(&open(&zip_of(&parts)));
        assert!(found.contains("Anchor:http://evil.example/[go]") && !found.contains("link_computed"), "{found}");
    }
}

#[test]
fn cells_of_tables_written_as_text() {
    for (table, expected) in [
        ("http://evil,.example/,\"=HYPERLINK(A1&B1,\"\"go\"\")\"\r\n", "HYPER: Anchor: http://evil.example/ [go]"),
        ("a;b\nhttp://evil;.example/;=WEBSERVICE(A2&B2)\n", "Fetched: http://evil.example/ []"),
        ("=HYPERLINK(\"http://evil\"&\"-host.example/\")", "Anchor: http://evil-host.example/ []"),
        ("x\t=IMAGE(NOW())", "link_computed"),
    ] {
        let found = shown::shown("a.csv", table.as_bytes());
        assert!(found.contains(expected.trim_start_matches("HYPER: ")), "{table}: {found}");
    }
    let found =
        shown::shown("a.slk", b"ID;PWXL;N;E\r\nC;Y1;X1;K0;EHYPERLINK(\"http://evil\"&\"-host.example/\")\r\nE\r\n");
    assert!(found.contains("Anchor: http://evil-host.example/"), "{found}");
}
