//! `/healthz` and `/metrics`: the account stands there, balanced, and nothing of the mail does.

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Sink, Stage};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

const POLICY: &str = r#"name = "three"
[[rule]]
id = "keep"
when = 'subject.contains("keep")'
actions = ["quarantine"]
[[rule]]
id = "drop"
when = 'subject.contains("drop")'
actions = ["discard"]
[[rule]]
id = "refuse"
when = 'subject.contains("refuse")'
actions = ["reject"]
"#;
const CAME: [&str; 2] = ["accepted", "added"];

// Every sample, by its name with labels. A line that is none fails.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let (head, body) = page.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: text/plain; version=0.0.4"), "{head}");
    let lines = body.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.trim().parse().ok()?))
    };
    lines.map(|line| sample(line).unwrap_or_else(|| panic!("no sample: {line:?}"))).collect()
}

fn account(samples: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let state =
        |name: &str| Some(name.strip_prefix("postern_account_recipients{state=\"")?.strip_suffix("\"}")?.to_owned());
    samples.iter().filter_map(|(name, value)| Some((state(name)?, *value))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_is_there_and_balances() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.say(Stage::Recipient, "later@", "450 4.2.0 not now");
    let mut setup = Setup::new(sink.address, "three").with_dns(dns.address);
    setup.policies = vec![("three".to_owned(), POLICY.to_owned())];
    let daemon = Daemon::start(POSTERN, setup).await;
    let health = daemon.page("GET /healthz").await;
    assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with("\r\n\r\nok\n"), "{health}");
    let before = samples(&daemon.metrics().await);
    assert_eq!(account(&before).values().sum::<f64>(), 0.0, "{before:?}");
    let to = |words: &'static str| words.split(' ').collect::<Vec<_>>();
    for (subject, recipients, code) in [
        ("deliver", to("bob@corp.example carol@corp.example"), 250),
        ("deliver", to("later@corp.example"), 250),
        ("keep", to("bob@corp.example carol@corp.example dana@corp.example"), 250),
        ("drop", to(BOB), 250),
        ("refuse", to(BOB), 550),
    ] {
        assert_eq!(send(daemon.address(), ALICE, &recipients, &note(subject)).await.code, code, "{subject}");
    }
    sink.wait_for(1, SOON).await;
    testkit::wait::until_true("one delivered", SOON, async || daemon.account("delivered").await == 2).await;
    let samples = samples(&daemon.metrics().await);
    let account = account(&samples);
    for (state, count) in
        [("accepted", 7.0), ("delivered", 2.0), ("queued", 1.0), ("quarantined", 3.0), ("discarded", 1.0)]
    {
        assert_eq!(account[state], count, "{state}: {account:?}");
    }
    let (came, went): (Vec<_>, Vec<_>) = account.iter().partition(|(state, _)| CAME.contains(&state.as_str()));
    let sum = |part: Vec<(&String, &f64)>| part.into_iter().map(|(_, count)| count).sum::<f64>();
    assert_eq!(sum(came), sum(went), "{account:?}");
    assert_eq!((samples["postern_account_difference"], samples["postern_store_healthy"]), (0.0, 1.0));
    // The same numbers as the command gives.
    let status = daemon.json(&["status"]).await;
    for (state, count) in &account {
        assert_eq!(status["account"][state].as_f64(), Some(*count), "{state}: {status}");
    }
    assert!(samples.len() > account.len() + 2, "only the account: {:?}", samples.keys());
}

/// OPS-09: what a stranger chooses becomes no label.
#[tokio::test(flavor = "multi_thread")]
async fn no_name_of_a_stranger_is_shown() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let count = |page: &str| page.lines().filter(|line| !line.starts_with('#')).count();
    let send_some = async |from: usize| {
        for number in from..from + 10 {
            let sender = format!("alice{number}@s{number}.partner.example");
            send_accepted(daemon.address(), &sender, &[BOB], &note(&format!("subject{number}"))).await;
            send(daemon.address(), &sender, &[&format!("x@d{number}.elsewhere.example")], &note("relay")).await;
        }
        sink.wait_for(from + 10, SOON).await;
        daemon.quiet().await;
        daemon.metrics().await
    };
    let (first, second) = (send_some(0).await, send_some(10).await);
    let (head, page) = second.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    for word in ["alice", "partner", "elsewhere", "corp.example", "subject", "127."] {
        assert!(!page.contains(word), "{word} in\n{page}");
    }
    assert_eq!(count(&first), count(&second), "as many samples whoever sends:\n{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_else() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    for (request, code) in
        [("GET /", 404), ("GET /metrics/../../etc/passwd", 404), ("POST /metrics", 405), ("DELETE /healthz", 405)]
    {
        let answer = daemon.page(request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{request}: {answer}");
    }
    let status: Value = daemon.json(&["status"]).await;
    assert_eq!(status["running"], true);
}
