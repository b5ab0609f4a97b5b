//! Every list fits 80 columns, whatever strangers write into it.

use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Sink, Stage};
use unicode_width::UnicodeWidthStr;

use crate::{POSTERN, SOON, dns, send};

/// Columns of a terminal that is as narrow as one should bear.
const COLUMNS: usize = 80;

/// As long as an address may be.
fn address(start: &str, domain: &str) -> String {
    format!("{start}{}@{domain}", "x".repeat(64 - start.len()))
}

fn message(subject: &str) -> Vec<u8> {
    let long = "Grüße 你好 ".repeat(40);
    format!(
        "From: <{}>\r\nTo: <a@b.example>\r\nSubject: {subject} {long}\r\n\r\nx\r\n",
        address("ann", "sender.example")
    )
    .into_bytes()
}

fn assert_narrow(what: &str, text: &str, rows_min: usize) {
    let wide: Vec<&str> = text.lines().filter(|line| line.width() > COLUMNS).collect();
    assert!(wide.is_empty(), "{what}: {wide:#?}");
    assert!(text.lines().count() > rows_min, "{what} is no list: {text}");
}

/// The list at the end of what `show` prints: from its head on.
fn events(text: &str) -> &str {
    text.find("TIME (UTC)").map_or("", |at| &text[at..])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_fits_eighty_columns() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let reply = format!("450 4.2.1 {}", "come again some other day ".repeat(15));
    sink.say(Stage::Recipient, "", &reply);
    let mut setup = Setup::new(sink.address, "site").with_dns(dns.address);
    let policy = "name = \"site\"\n[[rule]]\nid = \"keep\"\nwhen = 'subject.contains(\"keep\")'\nactions = [\"quarantine\"]\n\
                  [[rule]]\nid = \"hold\"\nwhen = 'subject.contains(\"hold\")'\nactions = [\"hold\"]\n\
                  [[rule]]\nid = \"rest\"\nwhen = \"true\"\nactions = [\"deliver\"]\n";
    setup.policies = vec![("site".to_owned(), policy.to_owned())];
    let daemon = Daemon::start(POSTERN, setup).await;
    let sender = address("ann", "sender.example");
    let recipients: Vec<String> = (0..5).map(|number| address(&format!("r{number}"), "corp.example")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let mut references = Vec::new();
    for subject in ["keep", "hold", "send"] {
        let reply = send(daemon.address(), &sender, &recipients, &message(subject)).await;
        assert_eq!(reply.code, 250, "{}", reply.text);
        references.push(reply.reference().to_owned());
    }
    send(daemon.address(), &sender, &[&address("x", "elsewhere.example")], &message("relay")).await;
    testkit::wait::until_true("all in the lists", SOON, async || {
        let tried = daemon.rows(&["queue", "list"]).await.iter().any(|row| row["attempts"].as_u64() > Some(0));
        tried
            && daemon.rows(&["trace", "search"]).await.len() >= 4
            && !daemon.rows(&["quarantine", "list"]).await.is_empty()
    })
    .await;
    for (list, rows_min) in [
        (&["queue", "list"][..], 10),
        (&["queue", "list", "--state", "held"], 5),
        (&["quarantine", "list"], 1),
        (&["trace", "search"], 4),
        (&["trace", "search", "--refused"], 1),
        (&["status"], 3),
    ] {
        let listed = daemon.command(list).await;
        assert_eq!(listed.code, 0, "{list:?}: {}", listed.err);
        assert_narrow(&list.join(" "), &listed.out, rows_min);
    }
    for (show, reference) in [
        ("quarantine", &references[0]),
        ("queue", &references[1]),
        ("queue", &references[2]),
        ("trace", &references[2]),
    ] {
        let shown = daemon.command(&[show, "show", reference]).await;
        assert_eq!(shown.code, 0, "{show}: {}", shown.err);
        assert_narrow(&format!("events of {show} show"), events(&shown.out), 1);
    }
}
