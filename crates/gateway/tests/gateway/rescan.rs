//! `postern rescan`: what was delivered is found again by the hashes of its files, also inside containers, and by its links.

use serde_json::{Value, json};
use testkit::daemon::{Daemon, Setup};
use testkit::files;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted, with_file};

const CAROL: &str = "carol@corp.example";
/// `sha256sum` of [`FORM`].
const FORM_SHA256: &str = "4a257fe39d016200a34c0326c68f6822df0383d9c8c9a970a7f8e01add43e628";
const FORM: &[u8] = b"A form that nobody should fill in.\n";

fn with_link(subject: &str, link: &str) -> Vec<u8> {
    let text = String::from_utf8(note(subject)).unwrap();
    text.replace("Hello.", &format!("Please look here: {link} soon.")).into_bytes()
}

fn path(daemon: &Daemon, name: &str, text: &str) -> String {
    let file = daemon.folder().join(name);
    files::write(&file, text);
    file.display().to_string()
}

fn subjects(answer: &Value) -> Vec<&str> {
    answer["rows"].as_array().unwrap().iter().map(|row| row["subject"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn new_hashes_and_links_find_what_was_delivered() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let zip = testkit::corpus::archive("form.txt", FORM, false);
    let messages = [
        with_file("packed", "forms.zip", &zip),
        with_file("other", "other.bin", b"Something else.\n"),
        with_link("linked", "https://Shop.Evil.example:443/x/../offer"),
    ];
    for message in &messages {
        send_accepted(daemon.address(), ALICE, &[BOB, CAROL], message).await;
    }
    let is_known = |row: &Value| row["status"] == "delivered";
    testkit::wait::until_true("the journal to know that they are delivered", SOON, async || {
        let rows = daemon.rows(&["trace", "search"]).await;
        rows.len() == 3 && rows.iter().all(is_known)
    })
    .await;

    let hashes = path(&daemon, "new.txt", &format!("# of today\n{FORM_SHA256} a stolen form\n"));
    let links = path(&daemon, "hosts.txt", "nobody.example\nevil.example\n");
    let found = daemon.command(&["--json", "rescan", "--hashes", &hashes, "--links", &links]).await;
    assert_eq!(found.code, 1, "{found:?}");
    let answer: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(subjects(&answer), ["linked", "packed"], "newest first: {answer}");
    assert_eq!((&answer["looked_at"], &answer["kept_in_part"]), (&json!(3), &json!(0)), "{answer}");
    let (linked, packed) = (&answer["rows"][0], &answer["rows"][1]);
    assert_eq!(linked["delivered"], json!([BOB, CAROL]));
    assert_eq!(linked["matches"], json!([{ "list": "hosts.txt", "link": "https://shop.evil.example/offer" }]));
    let one = &packed["matches"][0];
    assert_eq!(
        (&one["label"], &one["name"], &one["type"]),
        (&json!("a stolen form"), &json!("form.txt"), &json!("text"))
    );
    assert_eq!((&one["sha256"], &one["list"]), (&json!(FORM_SHA256), &json!("new.txt")));
    assert!(one["place"].as_str().unwrap().contains("zip:0"), "inside the archive: {one}");

    let told = daemon.command(&["rescan", "--hashes", &hashes]).await;
    assert_eq!(told.code, 1, "{told:?}");
    for word in [
        "packed",
        "a stolen form",
        "delivered to bob@corp.example, carol@corp.example",
        "1 message of 3 found, 1 delivered",
        "Next: `postern trace show ",
        "add the list of hashes to [signatures] hashes",
    ] {
        assert!(told.out.contains(word), "{word} is missing in\n{}", told.out);
    }
    let mut lines = told.out.lines();
    let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
    for (title, value) in [("STATUS", "delivered"), ("FROM", ALICE), ("SUBJECT", "packed")] {
        assert_eq!(head.find(title), row.find(value), "{title} does not stand over its values:\n{}", told.out);
    }
    let told = daemon.command(&["rescan", "--links", &links]).await;
    assert!(told.out.contains("links_to(") && !told.out.contains("[signatures]"), "{}", told.out);
    let address = path(&daemon, "addresses.txt", "https://shop.evil.example/other\n");
    let none = daemon.command(&["rescan", "--links", &address]).await;
    assert_eq!((none.code, none.out.as_str()), (0, "0 messages of 3 found, 0 delivered\n"), "{none:?}");
    let later = daemon.command(&["rescan", "--links", &links, "--since", "2099-01-01"]).await;
    assert_eq!(later.code, 0, "{later:?}");
}

/// A script that says a lot, of which one word is another in each copy.
fn script(word: &str) -> Vec<u8> {
    let lines = (0..400_u32).map(|number| format!("echo {}\n", number * number));
    format!("#!/bin/sh\n# for {word}\n{}", lines.collect::<String>()).into_bytes()
}

// The list is new: nobody had one when the mail came.
#[tokio::test(flavor = "multi_thread")]
async fn near_copies_of_programs_are_found_and_what_has_no_near_hash_is_counted() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let text = script("none").split_off(10);
    for (subject, name, bytes) in
        [("near", "run.sh", script("bob")), ("far", "other.sh", b"#!/bin/sh\nexit\n".to_vec()), ("text", "a.txt", text)]
    {
        send_accepted(daemon.address(), ALICE, &[BOB], &with_file(subject, name, &bytes)).await;
    }
    testkit::wait::until_true("the journal to know all", SOON, async || {
        daemon.rows(&["trace", "search"]).await.iter().filter(|row| row["status"] == "delivered").count() == 3
    })
    .await;
    let list = path(&daemon, "near.txt", &format!("{} a dropper\n", signatures::tlsh(&script("ann")).unwrap()));
    let found = daemon.command(&["--json", "rescan", "--hashes", &list]).await;
    let answer: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!((found.code, subjects(&answer)), (1, vec!["near"]), "{answer}");
    let one = &answer["rows"][0]["matches"][0];
    assert!(one["label"] == "a dropper" && one["distance"].as_u64().unwrap() > 0, "{one}");
    assert_eq!((&answer["looked_at"], &answer["without_tlsh"]), (&json!(3), &json!(1)), "{answer}");
    let told = daemon.command(&["rescan", "--hashes", &list]).await;
    let expected = "of 1 message some files have no TLSH: their near copies were not looked for";
    assert!(told.out.contains(expected) && told.out.contains("run.sh (script, nearly: distance "), "{}", told.out);
    // Who does not look for near copies misses none.
    let exact = path(&daemon, "exact.txt", FORM_SHA256);
    let answer = daemon.json(&["rescan", "--hashes", &exact]).await;
    assert_eq!(answer["without_tlsh"], json!(0), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_is_found_too_and_mistakes_are_named() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "keep").with_dns(dns.address);
    let policy = "name = \"keep\"\n[[rule]]\nid = \"all\"\nwhen = \"true\"\nactions = [\"quarantine\"]\n";
    setup.policies = vec![("keep".to_owned(), policy.to_owned())];
    let mut daemon = Daemon::start(POSTERN, setup).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &with_file("kept", "form.txt", FORM)).await;
    let hashes = path(&daemon, "new.txt", FORM_SHA256);
    // A restart changes nothing, and no daemon is needed.
    daemon.restart().await;
    daemon.stop().await;
    let found = daemon.command(&["--json", "rescan", "--hashes", &hashes]).await;
    let answer: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!((found.code, subjects(&answer)), (1, vec!["kept"]), "{answer}");
    assert_eq!((&answer["rows"][0]["delivered"], &answer["rows"][0]["status"]), (&json!([]), &json!("quarantined")));
    for (option, text, place) in [
        ("--hashes", "ab12\n", "wrong.txt:1"),
        ("--links", "good.example\nnot a host\n", "wrong.txt:2"),
        ("--links", "https://\n", "wrong.txt:1"),
        ("--links", "hxxp://evil[.]example/\n", "/wrong.txt:1: `hxxp://evil[.]example/` is defanged"),
        ("--links", "", "wrong.txt is empty"),
        ("--hashes", "# nothing yet\n", "wrong.txt is empty"),
        ("--hashes", "not a hash\n", "wrong.txt:1"),
    ] {
        let wrong = path(&daemon, "wrong.txt", text);
        let told = daemon.command(&["rescan", option, &wrong]).await;
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.err.contains(place), "{place}: {}", told.err);
    }
    let nothing = daemon.command(&["rescan"]).await;
    assert!(nothing.code == 2 && nothing.err.contains("--links"), "{nothing:?}");
}
