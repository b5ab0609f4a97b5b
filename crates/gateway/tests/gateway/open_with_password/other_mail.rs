//! The password comes in a second mail: its words are tried, those of its subject and, while it is there, of its text. Mail of
//! others does not count.

use serde_json::json;
use testkit::sink::Sink;

use super::{OFFER, PASSWORD, VIRUS, gateway, open, stopped, value};
use crate::{ALICE, BOB, SOON, dns, send_accepted};

fn note(sender: &str, subject: &str, text: &str) -> Vec<u8> {
    format!(
        "From: <{sender}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMessage-ID: <{}@sender.example>\r\n\
         Date: Thu, 26 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <html><body><p>{text}</p></body></html>\r\n",
        subject.len()
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_subject_and_text_are_tried() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let first = stopped(&daemon, "first", OFFER).await;
    let no_word = daemon.command(&["--json", "quarantine", "open", "--no-password", &first]).await;
    assert_eq!((no_word.code, &value(&no_word)["result"]), (1, &json!("no_word_fits")), "{no_word:?}");
    // Neither another sender nor another recipient.
    let says = format!("Password: {PASSWORD}");
    let stranger = "mallory@partner.example";
    send_accepted(daemon.address(), stranger, &[BOB], &note(stranger, &says, "Hello")).await;
    send_accepted(daemon.address(), ALICE, &["carol@corp.example"], &note(ALICE, &says, "Hello")).await;
    sink.wait_for(2, SOON).await;
    let no_word = daemon.command(&["quarantine", "open", "--no-password", &first]).await;
    assert_eq!(no_word.code, 1, "{no_word:?}");
    assert!(no_word.out.contains("No word of the sender's other mail opens"), "{no_word:?}");

    // Delivered and gone, but its subject is known.
    send_accepted(daemon.address(), ALICE, &[BOB], &note(ALICE, &format!("it opens with {PASSWORD}"), "Hello")).await;
    sink.wait_for(3, SOON).await;
    let opened = daemon.json(&["quarantine", "open", "--no-password", &first]).await;
    assert_eq!(opened["result"], "released", "{opened}");
    sink.wait_for(4, SOON).await;

    // It waits for delivery, so that its text is there, inside its HTML.
    let dave = "dave@corp.example";
    let reply = send_accepted(daemon.address(), ALICE, &[dave], &super::message("second", OFFER)).await;
    let second = reply.reference().to_owned();
    daemon.json(&["queue", "pause", "corp.example"]).await;
    let text = "As promised, the password: <b>Som<i>mer-2024!</i></b>";
    send_accepted(daemon.address(), ALICE, &[dave], &note(ALICE, "as promised", text)).await;
    let opened = daemon.json(&["quarantine", "open", "--no-password", &second]).await;
    assert_eq!(opened["result"], "released", "{opened}");
    daemon.json(&["queue", "resume", "corp.example"]).await;
    sink.wait_for(6, SOON).await;
    // What opens by itself is judged as anything else.
    let virus = stopped(&daemon, "virus", VIRUS).await;
    let opened = daemon.json(&["quarantine", "open", "--no-password", &virus]).await;
    assert_eq!((&opened["result"], &opened["class"]), (&json!("stopped"), &json!("malware")), "{opened}");
    let shown = daemon.json(&["quarantine", "show", &virus]).await;
    assert_eq!(shown["password_tries_left"], 5, "words of mail are no guesses");
    assert_eq!(open(&daemon, &[&virus], "wrong").await.code, 1);
    daemon.quiet().await;
    daemon.assert_balanced().await;
}
