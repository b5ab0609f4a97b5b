//! Quarantine: however often, wherever and at the same time something is asked, each recipient gets one fate.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::daemon::{Daemon, Setup, number};
use testkit::sink::Sink;
use testkit::{compare, corpus};

use crate::{ADDED, ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

const KEEP_ALL: &str = "name = \"keep\"\n[[rule]]\nid = \"all\"\nwhen = \"true\"\nactions = [\"quarantine\"]\n";
/// Mails that are fought over.
const MAILS: usize = 60;
/// Requests of each kind for each.
const RIVALS: usize = 4;

async fn keeper(sink: &Sink, dns: std::net::SocketAddr) -> Daemon {
    let mut setup = Setup::new(sink.address, "keep").with_dns(dns);
    setup.policies = vec![("keep".to_owned(), KEEP_ALL.to_owned())];
    Daemon::start(POSTERN, setup).await
}

fn request(command: &str, id: &str) -> Value {
    json!({ "command": command, "id": id, "recipient": null, "by": "test" })
}

#[tokio::test(flavor = "multi_thread")]
async fn release_and_delete_race_and_one_wins() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = keeper(&sink, dns.address).await;
    for id in 0..MAILS {
        send_accepted(daemon.address(), ALICE, &[BOB, "carol@corp.example"], &corpus::tagged(&note("kept"), id)).await;
    }
    let rows = daemon.rows(&["quarantine", "list"]).await;
    let mut ids: Vec<String> = rows.iter().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((rows.len(), ids.len()), (2 * MAILS, MAILS));
    let mut released = 0;
    for id in &ids {
        let rivals = (0..RIVALS * 2).map(|rival| {
            let command = if rival % 2 == 0 { "quarantine_release" } else { "quarantine_delete" };
            let daemon = &daemon;
            async move { (command, daemon.request(&request(command, id)).await.expect("an answer")) }
        });
        let answers = join_all(rivals).await;
        let won: Vec<&str> =
            answers.iter().filter(|(_, answer)| answer.get("done").is_some()).map(|(command, _)| *command).collect();
        assert_eq!(won.len(), 1, "{id}: {answers:?}");
        released += usize::from(won[0] == "quarantine_release");
    }

    daemon.quiet().await;
    let copies: usize = sink.received().iter().map(|received| received.recipients.len()).sum();
    assert_eq!(copies, 2 * released, "one copy for each recipient of what was released");
    let status = daemon.assert_balanced().await;
    assert_eq!(number(&status, "delivered"), 2 * released as u64, "{status}");
    assert_eq!(number(&status, "deleted"), 2 * (MAILS - released) as u64, "{status}");
    assert!(daemon.rows(&["quarantine", "list"]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_people_race_too_under_load() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = keeper(&sink, dns.address).await;
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &note("fought")).await;
    let load = async {
        for number in 0..40 {
            send_accepted(daemon.address(), ALICE, &[BOB], &note(&format!("load{number}"))).await;
        }
    };
    let id = reply.reference();
    let release = ["quarantine", "release", id];
    let releases = join_all((0..8).map(|_| daemon.command(&release)));
    let (answers, ()) = tokio::join!(releases, load);
    let codes: Vec<u8> = answers.iter().map(|answered| answered.code).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{answers:?}");
    assert!(codes.iter().all(|code| [0, 3, 4].contains(code)), "{answers:?}");
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    assert_eq!(sink.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recipient_alone_and_what_is_shown() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = keeper(&sink, dns.address).await;
    let message = corpus::made(60, 8).into_iter().find(|mail| mail.name.contains("large")).unwrap().bytes;
    let reply = send_accepted(daemon.address(), ALICE, &[BOB, "carol@corp.example"], &message).await;
    let id = reply.reference();
    let raw = daemon.json(&["quarantine", "show", "--raw", id]).await;
    let raw = data_encoding::BASE64.decode(raw["message"].as_str().unwrap().as_bytes()).unwrap();
    compare::assert_same("raw", &message, &raw, &ADDED);
    daemon.restart().await;
    daemon.json(&["quarantine", "release", id, "--recipient", "carol@corp.example"]).await;
    let received = sink.wait_for(1, SOON).await.remove(0);
    assert_eq!(received.recipients, ["carol@corp.example"]);
    compare::assert_same("released", &message, &received.message, &ADDED);
    let rows = daemon.rows(&["quarantine", "list"]).await;
    assert_eq!(rows.iter().map(|row| row["recipient"].as_str().unwrap()).collect::<Vec<_>>(), [BOB]);
    assert_eq!(rows[0]["rule"], "keep/all");
    let shown = daemon.json(&["quarantine", "show", id]).await;
    let stopped = shown["events"].as_array().unwrap().iter().filter(|event| event["event"] == "quarantined");
    let stopped: Vec<_> = stopped.map(|event| event["detail"].as_str().unwrap()).collect();
    assert_eq!(stopped, ["keep/all", "keep/all"], "{shown}");
    let wrong = daemon.command(&["quarantine", "release", id, "--recipient", "nobody@corp.example"]).await;
    assert_eq!(wrong.code, 2, "{wrong:?}");
    let nobody = daemon.command(&["quarantine", "release", "aaaaaaaaaa"]).await;
    assert_eq!(nobody.code, 3, "{nobody:?}");
    daemon.json(&["quarantine", "delete", id]).await;
    daemon.assert_balanced().await;
}
