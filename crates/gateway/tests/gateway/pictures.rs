//! What is written in a picture counts like what is written in a text, by the real reader of pictures.

use std::io::{Cursor, Write as _};

use data_encoding::BASE64;
use serde_json::{Value, json};
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

use crate::{ALICE, BOB, POSTERN, SOON, dns, send_accepted};

/// A picture of the words "Your account is suspended / Verify your password today".
const WORDS: &[u8] = include_bytes!("../../../worker/tests/data/words.png");
/// The same words in every kind that is read, in the last one on the second page.
const KINDS: [(&str, &[u8]); 8] = [
    ("a.png", WORDS),
    ("a.jpg", include_bytes!("../../../worker/tests/data/words.jpg")),
    ("a.gif", include_bytes!("../../../pipeline/tests/data/words.gif")),
    ("a.webp", include_bytes!("../../../pipeline/tests/data/words.webp")),
    ("b.webp", include_bytes!("../../../pipeline/tests/data/lossless.webp")),
    ("a.bmp", include_bytes!("../../../pipeline/tests/data/words.bmp")),
    ("a.tif", include_bytes!("../../../pipeline/tests/data/words.tif")),
    ("b.tif", include_bytes!("../../../pipeline/tests/data/second-page.tif")),
];
/// Pictures that move: the reader takes the first one of a GIF, which is empty here, and no such WebP.
const MOVING: [(&str, &[u8]); 2] = [
    ("b.gif", include_bytes!("../../../pipeline/tests/data/second-frame.gif")),
    ("c.webp", include_bytes!("../../../pipeline/tests/data/moving.webp")),
];

/// A policy that keeps what has these words in its text.
fn keeps(words: &str) -> String {
    format!(
        "name = \"keeps\"\n[[rule]]\nid = \"words\"\nwhen = 'text_contains(\"{words}\")'\nactions = [\"quarantine\"]\n"
    )
}

/// A gateway that reads pictures, with time for a machine that has none.
async fn gateway(sink: &Sink, dns: std::net::SocketAddr, policy: String) -> Daemon {
    let mut setup = Setup::new(sink.address, "keeps").with_dns(dns);
    setup.policies = vec![("keeps".to_owned(), policy)];
    setup.extra = "[ocr]\nenabled = true\nmessage_ms = 60000\n".to_owned();
    setup.scan = vec!["session_budget_ms = 100000".to_owned()];
    Daemon::start(POSTERN, setup).await
}

/// The judgement of a mail with these files.
async fn judged(daemon: &Daemon, subject: &str, files: &[(&str, &[u8])]) -> Value {
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &with_files(subject, files)).await;
    daemon.json(&["trace", "show", reply.reference()]).await["judged"][0].clone()
}

fn locked(password: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, password);
    writer.start_file("offer.txt", options).unwrap();
    writer.write_all(b"We offer twenty golden chairs.\n").unwrap();
    writer.finish().unwrap().into_inner()
}

fn with_files(subject: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let part = |(name, bytes): &(&str, &[u8])| {
        format!(
            "--b\r\nContent-Type: application/octet-stream; name={name}\r\nContent-Disposition: attachment; filename={name}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            BASE64.encode(bytes)
        )
    };
    let parts: String = files.iter().map(part).collect();
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@sender.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n{parts}--b--\r\n"
    )
    .into_bytes()
}

// The password stands nowhere but in the picture.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_a_picture_opens_what_is_locked() {
    let (dns, sink) = (dns().await, Sink::start().await);
    // What the locked archive says.
    let daemon = gateway(&sink, dns.address, keeps("twenty golden chairs")).await;
    let opened = judged(&daemon, "opened", &[("a.png", WORDS), ("offer.zip", &locked("today"))]).await;
    let reasons = opened["reasons"].to_string();
    assert!(!reasons.contains("unscannable") && opened["rulings"][0]["because"] == json!(["keeps/words"]), "{opened}");
    // Another password, and no picture: neither is opened.
    let other = judged(&daemon, "other", &[("a.png", WORDS), ("offer.zip", &locked("tomorrow"))]).await;
    let alone = judged(&daemon, "alone", &[("offer.zip", &locked("today"))]).await;
    for closed in [other, alone] {
        assert!(closed["reasons"].to_string().contains("encrypted_archive"), "{closed}");
        assert_eq!(closed["class"], "unscannable", "{closed}");
    }
    assert_eq!((daemon.account("quarantined").await, sink.count()), (3, 0));
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_every_kind_of_picture_are_text_and_what_is_not_read_is_said() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address, keeps("account is suspended")).await;
    for (name, bytes) in KINDS {
        let judged = judged(&daemon, name, &[(name, bytes)]).await;
        let ruling = &judged["rulings"][0];
        assert_eq!(
            (&ruling["because"], &ruling["not_checked"]),
            (&json!(["keeps/words"]), &json!([])),
            "{name}: {judged}"
        );
    }
    assert_eq!((daemon.account("quarantined").await, sink.count()), (8, 0));
    for (name, bytes) in MOVING {
        let judged = judged(&daemon, name, &[(name, bytes)]).await;
        let ruling = &judged["rulings"][0];
        assert_eq!((&ruling["because"], &ruling["not_checked"]), (&json!([]), &json!(["ocr"])), "{name}: {judged}");
    }
    sink.wait_for(2, SOON).await;
    daemon.assert_balanced().await;
}
