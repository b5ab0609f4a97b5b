//! `cargo xtask bench bombs`: what honest senders wait while another network sends what takes seconds to open (ARC-03).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64_MIME;
use testkit::corpus;
use testkit::siege::{self, Plan, Report};

use crate::command::build_postern;
use crate::fuzz;

/// Good sessions.
const GOOD: u8 = 32;
/// Hostile ones.
const HOSTILE: u8 = 50;
/// What good ones wait at most, 99 of 100 times.
const WAIT_MAX: Duration = Duration::from_millis(500);
/// Different messages of good sessions.
const MAILS: usize = 300;
/// Inputs in one message, below the limit of its size.
const PARTS: usize = 24;
/// Words of a message that may be the password of what it brings: as many as are tried.
const WORDS: usize = 200;
/// Its archive: each try costs half a million rounds of SHA-256.
const LOCKED: &str = "crates/unpack/testdata/archives/locked.7z";
const BOUNDARY: &str = "=_bomb";

/// Without bombs, then beside them; fails where the second is over the limit, or a good message was refused.
pub(super) fn run(seconds: u32) -> Result<()> {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let binary = build_postern(profile)?;
    let time = Duration::from_secs(u64::from(seconds));
    let plan = Plan { good: GOOD, hostile: 0, time, mails: mails(), bombs: vec![nasty(), locked()?] };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!(
        "| {profile} build, {GOOD} sessions, {seconds} s | messages | p50 | p99 | longest | bombs answered | put off |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let alone = runtime.block_on(siege::run(&binary, &plan));
    row("alone", &alone);
    let beside = runtime.block_on(siege::run(&binary, &Plan { hostile: HOSTILE, ..plan }));
    row(&format!("beside {HOSTILE} sessions with bombs"), &beside);
    for report in [&alone, &beside] {
        if let Some(first) = report.refused.first() {
            bail!("{} good messages were refused, the first: {first}", report.refused.len());
        }
    }
    if beside.bombs.0 == 0 {
        bail!("no bomb was answered, so nothing is shown: more --seconds");
    }
    if beside.waits.is_empty() || beside.percentile(99) > WAIT_MAX {
        bail!("99 of 100 good messages should wait at most {WAIT_MAX:?}");
    }
    Ok(())
}

fn row(name: &str, report: &Report) {
    let (p50, p99) = (report.percentile(50).as_millis(), report.percentile(99).as_millis());
    let longest = report.waits.last().copied().unwrap_or_default().as_millis();
    let (bombs, put_off) = report.bombs;
    println!("| {name} | {} | {p50} ms | {p99} ms | {longest} ms | {bombs} | {put_off} |", report.waits.len());
}

// Development mail where it is at hand.
fn mails() -> Vec<Arc<[u8]>> {
    let mut mails = corpus::shared(MAILS, 1);
    if mails.is_empty() {
        mails = corpus::made(MAILS, 1);
    }
    mails.into_iter().map(|mail| mail.bytes.into()).collect()
}

fn head(subject: &str) -> String {
    format!(
        "From: Mallory <mallory@sender.example>\r\nTo: bob@corp.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n"
    )
}

fn part(name: &str, declared: &str, bytes: &[u8]) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Type: {declared}\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n",
        BASE64_MIME.encode(bytes)
    )
}

/// Two dozen of the nastiest inputs that are known, a mebibyte each, in one message.
fn nasty() -> Arc<[u8]> {
    let parts = fuzz::worst_parts().into_iter().take(PARTS);
    let parts: String = parts.map(|one| part(&one.names.join(" "), &one.declared, &one.bytes)).collect();
    format!("{}{parts}--{BOUNDARY}--\r\n", head("nasty")).into_bytes().into()
}

/// An archive with a password that is none of the words beside it.
fn locked() -> Result<Arc<[u8]>> {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(LOCKED);
    let bytes = std::fs::read(&archive).with_context(|| archive.display().to_string())?;
    let words: String = (0..WORDS).map(|number| format!("secret{number}\r\n")).collect();
    let text = format!("--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nThe password is\r\n{words}");
    let file = part("locked.7z", "application/x-7z-compressed", &bytes);
    Ok(format!("{}{text}{file}--{BOUNDARY}--\r\n", head("the password")).into_bytes().into())
}
