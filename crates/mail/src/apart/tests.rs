//! Which pages stand behind the text of a message.

use bytes::Bytes;

use crate::message::Message;

/// A multipart of these parts.
fn multipart(sub: &str, boundary: &str, parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
    format!("Content-Type: multipart/{sub}; boundary={boundary}\r\n\r\n{parts}--{boundary}--\r\n")
}

/// The paths of those pages.
fn apart(entity: &str) -> Vec<String> {
    let message = Message::parse(Bytes::from(format!("From: a@a.example\r\nMIME-Version: 1.0\r\n{entity}")));
    message.parts().filter(|(_, part)| part.follows_text).map(|(path, _)| path.to_string()).collect()
}

const TEXT: &str = "Content-Type: text/plain\r\n\r\nhello";
const PAGE: &str = "Content-Type: text/html\r\n\r\n<p>page";
const PICTURE: &str = "Content-Type: image/png; name=a.png\r\n\r\nxx";

#[test]
fn pages_behind_a_text() {
    let drawing = "Content-Type: image/svg+xml\r\nContent-Disposition: inline\r\n\r\n<svg/>";
    let alternative = multipart("alternative", "in", &[TEXT, PAGE]);
    let related = multipart("related", "in", &[PAGE, PICTURE]);
    for (parts, expected) in [
        (vec![TEXT, PAGE], vec!["2"]),
        (vec![PAGE, PICTURE, PAGE, TEXT], vec!["3"]),
        (vec![TEXT, drawing], vec!["2"]),
        (vec![&alternative, PAGE], vec!["2"]),
        (vec![&related, PICTURE, PAGE], vec!["3"]),
        (vec![PAGE, PICTURE], vec![]),
        (vec![PICTURE, PAGE], vec![]),
        (vec![&alternative, PICTURE], vec![]),
    ] {
        assert_eq!(apart(&multipart("mixed", "out", &parts)), expected, "{parts:?}");
        assert_eq!(apart(&multipart("x-other", "out", &parts)), expected, "{parts:?}");
    }
}

#[test]
fn pages_that_are_the_text() {
    assert!(apart(PAGE).is_empty());
    assert!(apart(&multipart("alternative", "a", &[TEXT, PAGE])).is_empty());
    assert!(apart(&multipart("related", "a", &[PAGE, PAGE])).is_empty());
    let attached = "Content-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n<p>";
    let named = "Content-Type: text/html; name=a.htm\r\n\r\n<p>";
    assert!(apart(&multipart("mixed", "a", &[TEXT, attached, named])).is_empty(), "files by themselves");
}

#[test]
fn pages_of_other_levels() {
    // Apple Mail puts the pieces of a page beside what stands between them into one way of showing the text.
    let pieces = multipart("mixed", "in", &[PAGE, PICTURE, PAGE]);
    assert_eq!(apart(&multipart("alternative", "out", &[TEXT, &pieces])), ["2.3"]);
    let inner = multipart("mixed", "in", &[PAGE, PAGE]);
    assert_eq!(apart(&multipart("mixed", "out", &[TEXT, &inner])), ["2.1", "2.2"]);
    // A message in the message has a text of its own.
    let message =
        format!("Content-Type: message/rfc822\r\n\r\nFrom: b@b.example\r\n{}", multipart("mixed", "in", &[PAGE, PAGE]));
    assert_eq!(apart(&multipart("mixed", "out", &[TEXT, &message])), ["2.1.2"]);
}
