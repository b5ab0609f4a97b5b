//! Bytes and label in, every reading out.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{decode, flowed, readings};

fn check(bytes: &[u8], label: &str, expected: Expect) {
    let readings = readings(bytes, label, bytes.starts_with(b"<"));
    let mut out = String::new();
    writeln!(out, "main: {}", readings.main.escape_debug()).unwrap();
    for other in &readings.others {
        writeln!(out, "other: {}", other.escape_debug()).unwrap();
    }
    if !readings.marks.is_empty() {
        writeln!(out, "marks: {}", readings.marks.join(" ")).unwrap();
    }
    expected.assert_eq(&out);
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().map(u32::from).flat_map(bytes).collect()
}

#[test]
fn wide_charsets_by_label_mark_and_shape() {
    let text = "card;4111 \u{fc}\u{4e2d} http://evil.example/x\r\n";
    for label in ["", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1", "utf-8", "x-nonsense"] {
        for mark in ["", "\u{feff}"] {
            let whole = format!("{mark}{text}");
            for bytes in [
                utf16(&whole, u16::to_le_bytes),
                utf16(&whole, u16::to_be_bytes),
                utf32(&whole, u32::to_le_bytes),
                utf32(&whole, u32::to_be_bytes),
            ] {
                assert_eq!(decode(&bytes, label).trim_start_matches('\u{feff}'), text, "{label} {bytes:?}");
            }
        }
    }
}

#[test]
fn utf7_declared_and_not() {
    check(
        b"+AGgAdAB0AHAAOgAvAC8-evil.example/u7",
        "utf-7",
        expect![[r#"
            main: http://evil.example/u7
            other: +AGgAdAB0AHAAOgAvAC8-evil.example/u7
            marks: charset_conflict charset_hides_link
        "#]],
    );
    check(
        b"see +ADw-a href=+ACI-http://evil.example+ACI-+AD4- now",
        "us-ascii",
        expect![[r#"
            main: see +ADw-a href=+ACI-http://evil.example+ACI-+AD4- now
            other: see <a href=\"http://evil.example\"> now
            marks: charset_conflict charset_hides_link
        "#]],
    );
    check(
        b"call +Anna or +1 or a+b=c, +- and 1+ABC",
        "us-ascii",
        expect![[r#"
        main: call +Anna or +1 or a+b=c, +- and 1+ABC
    "#]],
    );
}

#[test]
fn escapes_against_the_label() {
    check(
        b"http://ev\x1b(Bil.example/x",
        "utf-8",
        expect![[r#"
            main: http://ev\u{1b}(Bil.example/x
            other: http://evil.example/x
            marks: charset_conflict charset_hides_link
        "#]],
    );
    check(
        b"\x1b$B$3$s\x1b(B http://a.example",
        "iso-2022-jp",
        expect![[r#"
        main: こん http://a.example
    "#]],
    );
    check(
        b"\x1b$)C\x0e\x3e\x48\x33\x67\x0f hello",
        "iso-2022-kr",
        expect![[r#"
        main: 안녕 hello
    "#]],
    );
    check(
        b"\x1b$)A\x0e\x3d\x3b\x3b\x3b\x0f hello",
        "iso-2022-cn",
        expect![[r#"
        main: 交换 hello
    "#]],
    );
    check(
        b"~{<:Ky2;~} evil~\nword ~~",
        "hz-gb-2312",
        expect![[r#"
        main: 己所不 evilword ~
        other: ~{<:Ky2;~} evil~\nword ~~
        marks: charset_conflict
    "#]],
    );
}

#[test]
fn escapes_that_shift_nothing_part_nothing() {
    for escapes in ["\x1b(B\x1b(B", "\x1b$B\x1b(B", "\x1b$B\x1b(J\x1b(B"] {
        let text = format!("see http://ev{escapes}il.example/login");
        let found = readings(text.as_bytes(), "iso-2022-jp", false);
        assert_eq!(found.main, "see http://evil.example/login");
        assert!(found.others.iter().any(|other| other.contains("http://ev\u{fffd}")), "{:?}", found.others);
        assert!(found.marks.contains(&"charset_hides_link"), "{:?}", found.marks);
        let found = readings(text.as_bytes(), "utf-8", false);
        assert!(found.others.iter().any(|other| other == "see http://evil.example/login"), "{:?}", found.others);
    }
    // Honest programs write them too.
    check(
        b"\x1b$B$3$s\x1b(B\x1b(B http://a.example/ \x1b$B\x1b$B$3$s\x1b(B",
        "iso-2022-jp",
        expect![[r#"
            main: こん http://a.example/ こん
        "#]],
    );
}

#[test]
fn utf16_in_the_order_that_no_label_says() {
    let text = format!("{} http://evil.example/login", "日本語のお知らせです。".repeat(80));
    for label in ["utf-16", "UCS-2", "iso-10646-ucs-2", "csUnicode"] {
        for bytes in [utf16(&text, u16::to_be_bytes), utf16(&text, u16::to_le_bytes)] {
            let found = readings(&bytes, label, false);
            assert_eq!(found.main, text, "{label}");
            assert!(found.others.is_empty() && found.marks.is_empty(), "{label}: {:?}", found.marks);
        }
    }
    let little = utf16("http://one.example/login", u16::to_le_bytes);
    let both = [little, utf16("http://two.example/login", u16::to_be_bytes)].concat();
    let found = readings(&both, "utf-16", false);
    assert!(found.main.contains("http://one.example/login"), "{:?}", found.main);
    assert!(found.others.iter().any(|other| other.contains("http://two.example/login")), "{:?}", found.others);
}

#[test]
fn zeros_at_the_beginning_hide_nothing_behind_them() {
    let letter = "Hello Bob, this is a long letter. ".repeat(20);
    for wide in [
        utf16(&letter, u16::to_le_bytes),
        utf16(&letter, u16::to_be_bytes),
        utf32(&letter, u32::to_le_bytes),
        utf32(&letter, u32::to_be_bytes),
    ] {
        let bytes = [wide.as_slice(), b"\r\nSee http://evil.example/login now\r\n"].concat();
        for label in ["", "x-unknown", "x-nonsense", "utf-8"] {
            let found = readings(&bytes, label, false);
            let is_whole =
                |other: &String| other.starts_with("Hello Bob") && other.contains("See http://evil.example/");
            assert!(found.others.iter().any(is_whole), "{label}: {:?}", found.others);
            assert!(found.marks.contains(&"charset_hides_link"), "{label}: {:?}", found.marks);
        }
    }
    // Other letters have no zero, which is no conflict.
    let honest = "Wiadomość została dziś wysłana, zobacz http://a.example/login teraz";
    let bytes = utf16(honest, u16::to_le_bytes);
    let found = readings(&bytes, "", false);
    assert_eq!(found.main, honest);
    assert!(found.marks.is_empty(), "{:?}", found.marks);
}

#[test]
fn flowed_lines_without_their_soft_ends() {
    let lines = "> one \r\n> two\r\n> three \r\nfour \n five\r\n-- \r\nsix \r\n-- \r\nseven";
    assert_eq!(flowed::joined(lines), "\n\nonetwo\n\nthree\n\nfourfive\n\n-- \n\nsix\n\n-- \n\nseven");
}

#[test]
fn labels_that_nobody_has_and_conflicts() {
    check(
        "Gr\u{fc}\u{df}e".as_bytes(),
        "x-nonsense",
        expect![[r#"
        main: Grüße
        marks: unknown_charset
    "#]],
    );
    check(
        b"Gr\xfc\xdfe",
        "unknown-8bit",
        expect![[r#"
        main: Grüße
    "#]],
    );
    check(
        "\u{feff}Gr\u{fc}\u{df}e".as_bytes(),
        "iso-8859-1",
        expect![[r#"
        main: Grüße
    "#]],
    );
    check(
        "Gr\u{fc}\u{df}e".as_bytes(),
        "iso-8859-1",
        expect![[r#"
        main: GrÃ¼ÃŸe
        other: Grüße
    "#]],
    );
    check(
        "plain".as_bytes(),
        "iso-8859-1",
        expect![[r#"
        main: plain
    "#]],
    );
    check(
        b"<meta charset=utf-7>+ADw-script+AD4-evil()+ADw-/script+AD4-",
        "utf-8",
        expect![[r#"
        main: <meta charset=utf-7>+ADw-script+AD4-evil()+ADw-/script+AD4-
        other: <meta charset=utf-7><script>evil()</script>
        other: <meta charset=utf-7><script>evil()</script>
        marks: charset_conflict
    "#]],
    );
    check(
        b"<meta charset=shift_jis>\x83\x41\x42",
        "windows-1252",
        expect![[r#"
        main: <meta charset=shift_jis>ƒAB
    "#]],
    );
    check(
        b"plain words of http://a.example",
        "utf-16",
        expect![[r#"
            main: 汰楡\u{206e}潷摲\u{2073}景栠瑴㩰⼯\u{2e61}硥浡汰�
            other: plain words of http://a.example
            marks: charset_conflict charset_hides_link
        "#]],
    );
}

#[test]
fn a_link_of_short_words_is_another_reading() {
    check(
        b"see http://good.example/ or +http://t.co/ab now",
        "utf-7",
        expect![[r#"
            main: see http://good.example/ or 蛛://t.co/ab now
            other: see http://good.example/ or +http://t.co/ab now
            marks: charset_conflict charset_hides_link
        "#]],
    );
    // Japanese beside addresses shows no other link to who does not know it.
    check(
        b"http://a.example/ \x1b$B$3$s\x1b(B http://b.example/",
        "iso-2022-jp",
        expect![[r#"
            main: http://a.example/ こん http://b.example/
        "#]],
    );
    check(
        b"\x1b$B$3$s\x1b(Ba@a.example \x1b$B$3$s\x1b(Bhttp://b.example/\x1b$B$3$s\x1b(J a",
        "iso-2022-jp",
        expect![[r#"
            main: こんa@a.example こんhttp://b.example/こん a
        "#]],
    );
}

#[test]
fn mainframes() {
    let hello = b"\xc8\x85\x93\x93\x96\x40\x88\xa3\xa3\x97\x7a\x61\x61\x81\x4b\x85\xa7\x81\x94\x97\x93\x85\x61\x15";
    for label in ["cp037", "IBM037", "ibm-1047", "cp500", "ebcdic-cp-us", "IBM273", "csIBM1140", "x-ibm-905", "cp1149"]
    {
        assert_eq!(decode(hello, label), "Hello http://a.example/\n", "{label}");
    }
    for (label, expected) in [("ibm037", "[]^|"), ("ibm500", "\u{ac}|\u{a2}!"), ("ibm1047", "\u{dd}\u{a8}\u{ac}|")] {
        assert_eq!(decode(b"\xba\xbb\xb0\x4f", label), expected, "{label}");
    }
    // ASCII under this name is read by all who do not know it.
    check(
        b"plain words of http://a.example",
        "cp037",
        expect![[r#"
            main: plain words of http://a.example
        "#]],
    );
}
