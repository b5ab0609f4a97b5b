//! QUE-01 at the system calls: of a thousand messages each is written, then synced, and only then acknowledged.

use std::collections::BTreeMap;

use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;
use testkit::{corpus, program};

use crate::{POSTERN, dns, send_all};

/// Messages; among them some that have a file of their own.
const MESSAGES: usize = 1_000;
const LARGE: usize = 4;
/// Bytes of a message above which it has a file of its own, and of the ordinary ones.
const LARGE_BYTES: usize = 1_100_000;
const SMALL_BYTES_MAX: usize = 60_000;
/// What is watched: everything that writes, and everything that syncs.
const CALLS: &str =
    "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,fsync,fdatasync,sync_file_range,syncfs";

/// A system call, from its beginning to its end, as places in the record.
#[derive(Debug)]
struct Call {
    start: usize,
    end: usize,
    name: String,
    text: String,
}

impl Call {
    fn is_sync_of(&self, path: &str) -> bool {
        ["fsync", "fdatasync"].contains(&self.name.as_str()) && self.text.contains(path)
    }

    fn is_write_to(&self, folder: &str) -> bool {
        self.name.starts_with("pwrite") && self.path().is_some_and(|path| path.contains(folder))
    }

    /// The path of its descriptor.
    fn path(&self) -> Option<&str> {
        self.text.split_once('<')?.1.split('>').next()
    }
}

/// Calls of all threads, in the order of their beginnings; a call that another thread interrupted stands on two lines.
fn calls(record: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, line) in record.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            if let Some(call) = open.remove(thread) {
                calls[call].end = place;
            }
            continue;
        }
        let Some((name, text)) = rest.split_once('(') else { continue };
        if text.ends_with("<unfinished ...>") {
            open.insert(thread, calls.len());
        }
        // Without its second line a call never ended.
        let end = if text.ends_with("<unfinished ...>") { usize::MAX } else { place };
        calls.push(Call { start: place, end, name: name.to_owned(), text: text.to_owned() });
    }
    calls
}

/// The first sync of `path` that began after `place`; its end.
fn synced(calls: &[Call], path: &str, place: usize) -> Option<usize> {
    calls.iter().filter(|call| call.start > place && call.is_sync_of(path)).map(|call| call.end).min()
}

/// When the message was durable: its bytes, its file's name where it has a file, the record in the log.
fn durable(calls: &[Call], id: usize) -> Result<usize, String> {
    let tag = format!("X-Test-Id: {id}\\r\\n");
    let written = calls.iter().find(|call| call.name.starts_with("pwrite") && call.text.contains(&tag));
    let written = written.ok_or("its bytes were never written")?;
    let path = written.path().ok_or("a write without a path")?;
    if path.contains("/log/") {
        return synced(calls, path, written.end).ok_or_else(|| "its segment was never synced".to_owned());
    }
    let last = calls.iter().filter(|call| call.is_write_to(path)).map(|call| call.end).max();
    let body = synced(calls, path, last.unwrap_or(usize::MAX)).ok_or("its file was never synced")?;
    let name = synced(calls, "/bodies>", body).ok_or("the folder of its file was never synced")?;
    let record = calls.iter().find(|call| call.start > name && call.is_write_to("/log/"));
    let record = record.ok_or("no record names its file")?;
    let path = record.path().ok_or("a write without a path")?;
    synced(calls, path, record.end).ok_or_else(|| "its record was never synced".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_before_it_is_synced() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record").display().to_string();
    // Whole lists of pieces (-v), paths of descriptors (-y), the beginning of each piece (-s).
    let strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-v", "-y", "-s", "100", "-e", CALLS, "-o", &record];
    setup.prefix = strace.map(str::to_owned).to_vec();
    let mut daemon = Daemon::start(POSTERN, setup).await;
    let mut mails: Vec<_> =
        corpus::made(MESSAGES * 2, 9).into_iter().filter(|mail| mail.bytes.len() < SMALL_BYTES_MAX).collect();
    mails.truncate(MESSAGES - LARGE);
    for _ in 0..LARGE {
        let mut mail = mails[0].clone();
        mail.bytes.extend_from_slice(&b"A line of a large message.\r\n".repeat(LARGE_BYTES / 28 + 1));
        mails.push(mail);
    }
    let replies = send_all(daemon.address(), &mails).await;
    daemon.quiet().await;
    // strace itself hears no SIGTERM; it ends with what it traces.
    program::text("kill", &["-TERM", &daemon.below()[0].to_string()], b"").await;
    daemon.wait_end().await;
    let record = std::fs::read_to_string(folder.path().join("record")).unwrap();
    let calls = calls(&record);
    let mut violations = Vec::new();
    for (id, reply) in replies.iter().enumerate() {
        assert_eq!(reply.code, 250, "{}", reply.text);
        let said = calls.iter().find(|call| {
            let is_socket = call.path().is_some_and(|path| path.starts_with("socket:") || path.starts_with("TCP"));
            is_socket && call.text.contains("250 2.6.0 ") && call.text.contains(reply.reference())
        });
        let said = said.unwrap_or_else(|| panic!("the reply with {} was not seen", reply.reference())).start;
        match durable(&calls, id) {
            Ok(durable) if durable < said => {}
            Ok(durable) => violations.push(format!("message {id}: durable at {durable}, acknowledged at {said}")),
            Err(why) => violations.push(format!("message {id}: {why}")),
        }
    }
    let syncs = calls.iter().filter(|call| call.is_sync_of("/log/")).count();
    println!("{} messages, {} calls, {syncs} syncs of the log", replies.len(), calls.len());
    assert_eq!(replies.len(), MESSAGES);
    assert!(violations.is_empty(), "{} of {MESSAGES}: {violations:#?}", violations.len());
}
