//! Fields that we write.

use proptest::prelude::*;

use super::*;
use crate::header::Header;

#[test]
fn short_long_and_hostile_values() {
    assert_eq!(fold_field("X-A", "short"), "X-A: short\r\n");
    assert_eq!(fold_field("X-A", "a\r\nEvil: b\0\u{1b}[0m"), "X-A: a  Evil: b  [0m\r\n");
    assert_eq!(fold_field("X:\r\nA", ""), "X---A: \r\n");
    assert_eq!(fold_field("Subject", "caf\u{e9} \u{fc} x"), "Subject: =?UTF-8?B?Y2Fmw6kgw7w=?= x\r\n");
    assert_eq!(fold_field("X", "=?utf-8?Q?a?="), "X: =?UTF-8?B?PT91dGYtOD9RP2E/PQ==?=\r\n");
    let long = fold_field("Subject", &"word ".repeat(40));
    assert!(long.lines().count() > 2 && long.lines().all(|line| line.len() <= 78), "{long}");
    let huge = fold_field("X", &"w".repeat(5_000));
    assert!(huge.lines().all(|line| line.len() <= 998), "{huge}");
}

proptest! {
    #[test]
    fn a_field_stays_one_field_and_reads_as_it_was_meant(
        value in "([a-z=?<>:;,.\u{e4}\u{4e00}]{0,30}[ ]{0,2}){0,12}",
        noise in "\\PC{0,20}[\r\n\u{0}-\u{20}]{0,5}\\PC{0,20}",
    ) {
        for value in [&value, &noise] {
            let mut raw = fold_field("X-Test", value).into_bytes();
            prop_assert!(raw.is_ascii() && raw.iter().all(|b| *b >= 0x20 || matches!(b, b'\r' | b'\n')));
            raw.extend_from_slice(b"Next: 1\r\n\r\n");
            let header = Header::parse(&raw);
            prop_assert_eq!(header.fields.len(), 2);
            let read = header.fields(&raw).next().map(|field| field.decoded()).unwrap_or_default();
            let clean: String = value.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect();
            prop_assert_eq!(read, clean.trim_matches(' '));
        }
    }
}
