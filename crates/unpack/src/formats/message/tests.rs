//! Messages as files, pages saved as messages, and what points elsewhere.

use expect_test::expect;

use crate::formats::shown::{damage, open, show, shown};

#[test]
fn messages_are_read_by_type_by_name_and_by_their_looks() {
    let inner = include_bytes!("../../../testdata/small/inner.eml");
    expect![[r#"
        1 text [inner.eml] 
            text: From: Alice <alice@example.org>
            text: To: bob@example.com
            text: Subject: Grüße mit Anhang
        1/eml:1 text [] 
            text: Please open https://inner.example/a
            Text: https://inner.example/a []
        1/eml:2 text [inner.txt] 
            text: words of the attachment
    "#]]
    .assert_eq(&shown("inner.eml", inner));
    let by_name = shown("x.eml", inner).replace("x.eml", "");
    assert_eq!(show(&open("", "message/rfc822", inner)), by_name);
    assert_eq!(shown("", inner), by_name, "a text of any name that begins as a message");
}

#[test]
fn a_saved_page_is_a_page() {
    expect![[r#"
        1 text [page.mhtml] 
            text: From: <Saved by Blink>
            text: Subject: A saved page
        1/eml:1 html [] 
            text: Sign in here
            Anchor: https://saved.example/login [here]
        1/eml:2 text [] 
            text: body { color: red }
    "#]]
    .assert_eq(&shown("page.mhtml", include_bytes!("../../../testdata/small/page.mhtml")));
    expect![[r#"
        1 html [page.mht] 
            text: No message at all, a page
            Anchor: https://a.example/ [a page]
    "#]]
    .assert_eq(&shown("page.mht", b"<p>No message at all, <a href='https://a.example/'>a page</a>"));
}

#[test]
fn two_readings_of_a_message_within_are_both_opened() {
    let message = "From: a@a.example\r\nTo: b@b.example\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=one\r\nContent-Type: multipart/mixed; boundary=two\r\n\r\n\
        --one\r\n\r\nfirst reading\r\n--one--\r\n--two\r\n\r\nsecond reading\r\n--two--\r\n";
    let content = open("a.eml", "", message.as_bytes());
    assert_eq!(content.items[0].marks, ["nested_ambiguous"]);
    let all = show(&content);
    assert!(all.contains("first reading") && all.contains("second reading"), "{all}");
}

#[test]
fn office_documents_that_are_saved_pages_are_read() {
    let page = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        "<form action=https://evil.example/p><input type=password></form>",
    );
    let message = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n\
        Content-Location: file:///C:/1/a.htm\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Type: text/html; charset=\"us-ascii\"\r\n\r\n{page}\r\n--b--\r\n"
    );
    for (name, before) in [("a.doc", ""), ("a.xls", "lines that\r\nnobody reads\r\n"), ("a.mht", "")] {
        let content = open(name, "", format!("{before}{message}").as_bytes());
        let page = content.items.iter().find(|item| item.kind == "html");
        let page = page.unwrap_or_else(|| panic!("{name}: {}", show(&content)));
        assert!(page.marks.iter().any(|mark| mark == "password_field"), "{}", show(&content));
        assert_eq!(page.inline, !name.ends_with("mht"), "{name}: a browser opens it as a file");
    }
}

#[test]
fn what_is_encoded_as_a_whole_is_read_as_a_message() {
    let inner = "--x\r\nContent-Type: text/plain; name=run.js\r\n\r\nnew ActiveXObject('a')\r\n--x--\r\n";
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, inner);
    let message = format!(
        "From: a@a.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n"
    );
    let content = open("a.eml", "", message.as_bytes());
    let found = content.items.iter().find(|item| item.names.iter().any(|name| name == "run.js"));
    assert!(found.is_some_and(|item| item.text.contains("ActiveXObject")), "{}", show(&content));
}

#[test]
fn a_part_has_the_names_of_every_reading() {
    let message = "From: a@a.example\r\nTo: b@b.example\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=one\r\nContent-Type: text/html; name=run.hta\r\n\r\n\
        --one\r\nContent-Type: text/plain; name=a.txt\r\nContent-Type: text/plain; name=run.js\r\n\r\n\
        words\r\n--one--\r\n";
    let content = open("a.eml", "", message.as_bytes());
    let all: Vec<&str> = content.items.iter().flat_map(|item| &item.names).map(String::as_str).collect();
    assert!(all.contains(&"a.txt") && all.contains(&"run.js") && all.contains(&"run.hta"), "{}", show(&content));
}

#[test]
fn flowed_text_within_is_read_in_one_piece() {
    let message = "From: a@a.example\r\nTo: b@b.example\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nin at https://ev \r\n il.example/login now\r\n";
    let all = shown("a.eml", message.as_bytes());
    assert!(all.contains("Text: https://evil.example/login"), "{all}");
}

#[test]
fn fragments_and_pointers_are_marked() {
    expect![[r#"
        1 text [] partial
            text: Subject: the second half
            text: half
    "#]]
    .assert_eq(&show(&open("", "message/partial", b"Subject: the second half\r\n\r\nhalf")));
    expect![[r#"
        1 text [] external_body
            text: Content-Type: application/pdf; name=a.pdf
            text: https://elsewhere.example/a.pdf
            Fetched: https://elsewhere.example/a.pdf []
    "#]]
    .assert_eq(&show(&open(
        "",
        "message/external-body",
        b"Content-Type: application/pdf; name=a.pdf\r\n\r\nhttps://elsewhere.example/a.pdf",
    )));
    let outer = b"From: a@a.example\r\nContent-Type: message/external-body; access-type=URL; URL=\"https://elsewhere.example/b.exe\"\r\n\r\nContent-Type: text/plain\r\n\r\n";
    expect![[r#"
        1 text [a.eml] 
            text: From: a@a.example
        1/eml:0 text [] external_body
            text: Content-Type: text/plain
            Fetched: https://elsewhere.example/b.exe []
    "#]]
    // Some programs see the header that stands there as a part of its own, which is empty.
    .assert_eq(&shown("a.eml", outer).replace("1/eml:0.1.1 empty [] \n", ""));
}

#[test]
fn messages_within_messages_end() {
    let mut message = b"From: a@a.example\r\nSubject: core\r\n\r\ntext\r\n".to_vec();
    for _ in 0..14 {
        let coded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &message);
        let lines: Vec<&str> = coded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let head = "From: a@a.example\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\nContent-Type: message/rfc822\r\n\r\n";
        message = format!("{head}{}\r\n", lines.join("\r\n")).into_bytes();
    }
    let content = open("a.eml", "", &message);
    assert_eq!((content.items.len(), content.unopened[0].why.word()), (11, "over_budget"));
    assert_eq!(content.items[10].marks, ["bomb"]);
}

#[test]
fn a_mailbox_is_all_its_messages() {
    let one =
        "From a@a.example Mon Jan  1 00:00:00 2024\r\nFrom: a@a.example\r\nSubject: one\r\n\r\nFrom here on\r\n\r\n";
    let two = "From b@b.example Mon Jan  1 00:00:00 2024\r\nFrom: b@b.example\r\nSubject: two\r\n\r\ntext two\r\n";
    expect![[r#"
        1 mbox [all.mbox] 
            text: From a@a.example Mon Jan  1 00:00:00 2024
            text: From b@b.example Mon Jan  1 00:00:00 2024
            text: From: a@a.example
            text: Subject: one
        1/mbox:0 text [] 
            text: From: a@a.example
            text: Subject: one
        1/mbox:0/eml:0 text [] 
            text: From here on
        1/mbox:1 text [] 
            text: From: b@b.example
            text: Subject: two
        1/mbox:1/eml:0 text [] 
            text: text two
        1/eml:0 text [] 
            text: From here on
            text: From b@b.example Mon Jan  1 00:00:00 2024
            text: From: b@b.example
            text: Subject: two
            text: text two
    "#]]
    .assert_eq(&shown("all.mbox", format!("{one}{two}").as_bytes()));
}

#[test]
fn a_body_that_quotes_a_message_is_a_body() {
    let request = crate::Request {
        parts: vec![crate::Part {
            place: "1".to_owned(),
            declared: "text/plain".to_owned(),
            inline: true,
            bytes: include_bytes!("../../../testdata/small/inner.eml").as_slice().into(),
            ..crate::Part::default()
        }],
        ..crate::Request::default()
    };
    let content = crate::unpack(&request, &mut crate::Budget::new(crate::Limits::default()));
    assert_eq!(content.items.len(), 1);
}

#[test]
fn damaged_messages_break_nothing() {
    damage("a.eml", "", include_bytes!("../../../testdata/small/inner.eml"), 2_000);
    damage("a.mht", "", include_bytes!("../../../testdata/small/page.mhtml"), 1_000);
}

#[test]
fn what_begins_as_a_mailbox_is_one_message_too() {
    let file = b"From a@sender.example Thu Nov 26 08:00:00 2026\nFrom: a@sender.example\nSubject: x\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=bb\n\npreamble\n\nFrom now: on\n\n--bb\nContent-Type: text/plain\n\nhello\n\
        --bb\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA//8AAA==\n--bb--\n";
    let kinds = |name: &str, declared: &str| {
        let content = open(name, declared, file);
        let is_ambiguous = content.items[0].marks.iter().any(|mark| mark == "nested_ambiguous");
        (content.items.iter().any(|item| item.kind == "exe"), is_ambiguous)
    };
    assert_eq!(kinds("fwd.eml", "application/octet-stream"), (true, true));
    assert_eq!(kinds("", "message/rfc822"), (true, true));
    assert_eq!(kinds("inbox.txt", "text/plain"), (true, false));
    assert_eq!(kinds("inbox.mbox", "application/mbox"), (true, false));
    assert_eq!(kinds("fwd.eml", "application/mbox"), (true, true));
}
