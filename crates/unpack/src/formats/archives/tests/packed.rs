//! Archives and packed streams.

use expect_test::{Expect, expect};

use super::{open_with, roomy, sample, show, shown};

fn check(bytes: &[u8], expected: &Expect) {
    expected.assert_eq(&shown(bytes));
}

#[test]
fn streams_of_one_file() {
    let mut out = String::new();
    for (name, bytes) in [
        ("gz", sample!("hello.txt.gz")),
        ("bz2", sample!("hello.txt.bz2")),
        ("xz", sample!("hello.txt.xz")),
        ("zst", sample!("hello.txt.zst")),
        ("lz", sample!("hello.txt.lz")),
        ("lzma", sample!("hello.txt.lzma")),
    ] {
        out.push_str(&format!("{name}\n{}", shown(bytes)));
    }
    expect![[r#"
        gz
        1 gz "" 75
        1/gz:0 text "hello.txt" 47
        bz2
        1 bz2 "" 87
        1/bz2:0 text "" 47
        xz
        1 xz "" 104
        1/xz:0 text "" 47
        zst
        1 zstd "" 60
        1/zstd:0 text "" 47
        lz
        1 lz "" 80
        1/lz:0 text "" 47
        lzma
        1 lzma "" 67
        1/lzma:0 text "" 47
    "#]]
    .assert_eq(&out);
}

#[test]
fn compress_with_all_widths_of_codes() {
    let text: String = (0..9000).map(|number| format!("{} ", number % 611)).collect();
    let content = open_with(sample!("numbers.txt.Z"), &[], roomy());
    assert_eq!((content.items[1].text.trim_end(), content.unopened.len()), (text.trim_end(), 0));
    let content = open_with(sample!("small.txt.Z"), &[], roomy());
    assert_eq!((content.items[1].text.as_str(), content.unopened.len()), (&text[..3000], 0));
}

#[test]
fn tapes() {
    check(
        sample!("ustar.tar.gz"),
        &expect![[r#"
        1 gz "" 293
        1/gz:0 tar "" 10240 link_entry
        1/gz:0/tar:0 text "hello.txt" 47
        1/gz:0/tar:1 exe "sub/run.exe" 274
        1/gz:0/tar:2 empty "empty.txt" 0
        1/gz:0/tar:3 text "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/long.txt" 4
        1/gz:0/tar:4 empty "link2" 0
        1/gz:0/tar:5 empty "link1" 0
        1/gz:0/tar:6 empty "link3" 0
    "#]],
    );
    check(
        sample!("gnu.tar.gz"),
        &expect![[r#"
        1 gz "" 317
        1/gz:0 tar "" 10240 link_entry
        1/gz:0/tar:0 text "hello.txt" 47
        1/gz:0/tar:1 exe "sub/run.exe" 274
        1/gz:0/tar:2 empty "empty.txt" 0
        1/gz:0/tar:3 text "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.txt" 4
        1/gz:0/tar:4 empty "link2" 0
        1/gz:0/tar:5 empty "link1" 0
        1/gz:0/tar:6 empty "link3" 0
    "#]],
    );
    // The same files in the third form for long names.
    let files = |bytes: &[u8]| shown(bytes).lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(files(sample!("pax.tar.gz")), files(sample!("gnu.tar.gz")));
    check(
        sample!("old.tar.gz"),
        &expect![[r#"
        1 gz "" 208
        1/gz:0 tar "" 10240
        1/gz:0/tar:0 text "hello.txt" 47
        1/gz:0/tar:2 exe "sub/run.exe" 274
    "#]],
    );
    check(
        sample!("sparse.tar.gz"),
        &expect![[r#"
        1 gz "" 155
        1/gz:0 tar "" 10240
        1/gz:0/tar:0 exe "sparse.bin" 18
    "#]],
    );
    check(
        sample!("sparse-pax.tar.gz"),
        &expect![[r#"
        1 gz "" 295
        1/gz:0 tar "" 10240
        1/gz:0/tar:0 exe "sparse.bin|./GNUSparseFile.18404/sparse.bin" 18
    "#]],
    );
}

#[test]
fn sevenzip() {
    let mut out = String::new();
    for (name, bytes) in [
        ("solid", sample!("solid.7z")),
        ("bzip2", sample!("bzip2.7z")),
        ("ppmd", sample!("ppmd.7z")),
        ("copy", sample!("copy.7z")),
        ("bcj", sample!("bcj.7z")),
        ("locked", sample!("locked.7z")),
        ("hidden", sample!("hidden.7z")),
    ] {
        out.push_str(&format!("{name}\n{}", shown(bytes)));
    }
    expect![[r#"
        solid
        1 7z "" 279
        1/7z:0 text "hello.txt" 47
        1/7z:1 exe "sub/run.exe" 274
        1/7z:2 empty "empty.txt" 0
        bzip2
        1 7z "" 344
        1/7z:0 text "hello.txt" 47
        1/7z:1 exe "sub/run.exe" 274
        ppmd
        1 7z "" 167
        1/7z:0 text "hello.txt" 47
        copy
        1 7z "" 504
        1/7z:0 text "hello.txt" 47
        1/7z:1 exe "sub/run.exe" 274
        bcj
        1 7z "" 198
        1/7z:0 exe "sub/run.exe" 274
        locked
        1 7z "" 298 encrypted password_found
        1/7z:0 text "hello.txt" 47
        1/7z:1 exe "sub/run.exe" 274
        hidden
        1 7z "" 334 encrypted password_found
        1/7z:0 text "hello.txt" 47
        1/7z:1 exe "sub/run.exe" 274
    "#]]
    .assert_eq(&out);
}

#[test]
fn without_a_password_locked_archives_are_said_so() {
    let mut out = String::new();
    for (name, bytes) in [
        ("locked.7z", sample!("locked.7z")),
        ("hidden.7z", sample!("hidden.7z")),
        ("aes256.zip", sample!("aes256.zip")),
        ("zipcrypto.zip", sample!("zipcrypto.zip")),
        ("locked.rar 5", sample!("v50-locked.rar")),
        ("hidden.rar 5", sample!("v50-hidden.rar")),
        ("locked.rar 4", sample!("v29-locked.rar")),
        ("hidden.rar 4", sample!("v40-hidden.rar")),
    ] {
        out.push_str(&format!("{name}\n{}", show(&open_with(bytes, &["wrong"], roomy()))));
    }
    expect![[r#"
        locked.7z
        1 7z "" 298 encrypted
        1/7z:0 unknown "hello.txt" 47
        1/7z:1 unknown "sub/run.exe" 274
        unopened 1/7z:0 encrypted
        unopened 1/7z:1 encrypted
        hidden.7z
        1 7z "" 334 encrypted
        unopened 1 encrypted
        aes256.zip
        1 zip "" 586 encrypted
        1/zip:0 unknown "hello.txt" 75
        1/zip:2 unknown "sub/run.exe" 61
        unopened 1/zip:0 encrypted
        unopened 1/zip:2 encrypted
        zipcrypto.zip
        1 zip "" 510 encrypted
        1/zip:0 unknown "hello.txt" 59
        1/zip:2 unknown "sub/run.exe" 45
        unopened 1/zip:0 encrypted
        unopened 1/zip:2 encrypted
        locked.rar 5
        1 rar "" 406 encrypted
        1/rar:0 unknown "hello.txt" 47
        1/rar:1 unknown "sub/run.exe" 274
        unopened 1/rar:0 encrypted
        unopened 1/rar:1 encrypted
        hidden.rar 5
        1 rar "" 570 encrypted
        unopened 1 encrypted
        locked.rar 4
        1 rar "" 264 encrypted
        1/rar:0 unknown "hello.txt" 47
        1/rar:1 unknown "sub/run.exe" 274
        unopened 1/rar:0 encrypted
        unopened 1/rar:1 encrypted
        hidden.rar 4
        1 rar "" 352 encrypted
        unopened 1 encrypted
    "#]]
    .assert_eq(&out);
}

#[test]
fn zips_of_every_method_and_cipher() {
    let mut out = String::new();
    for (name, bytes) in [
        ("deflate64", sample!("deflate64.zip")),
        ("bzip2", sample!("bzip2.zip")),
        ("lzma", sample!("lzma.zip")),
        ("ppmd", sample!("ppmd.zip")),
        ("xz", sample!("xz.zip")),
        ("aes256", sample!("aes256.zip")),
        ("aes128", sample!("aes128.zip")),
        ("zipcrypto", sample!("zipcrypto.zip")),
    ] {
        out.push_str(&format!("{name}\n{}", shown(bytes)));
    }
    expect![[r#"
        deflate64
        1 zip "" 487
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
        bzip2
        1 zip "" 523
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
        lzma
        1 zip "" 488
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
        ppmd
        1 zip "" 477
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
        xz
        1 zip "" 533
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
        aes256
        1 zip "" 586 encrypted password_found
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
        aes128
        1 zip "" 241 encrypted password_found
        1/zip:0 text "hello.txt" 47
        zipcrypto
        1 zip "" 510 encrypted password_found
        1/zip:0 text "hello.txt" 47
        1/zip:2 exe "sub/run.exe" 274
    "#]]
    .assert_eq(&out);
}

#[test]
fn rars() {
    let mut out = String::new();
    for (name, bytes) in [
        ("1.3", sample!("v13.rar")),
        ("2.0", sample!("v20.rar")),
        ("2.9", sample!("v29.rar")),
        ("2.9 solid", sample!("v29-solid.rar")),
        ("2.9 locked", sample!("v29-locked.rar")),
        ("4.0 hidden", sample!("v40-hidden.rar")),
    ] {
        out.push_str(&format!("{name}\n{}", shown(bytes)));
    }
    expect![[r#"
        1.3
        1 rar "" 176
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        2.0
        1 rar "" 252
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        2.9
        1 rar "" 239
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        2.9 solid
        1 rar "" 238
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        2.9 locked
        1 rar "" 264 encrypted password_found
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        4.0 hidden
        1 rar "" 352 encrypted password_found
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
    "#]]
    .assert_eq(&out);
}

#[test]
fn rars_of_version_5() {
    let mut out = String::new();
    for (name, bytes) in [
        ("5.0", sample!("v50.rar")),
        ("5.0 solid", sample!("v50-solid.rar")),
        ("5.0 stored", sample!("v50-stored.rar")),
        ("5.0 locked", sample!("v50-locked.rar")),
        ("5.0 hidden", sample!("v50-hidden.rar")),
        ("5.0 comment", sample!("v50-comment.rar")),
        ("7.0", sample!("v70.rar")),
        ("part 1", sample!("part1.rar")),
        ("part 2", sample!("part2.rar")),
    ] {
        out.push_str(&format!("{name}\n{}", shown(bytes)));
    }
    expect![[r#"
        5.0
        1 rar "" 292
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        5.0 solid
        1 rar "" 305
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        5.0 stored
        1 rar "" 533
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        5.0 locked
        1 rar "" 406 encrypted password_found
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        5.0 hidden
        1 rar "" 570 encrypted password_found
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        5.0 comment
        1 rar "" 344
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        7.0
        1 rar "" 292
        1/rar:0 text "hello.txt" 47
        1/rar:1 exe "sub/run.exe" 274
        part 1
        1 rar "" 513
        1/rar:0 text "hello.txt" 47
        1/rar:1 unknown "sub/run.exe" 274
        unopened 1/rar:1 unsupported
        part 2
        1 rar "" 166
        1/rar:0 unknown "sub/run.exe" 274
        unopened 1/rar:0 unsupported
    "#]]
    .assert_eq(&out);
}

#[test]
fn cabinets() {
    check(
        sample!("stored.cab"),
        &expect![[r#"
        1 cab "" 427
        1/cab:0 text "hello.txt" 47
        1/cab:1 exe "sub\\run.exe" 274
    "#]],
    );
    check(
        sample!("mszip.cab"),
        &expect![[r#"
        1 cab "" 14962
        1/cab:0 text "hello.txt" 47
        1/cab:1 exe "sub\\run.exe" 274
        1/cab:2 text "long.txt" 130890
    "#]],
    );
    // Two texts, packed by LZX (made by makecab; 151 bytes).
    let lzx = b"\x4d\x53\x43\x46\x00\x00\x00\x00\x97\x00\x00\x00\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x00\x00\x00\x03\x01\
        \x01\x00\x02\x00\x00\x00\x2d\x05\x00\x00\x5b\x00\x00\x00\x01\x00\x03\x13\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x21\x53\x0d\xb2\x20\x00hi.txt\x00\x10\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x21\x53\x0b\xb2\x20\x00bye.txt\x00\
        \x5c\xef\x2a\xc7\x34\x00\x1f\x00\x5b\x80\x80\x8d\x00\x30\xf0\x01\x10\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\
        Hello, world!\r\nSee you later!\r\n\x00";
    let content = open_with(lzx, &[], roomy());
    let texts: Vec<&str> = content.items.iter().skip(1).map(|item| item.text.as_str()).collect();
    assert_eq!((texts, content.unopened.len()), (vec!["Hello, world!\r\n", "See you later!\r\n"], 0));
}

#[test]
fn lz4_of_every_kind() {
    check(
        sample!("hello.txt.lz4"),
        &expect![[r#"
            1 lz4 "" 66
            1/lz4:0 text "" 47
        "#]],
    );
    let text: String = (0..60_000).map(|number| format!("{} ", number % 611)).collect();
    for bytes in [sample!("numbers.txt.lz4"), sample!("old-numbers.txt.lz4")] {
        let content = open_with(bytes, &[], roomy());
        assert_eq!((content.items[1].text.trim_end(), content.unopened.len()), (text.trim_end(), 0));
    }
    // Two frames, with one to be skipped between them.
    let skipped = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";
    let both = [sample!("hello.txt.lz4"), skipped, sample!("hello.txt.lz4")].concat();
    assert_eq!(open_with(&both, &[], roomy()).items[1].size, 94);
    // A dictionary that nobody has, a match that reaches before the start, an end that is missing.
    for (bytes, why) in [
        (&b"\x04\x22\x4d\x18\x61\x40\0\0\0\0\0\x01\0\0\0\0"[..], "unsupported"),
        (b"\x04\x22\x4d\x18\x60\x40\x82\x05\0\0\0\x10a\xff\xff\0\0\0\0\0", "broken"),
        (&sample!("hello.txt.lz4")[..40], "broken"),
    ] {
        let content = open_with(bytes, &[], roomy());
        assert_eq!(content.unopened.last().map(|one| one.why.word()), Some(why), "{bytes:?}");
    }
}

#[test]
fn a_bomb_of_lz4_ends_at_the_budget() {
    // One byte, then a match of sixteen million.
    let mut block = vec![0x1f, b'a', 1, 0];
    block.extend(std::iter::repeat_n(0xff, 65_000));
    block.push(0);
    let mut bytes = b"\x04\x22\x4d\x18\x60\x70\x73".to_vec();
    bytes.extend(u32::try_from(block.len()).unwrap().to_le_bytes());
    bytes.extend(block);
    bytes.extend([0; 4]);
    let content = open_with(&bytes, &[], crate::budget::Limits { ratio_free_bytes: 1_000_000, ratio: 1, ..roomy() });
    assert!(content.items[0].marks.iter().any(|mark| mark == "bomb"), "{:?}", content.items[0].marks);
}

#[test]
fn what_expand_opens() {
    // Six letters, then nine bytes from six before, in the window that begins sixteen bytes before its end.
    let szdd = b"SZDD\x88\xf0\x27\x33At\x0f\0\0\0\x3fabcabc\xf0\xf6";
    let old = b"SZ\x20\x88\xf0\x27\x33\xd1\x0f\0\0\0\x3fabcabc\xee\xf6";
    let stored = b"KWAJ\x88\xf0\x27\xd1\0\0\x16\0\x18\0a\0vbs\0\0\0hello";
    let turned: Vec<u8> = [&b"KWAJ\x88\xf0\x27\xd1\x01\0\x0e\0\0\0"[..], &b"hello".map(|byte| !byte)].concat();
    for (bytes, text, name) in [
        (&szdd[..], "abcabcabcabcabc", ""),
        (old, "abcabcabcabcabc", ""),
        (stored, "hello", "a.vbs"),
        (&turned, "hello", ""),
    ] {
        let content = open_with(bytes, &[], roomy());
        let child = &content.items[1];
        assert_eq!((child.text.as_str(), child.names.concat(), content.unopened.len()), (text, name.to_owned(), 0));
    }
    let named = crate::formats::shown::shown("setup.tx_", szdd);
    assert!(named.contains("1/szdd:0 text [setup.txt]"), "{named}");
    for bytes in [&b"KWAJ\x88\xf0\x27\xd1\x03\0\x0e\0\0\0hello"[..], &szdd[..20], b"SZDD\x88\xf0\x27\x33"] {
        assert!(!open_with(bytes, &[], roomy()).unopened.is_empty(), "{bytes:?}");
    }
}

#[test]
fn packed_by_name_and_nothing_known() {
    for name in ["a.br", "a.zz"] {
        let content = crate::formats::shown::open(name, "", b"\x8b\x02\x80\x01\0\x03\xff\xfe\0\0\x01\x02");
        assert_eq!(content.unopened.len(), 1, "{name}");
    }
}
