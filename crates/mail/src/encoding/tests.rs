//! Encodings as they are spelled.

use super::*;

fn check(value: &str, expected: &str) {
    let Named { usual, other, is_standard } = Named::read(value.as_bytes());
    let mut shown = format!("{usual:?}");
    if let Some(other) = other {
        shown += &format!(" or {other:?}");
    }
    if !is_standard {
        shown += " odd";
    }
    assert_eq!(shown, expected, "{value}");
}

#[test]
fn standard_words() {
    check(" 7bit", "Identity");
    check("8BIT ", "Identity");
    check("Base64", "Base64");
    check("base64\t", "Base64");
    check("\r\n base64", "Base64");
    check("quoted-printable", "QuotedPrintable");
    check("x-uuencode", "Uuencode");
}

#[test]
fn spellings_that_mail_programs_accept() {
    for value in [
        "base64 (a comment)",
        "(c) base64",
        "\"base64\"",
        "BASE64;",
        "x-base64",
        "=?us-ascii?Q?base64?=",
        "base64.",
        "base 64",
        "base-64",
        "base64; charset=x",
        "ba(c)se64",
        "'base64'",
        "base64\0",
    ] {
        check(value, "Base64 odd");
    }
    check("quoted printable", "QuotedPrintable odd");
    check("quoted-printable;", "QuotedPrintable odd");
    check("7-bit", "Identity odd");
    check("", "Identity odd");
}

#[test]
fn two_encodings_in_one_field() {
    check("base64, 7bit", "Base64 or Identity odd");
    check("8bit;base64", "Identity or Base64 odd");
    check("quoted-printable/base64/quoted-printable", "QuotedPrintable or Base64 odd");
    check("base64 base64", "Base64 odd");
}

#[test]
fn unknown_words() {
    check("x-yenc", "Unknown odd");
    check("utf-8", "Unknown odd");
    check("base64(", "Base64 odd");
}
