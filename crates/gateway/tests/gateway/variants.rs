//! Variants of our own for each family of message cases (MIME, archives, links, web, authors), end to end: sent by SMTP, each is
//! refused or kept and shows the evidence that is meant; the honest twins arrive.

mod archives;
mod authors;
mod links;
mod mime;
mod web;

use data_encoding::BASE64;
use serde_json::Value;
use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::files;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, ZONE, send};

/// What the rule of this test calls malware, and nothing else does.
const BAD: &str = "A-MARK-THAT-ONLY-THIS-TEST-KNOWS";
/// The domain that is forged refuses what does not pass.
const STRICT: &str =
    "\n_dmarc.corp.example TXT \"v=DMARC1; p=reject\"\n_dmarc.bank.example TXT \"v=DMARC1; p=reject\"\n";

/// A message, and what is to become of it.
struct Variant {
    name: &'static str,
    message: Vec<u8>,
    outcome: Outcome,
}

enum Outcome {
    /// Refused or kept, with this evidence at least.
    Stopped(&'static [&'static str]),
    /// It arrives, with this evidence at least.
    Arrives(&'static [&'static str]),
}

fn stopped(name: &'static str, message: impl Into<Vec<u8>>, evidence: &'static [&'static str]) -> Variant {
    Variant { name, message: message.into(), outcome: Outcome::Stopped(evidence) }
}

fn arrives(name: &'static str, message: impl Into<Vec<u8>>, evidence: &'static [&'static str]) -> Variant {
    Variant { name, message: message.into(), outcome: Outcome::Arrives(evidence) }
}

/// The fields of an honest message but those that say what is in it.
fn head(subject: &str) -> String {
    format!(
        "From: Alice <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {subject}\r\nDate: Thu, 26 Nov 2026 08:00:00 +0000\r\n\
         Message-ID: <{:08x}@sender.example>\r\nMIME-Version: 1.0\r\n",
        crc32(subject)
    )
}

// A number of its own for each text.
fn crc32(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A message with a file.
fn with_file(subject: &str, name: &str, bytes: &[u8]) -> String {
    with_parts(subject, &[text("Here it is."), file(name, bytes)])
}

fn with_parts(subject: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("--outer\r\n{part}\r\n")).collect();
    format!("{}Content-Type: multipart/mixed; boundary=outer\r\n\r\n{parts}--outer--\r\n", head(subject))
}

fn text(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
}

fn file(name: &str, bytes: &[u8]) -> String {
    format!(
        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}",
        lines(bytes)
    )
}

/// Base64 in lines.
fn lines(bytes: &[u8]) -> String {
    let encoded = BASE64.encode(bytes);
    let lines = encoded.as_bytes().chunks(76).map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap()));
    lines.collect()
}

fn has_all(judged: &Value, wanted: &[&str]) -> Vec<String> {
    let ids: Vec<&str> =
        judged["reasons"].as_array().unwrap().iter().filter_map(|reason| reason["id"].as_str()).collect();
    wanted.iter().filter(|one| !ids.contains(one)).map(|one| format!("no {one} in {ids:?}")).collect()
}

/// Sends all of them; what is wrong, all at once.
async fn check(variants: Vec<Variant>) -> Daemon {
    let (dns, sink) = (TestDns::start_text(&format!("{ZONE}{STRICT}")).await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "standard").with_dns(dns.address);
    setup.extra = "[signatures]\nrules = [\"mark.yar\"]\n".to_owned();
    // Time for a machine that has none.
    setup.scan = vec!["session_budget_ms = 60000".to_owned()];
    let mut daemon = Daemon::prepare(POSTERN, setup);
    let rule = format!("rule mark {{ meta: severity = \"malware\" strings: $a = \"{BAD}\" condition: $a }}\n");
    files::write(&daemon.folder().join("mark.yar"), rule);
    daemon.run().await;
    let (mut wrong, mut arriving) = (Vec::new(), 0);
    for variant in &variants {
        let reply = send(daemon.address(), ALICE, &[BOB], &variant.message).await;
        let trace = daemon.json(&["trace", "show", reply.reference()]).await;
        let judged = trace["judged"].as_array().and_then(|all| all.last()).unwrap_or(&Value::Null);
        let kept = daemon.rows(&["quarantine", "list"]).await;
        let is_kept = kept.iter().any(|row| row["id"].as_str().is_some_and(|id| id.starts_with(reply.reference())));
        let is_stopped = reply.code == 550 || (reply.code == 250 && is_kept);
        let (expected, evidence) = match variant.outcome {
            Outcome::Stopped(evidence) => (true, evidence),
            Outcome::Arrives(evidence) => (false, evidence),
        };
        arriving += usize::from(!expected);
        let mut faults = has_all(judged, evidence);
        if is_stopped != expected || ![250, 550].contains(&reply.code) {
            faults.push(format!("{} {}: {}", reply.code, reply.text, judged["reasons"]));
        }
        wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", variant.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(sink.wait_for(arriving, SOON).await.len(), arriving);
    daemon.quiet().await;
    daemon.assert_balanced().await;
    daemon
}
