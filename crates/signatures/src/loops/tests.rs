use super::*;
use crate::rules::Rules;

fn slow(condition: &str) -> Vec<String> {
    let text = format!("rule a {{\n  strings: $a = \"xyzzyqux\"\n  condition: $a and\n    {condition}\n}}");
    let source = Source { name: "t.yar".to_owned(), namespace: "t".to_owned(), text };
    let (_, faults) = Rules::compile(&[source]).unwrap();
    assert!(faults.iter().all(|fault| fault.level != Level::Broken), "{faults:?}");
    let slow = faults.iter().filter(|fault| fault.message.contains("gone round"));
    slow.map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.message)).collect()
}

#[test]
fn long_loops_are_named_with_their_place() {
    assert_eq!(
        slow("for any i in (0..100000000) : (uint8(i) == 1)"),
        ["4:5 this loop is gone round 100000001 times for every file, at most 200000"]
    );
    assert_eq!(slow("for any i in ( 0x0 .. 300KB ):( uint8(i) == 1 and uint8(i + 1) == 2 )").len(), 1);
    // Loops within loops, and only those.
    let nested = slow("for any i in (1..1000) : (for any j in (1..1000) : (uint8(i * j) == 1))");
    assert!(nested.len() == 1 && nested[0].contains("1000000 times"), "{nested:?}");
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
