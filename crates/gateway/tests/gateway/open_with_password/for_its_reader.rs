//! What is encrypted for who reads it: no password opens it here, so none is tried and none is counted.

use serde_json::json;
use testkit::compare;
use testkit::sink::Sink;

use super::{OFFER, Sample, gateway, message_with, open, stopped, stopped_message, value};
use crate::{ADDED, SOON, dns};

const ARMOURED: &[u8] = include_bytes!("../../../../unpack/testdata/small/encrypted.asc");
const PGP: Sample = Sample::of("letter.asc", "application/octet-stream", ARMOURED);
const SMIME: Sample = Sample::of(
    "smime.p7m",
    "application/pkcs7-mime",
    include_bytes!("../../../../unpack/testdata/small/enveloped.p7m"),
);
/// As `gpg --symmetric` makes it (RFC 9580 5.3): a passphrase opens it, by GnuPG and not here.
const SYMMETRIC: Sample = Sample::of(
    "letter.gpg",
    "application/octet-stream",
    b"\x8c\x0d\x04\x09\x03\x08\x01\x02\x03\x04\x05\x06\x07\x08\x60\xd2\x11\x01sixteen bytes...",
);

#[tokio::test(flavor = "multi_thread")]
async fn no_password_is_tried_on_pgp_and_smime() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let written = String::from_utf8(ARMOURED.to_vec()).unwrap().replace("\r\n", "\n").replace('\n', "\r\n");
    let messages = [
        message_with("pgp", "Hello.", &[PGP]),
        message_with("written", &format!("Hello,\r\n\r\n{written}"), &[]),
        message_with("smime", "Hello.", &[SMIME]),
        message_with("symmetric", "Hello.", &[SYMMETRIC]),
        message_with("several", "Hello.", &[PGP, SMIME]),
    ];
    for (number, message) in messages.iter().enumerate() {
        let id = stopped_message(&daemon, message).await;
        for _ in 0..6 {
            let answered = open(&daemon, &["--json", &id], "the passphrase").await;
            let answer = value(&answered);
            assert_eq!((answered.code, &answer["result"]), (4, &json!("for_its_reader")), "{number}: {answer}");
        }
        let told = daemon.command(&["quarantine", "open", "--no-password", &id]).await;
        assert_eq!(told.code, 4, "{told:?}");
        let said = "is encrypted for its reader (OpenPGP / S/MIME): no password opens it here";
        assert!(told.out.contains(said) && told.out.contains("`show --raw`"), "{told:?}");
        let shown = daemon.json(&["quarantine", "show", &id]).await;
        assert_eq!((&shown["locked"], &shown["password_tries_left"]), (&json!(false), &json!(5)), "{shown}");
        daemon.json(&["quarantine", "release", &id]).await;
        let received = sink.wait_for(number + 1, SOON).await.remove(number);
        compare::assert_same("released", message, &received.message, &ADDED);
    }
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_an_archive_the_password_is_tried_on_that() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let id = stopped_message(&daemon, &message_with("both", "Hello.", &[PGP, OFFER])).await;
    let wrong = value(&open(&daemon, &["--json", &id], "wrong").await);
    assert_eq!((&wrong["result"], &wrong["tries_left"]), (&json!("wrong_password"), &json!(4)), "{wrong}");
    let right = value(&open(&daemon, &["--json", &id], OFFER.password).await);
    assert_eq!((&right["result"], &right["class"]), (&json!("stopped"), &json!("unscannable")), "{right}");
    // An archive alone stays what it was.
    let archive = stopped(&daemon, "archive", OFFER).await;
    assert_eq!(open(&daemon, &[&archive], OFFER.password).await.code, 0);
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}
