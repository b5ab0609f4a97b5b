//! Texts put together: out of constants, cells and names; and formulas that never end.

use super::*;
use crate::formats::office::formula::cells::Kind;

const STEPS: u32 = 1_000_000;

fn told(formula: &str, cells: Option<&Cells>, (choice, steps): (Choice, u32)) -> Told {
    let standing = Standing { place: Place { sheet: 1, ..Place::default() }, ..Standing::default() };
    arguments(formula, &standing, Known { cells, choice, steps: &Cell::new(steps) }, 2)
}

fn reckoned(formula: &str, cells: Option<&Cells>) -> Vec<Option<String>> {
    told(formula, cells, (Choice::First, STEPS)).values
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
        ("IF(1>2,\"a)\",\"b\"), \"shown\")", vec![Some("b"), Some("shown")]),
        ("IF(\"a\"=\"A\",\"y\",\"n\")&IF(2<=1,\"y\",\"n\")&IF(1<>2,\"y\",\"n\"))", vec![Some("yny")]),
        ("2^3, \"shown\")", vec![None, Some("shown")]),
        // A number as a text depends on the format; of what is no number there is none.
        ("TEXT(1,\"\"\"http://a\"\"\"))", vec![None]),
        ("TEXT(\"a\",\"@\")&VALUE(\"12\"))", vec![Some("a12")]),
        ("VALUE(\"http://a\"))", vec![None]),
        ("N(\"a\"))", vec![None]),
        ("T(5)&\"a\")", vec![None]),
        ("T(\"x\")&T(\"\"))", vec![Some("x")]),
        ("ASC(\"a\")&ENCODEURL(\"a:/\"))", vec![Some("aa%3A%2F")]),
        ("ASC(\"\u{ff41}\"))", vec![None]),
        ("CHAR(0))", vec![None]),
        ("CHAR(300))", vec![None]),
        ("CHAR(128))", vec![Some("\u{20ac}")]),
        ("REPT(\"a\",99999999))", vec![None]),
        ("REPT(\"ab\",2)&-3)", vec![Some("abab-3")]),
        ("1/0)", vec![None]),
        // A number is written anew, if it is whole; a truth has a word in each language.
        ("\"a\"&0001&\"b\"&LEN(0001))", vec![Some("a1b1")]),
        ("LEN(6/2)&7*3&-0)", vec![Some("1210")]),
        ("LEN(TRUE))", vec![None]),
        ("LEN(1=1)&\"x\")", vec![None]),
        ("LEN(1/3))", vec![None]),
        ("LEN(0.1+0.2))", vec![None]),
        ("1.0&\"\")", vec![Some("1")]),
        ("0.5*2&\"\")", vec![None]),
        ("MID(\"abcdef\",(0.1+0.2-0.3)*1000000*1000000*1000000+1,1))", vec![None]),
        ("MID(\"abcdef\",2.9999999999999999,1))", vec![None]),
        ("MID(\"abcdef\",2.5,1))", vec![None]),
        ("LEFT(\"xy\",TRUE))", vec![Some("x")]),
        ("MID(\"abcdef\",\"1.5\",1))", vec![None]),
        ("900000000000000+100000000000000&\"\")", vec![None]),
        ("999999999999999&\"\")", vec![Some("999999999999999")]),
        // Letters beyond the first plane are counted in two ways, and capitals of other letters are the language's own.
        ("MID(\"\u{1f600}https://ev\"&\"il\",3,99))", vec![None]),
        ("LEN(\"\u{1f600}\"))", vec![None]),
        ("LEFT(\"\u{e4}b\",1)&LEN(\"\u{e4}\"))", vec![Some("\u{e4}1")]),
        ("UPPER(\"\u{df}\"))", vec![None]),
        ("UPPER(\"a\")&LEFTB(\"abc\",2))", vec![Some("Aab")]),
        ("LEFTB(\"\u{e4}bc\",2))", vec![None]),
        ("TEXTJOIN({\",\"},TRUE,\"a\"))", vec![None]),
        ("(\"a\",\"b\"))", vec![None, Some("b")]),
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
    cells.name("Whole", "Sheet1!$A$1&$B$1", (0, 0));
    cells.name("twice", "\"a\"", (0, 0));
    cells.name("TWICE", "\"b\"", (0, 0));
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
        (
            "INDIRECT(\"RC1\",FALSE)&INDIRECT(\"R[0]C2\",0)&INDIRECT(\"B1\",TRUE))",
            Some("http://evil-host.example/-host.example/"),
        ),
        ("INDIRECT(\"A1\",FALSE))", None),
        ("INDIRECT(\"RC2\",Z99))", Some("-host.example/")),
        ("INDIRECT(\"A1\",NA()))", None),
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
        cells.keep_formula(Standing { formula: formula.into(), place, rows: 0, columns: 0 });
    }
    assert_eq!(reckoned("A1)", Some(&cells)), [None]);
    cells.go(0, 1);
    let place = cells.here;
    cells.keep_formula(Standing { formula: "B1".into(), place, rows: 0, columns: 0 });
    assert_eq!(reckoned("B1)", Some(&cells)), [None]);
}

#[test]
fn what_may_be_something_else() {
    let keep = |cells: &mut Cells, formula: &str, value: &str| {
        let place = cells.here;
        cells.keep_formula(Standing { formula: formula.into(), place, rows: 0, columns: 0 });
        cells.keep_value(value);
    };
    let mut cells = Cells::default();
    cells.turn_to("s");
    keep(&mut cells, "INDEX({\"ht\";\"https://evil.example\"},2)", "https://good.example/");
    cells.go(1, 0);
    keep(&mut cells, "\"a\"&1", "b");
    cells.go(2, 0);
    keep(&mut cells, "NA()", "#N/A");
    cells.go(3, 0);
    keep(&mut cells, "1+1", "2");
    for (row, value) in [(4, "0012"), (5, "12"), (6, "1.50"), (7, "1.5")] {
        cells.go(row, 0);
        cells.keep_value(value);
    }
    for (row, kind) in [(8, Kind::Number), (9, Kind::Text), (10, Kind::Truth)] {
        cells.go(row, 0);
        cells.keep("01", kind);
    }
    cells.go(11, 0);
    keep(&mut cells, "A8/3", "0.5");
    for (formula, first, second, is_guess) in [
        // The value that the sender wrote, where the formula cannot be reckoned.
        ("A1)", Some("https://good.example/"), None, true),
        ("A2)", Some("a1"), Some("b"), false),
        ("A3)", None, None, true),
        ("A4)", Some("2"), None, false),
        ("IFERROR(A3,\"x\"))", Some("x"), None, true),
        ("IFERROR(VALUE(\"y\"),\"x\"))", Some("x"), None, true),
        ("IFERROR(\"y\",\"x\"))", Some("y"), Some("x"), false),
        ("IF(A3,\"y\",\"x\"))", Some("y"), Some("x"), true),
        ("IF(\"1\"=1,\"y\",\"x\"))", Some("y"), Some("x"), false),
        ("CHOOSE(RANDBETWEEN(2,2),\"y\",\"x\"))", Some("y"), Some("x"), true),
        ("IF(1,\"y\",\"x\"))", Some("y"), None, false),
        // What looks like a number is one, unless the file says otherwise.
        ("A5&\"x\")", Some("0012x"), Some("12x"), false),
        ("A6&A8)", Some("121.5"), None, false),
        ("A7)", Some("1.50"), Some("1.5"), false),
        ("A9&A10)", Some("101"), None, false),
        ("A11)", None, None, false),
        ("A12&\"x\")", Some("0.5x"), None, false),
        // A range where one cell is wanted; `RC5` is a column or a distance.
        ("A6:A8)", None, Some("12"), true),
        ("A1:B1&\"x\")", Some("https://good.example/x"), Some("https://good.example/x"), true),
        ("RC1)", Some(""), Some("https://good.example/"), false),
    ] {
        let one = told(formula, Some(&cells), (Choice::First, STEPS));
        let has_other = one.has_asked || one.doubts > 0;
        let other = has_other.then(|| told(formula, Some(&cells), (Choice::Second, STEPS)));
        let other = other.and_then(|other| other.values[0].clone());
        let found = (one.values[0].as_deref(), other.as_deref(), one.is_guess);
        assert_eq!(found, (first, second, is_guess), "{formula}");
    }
    let literals = told("A1&\"own\")", Some(&cells), (Choice::First, STEPS)).literals;
    assert_eq!(literals, ["own", "ht", "https://evil.example"]);
}

#[test]
fn names_are_seen_from_where_they_are_used() {
    let mut cells = Cells::default();
    cells.turn_to("Sheet1");
    for row in 0..3 {
        cells.go(row, 1);
        cells.keep_value(&format!("b{row}"));
    }
    cells.name("beside", "Sheet1!B1", (0, 0));
    cells.name("fixed", "Sheet1!$B$1", (0, 0));
    cells.name("from_row_two", "Sheet1!B2", (1, 0));
    // Above the first row is the last one.
    cells.name("above", "Sheet1!B1048576", (0, 0));
    cells.name("distance", "R[-1]C[1]", (0, 0));
    for (formula, row, expected) in [
        ("beside)", 2, "b2"),
        ("fixed)", 2, "b0"),
        ("from_row_two)", 2, "b2"),
        ("above)", 2, "b1"),
        ("distance)", 2, "b1"),
    ] {
        let standing = Standing { place: Place { sheet: 1, row, column: 0 }, ..Standing::default() };
        let known = Known { cells: Some(&cells), choice: Choice::First, steps: &Cell::new(STEPS) };
        assert_eq!(arguments(formula, &standing, known, 1).values, [Some(expected.to_owned())], "{formula}");
    }
}

#[test]
fn limits_of_reckoning() {
    let cells = book();
    // A range of as many cells, and of one more.
    let range = |rows: u32| format!("CONCAT(F1:F{rows})&\"x\")");
    check(&range(RANGE_CELLS_MAX), Some(&cells), &[Some("x")]);
    check(&range(RANGE_CELLS_MAX + 1), Some(&cells), &[None]);
    check(&format!("\"{}\"&\"b\")", "a".repeat(TEXT_BYTES_MAX)), None, &[None]);
    let deep = |depth: u32| {
        let count = usize::try_from(depth).unwrap();
        format!("{}\"a\"{}", "(".repeat(count), ")".repeat(count))
    };
    check(&deep(DEPTH_MAX - 1), None, &[Some("a")]);
    check(&deep(DEPTH_MAX), None, &[None]);
    // Each piece is a step, and so are the bytes of what is passed over.
    let pieces = "1&".repeat(100) + "1";
    assert!(told(&pieces, None, (Choice::First, 250)).values[0].is_some());
    assert!(told(&pieces, None, (Choice::First, 100)).values[0].is_none());
    let passed = format!("^{}", "x".repeat(STEP_BYTES * 100));
    let steps = Cell::new(200);
    let known = Known { cells: None, choice: Choice::First, steps: &steps };
    arguments(&passed, &Standing::default(), known, 1);
    assert!(steps.get() < 100, "{}", steps.get());
    let many = "\"a\"&".repeat(LITERALS_MAX + 5) + "X)";
    assert_eq!(told(&many, None, (Choice::First, STEPS)).literals.len(), LITERALS_MAX);
    // What is told where no step is left.
    assert_eq!(told("\"a\"&\"b\")", None, (Choice::First, 0)).literals, ["a", "b"]);
}

/// Names that a formula gives to values of its own are none of the book.
#[test]
fn names_within_a_formula() {
    let mut cells = book();
    cells.name("_xlpm.a", "\"https://good.example/\"", (0, 0));
    let of = |formula: &str, rest: &str| {
        let place = Place { sheet: 1, ..Place::default() };
        let standing = Standing { formula: formula.into(), place, rows: 0, columns: 0 };
        let known = Known { cells: Some(&cells), choice: Choice::First, steps: &Cell::new(STEPS) };
        arguments(rest, &standing, known, 1).values.remove(0)
    };
    assert_eq!(of("_xlfn.LET(_xlpm.a,\"x\",HYPERLINK(_xlpm.a))", "_xlpm.a))"), None);
    assert_eq!(of("COM.MICROSOFT.LET(Whole;\"x\";HYPERLINK(Whole))", "Whole))"), None);
    assert_eq!(of("LAMBDA(Whole,HYPERLINK(Whole))(\"x\")", "Whole))(\"x\")"), None);
    assert_eq!(of("HYPERLINK(_xlpm.a)", "_xlpm.a)"), None);
    assert_eq!(of("HYPERLINK(Whole)&OUTLET(1)", "Whole)&OUTLET(1)").as_deref(), Some("http://evil-host.example/"));
}
