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
    check(
        b"=?iso-2022-jp?B?GyRCQEE1YT1xJE43byRLJEQkJCRGGyhC?= =?ISO-2022-JP?B?GyRCRTpJVSVVJSElJCVrGyhC?=",
        "\u{8acb}\u{6c42}\u{66f8}\u{306e}\u{4ef6}\u{306b}\u{3064}\u{3044}\u{3066}\u{6dfb}\u{4ed8}\u{30d5}\u{30a1}\u{30a4}\u{30eb}",
        false,
    );
    check(b"=?iso-2022-jp?Q?a.j=1B(B=1B(Bs?=", "a.js", true);
    check(b"=?iso-2022-jp?Q?a.j=1B$B=1B(Bs?=", "a.js", true);
    check(b"=?hz-gb-2312?Q?~{<:Ky2;~}a.j~{~}s?=", "\u{5df1}\u{6240}\u{4e0d}a.js", false);
    check(b"=?iso-2022-cn?Q?=1B$)A=0E=3D=3B=3B=3B=0F a?=", "\u{4ea4}\u{6362} a", false);
    check(b"=?x-unicode-2-0-utf-7?Q?a+AC4-js?=", "a.js", false);
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
    assert_eq!(charset::decode(b"\0\0\0a\0\x01\xf6\0", "utf-32"), "a\u{1f600}");
    assert_eq!(charset::decode(b"\xff\xfe\0\0a\0\0\0", "utf-8"), "a", "a mark of UTF-32");
    assert_eq!(charset::decode(b"\0\xff\xff\xff", "utf-32be"), "\u{fffd}");
}

#[test]
fn what_programs_read_in_two_ways() {
    let check = |bytes: &[u8], label: &str, expected: Option<&str>| {
        assert_eq!(charset::decode_otherwise(bytes, label).as_deref(), expected, "{label}");
    };
    check(b"\0a", "utf-16", Some("a"));
    check(b"\0a", "ISO-10646-UCS-2", Some("a"));
    check(b"\xfe\xff\0a", "utf-16", None);
    check(b"\0a", "utf-16le", None);
    check(b"a\x1b(B\x1b(Bb", "iso-2022-jp", Some("a\u{fffd}b"));
    check(b"a\x1b(Bb\x1b$BF|\x1b(Bc", "iso-2022-jp", None);
    assert_eq!(charset::decode(b"a\x1b$B\x1b(B\x1b(Bb\x1b$BF|\x1b(B", "iso-2022-jp"), "ab\u{65e5}");
}

#[test]
fn labels_of_charsets() {
    use labels::{Charset, Named, named};
    for (label, expected) in [
        ("", Named::Nothing),
        ("\"x-unknown\"", Named::Nothing),
        ("x-nonsense", Named::Unknown),
        ("UTF_16", Named::Known(Charset::Utf16)),
        ("ucs-2", Named::Known(Charset::Utf16)),
        ("csISO2022JP", Named::Known(Charset::Iso2022Jp)),
        ("HZ-GB-2312", Named::Known(Charset::Hz)),
        ("iso-2022-cn", Named::Known(Charset::Iso2022Cn)),
        ("ibm1047", Named::Known(Charset::Ebcdic(1047))),
        ("cp932", Named::Known(Charset::Web(encoding_rs::SHIFT_JIS))),
        ("utf-16le", Named::Known(Charset::Web(encoding_rs::UTF_16LE))),
        (" utf-8;", Named::Known(Charset::Web(encoding_rs::UTF_8))),
    ] {
        assert_eq!(named(label), expected, "{label}");
    }
}

#[test]
fn utf_7() {
    let check = |encoded: &str, expected: &str| assert_eq!(charset::decode(encoded.as_bytes(), "UTF-7"), expected);
    check("Hi Mom -+Jjo--!", "Hi Mom -\u{263a}-!");
    check("A+ImIDkQ.", "A\u{2262}\u{391}.");
    check("+ADw-script+AD4-", "<script>");
    check("1 +- 1 = +", "1 + 1 = ");
    check("+2D3eAA-", "\u{1f600}");
    check("+2D0-x\u{e4}", "\u{fffd}x\u{fffd}\u{fffd}");
}

// Every content, the usual one first.
fn contents(encoding: &str, body: &str) -> Vec<String> {
    let raw = format!("Content-Transfer-Encoding: {encoding}\r\n\r\n{body}");
    let message = crate::message::Message::parse(raw.into());
    let contents = message.root.contents(message.raw());
    contents.iter().map(|content| String::from_utf8_lossy(content).into_owned()).collect()
}

#[test]
fn clean_encodings_have_one_content() {
    assert_eq!(contents("7bit", "a=3D"), ["a=3D"]);
    assert_eq!(contents("base64", "aGVsbG8=\r\n"), ["hello"]);
    assert_eq!(contents("base64", "aGVs\r\nbG8=\r\n\r\n"), ["hello"]);
    assert_eq!(contents("quoted-printable", "a=3Db =\r\nc\r\n"), ["a=b c\r\n"]);
}

#[test]
fn broken_base64_has_a_content_for_each_reader() {
    // Behind the padding: goes on, stops, or never saw it.
    let readings = contents("base64", "aGVsbG8=d29ybGQ=");
    assert_eq!(readings[..2], ["helloworld", "hello"]);
    assert_eq!(readings.len(), 3);
    // Both of these fill the last group.
    assert_eq!(contents("base64", "aGU==bGxv=")[..2], ["hello", "he"]);
    // RFC 4648 5: passed over, or the last two of the alphabet.
    assert_eq!(contents("base64", "PDw_Pz8-"), ["<<\u{f}\u{fffd}", "<<???>"]);
    // Text before and behind the data.
    let text = contents("base64", "see here:\r\naGVsbG8=\r\n-- \r\nthe list\r\n");
    assert!(text.contains(&"hello".to_owned()), "{text:?}");
    // A line whose length is no multiple of four.
    let lines = contents("base64", "aGU\r\nbGxv\r\n");
    assert!(lines.contains(&"hello".to_owned()), "{lines:?}");
}

#[test]
fn broken_quoted_printable_has_a_content_for_each_reader() {
    assert_eq!(contents("quoted-printable", "50=% =3D"), ["50=% =", "50% ="]);
    assert_eq!(contents("quoted-printable", "a= \r\nb"), ["ab", "a=\r\nb"]);
    assert_eq!(contents("quoted-printable", "a=\rx\nb"), ["a=\rx\nb", "ab", "ax\nb", "a\rx\nb"]);
    assert!(contents("quoted-printable", "a=4=\n1b").contains(&"aAb".to_owned()));
    // A form feed is no blank (RFC 2045 6.7), and ends the join for who takes it as it stands.
    assert!(contents("quoted-printable", "a=\x0c\r\nb").contains(&"a=\r\nb".to_owned()));
    assert_eq!(contents("quoted-printable", "a="), ["a"]);
    assert_eq!(contents("quoted-printable", "a==\r\nb"), ["a=b", "ab", "a=\r\nb"]);
    // What is to be in no encoded text may be left out (RFC 2045 6.7).
    assert_eq!(contents("quoted-printable", "v\u{e9}\0a=3D"), ["v\u{e9}\0a=", "va="]);
}

#[test]
fn odd_and_unknown_encodings_are_obeyed_and_ignored() {
    assert_eq!(contents("x-base64", "aGVsbG8="), ["hello", "aGVsbG8="]);
    assert_eq!(contents("x-uuencode", "%:&5L;&\\\n"), ["hello", "%:&5L;&\\\n"]);
    assert_eq!(contents("x-what", "aGVsbG8gd29ybGQh"), ["aGVsbG8gd29ybGQh", "hello world!"]);
    assert_eq!(contents("x-what", "=68ello, world"), ["=68ello, world", "hello, world"]);
    assert_eq!(contents("x-what", "hello, world"), ["hello, world"]);
}

#[test]
fn encoded_composites_hold_a_message() {
    let inner = |head: &str, body: &str| {
        let body = data_encoding::BASE64.encode(body.as_bytes());
        let raw = format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n");
        let message = crate::message::Message::parse(raw.into());
        let inner = message.root.inner_message(message.raw());
        inner.map(|inner| crate::message::Message::parse(inner.into()))
    };
    let multipart =
        inner("Content-Type: multipart/mixed; boundary=\"b \\\"\"\r\n", "--b \"\r\n\r\nhello\r\n--b \"--\r\n");
    let multipart = multipart.expect("it is one");
    assert_eq!(multipart.root.children[0].text(multipart.raw()), "hello");
    let message = inner("Content-Type: message/rfc822\r\n", "Subject: x\r\n\r\nhello").expect("it is one");
    assert_eq!((message.subject().as_str(), message.root.text(message.raw()).as_str()), ("x", "hello"));
    assert!(inner("Content-Type: text/plain\r\n", "hello").is_none());
}

#[test]
fn pages_of_mainframes_by_name() {
    for (label, page) in [
        ("IBM037", Some(37)),
        ("x-ibm-1047", Some(1047)),
        ("csIBM500", Some(500)),
        ("cp1149", Some(1149)),
        ("ibm905", Some(905)),
        ("EBCDIC-CP-BE", Some(500)),
        ("ebcdic-de-273", Some(37)),
        ("cp1252", None),
        ("ibm850", None),
        ("utf-8", None),
    ] {
        assert_eq!(ebcdic::page(label), page, "{label}");
    }
    assert_eq!(charset::decode(b"\xc8\x85", "x-ibm1147"), "He");
}
