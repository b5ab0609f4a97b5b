//! Files of one mail with several passwords: those are given together, and are one try.

use serde_json::json;
use testkit::compare;
use testkit::sink::Sink;

use super::{OFFER, PDF, assert_kept_nowhere, events, gateway, message_with, open, stopped, stopped_message, value};
use crate::{ADDED, SOON, dns};

#[tokio::test(flavor = "multi_thread")]
async fn two_files_with_two_passwords_open_together() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let sent = message_with("two", "Hello.", &[OFFER, PDF]);
    let id = stopped_message(&daemon, &sent).await;
    // Each alone opens its own file, and the other stays closed.
    for password in [OFFER.password, PDF.password] {
        let answer = value(&open(&daemon, &["--json", &id], password).await);
        assert_eq!((&answer["result"], &answer["class"]), (&json!("stopped"), &json!("unscannable")), "{answer}");
        let told = open(&daemon, &[&id], password).await;
        assert!(told.out.contains("give all of them together: one a line"), "{told:?}");
    }
    let both = format!("{}\r\n\n{}", OFFER.password, PDF.password);
    let answered = open(&daemon, &["--json", &id], &both).await;
    assert_eq!((answered.code, &value(&answered)["result"]), (0, &json!("released")), "{answered:?}");
    let received = sink.wait_for(1, SOON).await.remove(0);
    compare::assert_same("two", &sent, &received.message, &ADDED);
    assert_kept_nowhere(&daemon, &[OFFER.password, PDF.password]);
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_ones_together_are_one_try_and_a_right_one_among_them_is_none() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let id = stopped(&daemon, "offer", OFFER).await;
    let five = "canary-one\ncanary-two\ncanary-three\n\ncanary-four\ncanary-five";
    let wrong = value(&open(&daemon, &["--json", &id], five).await);
    assert_eq!((&wrong["result"], &wrong["tries_left"]), (&json!("wrong_password"), &json!(4)), "{wrong}");
    let six = open(&daemon, &[&id], &format!("{five}\ncanary-six")).await;
    assert_eq!(six.code, 2, "{six:?}");
    assert!(six.err.contains("one to 5 passwords") && !six.err.contains("canary"), "{six:?}");
    let shown = daemon.json(&["quarantine", "show", &id]).await;
    assert_eq!(shown["password_tries_left"], 4, "{shown}");
    let words: Vec<String> = events(&daemon, &id).await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(words.iter().filter(|word| *word == "password_wrong").count(), 1, "{words:?}");
    let right = open(&daemon, &[&id], &format!("canary-one\n{}\ncanary-two", OFFER.password)).await;
    assert_eq!(right.code, 0, "{right:?}");
    sink.wait_for(1, SOON).await;
    assert_kept_nowhere(&daemon, &["canary-one", "canary-five", "canary-six", OFFER.password]);
    daemon.quiet().await;
    daemon.assert_balanced().await;
}
