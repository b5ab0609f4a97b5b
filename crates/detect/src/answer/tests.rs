//! Questions and answers.

use bytes::Bytes;
use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Envelope, Helo};
use mail::id::MailId;
use mail::message::Message;
use mail::timestamp::Timestamp;
use scan::ScanId;
use scan::auth::AuthResults;
use scan::content::{Content, Item, Link, LinkKind, Unopened, WhyUnopened};
use scan::facts::Facts;
use scan::question::Findings;

use super::*;

fn scan(unopened: bool) -> Scan {
    let link = Link { target: "https://www.shop.example/x".into(), text: "Shop".into(), kind: LinkKind::Anchor };
    let item = Item {
        place: "1".into(),
        names: vec!["Report.PDF ".into()],
        kind: "pdf".into(),
        text: "Invoice for ÄPFEL".into(),
        other_text: "in another charset".into(),
        hidden_text: "white on white".into(),
        links: vec![link],
        ..Item::default()
    };
    let why = Unopened { place: "2".into(), why: WhyUnopened::Encrypted };
    Scan {
        id: ScanId(0),
        mail: MailId::from_bytes([0; 16]),
        envelope: Envelope {
            client: Client { ip: [192, 0, 2, 1].into(), port: 0, tls: None },
            helo: Helo { name: "mail.example".into(), extended: true },
            sender: ReversePath::Address(Address::parse("a@sender.example").unwrap()),
            recipients: Vec::new(),
            received_at: Timestamp::from_unix_millis(0),
            body: BodyType::SevenBit,
        },
        message: Message::parse(Bytes::from_static(b"X-Mark: Some Thing\r\nSubject: x\r\n\r\nbody\r\n")),
        content: Content { items: vec![item], unopened: if unopened { vec![why] } else { Vec::new() } },
        auth: AuthResults::none(),
        facts: Facts::none(),
        findings: Findings::default(),
    }
}

#[test]
fn answers_are_yes_no_or_unknown() {
    let questions = [
        (Question::HasType("pdf".into()), true),
        (Question::HasType("exe".into()), false),
        (Question::HasExtension("pdf".into()), true),
        (Question::HasExtension("df".into()), false),
        (Question::TextContains("invoice FOR".into()), true),
        (Question::TextContains("äpfel".into()), true),
        (Question::TextContains("Another".into()), true),
        (Question::TextContains("white".into()), true),
        (Question::TextContains("invoices".into()), false),
        (Question::LinksTo("shop.example".into()), true),
        (Question::LinksTo("www.shop.example".into()), true),
        (Question::LinksTo("hop.example".into()), false),
    ];
    for (question, found) in questions {
        let expected = if found { Answer::Yes } else { Answer::No };
        assert_eq!(answer(&question, &scan(false)), expected, "{}", question.key());
        let expected = if found { Answer::Yes } else { Answer::Unknown };
        assert_eq!(answer(&question, &scan(true)), expected, "{} with something unopened", question.key());
    }
}

#[test]
fn a_text_that_is_shown_is_no_file() {
    let mut scan = scan(false);
    let item = scan.content.items.first_mut().unwrap();
    (item.kind, item.declared, item.inline) = ("reg".into(), "text/plain".into(), true);
    assert_eq!(answer(&Question::HasType("reg".into()), &scan), Answer::Yes, "it has a name");
    scan.content.items.first_mut().unwrap().names.clear();
    assert_eq!(answer(&Question::HasType("reg".into()), &scan), Answer::No);
}

#[test]
fn the_header_is_known_whatever_became_of_the_content() {
    let ask = |text: &str| answer(&Question::HeaderContains { field: "x-mark".into(), text: text.into() }, &scan(true));
    assert_eq!(ask("some thing"), Answer::Yes);
    assert_eq!(ask("other"), Answer::No);
}
