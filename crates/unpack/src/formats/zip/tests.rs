//! Archives that two readers read differently, that lie, or that cannot be read.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use std::io::{Cursor, Write as _};

use bytes::Bytes;
use scan::content::{Content, WhyUnopened};
use zip::CompressionMethod;
use zip::unstable::write::FileOptionsExt as _;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

fn zip_with(files: &[(&str, &[u8], SimpleFileOptions)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes, options) in files {
        writer.start_file(*name, *options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn open(bytes: &[u8]) -> Content {
    let part = Part { place: "1".to_owned(), bytes: Bytes::copy_from_slice(bytes), ..Part::default() };
    unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn marks(content: &Content) -> Vec<&str> {
    content.items[0].marks.iter().map(String::as_str).collect()
}

fn names(content: &Content) -> Vec<String> {
    content.items.iter().skip(1).map(|item| item.names.join("|")).collect()
}

fn replace_last(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = memchr::memmem::rfind(bytes, from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
}

#[test]
fn encrypted_entries_are_named_but_not_opened() {
    let options = SimpleFileOptions::default().with_deprecated_encryption(b"secret").unwrap();
    let content = open(&zip_with(&[("invoice.exe", b"MZ", options), ("plain.txt", b"hello", stored())]));
    assert_eq!(names(&content), ["invoice.exe", "plain.txt"]);
    assert_eq!(marks(&content), ["encrypted"]);
    assert_eq!((content.unopened[0].place.as_str(), content.unopened[0].why), ("1/zip:0", WhyUnopened::Encrypted));
    assert_eq!((content.unopened.len(), content.items[2].text.as_str()), (1, "hello"));
}

#[test]
fn names_are_read_up_to_a_nul_too() {
    let options = stored().with_deprecated_encryption(b"secret").unwrap();
    let content = open(&zip_with(&[
        ("a.bat\0.txt", b"echo", stored()),
        ("b.exe\0.txt", b"MZ", options),
        ("d.txt", b"words", stored()),
    ]));
    assert_eq!(names(&content), ["a.bat\0.txt|a.bat", "b.exe\0.txt|b.exe", "d.txt"]);
}

/// Of the archive, of an entry, and of an entry in UTF-8.
#[test]
fn comments_are_text() {
    let comment = b"the password is 42: http://evil.example/login";
    let length = u16::try_from(comment.len()).unwrap();
    let plain = zip_with(&[("a.txt", b"words", stored())]);
    let mut of_archive = plain.clone();
    let at = of_archive.len() - 2;
    of_archive[at..].copy_from_slice(&length.to_le_bytes());
    of_archive.extend(comment);
    // Behind the header of the entry; the directory is so much longer.
    let behind = |field: usize, bytes: &[u8]| {
        let mut archive = plain.clone();
        let central = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
        let end = memchr::memmem::rfind(&archive, b"PK\x05\x06").unwrap();
        let said = u16::try_from(bytes.len()).unwrap().to_le_bytes();
        archive[central + field..central + field + 2].copy_from_slice(&said);
        let size = u32::try_from(end - central + bytes.len()).unwrap();
        archive[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
        archive.splice(end..end, bytes.iter().copied());
        archive
    };
    let extra = [&[0x75_u8, 0x63][..], &(length + 5).to_le_bytes(), &[1, 0, 0, 0, 0], comment].concat();
    for archive in [of_archive, behind(32, comment), behind(30, &extra)] {
        let content = open(&archive);
        let item = &content.items[0];
        assert_eq!(item.text, std::str::from_utf8(comment).unwrap());
        assert_eq!(
            item.links.iter().map(|link| link.target.as_str()).collect::<Vec<_>>(),
            ["http://evil.example/login"]
        );
        assert_eq!((marks(&content).len(), names(&content)), (0, vec!["a.txt".to_owned()]));
    }
}

#[test]
fn every_method_is_read_or_said_unsupported() {
    let text = "all work and no play ".repeat(100);
    for method in
        [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Bzip2, CompressionMethod::Zstd]
    {
        let content = open(&zip_with(&[("a.txt", text.as_bytes(), stored().compression_method(method))]));
        assert_eq!((content.items[1].text.as_str(), content.unopened.len()), (text.as_str(), 0), "{method:?}");
    }
    let mut archive = zip_with(&[("a.txt", b"x", stored())]);
    archive[8] = 77;
    let at = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    archive[at + 10] = 77;
    assert_eq!(open(&archive).unopened[0].why, WhyUnopened::Unsupported);
}

#[test]
fn a_name_that_differs_is_kept_both_ways() {
    let mut archive = zip_with(&[("good.txt", b"MZ", stored())]);
    replace_last(&mut archive, b"good.txt", b"evil.exe");
    let content = open(&archive);
    assert_eq!((names(&content), marks(&content)), (vec!["evil.exe|good.txt".to_owned()], vec!["zip_conflict"]));
}

/// The same with its numbers in the records of zip64 (APPNOTE 4.3.14 and 4.3.15). The old record says nothing, or what it said.
fn zip64_of(archive: &[u8], says_nothing: bool) -> Vec<u8> {
    let (before, end) = archive.split_at(archive.len() - 22);
    let entries = u64::from(u16::from_le_bytes([end[10], end[11]]));
    let [size, offset] = [12, 16].map(|at| u64::from(u32::from_le_bytes(end[at..at + 4].try_into().unwrap())));
    let mut made = before.to_vec();
    made.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for number in [entries, entries, size, offset] {
        made.extend(number.to_le_bytes());
    }
    made.extend(b"PK\x06\x07\0\0\0\0");
    made.extend((before.len() as u64).to_le_bytes());
    made.extend(b"\x01\0\0\0");
    made.extend(end);
    if says_nothing {
        let at = made.len() - 14;
        made[at..at + 12].fill(0xff);
    }
    made
}

#[test]
fn zip64_is_read_with_either_record() {
    for says_nothing in [true, false] {
        let large = stored().large_file(true);
        let archive = zip_with(&[("evil.exe", b"MZ of an entry with its sizes in the field of zip64", large)]);
        let content = open(&zip64_of(&archive, says_nothing));
        assert_eq!((names(&content), content.items[1].size), (vec!["evil.exe".to_owned()], 51), "{says_nothing}");
        assert!(marks(&content).is_empty() && content.unopened.is_empty(), "{content:?}");
    }
}

#[test]
fn two_archives_in_one_are_both_read() {
    let mut both = zip_with(&[("good.txt", b"good", stored())]);
    both.extend(zip_with(&[("evil.exe", b"MZ", stored())]));
    let content = open(&both);
    assert_eq!(names(&content), ["evil.exe", "good.txt"]);
    assert_eq!(marks(&content), ["zip_conflict", "zip_prefixed"]);
}

#[test]
fn an_archive_between_other_bytes_is_found() {
    let mut bytes = b"GIF89a\x01\x00\x01\x00".to_vec();
    bytes.extend(zip_with(&[("evil.exe", b"MZ", stored())]));
    bytes.extend(vec![b'x'; 70_000]);
    let content = open(&bytes);
    assert_eq!((content.items[0].kind.as_str(), content.items[1].kind.as_str()), ("gif", "exe"));
    assert_eq!(marks(&content), ["zip_prefixed", "archive_trailing", "polyglot"]);
}

#[test]
fn two_entries_of_one_name_are_two_children() {
    let mut archive = zip_with(&[("a.exe", b"MZ", stored()), ("b.exe", b"text", stored())]);
    while let Some(at) = memchr::memmem::find(&archive, b"b.exe") {
        archive[at] = b'a';
    }
    let kinds: Vec<_> = open(&archive).items.into_iter().map(|item| item.kind).collect();
    assert_eq!(kinds, ["zip", "exe", "text"]);
}

#[test]
fn a_hidden_entry_is_read_too() {
    let mut archive = zip_with(&[("a.txt", b"a", stored()), ("b.exe", b"MZ", stored())]);
    // The directory loses its second entry: counts and size in the end record say one.
    let second = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::rfind(&archive, b"PK\x05\x06").unwrap();
    archive.drain(second..end);
    let size = u32::try_from(end - second).unwrap();
    let end = second;
    archive[end + 8] = 1;
    archive[end + 10] = 1;
    let old = u32::from_le_bytes(archive[end + 12..end + 16].try_into().unwrap());
    archive[end + 12..end + 16].copy_from_slice(&(old - size).to_le_bytes());
    let content = open(&archive);
    assert_eq!(
        (names(&content), marks(&content)),
        (vec!["a.txt".to_owned(), "b.exe".to_owned()], vec!["zip_conflict"])
    );
}

#[test]
fn overlapping_entries_count_every_time() {
    let big = vec![b'a'; 200_000];
    let mut archive = zip_with(&[("a", &big, SimpleFileOptions::default())]);
    let start = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::rfind(&archive, b"PK\x05\x06").unwrap();
    let (header, mut tail) = (archive[start..end].to_vec(), archive[end..].to_vec());
    archive.truncate(start);
    for _ in 0..2000 {
        archive.extend_from_slice(&header);
    }
    tail[8..12].copy_from_slice(&[0xd0, 0x07, 0xd0, 0x07]);
    tail[12..16].copy_from_slice(&u32::try_from(header.len() * 2000).unwrap().to_le_bytes());
    archive.extend(tail);
    let content = open(&archive);
    assert_eq!(marks(&content), ["zip_overlap", "bomb"]);
    assert!(content.unopened.iter().all(|one| one.why == WhyUnopened::OverBudget));
    let unpacked: u64 = content.items.iter().skip(1).map(|item| item.size).sum();
    assert!(unpacked <= archive.len() as u64 * 200, "{unpacked}");
}

#[test]
fn broken_archives_are_said_so() {
    let archive = zip_with(&[("a.txt", b"hello hello", stored())]);
    let mut wrong_sum = archive.clone();
    replace_last(&mut wrong_sum, b"hello hello", b"jello");
    let content = open(&wrong_sum);
    assert_eq!((content.items[1].text.as_str(), content.unopened[0].why), ("jello hello", WhyUnopened::Broken));
    let cut = open(&archive[..archive.len() - 30]);
    assert_eq!((names(&cut), cut.unopened[0].why), (vec!["a.txt".to_owned()], WhyUnopened::Broken));
    assert_eq!(open(b"PK\x03\x04").unopened[0].why, WhyUnopened::Broken);
}

#[test]
fn a_method_that_lies_is_no_shelter() {
    let text = "hello ".repeat(50);
    let set_method = |archive: &mut Vec<u8>, method: u8| {
        archive[8] = method;
        let at = memchr::memmem::rfind(archive, b"PK\x01\x02").unwrap();
        archive[at + 10] = method;
    };
    // Headers say stored, or something nobody knows, and the data is deflated.
    for method in [0, 77, 12] {
        let mut zombie = zip_with(&[("a.txt", text.as_bytes(), SimpleFileOptions::default())]);
        set_method(&mut zombie, method);
        let content = open(&zombie);
        assert_eq!((content.items[1].text.as_str(), content.unopened.len()), (text.as_str(), 0), "{method}");
        assert_eq!(marks(&content), ["zip_conflict"]);
    }
    // And the other way round.
    let mut zombie = zip_with(&[("a.txt", text.as_bytes(), stored())]);
    set_method(&mut zombie, 8);
    let content = open(&zombie);
    assert_eq!((content.items[1].text.as_str(), marks(&content)), (text.as_str(), vec!["zip_conflict"]));
}

/// Sets bits of the flags of the one entry: in its local header, and in the directory.
fn set_flags(archive: &mut [u8], local: u8, central: u8) {
    archive[6] |= local;
    let at = memchr::memmem::rfind(archive, b"PK\x01\x02").unwrap();
    archive[at + 8] |= central;
}

#[test]
fn a_flag_that_lies_is_no_shelter() {
    let text = "hello ".repeat(50);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Bzip2] {
        let plain = zip_with(&[("a.txt", text.as_bytes(), stored().compression_method(method))]);
        for (local, central) in [(0, 1), (1, 0), (1, 1), (0x41, 0x41)] {
            let mut archive = plain.clone();
            set_flags(&mut archive, local, central);
            let content = open(&archive);
            assert!(content.items.iter().any(|item| item.text == text), "{method:?} {local} {central}");
            let marks = marks(&content);
            assert!(marks.contains(&"zip_conflict") && marks.contains(&"encrypted"), "{method:?} {local} {central}");
        }
    }
    // Where the headers differ the data is taken whatever sum is said.
    for (local, central) in [(0, 1), (1, 0)] {
        let mut archive = zip_with(&[("a.txt", b"hello hello", stored())]);
        set_flags(&mut archive, local, central);
        archive[14] ^= 1;
        let at = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
        archive[at + 16] ^= 1;
        assert!(open(&archive).items.iter().any(|item| item.text == "hello hello"), "{local} {central}");
    }
}

#[test]
fn what_is_encrypted_is_not_called_a_lie() {
    let text = "hello ".repeat(50);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for bytes in [text.as_bytes(), b""] {
            let old = stored().compression_method(method).with_deprecated_encryption(b"secret").unwrap();
            let aes = stored().compression_method(method).with_aes_encryption(zip::AesMode::Aes256, "secret");
            for options in [old.into_full_options(), aes.into_full_options()] {
                let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
                writer.start_file("a.txt", options).unwrap();
                writer.write_all(bytes).unwrap();
                let content = open(&writer.finish().unwrap().into_inner());
                assert_eq!((marks(&content), content.items.len()), (vec!["encrypted"], 2), "{method:?}");
            }
        }
    }
}

#[test]
fn data_behind_the_packed_stream_is_seen() {
    let mut archive =
        zip_with(&[("a.txt", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", SimpleFileOptions::default())]);
    let central = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    archive.splice(central..central, *b"MZ hidden program");
    let grown = |archive: &mut Vec<u8>, at: usize| {
        let old = u32::from_le_bytes(archive[at..at + 4].try_into().unwrap());
        archive[at..at + 4].copy_from_slice(&(old + 17).to_le_bytes());
    };
    grown(&mut archive, 18);
    grown(&mut archive, central + 17 + 20);
    let end = memchr::memmem::rfind(&archive, b"PK\x05\x06").unwrap();
    grown(&mut archive, end + 16);
    let content = open(&archive);
    let kinds: Vec<_> = content.items.iter().map(|item| item.kind.as_str()).collect();
    assert_eq!((kinds, marks(&content)), (vec!["zip", "text", "exe"], vec!["zip_conflict"]));
}

#[test]
fn names_links_and_further_names() {
    let names: &[(&str, &[u8], SimpleFileOptions)] = &[("../../etc/x", b"a", stored()), ("C:\\x.exe", b"b", stored())];
    assert_eq!(marks(&open(&zip_with(names))), ["path_name"]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", stored()).unwrap();
    let content = open(&writer.finish().unwrap().into_inner());
    assert_eq!((marks(&content), content.items[1].text.as_str()), (vec!["link_entry"], "/etc/passwd"));
}

#[test]
fn formats_that_are_zips_are_named() {
    let office = open(&zip_with(&[
        ("[Content_Types].xml", b"<?xml?>", stored()),
        ("word/document.xml", b"<?xml?>", stored()),
        ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", stored()),
    ]));
    assert_eq!((office.items[0].kind.as_str(), marks(&office)), ("docx", vec!["macro"]));
    let java = open(&zip_with(&[("META-INF/MANIFEST.MF", b"x", stored())]));
    assert_eq!(java.items[0].kind, "jar");
    // A program of Android is signed as one of Java is; a package of Windows has content types as a document has.
    for (kind, own, beside) in [
        ("apk", "AndroidManifest.xml", "META-INF/MANIFEST.MF"),
        ("appx", "AppxManifest.xml", "[Content_Types].xml"),
        ("appx", "AppxMetadata/AppxBundleManifest.xml", "[Content_Types].xml"),
    ] {
        let program = b"MZ\x90\x00".as_slice();
        let content =
            open(&zip_with(&[(beside, b"<Types/>", stored()), (own, b"<a/>", stored()), ("a.exe", program, stored())]));
        assert_eq!((content.items[0].kind.as_str(), content.unopened.len()), (kind, 0), "{own}");
        assert_eq!(
            (names(&content).last().map(String::as_str), content.items[3].kind.as_str()),
            (Some("a.exe"), "exe"),
            "{own}"
        );
    }
}
