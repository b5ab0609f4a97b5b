//! Run B: with `standard` every message is delivered, in quarantine or refused, the trace knows each, and what is released comes out
//! as it came in.

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::daemon::{Daemon, Setup, number};
use testkit::sink::Sink;
use testkit::{compare, corpus};

use crate::{ADDED, POSTERN, SOON, dns, send_all};

#[tokio::test(flavor = "multi_thread")]
async fn every_message_is_somewhere_and_released_as_it_came() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address)).await;
    let mut mails = corpus::project();
    mails.extend(corpus::shared(80, 2));
    mails.extend(corpus::made(300_usize.saturating_sub(mails.len()).max(40), 2));

    let replies = send_all(daemon.address(), &mails).await;
    daemon.quiet().await;
    let refused: Vec<usize> = (0..mails.len()).filter(|id| replies[*id].code >= 500).collect();
    let deferred: Vec<_> = (0..mails.len())
        .filter(|id| (400..500).contains(&replies[*id].code))
        .map(|id| (&mails[id].name, &replies[id].text))
        .collect();
    assert!(deferred.is_empty(), "nothing is down, and yet: {deferred:?}");
    let delivered: Vec<usize> = sink.take().iter().filter_map(|received| corpus::tag_of(&received.message)).collect();
    let kept = daemon.rows(&["quarantine", "list"]).await;
    let status = daemon.assert_balanced().await;
    assert_eq!(delivered.len() + kept.len() + refused.len(), mails.len(), "{status}");
    assert_eq!(number(&status, "quarantined"), kept.len() as u64);
    assert!(
        !refused.is_empty() && !kept.is_empty(),
        "the corpus has hostile mail: {} refused, {} kept",
        refused.len(),
        kept.len()
    );

    every_one_is_in_the_trace(&daemon, &mails, &replies).await;
    released_as_it_came(&daemon, &sink, &mails, &kept).await;
}

async fn every_one_is_in_the_trace(daemon: &Daemon, mails: &[corpus::Mail], replies: &[testkit::client::Reply]) {
    let rows = daemon.rows(&["trace", "search"]).await;
    let status_of: BTreeMap<&str, &str> = rows
        .iter()
        .filter_map(|row| Some((row.get("id")?.as_str()?.get(..10)?, row.get("status")?.as_str()?)))
        .collect();
    for (mail, reply) in mails.iter().zip(replies) {
        let status = status_of.get(reply.reference());
        assert!(status.is_some(), "{}: {} is not in the trace", mail.name, reply.text);
    }
}

async fn released_as_it_came(daemon: &Daemon, sink: &Sink, mails: &[corpus::Mail], kept: &[Value]) {
    let ids: Vec<&str> = kept.iter().filter_map(|row| row.get("id").and_then(Value::as_str)).collect();
    let mut arguments = vec!["quarantine", "release"];
    arguments.extend(&ids);
    let answered = daemon.command(&arguments).await;
    assert_eq!(answered.code, 0, "{}", answered.err);
    let released = sink.wait_for(ids.len(), SOON).await;
    daemon.quiet().await;
    assert_eq!(released.len(), ids.len());
    for received in released {
        let id = corpus::tag_of(&received.message).expect("a tag");
        compare::assert_same(&mails[id].name, &corpus::tagged(&mails[id].bytes, id), &received.message, &ADDED);
    }
    assert_eq!(number(&daemon.assert_balanced().await, "quarantined"), 0);
    assert!(daemon.rows(&["quarantine", "list"]).await.is_empty(), "released mail is still in the list");
}
