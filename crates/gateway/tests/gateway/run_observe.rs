//! Run A: with `observe` every message arrives exactly once, byte for byte but for the fields on top.

use testkit::daemon::{Daemon, Setup, number};
use testkit::sink::Sink;
use testkit::{compare, corpus};

use crate::{ADDED, POSTERN, SOON, dns, send_all};

/// Messages of a run.
const MESSAGES_MIN: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn every_message_arrives_once_and_unchanged() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    // What SMTP cannot carry is refused, see `smuggling`.
    let mut mails: Vec<_> = corpus::project().into_iter().filter(|mail| corpus::is_sendable(&mail.bytes)).collect();
    mails.extend(corpus::shared(100, 1));
    mails.extend(corpus::made(MESSAGES_MIN.saturating_sub(mails.len()).max(100), 1));
    assert!(mails.len() >= MESSAGES_MIN);

    let replies = send_all(daemon.address(), &mails).await;
    for (mail, reply) in mails.iter().zip(&replies) {
        assert_eq!(reply.code, 250, "{}: {}", mail.name, reply.text);
    }
    sink.wait_for(mails.len(), SOON).await;
    daemon.quiet().await;
    let mut seen = vec![0; mails.len()];
    for received in sink.take() {
        let id = corpus::tag_of(&received.message).expect("a tag");
        seen[id] += 1;
        let sent = corpus::tagged(&mails[id].bytes, id);
        compare::assert_same(&mails[id].name, &sent, &received.message, &ADDED);
        assert_eq!((received.sender.as_str(), received.recipients[0].as_str()), (crate::ALICE, crate::BOB));
    }
    let odd: Vec<_> = mails.iter().zip(&seen).filter(|(_, count)| **count != 1).map(|(mail, _)| &mail.name).collect();
    assert!(odd.is_empty(), "not exactly once: {odd:?}");
    let status = daemon.assert_balanced().await;
    assert_eq!(number(&status, "delivered"), mails.len() as u64, "{status}");
}
