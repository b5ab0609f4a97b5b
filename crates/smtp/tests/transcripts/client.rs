//! Runs a transcript against the client: every `! job RECIPIENT...` is one message, then it quits.

use std::collections::VecDeque;
use std::fmt::Write as _;

use bytes::Bytes;
use mail::address::{Address, ReversePath};
use mail::envelope::BodyType;
use smtp::client::{Client, Job, Lost, Outcome, Step, Stuffer, TlsUse, Wait};

use crate::script::{Cut, Item, Script, escape, fold};

const BODY: &[u8] = b"Subject: hi\r\n\r\n.dot\r\n";

pub(crate) fn run(script: &Script, cut: &Cut) -> String {
    let tls_use = match script.settings("tls").next() {
        Some("required") => TlsUse::Required,
        Some("never") => TlsUse::Never,
        _ => TlsUse::Opportunistic,
    };
    let mut client = Client::new("gateway.example".to_owned(), tls_use);
    let mut jobs: VecDeque<Job> = script.settings("job").map(job).collect();
    if let Some(size) = script.number("size") {
        jobs.iter_mut().for_each(|job| job.size_bytes = u64::try_from(size).unwrap());
    }
    let mut out = String::new();
    for item in &script.items {
        match item {
            Item::Verbatim(line) => {
                let _ = writeln!(out, "{line}");
                match line.as_str() {
                    "! lost" => client.lost(Lost::Closed),
                    "! timed-out" => client.lost(Lost::TimedOut),
                    _ => continue,
                }
                drain(&mut client, &mut jobs, &mut VecDeque::new(), &mut out);
            }
            Item::Feed(lines) => {
                lines.iter().for_each(|line| writeln!(out, "{line}").unwrap());
                let pieces = cut.apply(&script.bytes(lines));
                drain(&mut client, &mut jobs, &mut pieces.into(), &mut out);
            }
        }
    }
    fold(&out, "C:")
}

fn job(recipients: &str) -> Job {
    Job {
        sender: ReversePath::Address(Address::parse("alice@sender.example").unwrap()),
        recipients: recipients.split(' ').map(|text| Address::parse(text).unwrap()).collect(),
        size_bytes: 100,
        body: BodyType::EightBitMime,
    }
}

fn drain(client: &mut Client, jobs: &mut VecDeque<Job>, pieces: &mut VecDeque<Vec<u8>>, out: &mut String) {
    loop {
        let step = client.step();
        match step {
            Step::Wait(wait) => match pieces.pop_front() {
                Some(piece) => client.receive(&piece),
                None => {
                    if wait != Wait::Command {
                        let _ = writeln!(out, "* wait {wait:?}");
                    }
                    return;
                }
            },
            Step::Send(bytes) => say(&bytes, out),
            Step::StartTls => {
                // What the server sent behind its 220 is still in the socket; a careless driver reads it.
                pieces.drain(..).for_each(|piece| client.receive(&piece));
                client.tls_started();
                out.push_str(if client.is_tls() { "* tls\n" } else { "" });
            }
            Step::Ready => {
                if !pieces.is_empty() {
                    pieces.drain(..).for_each(|piece| client.receive(&piece));
                    continue;
                }
                match jobs.pop_front() {
                    Some(job) => client.start(job),
                    None => client.quit(),
                }
            }
            Step::SendBody => {
                pieces.drain(..).for_each(|piece| client.receive(&piece));
                let mut stuffer = Stuffer::default();
                say(&[stuffer.push(&Bytes::from_static(BODY)), stuffer.finish()].concat(), out);
                client.body_sent();
            }
            Step::Done(outcomes) => outcomes.iter().for_each(|outcome| show("done", outcome, out)),
            Step::Failed(trouble) => show("failed", &trouble.outcome(), out),
            Step::Close => {
                if !out.ends_with("* close\n") {
                    out.push_str("* close\n");
                }
                return;
            }
        }
    }
}

fn show(what: &str, outcome: &Outcome, out: &mut String) {
    let (word, reply) = match outcome {
        Outcome::Accepted(reply) => ("accepted", reply),
        Outcome::Transient(reply) => ("transient", reply),
        Outcome::Permanent(reply) => ("permanent", reply),
    };
    let _ = writeln!(out, "* {what} {word}: {reply}");
}

fn say(bytes: &[u8], out: &mut String) {
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let _ = writeln!(out, "C: {}", escape(line.strip_suffix(b"\r\n").unwrap()));
    }
}
