//! Five wrong passwords lock a mail: whoever asks at once, over restarts and kills, with and without a daemon.

use futures_util::future::join_all;
use serde_json::json;
use testkit::sink::Sink;

use super::{OFFER, PASSWORD, assert_kept_nowhere, events, gateway, open, stopped, value};
use crate::{SOON, dns};

/// What nobody would write by chance.
const GUESS: &str = "canary-guess-c41d07";

#[tokio::test(flavor = "multi_thread")]
async fn ten_at_once_are_five_and_it_stays_locked() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = gateway(&sink, dns.address).await;
    let id = stopped(&daemon, "offer", OFFER).await;
    let other = stopped(&daemon, "other", OFFER).await;
    let guess = json!({ "command": "quarantine_open", "id": id, "recipient": null, "password": GUESS });
    let answers = join_all((0..10).map(|_| daemon.request(&guess))).await;
    let results: Vec<String> =
        answers.into_iter().map(|answer| answer.unwrap()["done"]["result"].as_str().unwrap().to_owned()).collect();
    let count = |word: &str| results.iter().filter(|result| *result == word).count();
    assert_eq!((count("wrong_password"), count("locked")), (5, 5), "{results:?}");

    daemon.kill().await;
    daemon.run().await;
    let right = open(&daemon, &["--json", &id], PASSWORD).await;
    assert_eq!((right.code, &value(&right)["result"]), (4, &json!("locked")), "{right:?}");
    let told = open(&daemon, &[&id], PASSWORD).await;
    assert!(told.out.contains("is locked: five wrong passwords"), "{told:?}");
    let rows = daemon.rows(&["quarantine", "list"]).await;
    let locked: Vec<(&str, bool)> =
        rows.iter().map(|row| (row["subject"].as_str().unwrap(), row["locked"].as_bool().unwrap())).collect();
    assert_eq!(locked, [("other", false), ("offer", true)]);
    let list = daemon.command(&["quarantine", "list"]).await;
    assert_eq!(list.out.matches("(locked)").count(), 1, "{}", list.out);
    let shown = daemon.command(&["quarantine", "show", &id]).await;
    assert!(shown.out.contains("Locked: five wrong passwords"), "{}", shown.out);
    let words: Vec<String> =
        events(&daemon, &id).await.into_iter().map(|(event, by)| format!("{event} {by}")).collect();
    let count = |word: &str| words.iter().filter(|event| *event == word).count();
    assert_eq!((count("password_wrong root"), count("locked root")), (5, 1), "{words:?}");

    daemon.stop().await;
    let offline = open(&daemon, &[&id], PASSWORD).await;
    assert_eq!(offline.code, 4, "{offline:?}");
    assert_kept_nowhere(&daemon, &[GUESS, PASSWORD]);
    daemon.run().await;
    // Another mail is none of it, and a person may still release this one.
    assert_eq!(open(&daemon, &[&other], PASSWORD).await.code, 0);
    daemon.json(&["quarantine", "release", &id]).await;
    sink.wait_for(2, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_gives_no_try_back() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = gateway(&sink, dns.address).await;
    let id = stopped(&daemon, "offer", OFFER).await;
    let guess = json!({ "command": "quarantine_open", "id": id, "recipient": null, "password": GUESS });
    let mut wrong = 0;
    for _ in 0..8 {
        // It is killed before it can answer, or right after.
        let pid = daemon.pid();
        let kill = async {
            tokio::task::yield_now().await;
            testkit::program::run("kill", &["-9", &pid.to_string()], b"").await
        };
        let (answer, _) = tokio::join!(daemon.request(&guess), kill);
        wrong += usize::from(answer.is_ok_and(|answer| answer["done"]["result"] == "wrong_password"));
        daemon.kill().await;
        daemon.run().await;
    }
    let shown = daemon.json(&["quarantine", "show", &id]).await;
    let left = shown["password_tries_left"].as_u64().unwrap();
    assert!(wrong <= 5 && left + wrong as u64 <= 5, "{wrong} told, {left} left");
    for _ in 0..left {
        assert_eq!(open(&daemon, &[&id], GUESS).await.code, 1);
    }
    assert_eq!(open(&daemon, &[&id], PASSWORD).await.code, 4, "locked");
    assert_kept_nowhere(&daemon, &[GUESS]);
}
