//! What people are told who open a mail: why a copy stays, that nobody read what they piped in, that it is locked.

use serde_json::{Value, json};
use testkit::daemon::{Daemon, Relayed, Setup};
use testkit::program;
use testkit::sink::Sink;

use super::{OFFER, gateway, on_a_terminal, open, stopped, value};
use crate::{ALICE, BOB, POSTERN, SOON, dns, send_accepted};

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_a_rule_changes_stays_and_says_why() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let policy = "name = \"changes\"\n[[rule]]\nid = \"take-out\"\nwhen = \"message.size > 0\"\nactions = [\"disarm\"]\n\
                  [[rule]]\nid = \"go\"\nwhen = \"message.size > 0\"\nactions = [\"deliver\"]\n";
    let mut setup = Setup::of(vec![Relayed::to("corp.example", sink.address, "changes")]).with_dns(dns.address);
    setup.policies = vec![("changes".to_owned(), policy.to_owned())];
    let daemon = Daemon::start(POSTERN, setup).await;
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &super::message("offer", OFFER)).await;
    let id = reply.reference().to_owned();
    let answer = value(&open(&daemon, &["--json", &id], OFFER.password).await);
    assert_eq!((&answer["result"], &answer["class"]), (&json!("stopped"), &json!("clean")), "{answer}");
    let copy = &answer["copies"][0];
    assert_eq!(copy["because"], json!(["changes/take-out", "changes/go"]), "{answer}");
    assert_eq!(
        copy["why"],
        "a rule changes the copy (disarm), which is not done to opened mail, nor before: offer.zip cannot be disarmed: it is \
         encrypted; `release` delivers it as it came"
    );
    let told = open(&daemon, &[&id], OFFER.password).await;
    assert!(
        told.out.contains("stays in quarantine (changes/take-out, changes/go): a rule changes the copy"),
        "{told:?}"
    );
    daemon.json(&["quarantine", "release", &id]).await;
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pipes_a_password_in_learns_that_nobody_read_it() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let id = stopped(&daemon, "offer", OFFER).await;
    let config = daemon.config_file().display().to_string();
    let piped = async |words: &[&str]| {
        let all = [&["--config", &config, "quarantine", "open", &id], words].concat();
        let output = program::run(POSTERN, &all, format!("{}\n", OFFER.password).as_bytes()).await;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let unread = "standard input was not read; `--password-file -` reads it";
    let (code, out, err) = piped(&[]).await;
    assert!(code == Some(1) && out.contains("No word of the sender's other mail opens"), "{code:?} {out}");
    assert!(err.contains(unread), "{err}");
    let (code, out, err) = piped(&["--json"]).await;
    let answer: Value = serde_json::from_str(&out).unwrap();
    let said: Value = serde_json::from_str(&err).unwrap();
    assert_eq!((code, &answer["result"]), (Some(1), &json!("no_word_fits")), "{answer}");
    assert_eq!(said, json!({ "note": unread }));
    // Who asks for it so gave none.
    let (code, _, err) = piped(&["--no-password"]).await;
    assert_eq!((code, err.as_str()), (Some(1), ""));
    let (code, out, err) = piped(&["--password-file", "-"]).await;
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_mail_is_said_to_be_locked_before_anybody_types() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let id = stopped(&daemon, "offer", OFFER).await;
    // To give up is no mistake of the command line, and no try.
    for keys in ["\x03", "\x04"] {
        let (shown, code) = on_a_terminal(&daemon, &id, keys).await;
        assert_eq!(code, Some(4), "{shown}");
        assert!(shown.contains("Password (not shown") && shown.contains("cancelled"), "{shown}");
    }
    for _ in 0..5 {
        assert_eq!(open(&daemon, &[&id], "wrong").await.code, 1);
    }
    let (shown, code) = on_a_terminal(&daemon, &id, "\r").await;
    assert_eq!(code, Some(4), "{shown}");
    assert!(shown.contains("is locked: five wrong passwords") && !shown.contains("Password (not shown"), "{shown}");
    let told = daemon.command(&["quarantine", "open", "--no-password", &id]).await;
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.out.contains("is locked") && !told.out.contains("Give the password"), "{told:?}");
    daemon.json(&["quarantine", "delete", &id]).await;
    daemon.assert_balanced().await;
}
