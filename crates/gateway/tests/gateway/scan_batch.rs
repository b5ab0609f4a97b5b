//! `postern scan --batch`, the documented form: one line out for each line in, in order, every member means what is written of it.
//! And folders of mail.

use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::{corpus, files, loopback, program};

use crate::{POSTERN, ZONE};

/// One rule for each member of a line, so that each shows in a decision.
const POLICY: &str = r#"name = "standard"
[[rule]]
id = "client"
when = 'client.ip.inNetwork(["203.0.113.0/24"])'
actions = ["reject"]
[[rule]]
id = "helo"
when = 'helo == "odd.example"'
actions = ["quarantine"]
[[rule]]
id = "sender"
when = 'sender.address == "alice@partner.example"'
actions = ["junk"]
[[rule]]
id = "recipient"
when = 'recipient.address == "carol@corp.example"'
actions = ["discard"]
[[rule]]
id = "direction"
when = 'recipient.direction == "outbound"'
actions = ["defer"]
[[rule]]
id = "reverse"
when = 'facts.reverse_dns.name == "host.named.example"'
actions = ["reject"]
[[rule]]
id = "spf"
when = 'auth.spf == "softfail"'
actions = ["quarantine"]
[[rule]]
id = "dkim"
when = 'auth.dkim == "pass"'
actions = ["junk"]
[[rule]]
id = "dmarc"
when = 'auth.dmarc == "fail"'
actions = ["discard"]
"#;
const MESSAGE: &str = "From: Alice <alice@sender.example>\nTo: <bob@corp.example>\nSubject: note\n\nhello\n";
/// Members of a line and the decision that shows that they were read.
const MEMBERS: &str = r#"
    deliver     {}
    reject      {"client_ip": "203.0.113.5"}
    quarantine  {"helo": "odd.example"}
    junk        {"mail_from": "alice@partner.example"}
    junk        {"mail_from": "<alice@partner.example>"}
    deliver     {"mail_from": "<>"}
    discard     {"rcpt_to": ["<carol@corp.example>"]}
    discard     {"rcpt_to": ["not an address", "carol@corp.example"]}
    defer       {"direction": "outbound"}
    deliver     {"direction": "inbound"}
    reject      {"rdns": "Host.Named.Example."}
    deliver     {"rdns": "unknown"}
    quarantine  {"spf": "softfail"}
    deliver     {"spf": "not a result"}
    junk        {"dkim": "pass"}
    discard     {"dmarc": "fail"}
    deliver     {"spf": "pass", "dkim": "none", "dmarc": "pass", "colour": "blue", "nested": {"file": [1, null]}}
    deliver     {"client_ip": "2001:db8::1", "helo": null, "rdns": null, "spf": null}
"#;

struct Batch {
    lines: Vec<Value>,
    code: Option<i32>,
}

fn prepared(dns: &TestDns) -> Daemon {
    let mut setup = Setup::new(loopback::socket(25), "standard").with_dns(dns.address);
    setup.policies = vec![("standard".to_owned(), POLICY.to_owned())];
    let daemon = Daemon::prepare(POSTERN, setup);
    files::write(&daemon.folder().join("note.eml"), MESSAGE);
    daemon
}

async fn batch(daemon: &Daemon, input: &str, more: &[&str]) -> Batch {
    let config = daemon.config_file().display().to_string();
    let output =
        program::run(POSTERN, &[&["--config", &config, "scan", "--batch"], more].concat(), input.as_bytes()).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no progress bar where nobody looks");
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    Batch { lines: lines.collect(), code: output.status.code() }
}

fn line(file: &std::path::Path, members: &Value) -> String {
    let mut line: Map<String, Value> = members.as_object().unwrap().clone();
    line.insert("file".to_owned(), file.display().to_string().into());
    format!("{}\n", Value::Object(line))
}

fn has(result: &Value, evidence: &str) -> bool {
    result["reasons"].as_array().unwrap().iter().any(|reason| reason["id"] == evidence)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_is_read() {
    let dns = TestDns::start_text(ZONE).await;
    let daemon = prepared(&dns);
    let file = daemon.folder().join("note.eml");
    let cases: Vec<(&str, Value)> = MEMBERS
        .lines()
        .filter_map(|line| line.trim().split_once(' '))
        .map(|(decision, members)| (decision, serde_json::from_str(members).unwrap()))
        .collect();
    let input: String = cases.iter().map(|(_, members)| line(&file, members)).collect();
    let batch = batch(&daemon, &input, &["--offline"]).await;
    assert_eq!((batch.code, batch.lines.len()), (Some(0), cases.len()));
    for ((decision, members), result) in cases.iter().zip(&batch.lines) {
        assert_eq!(result["decision"], *decision, "{members}: {result}");
        assert_eq!(result["file"], file.display().to_string());
        assert!(["clean", "bulk", "spam", "phishing"].contains(&result["class"].as_str().unwrap()), "{result}");
        let classes = result["classes"].as_object().unwrap();
        let of = |class: &str| classes[class].as_f64().unwrap();
        assert_eq!(classes.len(), 7, "{result}");
        assert!((classes.values().filter_map(Value::as_f64).sum::<f64>() - 1.0).abs() < 1e-9, "{result}");
        let bad = 1.0 - of("clean") - of("bulk");
        assert!((bad - result["probability"].as_f64().unwrap()).abs() < 1e-9, "{result}");
    }
    assert_eq!(dns.queries(), 0, "offline asks nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn given_facts_are_not_asked() {
    let dns = TestDns::start_text(ZONE).await;
    let daemon = prepared(&dns);
    let file = daemon.folder().join("note.eml");
    let given = json!({
        "client_ip": "198.51.100.9", "mail_from": "alice@sender.example", "rdns": "", "spf": "fail", "dkim": "fail", "dmarc": "none",
    });
    let batch_given = batch(&daemon, &line(&file, &given), &[]).await;
    let result = &batch_given.lines[0];
    for evidence in ["reverse_dns_missing", "spf_fail", "dkim_fail"] {
        assert!(has(result, evidence), "{evidence}: {result}");
    }
    assert!(!has(result, "dmarc_fail"), "{result}");
    for reason in result["reasons"].as_array().unwrap() {
        assert!(reason["contribution"].is_number() && reason["place"].is_string() && reason["detail"].is_string());
    }
    assert_eq!(dns.names_asked(), Vec::<String>::new());
    // Without them DNS knows better.
    let open =
        json!({ "client_ip": "127.0.0.1", "mail_from": "alice@sender.example", "helo": "client.sender.example" });
    let batch_open = batch(&daemon, &line(&file, &open), &[]).await;
    let asked = dns.names_asked();
    for name in ["sender.example", "_dmarc.sender.example"] {
        assert!(asked.iter().any(|asked| asked == name), "{name}: {asked:?}");
    }
    for evidence in ["reverse_dns_missing", "spf_fail", "dkim_fail"] {
        assert!(!has(&batch_open.lines[0], evidence), "{evidence}: {}", batch_open.lines[0]);
    }
    batch(&daemon, &line(&file, &json!({ "client_ip": "198.51.100.9" })), &[]).await;
    assert!(dns.names_asked().iter().any(|name| name == "9.100.51.198.in-addr.arpa"), "{:?}", dns.names_asked());
}

/// A signature that was good until 21 September 2026: whether it has expired shows which time was taken for now.
#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_arrival_is_now() {
    let dns = TestDns::start_text(ZONE).await;
    let daemon = prepared(&dns);
    let file = daemon.folder().join("signed.eml");
    let hash = BASE64.encode(&Sha256::digest(b"hello\r\n"));
    let signature = format!(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=gone; t=1788000000; x=1790000000;\n \
         h=from:subject; bh={hash}; b={}\n",
        BASE64.encode(&[7; 256])
    );
    files::write(&file, format!("{signature}{MESSAGE}"));
    let cases = [
        ("2026-09-07T08:00:00Z", false),
        ("2026-09-07T10:00:00+02:00", false),
        ("Mon, 07 Sep 2026 10:00:00 +0200", false),
        ("7 Sep 2026 08:00:00 GMT", false),
        ("2026-11-24T16:00:00Z", true),
        ("2026-11-24 16:00:00+00:00", true),
        ("Tue, 24 Nov 2026 16:00:00 +0000", true),
        ("Tue, 24 Nov 2026 16:00:00 +0000 (UTC)", true),
    ];
    let input: String = cases.iter().map(|(received, _)| line(&file, &json!({ "received": received }))).collect();
    let batch = batch(&daemon, &input, &[]).await;
    for ((received, expired), result) in cases.iter().zip(&batch.lines) {
        assert!(result["error"].is_null(), "{received}: {result}");
        assert_eq!(has(result, "dkim_fail"), *expired, "{received}: {result}");
    }
    assert_eq!(batch.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_is_kept_and_bad_lines_say_why() {
    let dns = TestDns::start_text(ZONE).await;
    let daemon = prepared(&dns);
    let large =
        format!("{MESSAGE}{}", "A line of many that take their time, https://sender.example/x.\n".repeat(30_000));
    files::write(&daemon.folder().join("large.eml"), large);
    files::write(&daemon.folder().join("empty.eml"), "");
    let place = |name: &str| daemon.folder().join(name);
    let (mut input, mut expected) = (String::new(), Vec::new());
    let mut add = |text: String, file: Option<String>, is_judged: bool| {
        input.push_str(&text);
        expected.push((file, is_judged));
    };
    for round in 0..20 {
        // What is slow comes first.
        for name in ["large.eml", "note.eml", "absent.eml", "empty.eml"] {
            let is_judged = !["absent.eml", "empty.eml"].contains(&name);
            add(line(&place(name), &json!({ "round": round })), Some(place(name).display().to_string()), is_judged);
        }
        add("{\"file\": \n".to_owned(), None, false);
        add("{\"client_ip\": \"192.0.2.1\"}\n".to_owned(), None, false);
        add("[]\n\n   \n".to_owned(), None, false);
        for members in [json!({ "client_ip": "1.2.3" }), json!({ "received": "some day" })] {
            add(line(&place("note.eml"), &members), Some(place("note.eml").display().to_string()), false);
        }
    }
    let batch = batch(&daemon, &input, &["--offline"]).await;
    assert_eq!((batch.code, batch.lines.len()), (Some(1), expected.len()));
    for (result, (file, is_judged)) in batch.lines.iter().zip(&expected) {
        assert_eq!(result["file"].as_str(), file.as_deref(), "{result}");
        assert_eq!(result["error"].is_null(), *is_judged, "{result}");
        assert_eq!(result["class"].is_string(), *is_judged, "{result}");
    }
    let nothing = self::batch(&daemon, "\n\n", &["--offline"]).await;
    assert_eq!((nothing.code, nothing.lines.len()), (Some(0), 0));
}

/// Scripts and documents have lines with a colon. They are what they would be as attachments.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_scanned_as_an_attachment() {
    let dns = TestDns::start_text(ZONE).await;
    let daemon = prepared(&dns);
    let scripts = [
        ("a.ps1", "$env:TEMP\n"),
        ("b.bat", "@echo off\r\ngoto:run\r\n:run\r\n"),
        ("c.rtf", "{\\rtf1\n{\\*\\generator:x;}\n}\n"),
        ("d.py", "try:\n    import os\nexcept:\n    pass\n"),
        ("e.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><style>\na:hover{x:y}\n</style></svg>\n"),
    ];
    let mut input = String::new();
    for (name, text) in scripts {
        files::write(&daemon.folder().join(name), text);
        input.push_str(&line(&daemon.folder().join(name), &json!({})));
    }
    input.push_str(&line(&daemon.folder().join("note.eml"), &json!({})));
    let batch = batch(&daemon, &input, &["--offline", "--content"]).await;
    assert_eq!((batch.code, batch.lines.len()), (Some(0), scripts.len() + 1));
    for ((name, _), result) in scripts.iter().zip(&batch.lines) {
        assert_eq!(result["made_message"], true, "{name}: {result}");
        assert_eq!(result["content"]["items"][0]["names"], json!([name]), "{result}");
        let file = daemon.folder().join(name).display().to_string();
        let told = daemon.command(&["scan", "--offline", &file]).await;
        assert!(told.out.contains("no message: scanned as the one attachment"), "{told:?}");
    }
    let note = batch.lines.last().unwrap();
    assert!(note["made_message"].is_null() && note["actions"] == json!(["deliver"]), "{note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildir_is_its_cur_and_new() {
    let dns = TestDns::start_text(ZONE).await;
    let daemon = prepared(&dns);
    let maildir = daemon.folder().join("Maildir");
    for (folder, count) in [("cur", 3), ("new", 2), ("tmp", 1)] {
        std::fs::create_dir_all(maildir.join(folder)).unwrap();
        for (number, mail) in corpus::made(count, 7).iter().enumerate() {
            files::write(&maildir.join(folder).join(format!("{number}.host:2,S")), &mail.bytes);
        }
    }
    let gtube = corpus::project().into_iter().find(|mail| mail.name.starts_with("gtube/fires")).unwrap();
    files::write(&maildir.join("new/9.host"), &gtube.bytes);
    let answered = daemon.command(&["--json", "scan", "--offline", &maildir.display().to_string()]).await;
    assert_eq!(answered.code, 1, "one is bad: {answered:?}");
    let rows: Vec<Value> = serde_json::Deserializer::from_str(&answered.out).into_iter().map(Result::unwrap).collect();
    let names: Vec<&str> = rows.iter().filter_map(|row| row["file"].as_str()).collect();
    let expected = ["cur/0", "cur/1", "cur/2", "new/0", "new/1", "new/9"];
    assert_eq!(names.len(), expected.len(), "{names:?}");
    for (name, expected) in names.iter().zip(expected) {
        assert!(name.contains(expected), "{names:?}");
    }
    assert!(has(&rows[5], "gtube"), "{}", rows[5]);
}
