//! What the sender can write so that we see another address than the program: values, cells without names, shared and moved
//! formulas, repeated cells, decoys.

use super::{book, told};
use crate::formats::office::testing::{compound_of, open, zip_of};

fn text(reference: &str, text: &str) -> String {
    let reference = if reference.is_empty() { String::new() } else { format!(" r='{reference}'") };
    format!("<c{reference} t='str'><v>{text}</v></c>")
}

fn formula(reference: &str, formula: &str, value: &str) -> String {
    let formula = formula.replace('&', "&amp;").replace('<', "&lt;");
    format!("<c r='{reference}' t='str'><f>{formula}</f><v>{value}</v></c>")
}

#[test]
fn what_cannot_be_reckoned_is_a_guess() {
    for (cells, link) in [
        (
            formula("A1", "INDEX({\"ht\";\"https://evil.example/x\"},2)", "https://good.example/"),
            "HYPERLINK(A1,\"go\")",
        ),
        (
            formula("A1", "RANDBETWEEN(2,2)", "1"),
            "HYPERLINK(CHOOSE(A1,\"https://good.example/\",\"https://evil.example/x\"),\"go\")",
        ),
        (String::new(), "HYPERLINK(TEXT(1,\"\"\"https://evil.example/x\"\"\"),\"go\")"),
        (String::new(), "HYPERLINK(IFERROR(VALUE(\"https://good.example/\"),\"https://evil.example/x\"),\"go\")"),
        (
            "<c r='A1' t='e'><f>NA()</f><v>#N/A</v></c>".to_owned(),
            "HYPERLINK(IFERROR(A1,\"https://evil.example/x\"),\"go\")",
        ),
        (String::new(), "HYPERLINK(T(5)&\"https://evil.example/x\",\"go\")"),
        // The rest of an array has no formula of its own.
        (
            format!(
                "<c r='A1'><f t='array' ref='A1:A2'>MID(\"https://evil.example/x\",1,ROW(A1:A2)*99)</f></c>\
                </row><row r='2'>{}",
                text("A2", "https://good.example/")
            ),
            "HYPERLINK(A2&MID(\"https://evil.example/x\",1,ROW()*9),\"go\")",
        ),
    ] {
        let found = book(&format!("<row r='1'>{cells}{}</row>", formula("D1", link, "go")));
        assert!(found.contains("link_computed") && found.contains("https://evil.example/x"), "{link}: {found}");
    }
    let area = format!(
        "<row r='1'><c r='A1'><f t='array' ref='A1:A2'>FOO()</f></c></row><row r='2'>{}{}</row>",
        text("A2", "https://good.example/"),
        formula("B2", "HYPERLINK(A2)", "go")
    );
    assert!(book(&area).contains("link_computed"), "{}", book(&area));
    let wide = area.replace("A1:A2", "A1:A9999");
    assert!(book(&wide).contains("link_computed"), "{}", book(&wide));
}

/// Where the program comes to something else than a first look does: both are told, or it is said that it is not known.
#[test]
fn what_programs_reckon_otherwise() {
    let s = "\"https://good.example/%%%%%%%%%%https://evil.example/x\"";
    for (cells, link) in [
        (String::new(), format!("HYPERLINK(MID({s},LEN(TRUE)*10-9,90))")),
        (String::new(), format!("HYPERLINK(MID({s},LEN(1=1)*10-9,90))")),
        (String::new(), format!("HYPERLINK(MID({s},LEN(1/3)*2-3,90))")),
        ("<c r='A1' t='b'><v>1</v></c>".to_owned(), format!("HYPERLINK(MID({s},LEN(A1)*10-9,90))")),
        (String::new(), "HYPERLINK(MID(\"\u{1f600}https://ev\"&\"il.example/x\",3,99))".to_owned()),
        (String::new(), "HYPERLINK(MID(UPPER(\"\u{df}\")&\"https://ev\"&\"il.example/x\",2,99))".to_owned()),
        (String::new(), "_xlfn.LET(_xlpm.a,\"https://evil.example/x\",HYPERLINK(_xlpm.a))".to_owned()),
    ] {
        let found = book(&format!("<row r='1'>{cells}{}</row>", formula("H1", &link, "go")));
        assert!(found.contains("link_computed"), "{link}: {found}");
    }
    // A number of one figure however it is typed, in a formula or in a cell.
    for (cells, link) in
        [("", "LEN(0001)"), ("<c r='A1'><v>0001</v></c>", "LEN(A1)"), ("<c r='A1'><v>1.0</v></c>", "LEN(A1)")]
    {
        let link = format!("HYPERLINK(MID(\"xhttps://evil.example/x\",{link}+1,90),\"go\")");
        let found = book(&format!("<row r='1'>{cells}{}</row>", formula("H1", &link, "go")));
        assert!(found.contains("Anchor:https://evil.example/x[go]") && !found.contains("computed"), "{link}: {found}");
    }
}

#[test]
fn cells_meant_by_row_and_distance() {
    let row = |number: u32, one: &str, two: &str, link: &str| {
        let cells = text(&format!("B{number}"), one) + &text(&format!("C{number}"), two);
        format!("<row r='{number}'>{cells}{}</row>", formula(&format!("H{number}"), link, "go"))
    };
    let sheet = row(1, "https://good.example/?", "x", "1")
        + &row(2, "https://ev", "il.example/x", "HYPERLINK(B1:B2&C1:C2,\"go\")");
    let found = book(&sheet);
    for target in ["Anchor:https://evil.example/x[go]", "Anchor:https://good.example/?x[go]", "link_computed"] {
        assert!(found.contains(target), "{found}");
    }
    let sheet =
        row(1, "https://ev", "il.example/x", "HYPERLINK(INDIRECT(\"RC2\",FALSE)&INDIRECT(\"RC3\",FALSE),\"go\")");
    let found = book(&sheet);
    assert!(found.contains("Anchor:https://evil.example/x[go]") && !found.contains("computed"), "{found}");
}

#[test]
fn both_arms_are_told() {
    for link in [
        "HYPERLINK(IF(A1>0,\"https://one.example/\",\"https://two.example/\"),\"go\")",
        "HYPERLINK(IF(\"1\"=1,\"https://one.example/\",\"https://two.example/\"),\"go\")",
        "HYPERLINK(IFERROR(\"https://one.example/\",\"https://two.example/\"),\"go\")",
        "HYPERLINK(\"https://\"&IF(FOO(),\"one\",\"two\")&\".example/\",\"go\")",
    ] {
        let found = book(&format!("<row r='1'>{}</row>", formula("D1", link, "go")));
        for target in ["Anchor:https://one.example/[go]", "Anchor:https://two.example/[go]"] {
            assert!(found.contains(target), "{link}: {found}");
        }
    }
}

#[test]
fn cells_without_names_stand_in_their_rows() {
    let go = "<c t='str'><f>HYPERLINK(A1&amp;A2&amp;B2,\"go\")</f><v>go</v></c>";
    let [one, two, three] = [text("", "https://"), text("", "evil.exa"), text("", "mple/x")];
    for sheet in [
        format!("<row>{one}</row><row>{two}{three}</row><row>{go}</row>"),
        format!("<row r='1'>{one}</row><row r='2'>{two}{three}</row><row r='3'>{go}</row>"),
        format!("<row r='1'>{one}</row><row><c r='A2' t='str'><v>evil.exa</v></c>{three}</row><row>{go}</row>"),
    ] {
        let found = book(&sheet);
        assert!(found.contains("Anchor:https://evil.example/x[go]") && !found.contains("computed"), "{found}");
    }
}

#[test]
fn shared_formulas_wherever_the_first_stands() {
    let second = "<c r='A2' t='str'><f t='shared' si='7'/><v>a</v></c>";
    let first = "<c r='A1' t='str'><f t='shared' ref='A1:A2' si='7'>HYPERLINK(B1,\"a\")</f><v>a</v></c>";
    let values = [text("B1", "https://one.example/"), formula("B2", "\"https://ev\"&\"il.example/\"", "x")];
    for sheet in [
        format!("<row r='1'>{first}{}</row><row r='2'>{second}{}</row>", values[0], values[1]),
        format!("<row r='2'>{second}{}</row><row r='1'>{first}{}</row>", values[1], values[0]),
    ] {
        let found = book(&sheet);
        assert!(found.contains("https://one.example/[a]") && found.contains("https://evil.example/[a]"), "{found}");
    }
}

#[test]
fn relative_names() {
    let sheet = format!(
        "<row r='1'>{}</row><row r='3'>{}{}</row>",
        text("B1", "https://good.example/"),
        formula("A3", "HYPERLINK(Beside,\"go\")", "go"),
        formula("B3", "\"https://ev\"&\"il.example/\"", "x")
    );
    let found = book(&sheet);
    assert!(found.contains("Anchor:https://evil.example/[go]") && !found.contains("good.example/[go]"), "{found}");
}

#[test]
fn books_on_other_machines_and_bars_in_texts() {
    let of = |text: &str| {
        let found = book(&format!("<row r='1'>{}</row>", formula("A1", text, "1")));
        found.split(' ').filter(|word| !word.starts_with("Text:")).collect::<Vec<_>>().join(" ")
    };
    for text in [
        "'\\\\evil.example\\share\\[B.XLSX]S'!A1",
        "'C:\\a\\[x.xlsx]S'!A1+'\\\\evil.example\\share\\[b.csv]S'!A1",
        "'\\\\evil.example\\share\\[b]S'!A1",
    ] {
        assert!(of(text).contains("unc_path") && of(text).contains("external_link"), "{text}: {}", of(text));
    }
    for text in ["\"Total|\"&Two!A1", "IF(A1=\"a|b\",Two!B1,\"\")", "CONCATENATE(\"Ref|\",Two!A1)", "SUMADDE(1)"] {
        assert_eq!(of(text), "", "{text}");
    }
    for text in ["cmd|'/c calc'!A0", "\"a|b\"&cmd|'/c calc'!A0"] {
        assert_eq!(of(text), "dde", "{text}");
    }
}

fn open_document(rows: &str) -> String {
    let content = format!(
        "<?xml version='1.0'?><office:document-content><office:spreadsheet><table:table table:name='S'>{rows}</table:table>\
         <table:named-expressions><table:named-expression table:name='Over' table:base-cell-address='$S.$B$2' \
         table:expression='[.B1]'/></table:named-expressions></office:spreadsheet></office:document-content>"
    );
    let parts: [(&str, &[u8]); 2] =
        [("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())];
    told(&open(&zip_of(&parts)))
}

#[test]
fn repeated_cells_of_open_documents() {
    let cell = |text: &str, more: &str| format!("<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>");
    let go = |formula: &str| cell("go", &format!("table:formula='of:=HYPERLINK({formula};\"go\")'"));
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let twice = "table:number-columns-repeated='2'";
    let one = row(&(cell("https://ev", twice) + &cell("il.example/x", "") + &go("[.B1]&amp;[.C1]")));
    let two = format!("<table:table-row table:number-rows-repeated='3'>{}</table:table-row>", cell("https://ev", ""))
        + &row(&(cell("il.example/x", "") + &go("[.A3]&amp;[.A4]")));
    let three = row(&(cell("https://evil.example/x", "") + &cell("https://evil.example/", "")))
        + &row(&cell("go", &format!("{twice} table:formula='of:=HYPERLINK([.A1];\"go\")'")));
    let four =
        row(&cell("https://evil.example/x", "")) + &row(&go("Over")).replace("row><", "row><table:table-cell/><");
    for (rows, expected) in [
        (one, "Anchor:https://evil.example/x[go]"),
        (two, "Anchor:https://evil.example/x[go]"),
        (three, "Anchor:https://evil.example/x[go] Anchor:https://evil.example/[go]"),
        (
            four.replacen("<table:table-cell", "<table:table-cell/><table:table-cell", 1),
            "Anchor:https://evil.example/x[go]",
        ),
    ] {
        let found = open_document(&rows);
        assert!(found.contains(expected) && !found.contains("computed"), "{rows}: {found}");
    }
    let many = row(&(cell("https://ev", "table:number-columns-repeated='1001'") + &go("[.ZZ1]&amp;[.B2]")));
    assert!(open_document(&many).contains("link_computed"), "{}", open_document(&many));
    let bars = row(&cell("x", "table:formula='of:=&quot;Total|&quot;&amp;[$S2.A1]&amp;&quot;!&quot;'"));
    assert_eq!(open_document(&bars), "");
}

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

fn old_book(records: &[Vec<u8>]) -> String {
    let begin = |part: u8| record(0x0809, &[0, 6, part, 0, 0, 0, 0, 0]);
    let stream = [begin(5), begin(0x10), records.concat()].concat();
    told(&open(&compound_of(&[("Workbook", &stream)])))
}

fn old_formula(row: u8, tokens: &[u8]) -> Vec<u8> {
    let mut body = [&[row, 0, 0, 0, 0, 0][..], &[0, 0, 0, 0, 0, 0, 0xff, 0xff], &[0; 6]].concat();
    body.extend(u16::try_from(tokens.len()).unwrap().to_le_bytes());
    body.extend(tokens);
    record(0x06, &body)
}

fn old_text(text: &str) -> Vec<u8> {
    [&[0x17, u8::try_from(text.len()).unwrap(), 0][..], text.as_bytes()].concat()
}

#[test]
fn old_formulas_with_much_beside_the_address() {
    let address = [old_text("https://ev"), old_text("il.example/x"), vec![0x08]].concat();
    let call = b"\x42\x02\x67\x01";
    // Forty joined texts, cut to four letters.
    let mut long = old_text(&"0".repeat(203));
    for _ in 0..39 {
        long.extend(old_text(&"x".repeat(203)));
        long.push(0x08);
    }
    long.extend(b"\x1e\x04\x00\x42\x02\x73\x00");
    // MOD(5;3), a truth, an error, an array, an argument left out.
    let rests: [&[u8]; 5] =
        [b"\x1e\x05\x00\x1e\x03\x00\x41\x27\x00", b"\x1d\x01", b"\x1c\x2a", b"\x60\0\0\0\0\0\0\0", b"\x16"];
    for rest in rests.into_iter().chain([long.as_slice()]) {
        let found = old_book(&[old_formula(0, &[&address, rest, call].concat())]);
        assert!(found.contains("Anchor:https://evil.example/x["), "{rest:?}: {found}");
    }
}

#[test]
fn old_formulas_that_cells_share_or_that_fill_a_range() {
    let label = |row: u8, text: &str| {
        record(0x0204, &[&[row, 0, 1, 0, 0, 0, u8::try_from(text.len()).unwrap(), 0, 0][..], text.as_bytes()].concat())
    };
    // The cell to the right.
    let shared = b"\x2c\0\0\x01\xc0\x42\x01\x67\x01";
    let mut range = vec![0, 0, 1, 0, 0, 0, 0, 2];
    range.extend(u16::try_from(shared.len()).unwrap().to_le_bytes());
    range.extend(shared);
    let names_first = b"\x01\0\0\0\0";
    let found = old_book(&[
        old_formula(0, names_first),
        record(0x04bc, &range),
        old_formula(1, names_first),
        label(0, "https://one.example/"),
        label(1, "https://two.example/"),
    ]);
    assert!(found.contains("https://one.example/[") && found.contains("Anchor:https://two.example/["), "{found}");
    // An array formula of one cell that leads.
    let tokens = [old_text("https://evil.example/x"), b"\x42\x01\x67\x01".to_vec()].concat();
    let mut array = vec![0; 12];
    array.extend(u16::try_from(tokens.len()).unwrap().to_le_bytes());
    array.extend(tokens);
    let found = old_book(&[old_formula(0, names_first), record(0x0221, &array)]);
    assert!(found.contains("Anchor:https://evil.example/x["), "{found}");
}

#[test]
fn old_numbers_and_truths_are_no_empty_cells() {
    // 1 and 2 packed beside each other in A1 and B1, true in C1; the address has all three.
    let packed = record(0x00bd, b"\0\0\0\0\0\0\x06\0\0\0\0\0\x0a\0\0\0\x01\0");
    let truth = record(0x0205, b"\0\0\x02\0\0\0\x01\0");
    let cell = |column: u8| vec![0x24, 0, 0, column, 0xc0];
    let mut tokens = old_text("https://a.example/");
    for column in 0..3 {
        tokens.extend(cell(column));
        tokens.push(0x08);
    }
    tokens.extend(b"\x42\x01\x67\x01");
    let found = old_book(&[packed.clone(), truth, old_formula(1, &tokens)]);
    // How the truth is written depends on the language.
    assert!(found.contains("link_computed") && !found.contains("Anchor:https://a.example/12["), "{found}");
    let mut tokens = old_text("https://a.example/");
    for column in 0..2 {
        tokens.extend(cell(column));
        tokens.push(0x08);
    }
    tokens.extend(b"\x42\x01\x67\x01");
    let found = old_book(&[packed, old_formula(1, &tokens)]);
    assert!(found.contains("Anchor:https://a.example/12[") && !found.contains("computed"), "{found}");
}

#[test]
fn old_formulas_that_are_cut_are_told() {
    let call = b"\x42\x01\x67\x01".as_slice();
    // Operands that nobody takes; a long text in functions within functions; a token that is not known.
    let operands = [b"\x1e\x05\x00".repeat(1_100), old_text("https://evil.example/x"), call.to_vec()].concat();
    let within = [old_text(&"x".repeat(250)), b"\x41\x70\x00".repeat(4_500), call.to_vec()].concat();
    let unknown = [old_text("https://evil.example/x"), b"\x0f\x1b".to_vec(), call.to_vec()].concat();
    for tokens in [operands, within, unknown] {
        let found = old_book(&[old_formula(0, &tokens)]);
        assert!(found.contains("link_computed"), "{found}");
    }
}

#[test]
fn merged_cells_and_arrays_of_the_one_xml_file() {
    let of = |rows: &str| {
        let xml = format!(
            "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
             xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='S'><Table>{rows}</Table></Worksheet></Workbook>"
        );
        told(&open(xml.as_bytes()))
    };
    let data = |text: &str| format!("<Data ss:Type='String'>{text}</Data>");
    // The second cell is D1, since the first covers three; the second row is the third one.
    let rows = format!(
        "<Row ss:Span='1'><Cell ss:MergeAcross='2'>{}</Cell><Cell>{}</Cell></Row>\
         <Row><Cell ss:Formula='=HYPERLINK(R1C1&amp;R1C4&amp;R[1]C)'/></Row><Row><Cell>{}</Cell></Row>",
        data("https://"),
        data("evil.exa"),
        data("mple/x")
    );
    assert!(of(&rows).contains("Anchor:https://evil.example/x["), "{}", of(&rows));
    let array = format!(
        "<Row><Cell ss:ArrayRange='RC:R[1]C' ss:Formula='=FOO()'>{0}</Cell></Row><Row><Cell>{0}</Cell>\
         <Cell ss:Formula='=HYPERLINK(RC[-1])'/></Row>",
        data("https://good.example/")
    );
    assert!(of(&array).contains("link_computed"), "{}", of(&array));
}
