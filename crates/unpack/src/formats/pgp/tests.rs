//! Messages made by GnuPG.

use expect_test::expect;

use crate::formats::shown::{damage, shown};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/small/", $name)).as_slice()
    };
}

#[test]
fn what_was_signed_and_packed_is_opened() {
    expect![[r#"
        1 pgp [letter.txt.asc] signed_data
        1/pgp:1 text [letter.txt] 
            text: words of a signed message, see https://signed.example/
            text: words of a signed message, see https://signed.example/
            text: words of a signed message, see https://signed.example/
            Text: https://signed.example/ []
    "#]]
    .assert_eq(&shown("letter.txt.asc", sample!("signed.asc")));
}

#[test]
fn what_is_carried_is_an_entity() {
    let page = "Content-Transfer-Encoding: base64\r\n\r\n\
        PGEgaHJlZj0iaHR0cDovL2V2aWwuZXhhbXBsZS9sb2dpbiI+eDwvYT4=\r\n";
    for head in [
        "Content-Type: text/html; charset=utf-8",
        "Content-Type: text/html; charset=utf-8; protected-headers=\"v1\"\r\nSubject: hi",
        "X-Mailer: Foo\r\nContent-Type: text/html",
    ] {
        let all = shown("a.gpg", &literal(&format!("{head}\r\n{page}")));
        assert!(all.contains("Anchor: http://evil.example/login [x]"), "{all}");
    }
    let all = shown("a.gpg", &literal("Bob: see http://a.example/1\r\nAlice: and http://a.example/2\r\n"));
    assert!(all.contains("text: Alice: and http://a.example/2"), "{all}");
}

/// A packet of data that has no name and no date.
fn literal(data: &str) -> Vec<u8> {
    let body = [b"b\0\0\0\0\0".as_slice(), data.as_bytes()].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [[0xcb_u8, 0xff].as_slice(), &length, &body].concat()
}

#[test]
fn clear_signed_text_is_text() {
    let all = shown("clear.asc", sample!("clear.asc"));
    assert!(all.contains("text: words of a signed message") && !all.contains("unopened"), "{all}");
}

#[test]
fn what_is_encrypted_is_said() {
    for (name, sample) in [("a.asc", sample!("encrypted.asc")), ("a.gpg", sample!("encrypted.gpg"))] {
        let all = shown(name, sample);
        assert!(all.contains(" encrypted") && all.ends_with("unopened 1 encrypted\n"), "{all}");
    }
    let quoted = [b"Hello,\n\n".as_slice(), sample!("encrypted.asc")].concat();
    assert!(shown("", &quoted).ends_with("unopened 1 encrypted\n"));
}

#[test]
fn a_text_that_speaks_of_messages_is_a_text() {
    let all = shown("", b"A message begins with -----BEGIN PGP MESSAGE----- and ends with -----END PGP MESSAGE-----.");
    assert!(!all.contains("unopened") && !all.contains("encrypted"), "{all}");
    for example in ["blah, blah, blah", "[...]", "> [...]", "hQEMA...", "...\n..."] {
        let text =
            format!("so:\n-----BEGIN PGP MESSAGE-----\nVersion: 1\n\n{example}\n-----END PGP MESSAGE-----\nand\n");
        let all = shown("", text.as_bytes());
        assert!(!all.contains("unopened") && !all.contains("encrypted"), "{all}");
        let without_end = shown("", text.replace("-----END PGP MESSAGE-----", "").as_bytes());
        assert!(!without_end.contains("unopened"), "{without_end}");
    }
}

#[test]
fn what_gnupg_passes_over_hides_nothing() {
    let sample = std::str::from_utf8(sample!("encrypted.asc")).unwrap();
    let lines: Vec<&str> = sample.lines().collect();
    let cut = [&lines[..6], &["[...]", "-----END PGP MESSAGE-----"]].concat().join("\n");
    let junk: Vec<String> = lines.iter().map(|line| line.replace('Q', "*Q-").replace("*Q-MA", "QMA")).collect();
    for text in [cut, junk.join("\n")] {
        let all = shown("a.txt", text.as_bytes());
        assert!(all.contains("unopened 1 encrypted"), "{text}\n{all}");
    }
}

#[test]
fn damaged_ones_break_nothing() {
    damage("a.asc", "", sample!("signed.asc"), 1_500);
    damage("a.gpg", "", sample!("encrypted.gpg"), 1_000);
}
