//! What is written in a picture counts like what is written in a text, by the real reader of pictures.

use std::io::{Cursor, Write as _};

use data_encoding::BASE64;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

use crate::{ALICE, BOB, POSTERN, dns, send_accepted};

/// A picture of the words "Your account is suspended / Verify your password today".
const WORDS: &[u8] = include_bytes!("../../../worker/tests/data/words.png");
/// What the locked archive says.
const POLICY: &str = "name = \"words\"\n[[rule]]\nid = \"words\"\nwhen = 'text_contains(\"twenty golden chairs\")'\nactions = [\"quarantine\"]\n";

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
    let mut setup = Setup::new(sink.address, "words").with_dns(dns.address);
    setup.policies = vec![("words".to_owned(), POLICY.to_owned())];
    // Time for a machine that has none.
    setup.extra = "[ocr]\nenabled = true\nmessage_ms = 60000\n".to_owned();
    setup.scan = vec!["session_budget_ms = 100000".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    let deliver = async |subject: &str, files: &[(&str, &[u8])]| {
        send_accepted(daemon.address(), ALICE, &[BOB], &with_files(subject, files)).await
    };
    let judged = async |reference: &str| daemon.json(&["trace", "show", reference]).await["judged"][0].clone();
    let opened = deliver("opened", &[("a.png", WORDS), ("offer.zip", &locked("today"))]).await;
    let opened = judged(opened.reference()).await;
    let reasons = opened["reasons"].to_string();
    assert!(!reasons.contains("unscannable") && opened["rulings"][0].to_string().contains("words"), "{opened}");
    // Another password, and no picture: neither is opened.
    let other = deliver("other", &[("a.png", WORDS), ("offer.zip", &locked("tomorrow"))]).await;
    let alone = deliver("alone", &[("offer.zip", &locked("today"))]).await;
    for closed in [other, alone] {
        let closed = judged(closed.reference()).await;
        assert!(closed["reasons"].to_string().contains("encrypted_archive"), "{closed}");
        assert_eq!(closed["class"], "unscannable", "{closed}");
    }
    assert_eq!((daemon.account("quarantined").await, sink.count()), (3, 0));
    daemon.assert_balanced().await;
}
