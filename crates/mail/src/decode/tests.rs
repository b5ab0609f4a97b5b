//! Encoded data, good and broken.

use super::*;

fn base64_of(encoded: &[u8]) -> (String, Option<usize>) {
    let decoded = base64::decode(encoded);
    (String::from_utf8_lossy(&decoded.bytes).into_owned(), decoded.bad_at)
}

#[test]
fn base64_good_and_broken() {
    assert_eq!(base64_of(b"aGVsbG8=\r\n"), ("hello".into(), None));
    assert_eq!(base64_of(b"aGVs\r\nbG8\r\n"), ("hello".into(), None));
    assert_eq!(base64_of(b"aGVs*bG8="), ("hello".into(), Some(4)));
    assert_eq!(base64_of(b"aGVsbG8=aGVsbG8="), ("hellohello".into(), Some(8)), "padding in the middle");
    assert_eq!(base64_of(b"aGVsb"), ("hel".into(), Some(4)));
    assert_eq!(base64_of(b"aG Vs\tbG8="), ("hello".into(), None), "white space");
    assert_eq!(base64_of(b"===="), (String::new(), None));
}

#[test]
fn the_slow_reading_agrees_with_the_quick_one() {
    for length in 0..200_usize {
        let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n * 7 % 256).unwrap_or(0)).collect();
        let mut encoded = data_encoding::BASE64.encode(&bytes).into_bytes();
        assert_eq!(base64::decode(&encoded).bytes, bytes);
        encoded.insert(encoded.len() / 2, b'!');
        assert_eq!(base64::decode(&encoded).bytes, bytes);
    }
}

#[test]
fn quoted_printable_good_and_broken() {
    let check = |encoded: &[u8], expected: &str, bad_at: Option<usize>| {
        let decoded = quoted_printable::decode(encoded);
        assert_eq!((String::from_utf8_lossy(&decoded.bytes).as_ref(), decoded.bad_at), (expected, bad_at));
    };
    check(b"a=3Db", "a=b", None);
    check(b"caf=c3=a9", "caf\u{e9}", None);
    check(b"one=\r\ntwo = \r\nthree  \r\n", "onetwo three\r\n", None);
    check(b"x\r\n50=% off=", "x\r\n50=% off", Some(5));
    check(b"plain\n", "plain\n", None);
    check(b"=", "", None);
}

#[test]
fn uuencode_blocks() {
    let decoded = uuencode::decode(b"text\nbegin 644 a.txt\n%:&5L;&\\\n`\nend\nmore\n");
    assert_eq!(decoded.bytes.as_ref(), b"hello");
    assert_eq!(uuencode::decode(b"%:&5L;&\\\n").bytes.as_ref(), b"hello", "without begin");
}

#[test]
fn encoded_words_good_and_broken() {
    let check = |value: &[u8], expected: &str, is_bad: bool| {
        let text = words::decode(value);
        assert_eq!((text.text.as_str(), text.is_bad), (expected, is_bad), "{}", String::from_utf8_lossy(value));
    };
    check(b"plain", "plain", false);
    check(b"=?utf-8?Q?a_b=3F?=", "a b?", false);
    check(b"=?utf-8?q?what??=", "what?", false);
    check(b"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "\u{fc}", false);
    check(b"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b", false);
    check(b"=?iso-8859-1*de?Q?=FC?=", "\u{fc}", false);
    check(b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\u{65e5}\u{672c}", false);
    check(b"\"=?utf-8?B?eA==?=\"", "\"x\"", false);
    check(b"a=?utf-8?B?eA==?=b", "axb", false);
    check(b"=?no-such?Q?abc?=", "abc", true);
    check(b"=?utf-8?Q?=FF?=", "\u{fffd}", true);
    check(b"=?utf-8?Q?no end", "=?utf-8?Q?no end", true);
    check(b"=?utf-8?X?abc?=", "=?utf-8?X?abc?=", false);
    check(b"=??Q?x?= =?", "=??Q?x?= =?", false);
    check(b"\xe4", "\u{e4}", false);
}

#[test]
fn charsets() {
    assert_eq!(charset::decode(b"\xe4", "iso-8859-1"), "\u{e4}");
    assert_eq!(charset::decode("\u{e4}".as_bytes(), "us-ascii"), "\u{e4}", "a wrong name");
    assert_eq!(charset::decode(b"\xe4", "unknown-8bit"), "\u{e4}");
    assert_eq!(charset::decode(b"\xff\xfea\0", ""), "a", "a byte order mark");
    assert_eq!(charset::decode(b"\xef\xbb\xbfa", ""), "a");
    assert_eq!(charset::decode(b"a\0b\0", "utf-16le"), "ab");
}
