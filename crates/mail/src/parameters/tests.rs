//! Structured values as senders and attackers write them.

use super::*;

fn check(value: &str, expected: &str) {
    let read = read(value.as_bytes());
    let parameters: Vec<String> = read.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(format!("{} | {}", read.head, parameters.join(" | ")), expected, "{value}");
}

#[test]
fn usual_values() {
    check(" text/plain", "text/plain | ");
    check("Text/HTML; Charset=\"UTF-8\"", "text/html | charset=UTF-8");
    check("multipart/mixed;\r\n boundary=\"a; b\";\r\n\ttype=x", "multipart/mixed | boundary=a; b | type=x");
    check("text/plain (rich); charset=us-ascii (Plain text)", "text/plain | charset=us-ascii");
}

#[test]
fn broken_values() {
    check("", " | ");
    check("text / plain;;charset=x", "text/plain | charset=x");
    check("multipart/mixed boundary=x", "multipart/mixed | boundary=x");
    check("multipart/mixed; boundary=\"x", "multipart/mixed | boundary=x");
    check("a/b; name=my file (1).txt; x=y", "a/b | name=my file (1).txt | x=y");
    check("a/b; name=file.txt (comment)", "a/b | name=file.txt");
    check("a/b; name=\"a\\\"b\" junk; =; x", "a/b | name=a\"b");
    check("m/m; boundary((c))=\"B\"; boundary=\"A\"", "m/m | boundary=B | boundary=A");
}

#[test]
fn rfc_2231() {
    check("a; filename*=utf-8'en'%e2%82%ac.exe", "a | filename=\u{20ac}.exe");
    check("a; name*1=c; name*0=ab; name*2*=%64", "a | name=abcd");
    check("a; name*0*=iso-8859-1''%FC; name*1=x", "a | name=\u{fc}x");
    check("a; f=1; f*=utf-8''2; f*0=3", "a | f=1 | f=2 | f=3");
    check("a; f*=utf-8'%zz", "a | f=utf-8'%zz");
}

#[test]
fn parameters_have_a_limit() {
    let many = format!("a/b{}", "; x=1".repeat(limits::PARAMETERS_MAX + 1));
    let read = read(many.as_bytes());
    assert!(read.is_cut);
    assert_eq!(read.parameters.len(), limits::PARAMETERS_MAX);
}
