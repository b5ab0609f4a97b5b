//! One line a kind: bytes in, word out.

use super::*;

#[test]
fn kinds_by_their_first_bytes() {
    let mut iso = vec![0; 0x8001];
    iso.extend_from_slice(b"CD001");
    let mut tar = vec![0; 257];
    tar.extend_from_slice(b"ustar\x0000");
    let cases: &[(&[u8], &str)] = &[
        (b"", "empty"),
        (b"MZ\x90\x00", "exe"),
        (b"\x7fELF\x02", "elf"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", "macho"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "class"),
        (b"PK\x03\x04", "zip"),
        (b"%PDF-1.7", "pdf"),
        (b"\r\n junk %PDF-1.7", "pdf"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gz"),
        (b"MSCF\x00", "cab"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"{\\rtf1", "rtf"),
        (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
        (b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),
        (b"#!/bin/sh\n", "script"),
        (b"BMW sells cars", "text"),
        (b"BM\x00\x01\x02\x03\x04\x05\x06\x07", "bmp"),
        (b" \n<!-- x --><HTML>", "html"),
        (b"<p>hello", "html"),
        (b"<a href=x>", "html"),
        (b"<alice@example.org> wrote", "text"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "html"),
        (b"<\x00h\x00t\x00m\x00l\x00>\x00", "html"),
        (b"<?xml version='1.0'?><svg>", "svg"),
        (b"<svg onload=x>", "svg"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"Gr\xfc\xdfe", "text"),
        (b"\x00\x01\x02\x03\x05", "unknown"),
    ];
    for (bytes, word) in cases {
        assert_eq!(sniff(bytes), *word, "{:?}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(sniff(&iso), "iso");
    assert_eq!(sniff(&tar), "tar");
}

/// None of them is opened; what begins like one in letters is a text.
#[test]
fn containers_that_few_programs_know() {
    let cases: &[(&[u8], &str)] = &[
        (b"ArC\x01\x24\0\0\0\x80", "arc"),
        (b"\x8f\xaf\xac\x84\x20\0\0\0", "pmd"),
        (b"AA01\x26\0TYP1FPAT", "aar"),
        (b"YAA1\x26\0TYP1F\0", "aar"),
        (b"AEA1\0\0\0\0\x83", "aar"),
        (b"pbzz\0\0\0\0\0\x40\0\0", "aar"),
        (b"encrcdsa\0\0\0\x02", "dmg"),
        (b"sprs\0\0\0\x03\0\0\x08\0", "dmg"),
        (b"!BDN\x01\0\0\0", "pst"),
        (b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", "dbx"),
        (b"\x1a\0\0\x04\0\0\xa5", "nsf"),
    ];
    for (bytes, word) in cases {
        assert_eq!(sniff(bytes), *word);
        assert!(is_closed_container(word), "{word}");
    }
    let placed = |length: usize, pieces: &[(usize, &[u8])]| {
        let mut bytes = vec![0_u8; length];
        for (at, piece) in pieces {
            bytes[*at..][..piece.len()].copy_from_slice(piece);
        }
        sniff(&bytes)
    };
    assert_eq!(placed(4096, &[(32, b"NXSB\0\x10\0\0")]), "dmg");
    assert_eq!(placed(2048, &[(2020, b"cdsaencr")]), "dmg");
    assert_eq!(placed(2048, &[(1000, b"cdsaencr")]), "unknown");
    assert_eq!(placed(1024, &[(0, b"\x45\x3d\xcd\x28"), (16, b"Compressed ROMFS")]), "img");
    assert_eq!(placed(2048, &[(512, b"\x28\xcd\x3d\x45"), (528, b"Compressed ROMFS")]), "img");
    assert_eq!(placed(1024, &[(0, b"\x45\x3d\xcd\x28")]), "unknown");
    assert_eq!(sniff(b"sqsh\0\0\0\x05\0"), "img");
    for text in
        ["AA01 is the first of them", "pbz, she said", "sprs", "encrcdsa begins an image that is encrypted", "!BDN?"]
    {
        assert_eq!(sniff(text.as_bytes()), "text", "{text}");
    }
}

#[test]
fn kinds_that_policy_blocks_have_their_word() {
    let cases: &[(&[u8], &str)] = &[
        (b"[InternetShortcut]\r\nURL=http://x.example/", "url"),
        (b"[Shell]\r\nCommand=2\r\nIconFile=\\\\x\\y", "scf"),
        (b"[autorun]\r\nopen=x.exe", "inf"),
        (b"; driver\r\n[Version]\r\nSignature=\"$Windows NT$\"", "inf"),
        (b"Windows Registry Editor Version 5.00\r\n", "reg"),
        (b"REGEDIT4\r\n", "reg"),
        (b"full address:s:198.51.100.7\r\nprompt for credentials:i:1", "rdp"),
        (b"WEB\r\n1\r\nhttp://x.example/q", "iqy"),
        (b"ID;PWXL;N;E\r\n", "slk"),
        (b"[Theme]\r\nDisplayName=x", "theme"),
        (b"<?xml version='1.0'?><MMC_ConsoleFile>", "msc"),
        (b"<?xml version='1.0'?><jnlp spec='1.0'>", "jnlp"),
        (b"<scriptlet><registration>", "sct"),
        (b"<package><job id='a'><script>", "wsf"),
        (b"<job id='a'>", "wsf"),
        (b"<?xml version='1.0'?><PCSettings>", "settingcontent-ms"),
        (b"<?xml version='1.0'?><libraryDescription>", "library-ms"),
        (b"<html><head><HTA:APPLICATION id=x>", "hta"),
        (b"\x3f\x5f\x03\x00\x10\x00\x00\x00", "hlp"),
        (b"RIFF\x00\x00\x00\x00ACONLIST", "ani"),
        (b"\x30\x82\x03\x01\x30\x82\x02\x01\xa0\x03\x02\x01\x02", "crt"),
        (b"-----BEGIN CERTIFICATE-----\n", "crt"),
        (b"Fasd UAS 1.101.10", "scpt"),
        (b"CWS\x0a\x10\x00\x00\x00\x78", "swf"),
        (b"\x00\x01\x00\x00Standard Jet DB\x00", "mde"),
        (b"\x60\xea\x2c\x00\x22\x0b", "arj"),
        (b"\x23\x14-lh5-\x10\x00\x00", "lha"),
        (b"dex\n035\x00", "dex"),
        (b"!<arch>\ndebian-binary   ", "deb"),
        (b"\x5d\x00\x00\x80\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00\x24", "lzma"),
        (b"[2024] notes of the meeting: [shell] commands", "text"),
        (b"BZh is how some of them begin", "text"),
        (b"SIT! she said", "text"),
    ];
    for (bytes, word) in cases {
        assert_eq!(sniff(bytes), *word, "{:?}", String::from_utf8_lossy(bytes));
    }
    let mut boot = vec![0_u8; 1024];
    boot[..3].copy_from_slice(b"\xeb\x3c\x90");
    boot[510..512].copy_from_slice(b"\x55\xaa");
    assert_eq!(sniff(&boot), "img");
    let mut image = vec![1_u8; 2048];
    image[1536..1544].copy_from_slice(b"conectix");
    assert_eq!(sniff(&image), "vhd");
    assert!(is_closed_container("arj") && !is_closed_container("zip") && !is_closed_container("rar"));
}

#[test]
fn every_word_is_known_to_conditions() {
    let by_magic = MAGIC.iter().map(|(_, _, word)| *word);
    let by_shape = shapes::SHAPES.iter().map(|(_, word)| *word);
    let by_text = written::XML.iter().chain(&written::SETTINGS).map(|(_, word)| *word);
    for word in by_magic.chain(by_shape).chain(by_text).chain(LIKE_TEXT).chain(CLOSED_CONTAINERS) {
        assert!(scan::types::is_known(word), "{word}");
        assert!(scan::types::is_known(general(word)), "{word}");
    }
}
