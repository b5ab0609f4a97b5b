//! Texts that are too long to be copied.

use bytes::Bytes;
use mail::message::Message;
use scan::content::Content;

use super::*;
use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

const LINK: &str = "http://evil.example/login";

fn open(charset: &str, bytes: Vec<u8>) -> Content {
    let part = Part {
        place: "1".to_owned(),
        declared: "text/plain".to_owned(),
        charset: charset.to_owned(),
        inline: true,
        bytes: Bytes::from(bytes),
        ..Part::default()
    };
    unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn has_link(content: &Content) -> bool {
    content.items[0].links.iter().any(|link| link.target == LINK)
}

fn is_over(content: &Content) -> bool {
    content.unopened.iter().any(|one| one.why == WhyUnopened::OverBudget)
}

/// More than is copied, with the link in its first line.
fn long(coded: impl Fn(&str) -> Vec<u8>, filling: &[u8]) -> Vec<u8> {
    let mut bytes = coded(&format!("verify your password {LINK} \n"));
    while bytes.len() <= COPIED_BYTES_MAX {
        bytes.extend_from_slice(filling);
    }
    bytes
}

/// Opens the text of a message under these parameters of its type.
fn declared(parameters: &str, text: &str) -> Content {
    let head = format!("From: a@a.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; {parameters}\r\n\r\n");
    let message = Message::parse(Bytes::from(head + text));
    let bytes = message.root.content(message.raw()).into_owned();
    let part = Part::of("1".to_owned(), &message.root, Bytes::from(bytes));
    unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()))
}

const FLOWED: &str = "charset=utf-8; format=Flowed; DelSp=yes";

#[test]
fn links_over_soft_line_ends() {
    for (text, link) in [
        ("in at https://www.bank.example \r\n@evil.example/login now", "https://www.bank.example@evil.example/login"),
        ("in at https://www.bank.example \r\n:x@evil.example/a now", "https://www.bank.example:x@evil.example/a"),
        ("in at https://www.bank.example \r\n!x@evil.example/a now", "https://www.bank.example!x@evil.example/a"),
        ("in at https://www.bank.example \r\n;x@evil.example/a now", "https://www.bank.example;x@evil.example/a"),
        ("in at https://ev \r\n il.example/login now", "https://evil.example/login"),
        ("in at https:/ \r\n/evil.example/login now", "https://evil.example/login"),
        (
            "see http://e \r\nv \r\ni \r\nl \r\n. \r\ne \r\nx \r\na \r\nm \r\np \r\nl \r\ne \r\n\r\n",
            "http://evil.example",
        ),
        ("> at https://www.bank.example \r\n> @evil.example/a now", "https://www.bank.example@evil.example/a"),
        (">in at https://ev \r\n> il.example/login now", "https://evil.example/login"),
        ("in at https://evil.co \r\nm now", "https://evil.com"),
        ("in at https://evil.com \r\npany for it", "https://evil.company"),
    ] {
        let has_link =
            |parameters: &str| declared(parameters, text).items[0].links.iter().any(|found| found.target == link);
        assert!(has_link(FLOWED), "{text}");
        assert!(!has_link("charset=utf-8; format=flowed"), "{text}: the blank stays");
        assert!(!has_link("charset=utf-8; delsp=yes"), "{text}: it is not flowed");
        assert!(declared(FLOWED, text).items[0].marks.is_empty(), "{text}: it is no conflict of charsets");
    }
}

#[test]
fn honest_flowed_text_is_read_once() {
    let text = "Dear all,  \r\nwe meet at https://a.example/x  \r\ntomorrow. \r\n\r\n> as said  \r\n> before\r\n-- \r\nAlice\r\n";
    let content = declared(FLOWED, text);
    let item = &content.items[0];
    assert_eq!((item.links.len(), item.other_text.as_str(), item.marks.len()), (1, "", 0), "{item:?}");
}

#[test]
fn utf8_is_read_to_its_end() {
    let filling = "Grüße aus Köln, wo heute wieder die Sonne scheint und niemand mehr arbeiten will.\n".repeat(100);
    let mut bytes = long(|_| Vec::new(), filling.as_bytes());
    bytes.extend_from_slice(LINK.as_bytes());
    for charset in ["utf-8", "", "us-ascii"] {
        let content = open(charset, bytes.clone());
        assert!(has_link(&content) && content.unopened.is_empty(), "{charset}: {:?}", content.unopened);
    }
}

#[test]
fn other_charsets_are_read_at_their_beginning_and_that_is_said() {
    let wide = |text: &str| text.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>();
    let narrow = |text: &str| text.as_bytes().to_vec();
    let shifted = |text: &str| text.replace(':', "+ADo-").into_bytes();
    for (charset, bytes) in [
        ("utf-16le", long(wide, &wide("all is well and nothing is said. "))),
        ("utf-7", long(shifted, b"all is well and nothing is said. ")),
        ("iso-8859-1", long(narrow, b"all is well \xe4nd nothing is said. ")),
    ] {
        let content = open(charset, bytes);
        assert!(has_link(&content) && is_over(&content), "{charset}: {:?}", content.unopened);
    }
}

#[test]
fn another_reading_behind_what_is_copied_is_said() {
    let mut bytes = long(|_| Vec::new(), b"all is well and nothing is said. ");
    assert!(!is_over(&open("", bytes.clone())));
    bytes.extend_from_slice(b"see http+ADo-//evil.example/login");
    assert!(is_over(&open("", bytes)));
}
