//! Archives, and what is no document at all.

use super::*;

#[test]
fn each_file_of_an_archive_is_disarmed() {
    let page = b"<p>hello<script>go()</script>";
    let inner = zip_of(&[("deep.html", page), ("note.txt", b"plain words")]);
    let armed = zip_of(&[("letter.docm", &documents::armed_docx()), ("inner.zip", &inner), ("note.txt", b"words")]);
    let result = disarmed("x.zip", &armed);
    let parts = unzip(&result.bytes);
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["letter.docx", "inner.zip", "note.txt"]);
    assert_eq!(unzip(&parts[1].1)[0].1, b"<p>hello");
    assert_eq!(parts[2].1, b"words");
    assert!(result.removed.iter().any(|what| what == "macros") && result.removed.iter().any(|what| what == "scripts"));
}

#[test]
fn a_program_in_an_archive_stops_it_whole() {
    let program = zip_of(&[("a.txt", b"x"), ("run.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff")]);
    let script = zip_of(&[("run.js", b"var a = 1;")]);
    for (name, bytes) in [("a.zip", program), ("b.zip", script)] {
        assert!(matches!(outcome(name, &bytes), Outcome::Impossible(_)), "{name}");
    }
}

#[test]
fn what_runs_by_itself_is_impossible() {
    let files: [(&str, &[u8]); 6] = [
        ("x.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"),
        ("x.js", b"var a = 1;"),
        ("x.bat", b"echo hello"),
        ("x.csv", b"a,=cmd|'/C calc'!A0\n"),
        ("x.lnk", include_bytes!("../../../testdata/small/command.lnk")),
        ("x.one", include_bytes!("../../../testdata/small/note.one")),
    ];
    for (name, bytes) in files {
        assert!(matches!(outcome(name, bytes), Outcome::Impossible(_)), "{name}: {:?}", outcome(name, bytes));
    }
}

#[test]
fn words_and_pictures_stay_as_they_are() {
    let files: [(&str, &[u8]); 4] = [
        ("x.txt", b"Dear Bob,\nit lies on \\\\files\\team, see you.\n"),
        ("x.ics", include_bytes!("../../../testdata/small/meeting.ics")),
        ("x.gif", b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"),
        ("x.vcf", include_bytes!("../../../testdata/small/eva.vcf")),
    ];
    for (name, bytes) in files {
        assert_eq!(outcome(name, bytes), Outcome::Clean, "{name}");
    }
}

// Two entries under one name, data behind the end: what one reader takes another does not.
#[test]
fn an_archive_that_is_read_in_two_ways_is_written_anew() {
    let mut two = zip_of(&[("a.txt", b"one"), ("b.txt", b"two")]);
    two.extend_from_slice(b"something behind the end of it");
    let result = disarmed("x.zip", &two);
    assert_eq!(unzip(&result.bytes).len(), 2);
    assert!(!marks(&result.bytes).iter().any(|mark| mark == "archive_trailing"));
}
