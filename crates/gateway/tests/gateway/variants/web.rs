//! Markup where a page of the gateway will show it: in subject, names, sender. It is data: found where it is bad, delivered where
//! it is not, and shown without a character that a terminal or a page would obey.

use super::{BAD, Variant, arrives, check, file, stopped, text};
use crate::{ALICE, BOB};

const SCRIPT: &str = "<script>top.x=1</script>";
const PICTURE: &str = "'\"><img src=x onerror=top.x=1>";

fn message(from: &str, subject: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("--m\r\n{part}\r\n")).collect();
    format!(
        "From: {from}\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nDate: Thu, 26 Nov 2026 08:00:00 +0000\r\n\
         Message-ID: <{}@sender.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n{parts}--m--\r\n",
        subject.len() + parts.len()
    )
}

fn marked(name: &str) -> String {
    file(name, BAD.as_bytes())
}

fn bad() -> Vec<Variant> {
    let from = format!("\"{SCRIPT}\" <{ALICE}>");
    // base64 of `<svg onload=top.x=1>` and of the sequence that turns a terminal's line over.
    let encoded = "=?utf-8?B?PHN2ZyBvbmxvYWQ9dG9wLng9MT4=?= =?utf-8?B?G1szMW0bXTA7eAc=?=";
    vec![
        stopped(
            "a script as a name",
            message(&from, "Hello", &[text("Hello."), marked("a.bin")]),
            &["signature_malware"],
        ),
        stopped(
            "markup in an encoded subject",
            message(&format!("Alice <{ALICE}>"), encoded, &[text("Hello."), marked("b.bin")]),
            &["signature_malware"],
        ),
        stopped(
            "markup as the name of a file",
            message(&format!("Alice <{ALICE}>"), "Name", &[text("Hello."), marked("<svg onload=top.x=1>.txt")]),
            &["signature_malware"],
        ),
        stopped(
            "a template as the name of a file",
            message(&format!("Alice <{ALICE}>"), "Template", &[text("Hello."), marked("{{7*7}}${7*7}<%= 7*7 %>.txt")]),
            &["signature_malware"],
        ),
    ]
}

fn honest() -> Vec<Variant> {
    let plain = |name, subject: &str, file_name: &str| {
        let parts = [text("See the notes."), file(file_name, b"Notes of the meeting.\n")];
        arrives(name, message(&format!("Alice <{ALICE}>"), subject, &parts), &[])
    };
    vec![
        plain("markup in a subject", PICTURE, "notes.txt"),
        plain("a question of HTML", "How do I close <b> and &amp;?", "a&b <2>.txt"),
        plain("a formula in a subject", "=cmd|' /C calc'!A0", "sum.txt"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_is_data() {
    let daemon = check([bad(), honest()].into_iter().flatten().collect()).await;
    let told = daemon.command(&["trace", "search"]).await;
    assert!(told.out.contains("<svg onload") || told.out.contains("<img src"), "as it is: {}", told.out);
    for shown in [told.out, daemon.log()] {
        let obeyed: Vec<char> = shown.chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert!(obeyed.is_empty(), "{obeyed:?} in {shown}");
    }
}
