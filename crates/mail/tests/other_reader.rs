//! Ordinary messages are read as another implementation reads them.

use bytes::Bytes;
use mail::message::Message;
use mail::part::Part;
use mail_parser::{MessageParser, PartType};

const HEAD: &str = "From: \"Ann B.\" <ann@b.example>\r\nTo: c@d.example, E <e@f.example>\r\nSubject: =?utf-8?Q?caf=C3=A9?= and\r\n tea\r\n\
                    Date: Wed, 25 Nov 2026 21:00:00 +0100\r\nMIME-Version: 1.0\r\n";

fn leaves(part: &Part) -> usize {
    let is_message = part.media_type.is_message();
    if part.is_leaf() || is_message { 1 } else { part.children.iter().map(leaves).sum() }
}

fn check(rest: &str) {
    let raw = Bytes::from(format!("{HEAD}{rest}"));
    let ours = Message::parse(raw.clone());
    let theirs = MessageParser::default().parse(raw.as_ref()).unwrap_or_default();
    let their_leaves: Vec<_> =
        theirs.parts.iter().filter(|part| !matches!(part.body, PartType::Multipart(_))).collect();
    assert_eq!(leaves(&ours.root), their_leaves.len());
    let our_leaves: Vec<&Part> = ours.parts().map(|(_, part)| part).filter(|part| part.is_leaf()).collect();
    for (our, their) in our_leaves.iter().zip(&their_leaves) {
        match &their.body {
            PartType::Text(text) | PartType::Html(text) => assert_eq!(our.text(&raw), text.as_ref()),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => assert_eq!(our.content(&raw), bytes.as_ref()),
            PartType::Message(_) | PartType::Multipart(_) => {}
        }
    }
    assert_eq!(Some(ours.subject().as_str()), theirs.subject());
    assert_eq!(
        ours.date().map(mail::timestamp::Timestamp::unix_seconds),
        theirs.date().map(|date| date.to_timestamp())
    );
    for (field, address) in [("from", theirs.from()), ("to", theirs.to())] {
        let our: Vec<(String, String)> = ours.mailboxes(field).into_iter().map(|each| (each.name, each.text)).collect();
        let pair = |each: &mail_parser::Addr<'_>| {
            (each.name().unwrap_or_default().to_owned(), each.address().unwrap_or_default().to_owned())
        };
        let their: Vec<(String, String)> = address.into_iter().flat_map(|list| list.iter().map(pair)).collect();
        assert_eq!(our, their);
    }
}

#[test]
fn plain_and_encoded_text() {
    check("\r\nhello\r\n");
    check(
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9=\r\n!\r\n",
    );
    check("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+w7w8L3A+\r\n");
}

#[test]
fn alternatives_and_attachments() {
    check(
        "Content-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n\
         --i\r\nContent-Type: text/plain\r\n\r\na\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>a</p>\r\n--i--\r\n\r\n--o\r\n\
         Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--o\r\nContent-Type: image/png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--o--\r\n",
    );
}

#[test]
fn a_forwarded_message() {
    check(
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nsee below\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n\
         From: x@y.example\r\nSubject: inner\r\n\r\ninner text\r\n--o--\r\n",
    );
}
