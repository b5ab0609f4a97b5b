//! Every list fits a terminal of 80 columns, whatever strangers write into it, and is whole where there is no terminal.

use testkit::daemon::{Daemon, Setup};
use testkit::program;
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
    // A line of one word alone cannot break, and stays whole for those who copy it.
    let is_word = |line: &&str| line.starts_with(' ') && !line.trim().contains(' ');
    let wide: Vec<&str> = text.lines().filter(|line| line.width() > COLUMNS && !is_word(line)).collect();
    assert!(wide.is_empty(), "{what}: {wide:#?}");
    assert!(text.lines().count() > rows_min, "{what} is no list: {text}");
}

/// What a command prints on a terminal of 80 columns.
async fn narrow(daemon: &Daemon, arguments: &[&str]) -> String {
    let config = daemon.config_file().display().to_string();
    let columns = format!("COLUMNS={COLUMNS}");
    program::text("env", &[&[&columns, POSTERN, "--config", &config], arguments].concat(), b"").await
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
        assert_narrow(&list.join(" "), &narrow(&daemon, list).await, rows_min);
    }
    for (show, reference) in [
        ("quarantine", &references[0]),
        ("queue", &references[1]),
        ("queue", &references[2]),
        ("trace", &references[2]),
    ] {
        assert_narrow(&format!("{show} show"), &narrow(&daemon, &[show, "show", reference]).await, 1);
    }
    what_matters_is_whole(&daemon, &sender, &recipients, &references).await;
}

/// Cut or not: what one looks for in a list is there.
async fn what_matters_is_whole(daemon: &Daemon, sender: &str, recipients: &[&str], references: &[String]) {
    let found = narrow(daemon, &["trace", "search"]).await;
    for status in ["relaying_denied", "quarantined", "queued", "held"] {
        assert!(found.contains(status), "{status}: {found}");
    }
    assert!(found.contains('…'), "{found}");
    let stopped = narrow(daemon, &["quarantine", "list"]).await;
    assert!(stopped.lines().skip(1).all(|line| line.ends_with("  keep")), "{stopped}");
    // What goes on in the next line, as words.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for listed in [narrow(daemon, &["queue", "list"]).await, narrow(daemon, &["queue", "show", &references[2]]).await] {
        assert!(words(&listed).contains("450 4.2.1 come again some other day come again some"), "{listed}");
    }
    // No terminal, nothing cut.
    let found = daemon.command(&["trace", "search"]).await.out;
    assert!(found.contains(sender) && recipients.iter().all(|recipient| found.contains(recipient)), "{found}");
    let waiting = daemon.command(&["queue", "list"]).await.out;
    let row = waiting.lines().find(|line| line.contains("450 4.2.1")).unwrap_or_default();
    assert!(row.contains(sender) && row.trim_end().ends_with("come again some other day"), "{waiting}");
    for text in [found, waiting] {
        assert!(!text.contains('…'), "{text}");
    }
}
