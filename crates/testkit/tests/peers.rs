//! The peers themselves: what a test believes of them has to be true.

use std::time::Duration;

use testkit::client::SmtpClient;
use testkit::dovecot::Dovecot;
use testkit::postfix::{Hop, Postfix};
use testkit::sink::{Act, Sink, Stage};
use testkit::{compare, corpus, wait};

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_sink_keeps_every_byte() {
    let sink = Sink::start().await;
    let mut client = SmtpClient::hello(sink.address).await.unwrap();
    let mails = corpus::made(30, 1);
    for mail in &mails {
        assert_eq!(
            client.deliver("a@b.example", &["c@d.example"], &mail.bytes).await.unwrap().code,
            250,
            "{}",
            mail.name
        );
    }
    let received = sink.wait_for(mails.len(), LIMIT).await;
    for (mail, received) in mails.iter().zip(received) {
        assert_eq!(mail.bytes.escape_ascii().to_string(), received.message.escape_ascii().to_string(), "{}", mail.name);
        assert_eq!(
            (received.sender.as_str(), received.recipients.as_slice()),
            ("a@b.example", &["c@d.example".to_owned()][..])
        );
    }
}

#[tokio::test]
async fn the_sink_misbehaves_as_told() {
    let sink = Sink::start_with_tls().await;
    sink.say(Stage::Recipient, "no@", "550 5.1.1 nobody");
    sink.times(1, Stage::End, "", Act::Say("451 4.0.0 later".to_owned()));
    let client = SmtpClient::hello(sink.address).await.unwrap();
    let mut client = client.start_tls().await.unwrap();
    client.expect("EHLO again.example", 250).await.unwrap();
    assert_eq!(client.deliver("", &["no@d.example"], b"x\r\n").await.unwrap().enhanced(), "5.1.1");
    assert_eq!(client.deliver("", &["yes@d.example", "no@d.example"], b"x\r\n").await.unwrap().code, 451);
    assert_eq!(client.deliver("", &["yes@d.example", "no@d.example"], b"x\r\n").await.unwrap().code, 250);
    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert!(received[0].tls);
    sink.on(Stage::End, "", Act::Drop);
    assert!(client.deliver("", &["yes@d.example"], b"x\r\n").await.is_err());
    assert_eq!((sink.count(), sink.reached(Stage::Connect)), (1, 1));
}

#[tokio::test]
async fn postfix_and_dovecot_keep_every_byte() {
    let dovecot = Dovecot::start().await;
    let postfix = Postfix::start(Hop::Lmtp(dovecot.lmtp)).await;
    // Postfix takes the space before a colon out of a header; that is its own affair.
    let mails: Vec<_> = corpus::made(24, 2).into_iter().filter(|mail| !mail.name.contains("odd-header")).collect();
    let mut client = SmtpClient::hello(postfix.address).await.unwrap();
    for (id, mail) in mails.iter().enumerate() {
        let reply =
            client.deliver("a@sender.example", &["bob@corp.example"], &corpus::tagged(&mail.bytes, id)).await.unwrap();
        assert_eq!(reply.code, 250, "{}: {}", mail.name, reply.text);
    }
    let inbox = wait::until("all in the inbox", LIMIT, async || {
        let inbox = dovecot.inbox("bob@corp.example").await;
        (inbox.len() >= mails.len()).then_some(inbox)
    });
    let Ok(inbox) = tokio::time::timeout(LIMIT, inbox).await else { panic!("{}\n{}", postfix.log(), dovecot.log()) };
    for message in inbox {
        let id = corpus::tag_of(&message).unwrap();
        let sent = corpus::tagged(&mails[id].bytes, id);
        compare::assert_same(&mails[id].name, &sent, &message, &["return-path", "delivered-to", "received"]);
    }
}

#[test]
fn what_differs_is_found() {
    let sent = b"Subject: a\r\n\r\nbody\r\n";
    let with = |top: &str| [top.as_bytes(), sent].concat();
    assert_eq!(compare::added_on_top(sent, sent), Ok(vec![]));
    assert_eq!(compare::added_on_top(sent, &with("Received: x\r\n\ty\r\nX-A: b\r\n")).unwrap(), ["received", "x-a"]);
    assert!(compare::added_on_top(sent, &with("no field\r\n")).is_err());
    assert!(compare::added_on_top(sent, &with("X-A: b\n")).is_err());
    assert!(compare::added_on_top(sent, b"Subject: a\r\n\r\nbody \r\n").is_err());
}

#[test]
fn the_corpus_is_read_and_filled() {
    let mails = corpus::project();
    assert!(mails.len() > 100);
    assert!(mails.iter().all(|mail| !mail.bytes.windows(2).any(|two| two == b"{{")), "a marker is left");
    let (one, other) = (corpus::made(40, 7), corpus::made(40, 7));
    assert_eq!(one, other);
    assert_eq!(corpus::tag_of(&corpus::tagged(&one[3].bytes, 41)), Some(41));
}
