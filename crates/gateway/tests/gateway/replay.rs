//! Replay: verdict and decision again from the record, when the bodies are gone, and what would differ after a change.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::corpus;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;

use crate::{ALICE, POSTERN, dns, note, send, send_all};

const MESSAGES: usize = 300;
const BEFORE: &str = r#"name = "mine"
[[rule]]
id = "junk-harbour"
when = 'subject.contains("harbour")'
actions = ["junk"]
[[rule]]
id = "deliver"
when = "true"
actions = ["deliver"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn records_are_replayed_without_their_bodies() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "mine").with_dns(dns.address);
    setup.policies = vec![("mine".to_owned(), BEFORE.to_owned())];
    let mut daemon = Daemon::start(POSTERN, setup).await;
    let mut mails: Vec<_> = corpus::project().into_iter().filter(|mail| corpus::is_sendable(&mail.bytes)).collect();
    mails.truncate(MESSAGES / 2);
    mails.extend(corpus::made(MESSAGES, 6));
    mails.truncate(MESSAGES);
    let replies = send_all(daemon.address(), &mails).await;
    assert!(replies.iter().all(|reply| reply.code == 250));
    sink.wait_for(MESSAGES, crate::SOON).await;
    daemon.quiet().await;
    daemon.restart().await;

    // All of them, and a page only for who asks for one.
    let page = daemon.json(&["replay", "--limit", "7"]).await;
    assert_eq!((results(&page).len(), page["next"].is_string()), (7, true), "{page}");
    let said = daemon.command(&["replay"]).await;
    let expected = format!("{MESSAGES} judgements replayed, 0 not the same.\n");
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, expected.as_str(), ""));
    let recorded = daemon.json(&["replay", "--with", "recorded"]).await;
    assert_eq!(
        (results(&recorded).len(), &recorded["differing"]),
        (MESSAGES, &Value::from(0)),
        "{:?}",
        not_same(&recorded)
    );
    let current = daemon.json(&["replay", "--with", "current"]).await;
    assert_eq!(current["differing"], 0, "{:?}", not_same(&current));

    // One rule changes: those differ whose subject has the one word and not the other.
    daemon.setup.policies[0].1 = BEFORE.replace("contains(\"harbour\")", "contains(\"garden\")");
    daemon.write();
    let subjects = daemon.rows(&["trace", "search"]).await;
    let has = |row: &Value, word: &str| row["subject"].as_str().unwrap_or("").to_lowercase().contains(word);
    let predicted: BTreeSet<String> = subjects
        .iter()
        .filter(|row| has(row, "harbour") != has(row, "garden"))
        .map(|row| row["id"].to_string())
        .collect();
    assert!(predicted.len() > 20, "{}", predicted.len());
    // The files count, before a reload as after it.
    let preview = daemon.json(&["replay", "--with", "current"]).await;
    assert_eq!(preview["compared_with"], "files", "{:?}", preview["settings"]);
    daemon.json(&["reload"]).await;
    let current = daemon.json(&["replay", "--with", "current"]).await;
    assert_eq!(current, preview);
    let differing: BTreeSet<String> = not_same(&current).iter().map(|result| result["id"].to_string()).collect();
    assert_eq!(differing, predicted);
    let odd: Vec<_> = not_same(&current)
        .into_iter()
        .filter(|result| result["result"] != "differs" || result["field"] == "")
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    let is_said = |result: &&Value| {
        let text = |field: &str| result[field].as_str().unwrap_or("").to_owned();
        text("recorded").starts_with("junk (mine/junk-harbour") && text("computed") == "deliver (mine/deliver)"
    };
    assert!(not_same(&current).iter().any(is_said), "{:?}", not_same(&current).first());
    // What was in force then is still known.
    let recorded = daemon.json(&["replay", "--with", "recorded"]).await;
    assert_eq!(recorded["differing"], 0, "{:?}", not_same(&recorded));

    // Files with a mistake are told of, not guessed.
    daemon.setup.policies[0].1 = BEFORE.replace("subject", "subjekt");
    daemon.write();
    let wrong = daemon.command(&["replay", "--with", "current"]).await;
    assert!(wrong.code == 2 && wrong.err.contains("mine.toml"), "{wrong:?}");

    // A question that was not asked then is not guessed now.
    daemon.setup.policies[0].1 = BEFORE.replace("subject.contains(\"harbour\")", "text_contains(\"winter\")");
    daemon.write();
    daemon.json(&["reload"]).await;
    let current = daemon.json(&["replay", "--with", "current"]).await;
    let needs: Vec<_> = results(&current).iter().filter(|result| result["result"] == "needs_body").collect();
    assert_eq!(needs.len(), MESSAGES, "{:?}", results(&current).first());
}

/// What was refused before it was judged has nothing to replay.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_no_judgement() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let refused = send(daemon.address(), ALICE, &["x@elsewhere.example"], &note("relay")).await;
    let said = daemon.command(&["replay", &format!("(ref {})", refused.reference())]).await;
    assert!(said.code == 0 && said.out.contains("refused before it was judged"), "{said:?}");
}

fn results(answer: &Value) -> &[Value] {
    answer["results"].as_array().map_or(&[], Vec::as_slice)
}

fn not_same(answer: &Value) -> Vec<&Value> {
    results(answer).iter().filter(|result| result["result"] != "same").collect()
}
