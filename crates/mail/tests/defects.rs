//! Every defect and every ambiguity is found, at its place.

use bytes::Bytes;
use mail::defect::{AmbiguityKind, DefectKind};
use mail::limits;
use mail::message::Message;
use mail::part::PartPath;

const GOOD: &str = "From: a@b.example\r\nDate: Wed, 25 Nov 2026 21:00:00 +0000\r\nMIME-Version: 1.0\r\n";

fn parse(raw: &[u8]) -> Message {
    Message::parse(Bytes::copy_from_slice(raw))
}

// The defects of the message are this one, at the first byte of `place`.
fn check(raw: &str, kind: DefectKind, place: &str) {
    let message = parse(raw.as_bytes());
    let found: Vec<_> = message.defects.iter().map(|defect| (defect.kind, defect.offset)).collect();
    assert_eq!(found, [(kind, raw.find(place).unwrap_or(usize::MAX))], "{raw}");
}

fn check_ambiguity(rest: &str, kind: AmbiguityKind, place: &str) {
    let raw = format!("{GOOD}{rest}");
    let message = parse(raw.as_bytes());
    let found: Vec<_> = message.ambiguities.iter().map(|each| (each.kind, each.offset)).collect();
    assert_eq!(found, [(kind, raw.rfind(place).unwrap_or(usize::MAX))], "{raw}");
}

#[test]
fn a_good_message_has_none() {
    let multipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
    for rest in ["Subject: x\r\n\r\nbody\r\n", multipart] {
        let message = parse(format!("{GOOD}{rest}").as_bytes());
        assert_eq!((message.defects, message.ambiguities, message.alternatives), (vec![], vec![], vec![]));
    }
}

#[test]
fn header_defects() {
    check(&format!("{GOOD}\r\n{}\r\n", "x".repeat(999)), DefectKind::LongLine, "xxx");
    check(&format!("{GOOD}Subject: \u{fc}\r\n\r\n"), DefectKind::EightBitHeader, "Subject");
    check(&format!("{GOOD}no colon\r\n\r\n"), DefectKind::HeaderLineWithoutColon, "no colon");
    let raw = format!("{GOOD}X: 1\r\n");
    let found: Vec<_> = parse(raw.as_bytes()).defects.iter().map(|each| (each.kind, each.offset)).collect();
    assert_eq!(found, [(DefectKind::HeaderWithoutEnd, raw.len())]);
    check("From: a@b.example\r\nContent-Type: text/plain\r\nDate: x\r\n\r\n", DefectKind::MissingMimeVersion, "From");
    check("From: a@b.example\r\n\r\nbody", DefectKind::MissingDate, "body");
    check("Date: x\r\n\r\nbody", DefectKind::MissingFrom, "body");
    check(&format!("{GOOD}Subject: x\r\nSUBJECT: x\r\n\r\n"), DefectKind::DuplicateField, "SUBJECT");
    check(&format!("{GOOD}To: <a@b.example\r\n\r\n"), DefectKind::BadAddressList, "To");
    check(&format!("{GOOD}Subject: =?nope?Q?x?=\r\n\r\n"), DefectKind::BadEncodedWord, "Subject");
}

#[test]
fn mime_defects() {
    check(&format!("{GOOD}Content-Type: text\r\n\r\n"), DefectKind::BadContentType, "Content-Type");
    check(&format!("{GOOD}Content-Transfer-Encoding: rot13\r\n\r\n"), DefectKind::UnknownEncoding, "Content-T");
    check(&format!("{GOOD}Content-Transfer-Encoding: \"base64\"\r\n\r\n"), DefectKind::UnknownEncoding, "Content-T");
    check(&format!("{GOOD}Content-Type: multipart/mixed\r\n\r\n"), DefectKind::MissingBoundary, "Content-Type");
    let raw = format!("{GOOD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx");
    let found: Vec<_> = parse(raw.as_bytes()).defects.iter().map(|each| (each.kind, each.offset)).collect();
    assert_eq!(found, [(DefectKind::MissingCloseDelimiter, raw.len())]);
}

#[test]
fn encoding_defects_are_found_on_request() {
    for (encoding, body, kind) in [
        ("base64", "aGVs*bG8=", DefectKind::BadBase64),
        ("quoted-printable", "abcd=*x", DefectKind::BadQuotedPrintable),
    ] {
        let raw = format!("{GOOD}Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n");
        let message = parse(raw.as_bytes());
        let defect = message.root.encoding_defect(message.raw()).expect("it is broken");
        assert_eq!((defect.kind, defect.offset), (kind, raw.find(body).expect("it is there") + 4));
    }
    let message = parse(format!("{GOOD}Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n").as_bytes());
    assert_eq!(message.root.encoding_defect(message.raw()), None);
}

#[test]
fn ambiguities() {
    use AmbiguityKind::{
        DuplicateBoundary, DuplicateContentType, DuplicateEncoding, EncodedMultipart, NulInHeader, PartAfterClose,
    };
    check_ambiguity(
        "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx",
        DuplicateContentType,
        "Content-Type",
    );
    check_ambiguity(
        "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\neA==",
        DuplicateEncoding,
        "Content-T",
    );
    check_ambiguity("Content-Type: multipart/x; boundary=a; boundary=b\r\n\r\n", DuplicateBoundary, "Content-Type");
    check_ambiguity(
        "Content-Type: multipart/x; boundary=a\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        EncodedMultipart,
        "Content-Transfer",
    );
    let closed = "Content-Type: multipart/x; boundary=a\r\n\r\n--a\r\n\r\n--a--\r\n--a\r\n\r\nhidden";
    check_ambiguity(closed, PartAfterClose, "--a\r\n\r\nhidden");
    check_ambiguity("X: a\0b\r\n\r\n", NulInHeader, "\0");
}

#[test]
fn fields_that_say_the_same_twice_are_not_ambiguous() {
    for rest in [
        "Content-Type: text/plain; charset=utf-8\r\nContent-type: TEXT/plain; Charset=\"utf-8\"\r\n\r\n",
        "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n",
        "Content-Type: multipart/x; boundary=a; boundary=\"a\"\r\n\r\n--a\r\n\r\n--a--\r\n--a--\r\n",
    ] {
        assert_eq!(parse(format!("{GOOD}{rest}").as_bytes()).ambiguities, [], "{rest}");
    }
}

// Whether reading stopped at a limit, and how many parts and how deep.
fn extent(raw: &[u8]) -> (bool, usize, usize) {
    let message = parse(raw);
    let is_cut = message.defects.iter().any(|defect| defect.kind == DefectKind::LimitReached);
    // The path of another reading begins with a zero and its number.
    let depth = |path: &PartPath| if path.0.first() == Some(&0) { path.0.len() - 2 } else { path.0.len() };
    let depth = message.parts().map(|(path, _)| depth(&path)).max().unwrap_or(0);
    (is_cut, message.parts().count(), depth)
}

#[test]
fn depth_and_parts_have_limits() {
    let nested = |levels: usize| -> String {
        (0..levels).map(|n| format!("Content-Type: multipart/x; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect()
    };
    assert_eq!(extent(nested(10).as_bytes()), (false, 11, 10));
    let (is_cut, _, depth) = extent(nested(10_000).as_bytes());
    assert!(is_cut && depth == limits::PART_DEPTH_MAX - 1, "{depth}");
    let messages = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    let (is_cut, _, depth) = extent(messages.as_bytes());
    assert!(is_cut && depth == limits::PART_DEPTH_MAX - 1, "{depth}");
    let wide = format!("Content-Type: multipart/x; boundary=b\r\n\r\n{}", "--b\r\n\r\n".repeat(limits::PARTS_MAX + 5));
    assert_eq!(extent(wide.as_bytes()), (true, limits::PARTS_MAX, 1));
}

#[test]
fn header_bytes_and_fields_have_limits() {
    let long = format!("A: {}\r\nB: 2\r\n\r\nbody", "x".repeat(limits::HEADER_BYTES_MAX));
    let message = parse(long.as_bytes());
    assert_eq!(message.header().fields, []);
    assert_eq!(message.root.body.len(), "body".len(), "the end of the header is found");
    assert!(message.defects.iter().any(|defect| defect.kind == DefectKind::LimitReached));
    let many = format!("{}\r\nbody", "A: 1\r\n".repeat(limits::HEADER_FIELDS_MAX + 1));
    assert_eq!(parse(many.as_bytes()).header().fields.len(), limits::HEADER_FIELDS_MAX);
    assert!(extent(many.as_bytes()).0);
}

#[test]
fn names_parameters_defects_and_ambiguities_have_limits() {
    let name = format!("{}.exe", "n".repeat(400));
    let message = parse(format!("{GOOD}Content-Disposition: attachment; filename={name}\r\n\r\n").as_bytes());
    let kept = message.root.names.first().expect("it has a name");
    assert!(kept.len() == limits::NAME_BYTES_MAX && kept.ends_with(".exe"), "{kept}");
    // Odd, but all of the part was seen.
    assert_eq!(message.defects.iter().map(|defect| defect.kind).collect::<Vec<_>>(), [DefectKind::LongName]);
    let many = format!("{GOOD}Content-Type: a/b{}\r\n\r\n", "; x=1".repeat(limits::PARAMETERS_MAX + 1));
    assert!(extent(many.as_bytes()).0);
    let bad = parse("no colon\r\n".repeat(limits::DEFECTS_MAX * 2).as_bytes());
    assert_eq!(bad.defects.len(), limits::DEFECTS_MAX);
    let part = "--b\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\nx\r\n";
    let raw = format!("Content-Type: multipart/x; boundary=b\r\n\r\n{}", part.repeat(limits::AMBIGUITIES_MAX * 2));
    assert_eq!(parse(raw.as_bytes()).ambiguities.len(), limits::AMBIGUITIES_MAX);
}

#[test]
fn parts_of_alternative_readings_have_a_limit() {
    let parts = "--b\r\n\r\n".repeat(limits::PARTS_MAX - 2);
    let head = "Content-Type: multipart/x; boundary=b; boundary=c\r\nContent-Type: multipart/y; boundary=b\r\n\
                Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n";
    let message = parse(format!("{GOOD}{head}\r\n{parts}").as_bytes());
    assert!(message.parts().count() <= limits::PARTS_MAX + limits::ALTERNATIVE_PARTS_MAX);
    assert!(message.defects.iter().any(|defect| defect.kind == DefectKind::LimitReached));
    assert_ne!(message.alternatives.len(), 0);
}

#[test]
fn mailboxes_have_a_limit() {
    let raw = format!("{GOOD}To: {}\r\n\r\n", "a@b.example,".repeat(limits::MAILBOXES_MAX + 1));
    assert!(extent(raw.as_bytes()).0);
    assert_eq!(parse(raw.as_bytes()).mailboxes("to").len(), limits::MAILBOXES_MAX);
}
