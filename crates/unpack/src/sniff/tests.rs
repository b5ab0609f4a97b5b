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

#[test]
fn closed_containers_are_words_of_the_table() {
    for word in CLOSED_CONTAINERS {
        assert!(MAGIC.iter().any(|(_, _, known)| *known == word), "{word}");
        assert!(is_closed_container(word));
    }
    assert!(!is_closed_container("zip") && !is_closed_container("png"));
}
