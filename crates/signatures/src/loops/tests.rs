use super::*;
use crate::rules::Rules;

fn faults_of(condition: &str) -> Vec<Fault> {
    let text =
        format!("import \"pe\"\nrule a {{\n  strings: $a = \"xyzzyqux\"\n  condition: $a and\n    {condition}\n}}");
    let source = Source { name: "t.yar".to_owned(), namespace: "t".to_owned(), text };
    Rules::compile(&[source]).unwrap().1
}

fn slow(condition: &str) -> Vec<String> {
    let faults = faults_of(condition);
    assert!(faults.iter().all(|fault| fault.level != Level::Broken), "{faults:?}");
    let slow = faults.iter().filter(|fault| fault.message.contains("gone round"));
    slow.map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.message)).collect()
}

#[test]
fn long_loops_are_named_with_their_place() {
    assert_eq!(
        slow("for any i in (0..100000000) : (uint8(i) == 1)"),
        ["5:5 this loop is gone round 100000001 times for every file, at most 200000"]
    );
    assert_eq!(slow("for any i in ( 0x0 .. 300KB ):( uint8(i) == 1 and uint8(i + 1) == 2 )").len(), 1);
    // Loops within loops, and only those.
    let nested = slow("for any i in (1..1000) : (for any j in (1..1000) : (uint8(i * j) == 1))");
    assert!(nested.len() == 1 && nested[0].contains("1000000 times"), "{nested:?}");
}

#[test]
fn bounds_that_are_reckoned_and_loops_behind_regular_expressions() {
    for condition in [
        "for any i in (0..20000*10000) : (uint8(i) == 1)",
        "for any i in (0 .. (2 + 3) * 0x10000) : (uint8(i) == 1)",
        "for any i in (0..1 << 20) : (uint8(i) == 1)",
        "for any i in (0..#a * 100000) : (uint8(i) == 1)",
        "filename matches /x\\// and for any i in (0..300000) : (uint8(i) == 1)",
        "filename matches /a\"b/ and for any i in (0..300000) : (uint8(i) == 1)",
    ] {
        assert_eq!(slow(condition).len(), 1, "{condition}");
    }
    for condition in [
        "for any i in (0..20000 \\ 10) : (uint8(i) == 1)",
        "for any i in (1..#a + 1) : (for any j in (1..#a) : (@a[i] < 10000000))",
        "for any i in (1000*1000..1000*1000 + 9) : (uint8(i) == 1)",
        "filename matches /for any i in (0..300000) :/",
    ] {
        assert_eq!(slow(condition), [""; 0], "{condition}");
    }
}

#[test]
fn bounds_that_depend_on_the_file_are_noted() {
    let noted = |condition: &str| faults_of(condition).iter().filter(|fault| fault.message.contains("depends")).count();
    assert_eq!(noted("for any i in (0..pe.size_of_image) : (uint8(i) == 1)"), 1);
    assert_eq!(noted("for any i in (1..20) : (for any j in (0..i * 100000) : (uint8(j) == 1))"), 1);
    for condition in [
        "for any i in (1..#a) : (@a[i] < 10000000)",
        "for any i in (1, 2, 3) : (uint8(i) == 1)",
        "for any section in pe.sections : (section.name == \".x\")",
        "for any of ($a) : ($ in (0..100000000))",
    ] {
        assert_eq!(noted(condition), 0, "{condition}");
    }
}

#[test]
fn short_loops_ranges_of_places_and_comments_are_not() {
    for condition in [
        "for any i in (1..1000) : (uint8(i) == 1) and for any j in (1..1000) : (uint8(j) == 1)",
        "$a in (0..100000000)",
        "for any i in (1..#a) : (@a[i] < 10000000)",
        "filesize < 10 // for any i in (0..100000000) : (uint8(i) == 1)",
        "filename contains \"for any i in (0..100000000) :\"",
        "for any of them : ($ in (0..100000000))",
    ] {
        assert_eq!(slow(condition), [""; 0], "{condition}");
    }
}
