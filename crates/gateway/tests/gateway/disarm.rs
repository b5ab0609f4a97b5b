//! Disarm as people meet it: a copy without macros reaches the next hop, the original lies in quarantine and can be released,
//! whatever happens in between; and nothing of it is told to the sender.

use data_encoding::BASE64;
use mail::message::Message;
use serde_json::Value;
use sha2::{Digest, Sha256};
use testkit::compare;
use testkit::daemon::{Daemon, Relayed, Setup, number};
use testkit::sink::Sink;
use unpack::{Budget, Limits, Part, Request};

use crate::{ADDED, ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

const CAROL: &str = "carol@other.example";
const DISARM: &str = "name = \"disarm\"\n[[rule]]\nid = \"files\"\nwhen = \"true\"\nactions = [\"disarm\"]\n";
const REMOVE: &str = "name = \"remove\"\n[[rule]]\nid = \"macros\"\nwhen = \"true\"\n\
                      actions = [{ remove = { marks = [\"macro\"] } }, { tag = { subject_prefix = \"[no file]\" } }]\n";

/// A text of LibreOffice with a project of macros and more in it.
const DOCUMENT: &[u8] = include_bytes!("../../../unpack/testdata/disarm/armed.docm");

fn mail(name: &str, file: &[u8]) -> Vec<u8> {
    let head = String::from_utf8(note("minutes")).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap().to_owned();
    let file = BASE64.encode(file);
    let lines: Vec<&str> = file.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!(
        "{head}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         See the minutes.\r\n--b\r\nContent-Type: application/vnd.ms-word.document.macroEnabled.12; name=\"{name}\"\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

/// The last leaf of a copy: its name, type and bytes.
fn attachment(copy: &[u8]) -> (String, String, Vec<u8>) {
    let message = Message::parse(copy.to_vec().into());
    let (_, part) = message.parts().filter(|(_, part)| part.is_leaf()).last().unwrap();
    let name = part.names.first().cloned().unwrap_or_default();
    (name, part.media_type.essence(), part.content(message.raw()).into_owned())
}

/// What a copy says of what was done to it.
fn changed(copy: &[u8]) -> Option<String> {
    let message = Message::parse(copy.to_vec().into());
    message.first("x-postern-changed").map(|field| field.decoded())
}

/// What it must say: by what the original is asked for, where it is and who has it.
fn says(done: &str, id: &str) -> Option<String> {
    Some(format!("{done}; ref={id} (the original is kept for 30 days: ask your mail administrators)"))
}

/// Kind, marks and text of a file.
fn looked_into(file: &[u8]) -> (String, Vec<String>, String) {
    let part = Part { place: "1".into(), bytes: file.to_vec().into(), ..Part::default() };
    let content =
        unpack::unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()));
    let marks = content.items.iter().flat_map(|item| item.marks.clone()).collect();
    (content.items[0].kind.clone(), marks, content.items[0].text.clone())
}

async fn gateway(sink: &Sink, dns: std::net::SocketAddr) -> Daemon {
    let domains =
        vec![Relayed::to("corp.example", sink.address, "disarm"), Relayed::to("other.example", sink.address, "remove")];
    let mut setup = Setup::of(domains).with_dns(dns);
    setup.policies = vec![("disarm".to_owned(), DISARM.to_owned()), ("remove".to_owned(), REMOVE.to_owned())];
    Daemon::start(POSTERN, setup).await
}

fn events(trace: &Value) -> Vec<(String, String)> {
    let events = trace["events"].as_array().unwrap().iter();
    let text = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().to_owned();
    events.map(|event| (text(event, "event"), text(event, "detail"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recipient_gets_the_form_of_its_policy_and_originals_outlive_a_kill() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = gateway(&sink, dns.address).await;
    let sent = mail("Minutes.docm", DOCUMENT);
    assert!(looked_into(DOCUMENT).1.iter().any(|mark| mark == "macro"));
    let reply = send_accepted(daemon.address(), ALICE, &[BOB, CAROL], &sent).await;
    let id = reply.reference().to_owned();
    assert!(!reply.text.contains("disarm") && !reply.text.contains("quarantine"), "{}", reply.text);
    let mut copies = sink.wait_for(2, SOON).await;
    copies.sort_by(|one, other| one.recipients.cmp(&other.recipients));

    let (name, kind, file) = attachment(&copies[0].message);
    assert_eq!(name, "Minutes.docx");
    assert_eq!(kind, "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    let (kind, marks, text) = looked_into(&file);
    assert_eq!((kind.as_str(), marks.len()), ("docx", 0), "{marks:?}");
    assert!(text.contains("Dear all, please see the minutes"), "{text}");
    let (_, _, notice) = attachment(&copies[1].message);
    let notice = String::from_utf8(notice).unwrap();
    assert!(notice.contains("Minutes.docm") && notice.contains("holds a macro") && notice.contains(&id), "{notice}");
    let subject = Message::parse(copies[1].message.clone().into()).subject();
    assert_eq!(subject, "[no file] minutes");
    let said: Vec<Option<String>> = copies.iter().map(|copy| changed(&copy.message)).collect();
    assert_eq!(said, [says("disarmed", &id), says("removed", &id)]);

    daemon.quiet().await;
    daemon.kill().await;
    daemon.run().await;
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "accepted"), number(&status, "added")), (2, 2), "{status}");
    assert_eq!((number(&status, "delivered"), number(&status, "quarantined")), (2, 2), "{status}");
    let mut rows = daemon.rows(&["quarantine", "list"]).await;
    rows.sort_by_key(|row| row["recipient"].to_string());
    let addresses: Vec<&str> = rows.iter().map(|row| row["recipient"].as_str().unwrap()).collect();
    assert_eq!(addresses, [BOB, CAROL]);
    let trace = events(&daemon.json(&["trace", "show", &id]).await);
    let is_there = |event: &str, piece: &str| trace.iter().any(|(own, detail)| own == event && detail.contains(piece));
    assert!(is_there("disarmed", "Minutes.docm: macros") && is_there("removed", "Minutes.docm: "), "{trace:?}");
    // Nobody reads it as if the mail had been stopped.
    let kept: Vec<&str> =
        trace.iter().filter(|(event, _)| event == "quarantined").map(|(_, detail)| detail.as_str()).collect();
    assert_eq!(kept, ["the original; disarm/files", "the original; remove/macros"], "{trace:?}");

    daemon.json(&["quarantine", "release", &id, "--recipient", BOB]).await;
    let original = sink.wait_for(3, SOON).await.remove(2);
    assert_eq!(original.recipients, [BOB]);
    compare::assert_same("original", &sent, &original.message, &ADDED);
    daemon.json(&["quarantine", "delete", &id]).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
    assert!(daemon.rows(&["quarantine", "list"]).await.is_empty());
}

/// All that the recipient has is the copy, and all that the mail administrators have is what the recipient reads to them.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_with_the_reference_of_a_copy_gets_the_original() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let sent = mail("Minutes.docm", DOCUMENT);
    send_accepted(daemon.address(), ALICE, &[BOB], &sent).await;
    let copy = sink.wait_for(1, SOON).await.remove(0).message;
    let said = changed(&copy).unwrap();
    let reference = said.split("ref=").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    daemon.quiet().await;

    let found = daemon.rows(&["trace", "search", "--id", reference]).await;
    assert_eq!((&found[0]["status"], &found[0]["original_kept"]), (&"delivered".into(), &true.into()), "{found:?}");
    let log = daemon.log();
    let line = log.lines().find(|line| line.contains("carry_out")).unwrap_or_default();
    assert!(line.contains(&format!(" mail={reference} ")), "as in every other line: {line}");
    // What is found in the original is not what was delivered.
    let list = daemon.folder().join("found.txt");
    testkit::files::write(&list, signatures::hashes::hex(&Sha256::digest(DOCUMENT)));
    let list = list.display().to_string();
    let rescanned = daemon.command(&["rescan", "--hashes", &list]).await;
    let expected = format!("delivered to {BOB} (a changed copy: `trace show` says what was taken out)");
    assert!(rescanned.code == 1 && rescanned.out.contains(&expected), "{rescanned:?}");
    let answer = daemon.json(&["rescan", "--hashes", &list]).await;
    assert_eq!(answer["rows"][0]["recipients"], serde_json::json!([BOB]), "each once: {answer}");
    let listed = daemon.command(&["quarantine", "list", "--recipient", BOB]).await;
    assert!(listed.out.contains(reference) && listed.out.contains("(original)"), "{}", listed.out);
    // As it is pasted into a mail to them.
    let shown = daemon.json(&["quarantine", "show", &format!("X-Postern-Changed: {said}")]).await;
    let now: Vec<&str> =
        shown["recipients_now"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(now, ["delivered", "quarantined"], "{shown}");
    let raw = daemon.json(&["quarantine", "show", "--raw", reference]).await;
    let raw = BASE64.decode(raw["message"].as_str().unwrap().as_bytes()).unwrap();
    compare::assert_same("what is looked at first", &sent, &raw, &ADDED);

    let released = daemon.command(&["quarantine", "release", reference, "--recipient", BOB]).await;
    assert_eq!(released.code, 0, "{released:?}");
    let original = sink.wait_for(2, SOON).await.remove(1);
    assert_eq!((original.recipients.as_slice(), changed(&original.message)), ([BOB.to_owned()].as_slice(), None));
    compare::assert_same("original", &sent, &original.message, &ADDED);
    daemon.quiet().await;
    assert!(daemon.rows(&["quarantine", "list"]).await.is_empty());
    let again = daemon.command(&["quarantine", "release", reference]).await;
    assert!(again.code != 0 && sink.count() == 2, "nobody gets it twice: {again:?}");
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_disarmed_is_not_delivered() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    let locked = include_bytes!("../../../unpack/testdata/office/locked.xlsx");
    let sent = mail("locked.xlsx", locked);
    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &sent).await;
    daemon.quiet().await;
    assert_eq!(sink.count(), 0);
    let trace = events(&daemon.json(&["trace", "show", reply.reference()]).await);
    let why = trace.iter().find(|(event, _)| event == "not_changed").map(|(_, why)| why.as_str());
    assert_eq!(why, Some("locked.xlsx cannot be disarmed: it is encrypted"), "{trace:?}");
    let stopped = trace.iter().find(|(event, _)| event == "quarantined").map(|(_, detail)| detail.as_str());
    assert_eq!(stopped, Some("disarm/files"), "it is no original: {trace:?}");
    daemon.json(&["quarantine", "release", reply.reference()]).await;
    let released = sink.wait_for(1, SOON).await.remove(0);
    compare::assert_same("released", &sent, &released.message, &ADDED);
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_with_nothing_to_disarm_arrives_as_it_came() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = gateway(&sink, dns.address).await;
    for sent in [note("plain"), mail("minutes.docx", include_bytes!("../../../unpack/testdata/office/lo.docx"))] {
        send_accepted(daemon.address(), ALICE, &[BOB], &sent).await;
        let received = sink.wait_for(1, SOON).await.remove(0);
        compare::assert_same("untouched", &sent, &received.message, &ADDED);
        assert_eq!(changed(&received.message), None);
        drop(sink.take());
    }
    daemon.quiet().await;
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "added"), number(&status, "quarantined")), (0, 0), "{status}");
}
