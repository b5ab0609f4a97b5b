//! Documents made by other programs, and what is hidden in such.

use bytes::Bytes;
use expect_test::{Expect, expect};

use crate::budget::{Budget, Limits};
use crate::formats::shown::{damage, open, open_with, show, shown};
use crate::request::{Part, Request};
use crate::unpack::unpack_with;

mod clips;
mod drawn;
mod forms;
mod hostile;
mod limits;
mod made;
mod others;
mod scans;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/pdf/", $name))
    };
}

fn check(bytes: &[u8], expected: &Expect) {
    expected.assert_eq(&shown("a.pdf", bytes));
}

#[test]
fn documents_of_common_programs_are_read_and_clean() {
    check(
        sample!("reportlab.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: Dear customer, your statement is ready.
            text: Visit our site for details
            text: Total due: 1,024.00 EUR
            text: White words on a dark bar
            other: Accounts
            other: anonymous
            other: ReportLab PDF Library - (opensource)
            other: unspecified
            other: Quarterly letter
            Anchor: https://portal.example/login?id=1 [Visit our site for details]
    "#]],
    );
    let letter = shown("a.pdf", sample!("reportlab.pdf"));
    assert_eq!(shown("a.pdf", sample!("linearized.pdf")), letter);
    // Encrypted, but everybody may read it: the password is empty.
    assert_eq!(shown("a.pdf", sample!("rc4_128.pdf")), letter);
    check(
        sample!("ghostscript.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: Dear customer, your statement is ready.
            text: Visit our site for details
            text: Total due: 1,024.00 EUR
            text: White words on a dark bar
            other: GPL Ghostscript 10.00.0
            other: Quarterly letter
            other: Accounts
            other: unspecified
            other: anonymous
            other: GPL Ghostscript 10.00.0 2026-11-26T05:30:00Z 2026-11-26T05:30:00Z anonymous Quarterly letter Accounts unspecified
            Anchor: https://portal.example/login?id=1 [Visit our site for details]
    "#]],
    );
    check(
        sample!("libreoffice.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: Grüße aus Köln, see the report.
            text: • One
            text: • Two
            text: the report
            other: LibreOffice 7.4
            Anchor: https://doc.example/more [the report]
    "#]],
    );
}

#[test]
fn what_a_document_does_is_marked() {
    check(
        sample!("active.pdf"),
        &expect![[r#"
            1 pdf [a.pdf] open_action xfa embedded_file javascript submit_form launch unc_path remote_goto rich_media
                text: Filled in
                text: A note to see https://note.example/x
                other: cmd.exe /c echo hello
                Form: https://collect.example/post []
                Other: \\198.51.100.7\share\run.exe []
                Other: //files.example/other.pdf []
                Field: https://note.example/x []
            1/pdf:js0 js [] 
                text: this.getField('a').value = 1;
            1/pdf:js1 js [] 
                text: app.alert('opened'); app.launchURL('https://script.example/a');
                Script: https://script.example/a []
            1/pdf:js2 js [] 
                text: AFNumber_Keystroke(2);
            1/pdf:0 text [invoice.txt] 
                text: words of the embedded file
            1/pdf:xfa0 xml [form.xml] script
                text: Words of the form
                text: app.alert("form");
            1/pdf:xfa0js0 js [] 
                text: app.alert("form");
        "#]],
    );
    // The same document, its objects in streams.
    assert_eq!(shown("a.pdf", sample!("object_streams.pdf")), shown("a.pdf", sample!("active.pdf")));
}

#[test]
fn text_that_is_not_seen_is_told_apart() {
    check(
        sample!("hidden.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: Seen line
            hidden: white on paper
            hidden: tiny letters
            hidden: far above the page
            hidden: mode three
            other: anonymous
            other: ReportLab PDF Library - (opensource)
            other: unspecified
            other: untitled
    "#]],
    );
}

#[test]
fn text_written_glyph_by_glyph_is_joined_by_place() {
    check(
        sample!("split.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: 4111111111111111
            text: p s w r e e
            text: a s o d r s t
            other: 4111111111111111
            other: password reset
            other: anonymous
            other: ReportLab PDF Library - (opensource)
            other: unspecified
            other: untitled
    "#]],
    );
}

#[test]
fn every_revision_is_read() {
    check(
        sample!("revisions.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            text: words of the second revision
            other: words of the first revision
            other: anonymous
            other: ReportLab PDF Library - (opensource)
            other: unspecified
            other: untitled
    "#]],
    );
}

#[test]
fn pictures_become_files() {
    check(
        sample!("picture.pdf"),
        &expect![[r#"
        1 pdf [a.pdf] 
            other: anonymous
            other: ReportLab PDF Library - (opensource)
            other: unspecified
            other: untitled
        1/pdf:image0 png [] 
        1/pdf:image1 jpeg [] 
    "#]],
    );
    check(
        sample!("drawn_code.pdf"),
        &expect![[r#"
            1 pdf [a.pdf] qr
                text: https://qr.example/from-boxes
                other: anonymous
                other: ReportLab PDF Library - (opensource)
                other: unspecified
                other: untitled
                Code: https://qr.example/from-boxes []
        "#]],
    );
}

/// The code in the picture that was made of a page.
fn code_in(sample: &'static [u8]) -> Vec<String> {
    let part = Part { place: "1".to_owned(), bytes: Bytes::from_static(sample), ..Part::default() };
    let request = Request { parts: vec![part], ..Request::default() };
    let mut drawn = Vec::new();
    let _ = unpack_with(&request, &mut Budget::new(Limits::default()), &mut |item, bytes| {
        if item.place.ends_with("pdf:drawn0") {
            drawn = bytes.to_vec();
        }
    });
    let picture = image::load_from_memory(&drawn).unwrap().to_luma8();
    let side = |length: u32| usize::try_from(length).unwrap();
    let (width, height) = (side(picture.width()), side(picture.height()));
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        picture.get_pixel(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).0[0]
    });
    prepared.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}

#[test]
fn codes_cut_in_pieces_can_be_read() {
    assert_eq!(code_in(sample!("split_code.pdf")), ["https://qr.example/in-pieces"]);
}

#[test]
fn a_word_of_the_message_opens_what_is_encrypted() {
    let samples: [&[u8]; 4] =
        [sample!("rc4_40.pdf"), sample!("aes_128.pdf"), sample!("aes_256_r5.pdf"), sample!("aes_256.pdf")];
    for sample in samples {
        let closed = open("a.pdf", "", sample);
        assert_eq!(
            (closed.items[0].marks.as_slice(), closed.items[0].text.as_str()),
            (&["encrypted".to_owned()][..], "")
        );
        assert_eq!(closed.unopened[0].why.word(), "encrypted");
        for word in ["Sommer2024", "owner"] {
            let opened = open_with("a.pdf", "", sample, &format!("Your password: {word}"));
            assert!(opened.items[0].text.contains("Dear customer"), "{word} {}", show(&opened));
            assert_eq!((opened.items[0].marks.join(" ").as_str(), opened.unopened.len()), ("password_found", 0));
        }
    }
}

#[test]
fn damaged_documents_break_nothing() {
    for sample in
        [sample!("active.pdf").as_slice(), sample!("aes_256.pdf"), sample!("ghostscript.pdf"), sample!("picture.pdf")]
    {
        damage("a.pdf", "application/pdf", sample, 700);
    }
}
