//! Addresses that hang on more than one answer that programs may give otherwise.

use super::book;
use crate::formats::shown::shown;

const GOOD: &str = "\"https://good.example/\"";
const EVIL: &str = "\"https://evil.example/x\"";

/// What is told of a link, with a text, a number, a truth, and a formula whose value is another one beside it.
fn told(target: &str) -> String {
    let formula = format!("HYPERLINK({target},\"go\")").replace('&', "&amp;").replace('<', "&lt;");
    book(&format!(
        "<row r='1'><c r='A1' t='str'><v>yes</v></c><c r='B1'><v>2</v></c><c r='C1' t='b'><v>1</v></c>\
         <c r='D1'><f>1+1</f><v>3</v></c><c r='H1' t='str'><f>{formula}</f><v>go</v></c></row>"
    ))
}

#[test]
fn one_answer_does_not_hang_on_another() {
    for target in [
        format!("IF(\"1\"=1,{GOOD},IF(1=1,{EVIL},{GOOD}))"),
        format!("IF(\"1\"=1,{GOOD},IF(B1=2,{EVIL},{GOOD}))"),
        format!("IF(\"1\"=1,{GOOD},IF(\"a\"=\"A\",{EVIL},{GOOD}))"),
        format!("IF(\"1\"=1,{GOOD},IF(\"b\">\"a\",{EVIL},{GOOD}))"),
        format!("IF(\"1\"=\"1.0\",{GOOD},IF(\"1\"=\"1\",{EVIL},{GOOD}))"),
        format!("IF(C1=1,{GOOD},IF(A1=\"yes\",{EVIL},{GOOD}))"),
        format!("IF(D1=2,{GOOD},IF(B1>1,{EVIL},{GOOD}))"),
        format!("IF(\"1\"=1,{GOOD},IFERROR({EVIL},{GOOD}))"),
        // Two, and three, of which one is otherwise.
        format!("IF(D1=2,{GOOD},IF(\"1\"=1,IF(1=1,{EVIL},{GOOD}),{GOOD}))"),
        format!("IF(\"1\"=1,{GOOD},IF(\"a\"=\"A\",IF(\"b\"=\"B\",{EVIL},{GOOD}),{GOOD}))"),
        // What is in doubt is met only the other way.
        format!("INDIRECT(IF(\"1\"=1,\"A1\",\"E1\"))&IF(\"1\"=1,{GOOD},IF(2>1,{EVIL},{GOOD}))"),
    ] {
        let found = told(&target);
        assert!(
            found.contains("Anchor:https://evil.example/x[go]") && !found.contains("computed"),
            "{target}: {found}"
        );
    }
}

#[test]
fn more_doubts_than_are_gone_through_are_said() {
    let doubts = |count: usize| {
        let all = (0..count).map(|number| format!("IF(\"{number}\"={number},\"\",\"x\")&")).collect::<String>();
        told(&format!("{GOOD}&{all}\"\""))
    };
    assert!(!doubts(3).contains("link_computed") && doubts(4).contains("link_computed"), "{}", doubts(3));
    assert!(doubts(3).matches("Anchor:").count() == 4, "{}", doubts(3));
    // The same one again and again is one.
    let same = told(&format!("{GOOD}&D1&D1&D1&D1&D1"));
    assert!(same.contains("good.example/22222[go]") && same.contains("good.example/33333[go]"), "{same}");
    assert!(same.matches("Anchor:").count() == 2 && !same.contains("computed"), "{same}");
}

#[test]
fn what_is_no_doubt_is_none() {
    let many = |condition: &str| {
        let all = (0..6).map(|number| format!("IF({condition},\"{number}\",\"-\")&")).collect::<String>();
        told(&format!("{GOOD}&{all}\"\""))
    };
    for condition in [
        "B1=2",
        "B1>1",
        "B1<>0.5",
        "A1=\"yes\"",
        "A1<>\"no\"",
        "A1<>\"\"",
        "E1=\"\"",
        "B1<>\"\"",
        "B1<>A1",
        "C1=TRUE",
        "2>=1",
    ] {
        let found = many(condition);
        assert!(
            found.contains("https://good.example/012345[go]") && !found.contains("computed"),
            "{condition}: {found}"
        );
    }
    for condition in ["A1=\"YES\"", "E1=0", "C1=1", "A1>\"a\"", "B1=\"2\"", "A1<>\"yes\u{ad}\"", "B1<>1.9999999999"] {
        assert!(many(condition).contains("link_computed"), "{condition}: {}", many(condition));
    }
    // Of a table of texts nobody knows what is a number, a date or a truth.
    let table = |condition: &str| {
        let all = format!("IF({condition},\"\",\"x\")&").repeat(4);
        let quoted = format!("=HYPERLINK({GOOD}&{all}\"\")").replace('"', "\"\"");
        shown("a.csv", format!("5,TRUE,1/2/2024\n\"{quoted}\"\n").as_bytes())
    };
    assert!(!table("A1=5").contains("link_computed"), "{}", table("A1=5"));
    assert!(table("B1=\"TRUE\"").contains("link_computed") && table("C1=\"1/2/2024\"").contains("link_computed"));
}
