//! Files that real programs wrote (`testdata/real`): what is found in them, and that nothing else is.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use crate::formats::archives::tests::shown;
use crate::formats::office::testing::{open, unzipped};

/// A file of `testdata/real`.
macro_rules! real {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/real/", $name)).as_slice()
    };
}

/// Kind and marks of the file, what could not be opened, and the marks of all that is in it.
fn check(bytes: &[u8]) -> (String, Vec<String>, Vec<&'static str>, Vec<String>) {
    let content = open(bytes);
    let item = content.items.first().unwrap();
    let mut inside: Vec<String> = content.items.iter().skip(1).flat_map(|item| item.marks.clone()).collect();
    inside.sort();
    inside.dedup();
    let unopened = content.unopened.iter().map(|one| one.why.word()).collect();
    (item.kind.clone(), item.marks.clone(), unopened, inside)
}

/// Kind and marks of the file itself, where all of it was opened.
fn own(bytes: &[u8]) -> (String, Vec<String>) {
    let (kind, marks, unopened, _) = check(bytes);
    assert!(unopened.is_empty(), "{kind} {unopened:?}");
    (kind, marks)
}

fn is(kind: &str, marks: &[&str]) -> (String, Vec<String>) {
    (kind.to_owned(), marks.iter().map(|mark| (*mark).to_owned()).collect())
}

#[test]
fn templates_and_slide_shows() {
    let embedded = ["embedded_object"];
    assert_eq!(own(real!("embedded.dotx")), is("dotx", &embedded));
    assert_eq!(own(real!("embedded.dotm")), is("dotm", &embedded));
    assert_eq!(own(real!("embedded.xltx")), is("xltx", &embedded));
    assert_eq!(own(real!("embedded.xltm")), is("xltm", &embedded));
    assert_eq!(own(real!("embedded.ppsx")), is("ppsx", &embedded));
    assert_eq!(own(real!("embedded.potm")), is("potm", &embedded));
    for (bytes, kind) in [(real!("linked.ppsm"), "ppsm"), (real!("linked.potx"), "potx")] {
        let (own, marks) = own(bytes);
        assert!(own == kind && marks.contains(&"external_link".to_owned()), "{own} {marks:?}");
    }
}

#[test]
fn links_to_programs_and_objects_of_binary_workbooks() {
    let content = open(real!("dde.xlsb"));
    let item = content.items.first().unwrap();
    assert!(item.kind == "xlsb" && item.marks == ["dde"], "{item:?}");
    assert!(item.hidden_text.contains("cmd|/c calc.exe"), "{}", item.hidden_text);
    assert!(check(real!("linked.xlsb")).1.contains(&"external_link".to_owned()));
    // Excel goes by relations and types: the names of parts are anybody's.
    let mut budget = crate::budget::Budget::new(crate::budget::Limits::default());
    let parts = crate::formats::zip::whole::read(real!("dde.xlsb"), &mut budget).ok().unwrap().files;
    let renamed = |from: &str, to: &str| {
        let parts: Vec<(String, Vec<u8>)> =
            parts.iter().map(|(name, part)| (name.replace(from, to), part.clone())).collect();
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, part)| (name.as_str(), part.as_slice())).collect();
        open(&crate::formats::office::testing::zip_of(&parts)).items[0].marks.clone()
    };
    assert_eq!(renamed("externalLink1.bin", "a.dat"), ["dde"]);
    // One of another type is no exchange of data.
    let plain: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .map(|(name, part)| {
            let mut part = part.clone();
            if name.ends_with("externalLink1.bin") {
                part[3] = 0;
            }
            (name.as_str(), part)
        })
        .collect();
    let plain: Vec<(&str, &[u8])> = plain.iter().map(|(name, part)| (*name, part.as_slice())).collect();
    assert!(open(&crate::formats::office::testing::zip_of(&plain)).items[0].marks.is_empty());
}

#[test]
fn old_documents_of_office_keep_themes_as_zips_and_are_clean() {
    for bytes in [unzipped(real!("clean.doc.gz")), unzipped(real!("olefile.doc.gz"))] {
        let (kind, marks, unopened, inside) = check(&bytes);
        assert!(
            kind == "doc" && marks.is_empty() && unopened.is_empty() && inside.is_empty(),
            "{marks:?} {unopened:?} {inside:?}"
        );
    }
    for (bytes, kind) in [
        (unzipped(real!("embedded.doc.gz")), "doc"),
        (unzipped(real!("embedded.ppt.gz")), "ppt"),
        (unzipped(real!("embedded.pot.gz")), "ppt"),
    ] {
        let (own, marks, unopened, inside) = check(&bytes);
        assert!(
            own == kind && marks == ["embedded_object"] && unopened.is_empty(),
            "{own} {marks:?} {unopened:?} {inside:?}"
        );
    }
    let (_, marks, unopened, _) = check(&unzipped(real!("macros.xlt.gz")));
    assert!(
        unopened.is_empty() && marks.iter().all(|mark| !mark.starts_with("zip_") && mark != "archive_trailing"),
        "{marks:?}"
    );
}

#[test]
fn archives_of_rar() {
    // Version 2, with the owner and a recovery record in blocks of their own: a copy of the archive is in the latter.
    let owner = shown(real!("rar2-unix-owner.rar"));
    assert_eq!(owner, "1 rar \"\" 643\n1/rar:0 text \"file.txt\" 4\n", "{owner}");
    for (bytes, names) in [
        (real!("rar15-comment.rar"), &["FILE1.TXT", "FILE2.TXT"][..]),
        (real!("rar3-owner.rar"), &[]),
        (real!("rar5-hlink.rar"), &[]),
        (real!("rar5-solid-qo.rar"), &[]),
    ] {
        let found = shown(bytes);
        assert!(!found.contains("unopened") && !found.contains("polyglot"), "{found}");
        assert!(found.lines().count() > 1 && names.iter().all(|name| found.contains(name)), "{found}");
    }
    for bytes in [real!("rar202-comment-psw.rar"), real!("rar3-comment-hpsw.rar")] {
        assert!(shown(bytes).contains("unopened 1"), "{}", shown(bytes));
    }
}

#[test]
fn projects_of_macros_and_locked_shows() {
    let project = open(&unzipped(real!("vbaProject.bin.gz")));
    let sources = project.items.iter().filter(|item| item.kind == "vba");
    assert!(sources.clone().any(|item| item.text.contains("MsgBox")), "{project:?}");
    let show = open(&unzipped(real!("vba.ppt.gz")));
    assert!(
        show.items[0].kind == "ppt" && show.items[0].marks.contains(&"macro".to_owned()),
        "{:?}",
        show.items[0].marks
    );
    let (kind, marks, unopened, _) = check(&unzipped(real!("encrypted.ppt.gz")));
    assert!(
        kind == "ppt" && marks.contains(&"encrypted".to_owned()) && unopened == ["encrypted"],
        "{marks:?} {unopened:?}"
    );
}

#[test]
fn a_show_that_powerpoint_opens_without_asking() {
    let locked = unzipped(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/office/locked.ppt.gz")));
    let plain = open(&unzipped(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/office/lo.ppt.gz"))));
    let content = open(&locked);
    let item = &content.items[0];
    assert!(
        item.kind == "ppt" && item.marks == ["encrypted", "password_found"] && content.unopened.is_empty(),
        "{content:?}"
    );
    assert!(!item.text.trim().is_empty() && item.text == plain.items[0].text, "{}", item.text);
    // Of another word.
    let mut other = locked.clone();
    let at = memchr::memmem::find(&locked, &(0_u8..16).collect::<Vec<u8>>()).unwrap();
    other[at] ^= 1;
    let content = open(&other);
    assert!(content.items[0].marks == ["encrypted"] && content.unopened[0].why.word() == "encrypted", "{content:?}");
}

#[test]
fn damaged_shows_do_no_harm() {
    let locked = unzipped(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/office/locked.ppt.gz")));
    crate::formats::office::testing::mutate(&locked, 500);
    crate::formats::office::testing::mutate(&unzipped(real!("clean.doc.gz")), 200);
}

/// A zip of one file.
fn zip_of(name: &str) -> Vec<u8> {
    crate::formats::office::testing::zip_of(&[(name, b"MZ\x90\0 of an archive")])
}

/// Bytes of a sector.
const SECTOR: usize = 4096;

/// A compound file whose one stream lies in sectors from the last to the first.
fn in_pieces(stream: &[u8]) -> Vec<u8> {
    let mut file = crate::formats::office::testing::compound_of(&[("/notes", stream)]);
    let sector = |at: usize| SECTOR * (at + 1)..SECTOR * (at + 2);
    let wide = stream.len().div_ceil(SECTOR);
    let number = |file: &[u8], at: usize| u32::from_le_bytes(*file[at..].first_chunk().unwrap());
    let table = usize::try_from(number(&file, 76)).unwrap();
    let directory = usize::try_from(number(&file, 48)).unwrap();
    let entry = (sector(directory).start..).step_by(128).find(|at| file[*at] == b'n').unwrap();
    let first = usize::try_from(number(&file, entry + 116)).unwrap();
    let old = file.clone();
    for place in 0..wide {
        let (from, to) = (sector(first + place), sector(first + wide - 1 - place));
        file[to].copy_from_slice(&old[from]);
        let next = if place == 0 { 0xffff_fffe } else { first + place - 1 };
        let at = sector(table).start + 4 * (first + place);
        file[at..at + 4].copy_from_slice(&u32::try_from(next).unwrap().to_le_bytes());
    }
    file[entry + 116..entry + 120].copy_from_slice(&u32::try_from(first + wide - 1).unwrap().to_le_bytes());
    file
}

#[test]
fn archives_in_streams_in_pieces_are_opened_and_no_trick() {
    let zip = zip_of("a.exe");
    // Its first bytes lie in one sector, its directory in another.
    let stream = [vec![b'x'; 2 * SECTOR - 40], zip.clone(), vec![b'y'; 1700]].concat();
    for file in [in_pieces(&stream), crate::formats::office::testing::compound_of(&[("/notes", &stream)])] {
        let content = open(&file);
        let marks = &content.items[0].marks;
        assert!(content.items.iter().any(|item| item.kind == "exe"), "{content:?}");
        let is_told =
            marks.iter().any(|mark| mark.starts_with("zip_") || mark == "archive_trailing" || mark == "polyglot");
        assert!(!is_told && content.unopened.is_empty(), "{marks:?} {:?}", content.unopened);
    }
}

#[test]
fn archives_that_no_stream_holds_are_told() {
    let plain = crate::formats::office::testing::compound_of(&[("/notes", &[b'x'; 5000])]);
    // Behind the last sector; and under the name of an archive wherever it stands.
    let behind = open(&[plain.as_slice(), &zip_of("a.exe")].concat());
    assert!(behind.items[0].marks.contains(&"polyglot".to_owned()), "{:?}", behind.items[0].marks);
    let stream = [vec![b'x'; 5000], zip_of("a.exe"), vec![b'y'; 1700]].concat();
    let named =
        crate::formats::shown::open("a.zip", "", &crate::formats::office::testing::compound_of(&[("/notes", &stream)]));
    assert!(named.items[0].marks.contains(&"archive_trailing".to_owned()), "{:?}", named.items[0].marks);
    // In the raw bytes it is whole, in the stream's own order nothing is.
    let names: Vec<String> = (0..90).map(|number| format!("{number}.exe")).collect();
    let parts: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), b"MZ\x90\0 of an archive".as_slice())).collect();
    let mut archive = [vec![b'x'; 2048], crate::formats::office::testing::zip_of(&parts)].concat();
    archive.resize(archive.len().next_multiple_of(SECTOR), 0);
    let torn: Vec<u8> = archive.chunks(SECTOR).rev().flatten().copied().collect();
    let shown = open(&in_pieces(&torn));
    assert!(shown.items.iter().filter(|item| item.kind == "exe").count() >= 90, "{shown:?}");
    assert!(shown.items[0].marks.contains(&"zip_prefixed".to_owned()), "{:?}", shown.items[0].marks);
}
