//! Files in texts, written by other programs (`testdata/make_archives.py`) or by the rule of their format.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use expect_test::expect;

use crate::budget::{Budget, Limits};
use crate::formats::archives::tests::{sample, shown};
use crate::request::{Part, Request};
use crate::unpack::unpack;

fn around(block: &[u8]) -> Vec<u8> {
    [b"Dear Sir,\r\nbegin your day well:\r\n\r\n", block, b"\r\nYours\r\n"].concat()
}

/// BinHex of one file, without any run.
fn binhex(name: &[u8], data: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
    let mut file = vec![u8::try_from(name.len()).unwrap()];
    file.extend_from_slice(name);
    file.extend_from_slice(b"\0TEXTttxt\0\0");
    file.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
    file.extend_from_slice(b"\0\0\0\0CC");
    file.extend_from_slice(data);
    file.extend_from_slice(b"CC");
    let bits: Vec<u8> = file.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1)).collect();
    let mut out = b"(This file must be converted with BinHex 4.0)\r\n\r\n:".to_vec();
    for (at, group) in bits.chunks(6).enumerate() {
        if at % 64 == 63 {
            out.extend_from_slice(b"\r\n");
        }
        let value = group.iter().fold(0, |value, bit| (value << 1) | bit) << (6 - group.len());
        out.push(ALPHABET[usize::from(value)]);
    }
    out.push(b':');
    out
}

#[test]
fn the_mode_of_uuencode_may_be_short() {
    let hello = sample!("hello.uu");
    let data = &hello[hello.iter().position(|byte| *byte == b'\n').unwrap()..];
    for begin in ["begin 0 f.txt", "begin 64 f.txt", "begin 644\tf.txt", "begin\t644 f.txt"] {
        let found = shown(&around(&[begin.as_bytes(), data].concat()));
        assert!(found.contains("1/uu:0 text \"f.txt\" 47"), "{begin:?}: {found}");
    }
    for prose in ["begin 5 minutes early\r\n\r\nand do not\r\nend\r\n", "begin 10 times\r\nend\r\n"] {
        assert!(!shown(prose.as_bytes()).contains("uu:0"), "{prose:?}");
    }
}

/// xxencode of one file.
fn xx(name: &str, data: &[u8]) -> Vec<u8> {
    const CHARACTERS: &[u8; 64] = b"+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = format!("begin 644 {name}\r\n").into_bytes();
    for line in data.chunks(45) {
        out.push(CHARACTERS[line.len()]);
        for group in line.chunks(3) {
            let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
            let word = (byte(0) << 16) | (byte(1) << 8) | byte(2);
            out.extend([18, 12, 6, 0].map(|shift| CHARACTERS[usize::try_from((word >> shift) & 63).unwrap()]));
        }
        out.extend(b"\r\n");
    }
    out.extend(b"+\r\nend\r\n");
    out
}

#[test]
fn xxencode_in_a_text() {
    let script = b"echo hello from a file that is written in other characters than those of uuencode\r\n";
    for data in [&script[..], &script[..20]] {
        let shown = shown(&around(&xx("run.vbs", data)));
        let files: Vec<&str> = shown.lines().skip(1).collect();
        assert_eq!(files, [format!("1/xx:0 text \"run.vbs\" {}", data.len())], "{shown}");
    }
    // Its last lines are lost.
    let cut = xx("run.vbs", script);
    assert!(shown(&around(&cut[..90])).contains("1/xx:0 "));
}

#[test]
fn a_file_that_is_called_base64() {
    let program = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 60]].concat();
    let coded = STANDARD.encode(&program);
    let (first, rest) = coded.split_at(40);
    let in_dashes = format!("-----BEGIN CERTIFICATE-----\r\n{first}\r\n{rest}\r\n-----END CERTIFICATE-----\r\n");
    for (name, text, found) in [
        ("run.exe.b64", coded.as_str(), true),
        ("run.exe.B64", in_dashes.as_str(), true),
        ("run.exe.b64", coded.trim_end_matches('='), true),
        ("run.exe.txt", coded.as_str(), false),
        ("run.exe.b64", "This is no such file, it says something.", false),
    ] {
        let content = crate::formats::shown::open(name, "", text.as_bytes());
        let is_found = content.items.get(1).is_some_and(|item| item.kind == "elf" && item.names == ["run.exe"]);
        assert_eq!(is_found, found, "{name:?} {text:?}");
    }
}

#[test]
fn uuencode_in_a_text() {
    let both = [sample!("hello.uu"), b"\r\nand\r\n", sample!("run.uu64")].concat();
    expect![[r#"
        1 text "" 550
        1/uu:0 text "hello.txt" 47
        1/uu:1 exe "run.exe" 274
    "#]]
    .assert_eq(&shown(&around(&both)));
    // Cut short, with blanks lost at the ends of lines, and prose.
    let cut = &sample!("hello.uu")[..60];
    expect![[r#"
        1 text "" 104
        1/uu:0 unknown "hello.txt" 45
        unopened 1/uu:0 broken
    "#]]
    .assert_eq(&shown(&around(cut)));
    expect![[r#"
        1 text "" 71
    "#]]
    .assert_eq(&shown(b"begin 644 the work\r\nwith a list of what is to be done, and then go on\r\n"));
}

// As Thunderbird and MIME-tools read them.
#[test]
fn uuencode_that_is_not_clean() {
    let data = "M<W1A<G0@4T5'5$534\"U-04Q705)%+5-)1TY!5%5212TW9C-A,6,P9#5E.6(@";
    let files = |text: String| {
        let shown = shown(text.as_bytes());
        shown.lines().filter(|line| line.starts_with("1/uu")).map(str::to_owned).collect::<Vec<_>>()
    };
    for text in [
        format!("hi\r\n\r\nbegin 644 a.bin\r\n{data}     \r\n`     \r\nend\r\n"),
        format!("hi\r\n\r\nbegin 644 a.bin\r\n~~~\r\n{data}\r\n`\r\nend\r\n"),
    ] {
        let files = files(text);
        assert!(files.len() == 1 && files[0].contains("\"a.bin\" 45"), "{files:?}");
    }
    assert_eq!(files(format!("hi\r\n\r\nbegin 644\r\n{data}\r\n`\r\nend\r\n")).len(), 1);
    let junk = "~~~\r\n".repeat(1000);
    let behind_junk = files(format!("hi\r\n\r\nbegin 644 a.bin\r\n{junk}{data}\r\n`\r\nend\r\n"));
    assert!(behind_junk.len() == 1 && behind_junk[0].contains("\"a.bin\" 45"), "{behind_junk:?}");
    let prose = "We begin with these words.\r\nAND THEN A LINE OF CAPITALS.\r\n".repeat(100);
    assert_eq!(files(format!("begin 644 things\r\n{prose}")).len(), 0);
    for begin in ["begin 0 a.bin", "begin 64 a.bin", "begin 644\ta.bin", "begin\t644 a.bin"] {
        let files = files(format!("hi\r\n\r\n{begin}\r\n{data}\r\n`\r\nend\r\n"));
        assert!(files.len() == 1 && files[0].contains("\"a.bin\" 45"), "{begin:?}: {files:?}");
    }
    for prose in
        ["begin 5 days before\r\n\r\nthe\r\nend\r\n", "begin 10\r\nwith this\r\nend\r\n", "begin 1 x\r\n\r\nend\r\n"]
    {
        assert_eq!(files(prose.to_owned()).len(), 0, "{prose:?}");
    }
    let two = format!("begin 644 a.bin\r\n{data}\r\nbegin 644 b.bin\r\n{data}\r\n`\r\nend\r\n");
    assert_eq!(files(two).len(), 2);
}

/// A mail program shows the body as a text and looks for files in it, whatever it begins with.
#[test]
fn files_in_a_text_that_begins_like_something_else() {
    let starts: [&[u8]; 9] = [
        b"<?xml version=\"1.0\"?>",
        b"#!/bin/sh",
        b"GIF89a",
        b"%PDF-1.4",
        b"%!PS",
        b"<svg>",
        b"!BDN",
        b"RIFFxxxxWAVE",
        b"{\\rtf1",
    ];
    for start in starts {
        let body = [start, b"\r\n\r\n", sample!("hello.uu")].concat();
        let part = Part {
            place: "1".into(),
            declared: "text/plain".into(),
            inline: true,
            bytes: body.into(),
            ..Part::default()
        };
        let content = unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()));
        let is_there = content.items.iter().any(|item| item.names.iter().any(|name| name == "hello.txt"));
        assert!(is_there, "{}: {content:?}", String::from_utf8_lossy(start));
    }
}

#[test]
fn yenc_in_a_text() {
    let data: Vec<u8> = (0..=255).collect();
    let mut block = b"=ybegin line=128 size=256 name=all bytes.bin\r\n".to_vec();
    for byte in &data {
        let coded = byte.wrapping_add(42);
        if matches!(coded, 0 | b'\n' | b'\r' | b'=') {
            block.extend_from_slice(&[b'=', coded.wrapping_add(64)]);
        } else {
            block.push(coded);
        }
    }
    block.extend_from_slice(b"\r\n=yend size=256 crc32=29058c73\r\n");
    expect![[r#"
        1 unknown "" 383
        1/yenc:0 unknown "all bytes.bin" 256
    "#]]
    .assert_eq(&shown(&around(&block)));
    let other = b"=ybegin line=128 size=5 name=run.exe\r\nw\x84\x8b\x8c\x8d\r\n=yend size=5\r\n";
    expect![[r#"
        1 text "" 103
        1/yenc:0 exe "run.exe" 5
    "#]]
    .assert_eq(&shown(&around(other)));
    // Lines that end with bare CR.
    let shown = shown(b"=ybegin line=128 size=5 name=run.exe\rw\x84\x8b\x8c\x8d\r=yend size=5\rYours\r");
    assert!(shown.contains("1/yenc:0 exe \"run.exe\" 5"), "{shown}");
}

#[test]
fn binhex_in_a_text() {
    expect![[r#"
        1 text "" 151
        1/hqx:0 exe "run.exe" 11
    "#]]
    .assert_eq(&shown(&around(&binhex(b"run.exe", b"MZ harmless"))));
}

#[test]
fn files_of_a_mac() {
    let mut double = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x01".to_vec();
    double.extend_from_slice(b"\x00\x00\x00\x02\x00\x00\x00\x26\x00\x00\x00\x04rsrc");
    expect![[r#"
        1 appledouble "" 42 apple_double
        1/fork:2 text "" 4
    "#]]
    .assert_eq(&shown(&double));
    let mut single = b"\x00\x05\x16\x00\x00\x02\x00\x00                \x00\x02".to_vec();
    single.extend_from_slice(b"\x00\x00\x00\x01\x00\x00\x00\x39\x00\x00\x00\x08");
    single.extend_from_slice(b"\x00\x00\x00\x03\x00\x00\x00\x32\x00\x00\x00\x07run.exeMZ hello");
    expect![[r#"
        1 applesingle "" 65
        1/fork:1 exe "run.exe" 8
    "#]]
    .assert_eq(&shown(&single));
    let mut binary = vec![0_u8; 128];
    binary[1] = 7;
    binary[2..9].copy_from_slice(b"run.exe");
    binary[86] = 8;
    binary[102..106].copy_from_slice(b"mBIN");
    binary.extend_from_slice(b"MZ hello");
    binary.resize(256, 0);
    expect![[r#"
        1 macbinary "" 256
        1/fork:1 exe "run.exe" 8
    "#]]
    .assert_eq(&shown(&binary));
}
