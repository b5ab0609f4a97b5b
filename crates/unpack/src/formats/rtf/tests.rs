//! Rich text: how words, fields and objects are hidden in it.
#![expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use expect_test::{Expect, expect};

use crate::formats::image::tests::made::{Canvas, code};
use crate::formats::office::testing::{mutate, open, show};

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&show(&open(text.as_bytes())));
}

/// An object of the first version of OLE, as digits.
fn object(class: &str, content: &[u8]) -> String {
    let mut bytes = vec![1, 5, 0, 0, 2, 0, 0, 0];
    bytes.extend(u32::try_from(class.len() + 1).unwrap().to_le_bytes());
    bytes.extend(class.bytes());
    bytes.push(0);
    bytes.extend([0; 8]);
    bytes.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    bytes.extend(content);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn clean_documents_of_other_programs() {
    expect![[r#"
        1 rtf []
          Minutes
          Dear all, please see the minutes of last Monday. Grüße
          Item	Price
          Apples	12.50
          other Minutes of the meeting
          -> https://minutes.example/2024 Anchor "the minutes"
    "#]]
    .assert_eq(&show(&open(include_bytes!("../../../testdata/office/lo.rtf"))));
}

#[test]
fn text_in_its_encodings() {
    check(
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Cyr;}}Gr\'fc\u223?e {\f1\'cf\'f0}\par
            {\v hidden}{\fs1 tiny}\u-10179?\u-8704? 41{\*\bkmkstart x}11{\b 1}\par\trowd a\cell b\cell\row{\info{\title Title}}}",
        &expect![[r#"
            1 rtf []
              Grüße Пр
                          😀 41111
              a	b
              hidden hiddentiny
              other Title
        "#]],
    );
}

#[test]
fn fields_lead_out() {
    check(
        r#"{\rtf1{\field{\*\fldinst{ HYPERLINK "http://one.example/" }}{\fldrslt{\ul one}}}
            {\field{\*\fldinst INCLUDEPICTURE "http://two.example/a.png" \\d}{\fldrslt}}
            {\field{\*\fldinst DDEAUTO c:\\\\windows\\\\cmd.exe "/c calc"}{\fldrslt x}}
            {\*\template http://three.example/t.dotm}}"#,
        &expect![[r#"
            1 rtf ["external_link", "dde", "remote_template"]
              one                        x
              hidden DDEAUTO c:\\windows\\cmd.exe "/c calc"
              -> http://one.example/ Anchor "one"
              -> http://two.example/a.png Fetched ""
              -> http://three.example/t.dotm Fetched ""
        "#]],
    );
}

#[test]
fn objects_come_out_however_they_are_written() {
    let plain = object("Package", b"\x02\0a.txt\0C:\\a.txt\0\0\0\x03\0\x09\0\0\0C:\\a.txt\0\x05\0\0\0hello");
    check(
        &format!("{{\\rt{{\\object\\objemb\\objupdate{{\\*\\objclass Package}}{{\\*\\objdata {plain}}}}}}}"),
        &expect![[r#"
            1 rtf ["embedded_object", "open_action"]
            1/rtf:0 text []
              hello
        "#]],
    );
    let spaced: String = plain.chars().map(|digit| format!("{digit}\n \\foo12 ")).collect();
    check(
        &format!("{{\\rtf1{{\\object{{\\*\\objdata {spaced}"),
        &expect![[r#"
        1 rtf ["embedded_object"]
        1/rtf:0 text []
          hello
    "#]],
    );
    let (one, two) = plain.split_at(20);
    check(
        &format!("{{\\rtf1{{\\object{{\\*\\objdata {one}{{\\*\\junk 0102}}{two}}}}}}}"),
        &expect![[r#"
        1 rtf ["embedded_object"]
        1/rtf:0 text []
          hello
    "#]],
    );
    check(
        &format!("{{\\rtf1{{\\object{{\\*\\objdata {one}\\'41{two}}}}}}}"),
        &expect![[r#"
        1 rtf ["embedded_object"]
        1/rtf:0 text []
          hello
    "#]],
    );
}

#[test]
fn equations_are_told_even_with_half_a_byte_too_many() {
    let document = include_bytes!("../../../testdata/office/lo.doc");
    let digits = object("Equation.3", document);
    check(
        &format!("{{\\rtf1{{\\object\\objocx{{\\*\\objdata {digits}}}}}}}"),
        &expect![[r#"
        1 rtf ["activex", "embedded_object", "equation"]
        1/rtf:0 doc []
          Minutes
          Dear all, please see the minutes of last Monday. Grüße
          Item	Price		Apples	12.50
          other Minutes of the meeting
          other 0
          -> https://minutes.example/2024 Anchor "the minutes"
    "#]],
    );
    let content = open(format!("{{\\rtf1{{\\object{{\\*\\objdata 0{digits}}}}}}}").as_bytes());
    assert_eq!(content.items[1].kind, "doc");
    let mut raw = format!(
        "{{\\rtf1{{\\object{{\\*\\objdata {}\\bin{} ",
        &digits[..digits.len() - document.len() * 2],
        document.len()
    )
    .into_bytes();
    raw.extend(document);
    raw.extend(b"}}}");
    assert_eq!(open(&raw).items[1].kind, "doc");
}

#[test]
fn pages_that_were_put_into_it() {
    check(
        r#"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}Dear {\*\htmltag84 <a href="http://page.example/">}\htmlrtf {\field{\*\fldinst HYPERLINK "http://page.example/"}{\fldrslt \htmlrtf0 you\htmlrtf }}\htmlrtf0{\*\htmltag92 </a>}\par}"#,
        &expect![[r#"
            1 rtf []
              Dear you
              other Dear you
              -> http://page.example/ Anchor "you"
        "#]],
    );
}

#[test]
fn deep_groups_end() {
    let content = open(format!("{{\\rtf1 text{}", "{".repeat(100_000)).as_bytes());
    assert_eq!((content.items[0].text.as_str(), content.unopened[0].why.word()), ("text", "over_budget"));
}

#[test]
fn damaged_documents_do_no_harm() {
    mutate(include_bytes!("../../../testdata/office/lo.rtf"), 1_500);
    mutate(
        format!("{{\\rtf1{{\\object{{\\*\\objdata {}}}}}}}", object("Package", b"\x02\0a\0b\0\0\0\x03\0\0\0\0\0"))
            .as_bytes(),
        1_500,
    );
}

#[test]
fn pictures_are_files() {
    let picture = "89504e470d0a1a0a 0000000d\n49484452";
    check(
        &format!(
            "{{\\rtf1 words{{\\*\\shppict{{\\pict{{\\*\\picprop{{\\sp{{\\sn pib}}{{\\sv https://in.example/}}}}}}\\pngblip\\picw9 {picture}}}}}\
            {{\\nonshppict{{\\pict\\pngblip {picture}}}}}{{\\pict\\jpegblip\\bin6 \u{1}\u{2}\u{3}\u{4}\u{5}\u{6}}}more}}"
        ),
        &expect![[r#"
            1 rtf []
              wordsmore
              other https://in.example/
              -> https://in.example/ Field ""
            1/rtf:pict0 png ["picture_unread"]
            1/rtf:pict1 unknown []
        "#]],
    );
}

#[test]
fn codes_in_pictures_of_every_kind() {
    let canvas = Canvas::of(&code("https://evil.example/rtf"), 4, 4);
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join("\n");
    let bitmap = canvas.bmp();
    let cases = [
        format!("\\pngblip\\picw99 {}", digits(&canvas.png())),
        format!("\\jpegblip {}", digits(&canvas.jpeg(80))),
        // The head of a file is left out.
        format!("\\dibitmap0 {}", digits(&bitmap[14..])),
    ];
    for picture in &cases {
        let content = open(format!("{{\\rtf1 Scan {{\\pict{picture}}}}}").as_bytes());
        assert_eq!(content.items[1].text, "https://evil.example/rtf", "{}", content.items[1].kind);
    }
    let raw = canvas.png();
    let mut binary = format!("{{\\rtf1{{\\*\\shppict{{\\pict\\pngblip\\bin{} ", raw.len()).into_bytes();
    binary.extend(&raw);
    binary.extend(b"}}}");
    assert_eq!(open(&binary).items[1].text, "https://evil.example/rtf");
    let mut metafile = vec![0_u8; 48];
    metafile[0] = 1;
    metafile[40..44].copy_from_slice(b" EMF");
    assert_eq!(open(format!("{{\\rtf1{{\\pict\\emfblip {}}}}}", digits(&metafile)).as_bytes()).items[1].kind, "emf");
    // Bitmaps with a table of colours, with masks, of the old kind, and ones that lie.
    for head in [[40, 8, 0], [40, 32, 3], [12, 24, 0], [255, 255, 255]] {
        let mut dib = vec![0_u8; 64];
        (dib[0], dib[14], dib[16]) = (head[0], head[1], head[2]);
        assert_eq!(open(format!("{{\\rtf1{{\\pict\\dibitmap {}}}}}", digits(&dib)).as_bytes()).items[1].kind, "bmp");
    }
}

#[test]
fn addresses_that_fields_put_together_and_those_of_shapes_and_letters() {
    check(
        r#"{\rtf1{\field{\*\fldinst SET A "http://ev"}}{\field{\*\fldinst SET B "il.example/in"}}
            {\field{\*\fldinst INCLUDETEXT "{\field{\*\fldinst REF A}}{\field{\*\fldinst REF B}}"}}}"#,
        &expect![[r#"
            1 rtf ["external_link"]
              -> http://evil.example/in Fetched ""
        "#]],
    );
    check(
        r"{\rtf1{\shp{\*\shpinst{\sp{\sn pihlShape}{\sv {\*\hl{\hlfr x}{\hlsrc http://evil.example/in}}}}}}x}",
        &expect![[r#"
            1 rtf []
              x
              -> http://evil.example/in Anchor ""
        "#]],
    );
    check(
        r"{\rtf1{\*\mailmerge\mmmaintypeletters{\*\mmdatasource http://evil.example/in}}x}",
        &expect![[r#"
            1 rtf ["external_link"]
              x
              -> http://evil.example/in Fetched ""
        "#]],
    );
}
