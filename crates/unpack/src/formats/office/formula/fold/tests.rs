//! Texts put together: out of constants, cells and names; and formulas that never end.

use super::*;

fn reckoned(formula: &str, cells: Option<&Cells>) -> Vec<Option<String>> {
    let steps = Cell::new(0);
    let place = Place { sheet: 1, ..Place::default() };
    arguments(
        formula,
        &Standing { place, ..Standing::default() },
        Known { cells, first: First::Formula, steps: &steps },
        2,
    )
}

fn check(formula: &str, cells: Option<&Cells>, expected: &[Option<&str>]) {
    let found = reckoned(formula, cells);
    let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
    assert_eq!(found, expected, "{formula}");
}

#[test]
fn texts_put_together_out_of_constants() {
    for (formula, expected) in [
        ("\"http://evil\"&\"-host.example/x\", \"go\")", vec![Some("http://evil-host.example/x"), Some("go")]),
        ("CHAR(104)&\"ttp://a\"; \"b\"\"c\")", vec![Some("http://a"), Some("b\"c")]),
        ("CHAR(100+2*2)&UNICHAR(116))", vec![Some("ht")]),
        ("CONCATENATE(\"a\",\"b\",LOWER(\"C\"))&(\"d\"&1))", vec![Some("abcd1")]),
        ("SUBSTITUTE(\"hxxp://a\",\"xx\",\"tt\"))", vec![Some("http://a")]),
        ("SUBSTITUTE(\"a-b-c\",\"-\",\".\",2))", vec![Some("a-b.c")]),
        ("LEFT(\"http://a.example/zzz\",16)&RIGHT(\"xy\")&MID(\"abcde\",2,3))", vec![Some("http://a.exampleybcd")]),
        ("REPLACE(\"abc\",2,1,\"XX\")&LEN(\"abc\"))", vec![Some("aXXc3")]),
        ("TEXTJOIN(\".\",TRUE,\"a\",\"\",\"b\")&TEXTJOIN(\"-\",FALSE(),\"a\",\"\"))", vec![Some("a.ba-")]),
        ("IF(TRUE,\"a\",\"b\")&IF(0,\"a\",\"b\")&CHOOSE(2,\"x\",\"y\")&IFERROR(\"z\",NA()))", vec![Some("abyz")]),
        ("_xlfn.CONCAT(\"a\",\"b\"))", vec![Some("ab")]),
        ("A1&\"x\", \"shown\")", vec![None, Some("shown")]),
        ("IF(1>2,\"a)\",\"b\"), \"shown\")", vec![None, Some("shown")]),
        ("REPT(\"a\",99999999))", vec![None]),
        ("REPT(\"ab\",2)&-3)", vec![Some("abab-3")]),
        ("1/0)", vec![None]),
        ("", vec![None]),
    ] {
        check(formula, None, &expected);
    }
    assert_eq!(reckoned(&"(".repeat(100_000), None), [None]);
    assert_eq!(reckoned(&"T(".repeat(100_000), None), [None]);
    assert_eq!(reckoned(&"-".repeat(100_000), None), [None]);
}

fn book() -> Cells {
    let mut cells = Cells::default();
    cells.turn_to("Sheet1");
    cells.turn_to("Data 2");
    for (row, text) in ["x", "y", "z"].into_iter().enumerate() {
        cells.go(u32::try_from(row).unwrap(), 2);
        cells.keep_value(text);
    }
    cells.turn_to("Sheet1");
    cells.keep_value("http://evil");
    cells.go(0, 1);
    cells.keep_value("-host.example/");
    cells.name("Whole", "Sheet1!$A$1&$B$1");
    cells.name("twice", "\"a\"");
    cells.name("TWICE", "\"b\"");
    cells.alias("#0", "Data 2");
    cells
}

#[test]
fn cells_and_names_that_are_known() {
    let cells = book();
    for (formula, expected) in [
        ("A1&B1)", Some("http://evil-host.example/")),
        ("$A$1&b1)", Some("http://evil-host.example/")),
        ("[.A1]&[.$B$1])", Some("http://evil-host.example/")),
        ("[$'Data 2'.C1]&[$Sheet1.B1])", Some("x-host.example/")),
        ("'Data 2'!C2&Sheet1!A1)", Some("yhttp://evil")),
        ("R1C1&R[0]C[1])", Some("http://evil-host.example/")),
        ("#0!R3C3)", Some("z")),
        ("CONCAT('Data 2'!C1:C3)&CONCAT([$'Data 2'.C1:.C2]))", Some("xyzxy")),
        ("whole&\"q\")", Some("http://evil-host.example/q")),
        ("INDIRECT(\"A\"&1)&INDIRECT(\"'Data 2'!C1\"))", Some("http://evilx")),
        ("A1&Z99)", Some("http://evil")),
        ("twice)", None),
        ("nobody)", None),
        ("Other!A1)", None),
        ("A1:XFD1048576)", None),
        ("VLOOKUP(1,A1:B2,2))", None),
    ] {
        check(formula, Some(&cells), &[expected]);
    }
}

#[test]
fn cells_that_depend_on_each_other_end() {
    let mut cells = Cells::default();
    cells.turn_to("s");
    for row in 0..60_u32 {
        cells.go(row, 0);
        let formula = format!("A{0}&A{0}&A{0}&A{0}", row + 2);
        let place = cells.here;
        cells.keep_formula(&Standing { formula, place, rows: 0, columns: 0 });
    }
    assert_eq!(reckoned("A1)", Some(&cells)), [None]);
    cells.go(0, 1);
    let place = cells.here;
    cells.keep_formula(&Standing { formula: "B1".to_owned(), place, rows: 0, columns: 0 });
    assert_eq!(reckoned("B1)", Some(&cells)), [None]);
}
