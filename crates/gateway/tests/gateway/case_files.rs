//! Cases of the catalogue that stand in files beside the project, where they are at hand: dialogues that may do nothing, and forged
//! authors that may not come through (AUTH-01, AUTH-03, AUTH-04, AUTH-05, SMTP-04, SMTP-05, REL-01).

use testkit::client::SmtpClient;
use testkit::corpus::{shared_folder, with_crlf};
use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, ZONE, dns, send};

/// The domain that is forged refuses what does not pass.
const STRICT: &str =
    "\n_dmarc.corp.example TXT \"v=DMARC1; p=reject\"\n_dmarc.bank.example TXT \"v=DMARC1; p=reject\"\n";

fn cases(folder: &str, start: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(shared_folder().join("catalogue/cases").join(folder));
    let mut found: Vec<_> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap_or_default())
        })
        .filter(|(name, _)| name.starts_with(start))
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_dialogue_has_an_effect() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    for (name, dialogue) in cases("smtp", "") {
        for slowly in [false, true] {
            let mut client = SmtpClient::open(None, daemon.address()).await.unwrap();
            client.reply().await.unwrap();
            // The server closes in the middle of it: then the rest cannot be written.
            drop(if slowly { client.send_slowly(&dialogue).await } else { client.send(&dialogue).await });
            drop(client.send(b"\r\nQUIT\r\n").await);
            let replies = client.rest().await.unwrap();
            assert!(!replies.contains("354 ") || name.starts_with("smuggle"), "{name}: {replies}");
            assert!(!replies.contains("250 2.6.0"), "{name}: {replies}");
        }
    }
    assert_eq!((sink.count(), daemon.account("accepted").await), (0, 0));
}

/// Sends the cases whose names start so, in a world with this zone: each is refused or kept, and none has passed.
async fn stopped(start: &str, zone: &str) {
    let (dns, sink) = (TestDns::start_text(&format!("{ZONE}\n{zone}")).await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address)).await;
    for (name, case) in cases("", start) {
        let reply = send(daemon.address(), ALICE, &[BOB], &with_crlf(&case)).await;
        let find = async || {
            Some(daemon.command(&["--json", "trace", "show", reply.reference()]).await.out)
                .filter(|out| out.contains("judged"))
        };
        let shown: serde_json::Value = serde_json::from_str(&testkit::wait::until(&name, SOON, find).await).unwrap();
        let dmarc = shown["judged"][0]["auth"]["dmarc"].as_str().unwrap();
        // Of two authors neither may pass for one without a record.
        assert!(dmarc != "pass" && (start != "auth-01" || dmarc != "none"), "{name}: {shown:#}");
        if reply.code == 250 {
            let kept = daemon.rows(&["quarantine", "list"]).await;
            let is_kept = kept.iter().any(|row| row["id"].as_str().is_some_and(|id| id.starts_with(reply.reference())));
            assert!(is_kept, "{name}: neither refused nor kept: {shown:#}");
        }
    }
    assert_eq!(sink.count(), 0, "{start}: {:?}", sink.received());
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_authors_do_not_come_through() {
    stopped("auth-01", STRICT).await;
    stopped("auth-03", STRICT).await;
    stopped("auth-04", include_str!("../../../auth/tests/data/dkim-l-append.zone")).await;
    stopped("auth-05", include_str!("../../../auth/tests/data/dkim-dup-header.zone")).await;
}
