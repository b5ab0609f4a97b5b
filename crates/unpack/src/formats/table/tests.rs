//! Cells that a spreadsheet takes for formulas, and those that only look like one.

use crate::formats::shown::shown;

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
    ] {
        assert!(marks("a.csv", table).contains("dde"), "{table}: {}", marks("a.csv", table));
    }
    assert!(marks("a.slk", "ID;PWXL\r\nC;Y1;X1;Ecmd|'/c a;;b'!A0\r\nE\r\n").contains("dde"));
}

#[test]
fn ordinary_exports() {
    let rows = "Ann,@acme | Head of PR! Love coffee\nBob,- Start | Register now!\nCid,+Bonus | Nur heute!\n\
        Dan,+49 30 1234|call first!\nEve,@acme|CEO! Yes\nFay,=?utf-8?q?A|B!?=\nGus,-5\nHal,- it's 5|6!\nIda,@ida\n";
    let found = marks("a.csv", rows);
    assert!(!found.contains("dde"), "{found}");
    for (rows, separator) in [(rows, ','), (rows, ';'), (rows, '\t')] {
        let rows = rows.replace(',', &separator.to_string());
        let rows: String = rows.lines().filter(|row| !row.contains("=?")).map(|row| format!("{row}\n")).collect();
        assert_eq!(marks("a.csv", &rows), "", "{rows}");
    }
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
