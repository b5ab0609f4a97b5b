//! The matrix of failures: whatever the peer does wrong has a typed answer, and that is never "clean".

use std::time::Duration;

use lookup::scanners::clamd::{Clamd, ClamdSettings};
use lookup::scanners::{FileScanner, ScanTrouble, ScannerAnswer, WhySkipped};
use testkit::clamd::is_whole_stream;
use testkit::raw_peer::{FullQueue, RawPeer, Step};

use crate::{no_dns, scan};

const FILE: &[u8] = b"a small file";
const FOUND: &[u8] = b"stream: Some.Name FOUND\0";

fn clamd(address: &str) -> Clamd {
    Clamd::new(ClamdSettings::at(address).unwrap(), no_dns())
}

/// For peers that are waited for in vain.
fn impatient(address: &str) -> Clamd {
    let usual = ClamdSettings::at(address).unwrap();
    Clamd::new(ClamdSettings { scan_timeout_ms: 150, ..usual }, no_dns())
}

async fn answers(steps: Vec<Step>) -> ScannerAnswer {
    both(steps, clamd).await
}

async fn both(steps: Vec<Step>, client: fn(&str) -> Clamd) -> ScannerAnswer {
    let peer = RawPeer::always(steps).await;
    let over_unix = scan(&client(&peer.unix.display().to_string()), FILE).await;
    let over_tcp = scan(&client(&peer.tcp.to_string()), FILE).await;
    assert_eq!(over_unix.word(), over_tcp.word());
    over_unix
}

fn after_all(say: &[u8]) -> Vec<Step> {
    vec![Step::Read(is_whole_stream), Step::Say(say.to_vec())]
}

#[tokio::test]
async fn clamd_down() {
    let why = async |address: &str| match scan(&clamd(address), FILE).await {
        ScannerAnswer::Failed(trouble) => trouble.to_string(),
        answer => answer.word().to_owned(),
    };
    assert_eq!(why("/nowhere/clamd.sock").await, "unreachable: there is no such socket");
    assert_eq!(why("/tmp").await, "unreachable: that is no socket");
    let nobody = testkit::loopback::socket(3310);
    assert_eq!(why(&nobody.to_string()).await, "unreachable: the connection is refused");
    let unknown = scan(&clamd("clamd.invalid:3310"), FILE).await;
    assert_eq!(unknown.word(), "unreachable", "nobody knows its name");
}

#[tokio::test]
async fn clamd_hung() {
    let said = ScannerAnswer::Failed(ScanTrouble::TimedOut);
    assert_eq!(both(vec![Step::Hang], impatient).await, said);
    assert_eq!(both(vec![Step::Read(is_whole_stream), Step::Hang], impatient).await, said);
    let without_end = [after_all(b"stream: OK"), vec![Step::Hang]].concat();
    assert_eq!(both(without_end, impatient).await, said, "the NUL is missing");
}

#[tokio::test]
async fn clamd_deaf_to_a_large_file() {
    let peer = RawPeer::always(vec![Step::Hang]).await;
    let begin = tokio::time::Instant::now();
    let answer = scan(&impatient(&peer.unix.display().to_string()), vec![0_u8; 8 << 20]).await;
    assert_eq!(answer, ScannerAnswer::Failed(ScanTrouble::TimedOut));
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn clamd_slow() {
    let slowly = |say: &[u8]| vec![Step::Read(is_whole_stream), Step::SaySlowly(say.to_vec())];
    let long = [b"stream: ".as_slice(), &[b'a'; 100], b" FOUND\0"].concat();
    assert_eq!(both(slowly(&long), impatient).await, ScannerAnswer::Failed(ScanTrouble::TimedOut));
    assert_eq!(answers(slowly(b"stream: X")).await.word(), "closed");
    assert_eq!(answers(slowly(b"stream: OK\0")).await, ScannerAnswer::Clean, "slow, but in time");
}

#[tokio::test]
async fn clamd_garbage() {
    let garbage = ScannerAnswer::Failed(ScanTrouble::Garbage);
    let endless = vec![b'x'; 100_000];
    let table: [&[u8]; 8] = [
        b"HTTP/1.1 200 OK\r\n\r\n\0",
        b"\0",
        b"stream: OK\n\0",
        b"\xff\xfe\0",
        b"stream: \xff FOUND\0",
        b"1: stream: OK\0",
        b"PONG\0",
        &endless,
    ];
    for say in table {
        assert_eq!(answers(after_all(say)).await, garbage, "{:?}", String::from_utf8_lossy(&say[..say.len().min(40)]));
    }
}

#[tokio::test]
async fn clamd_answers_before_it_has_seen_the_file() {
    // With a file that fits into no buffer: a verdict that comes before the end of it.
    let early = async |say: &[u8]| {
        let peer = RawPeer::always(vec![Step::ReadBytes(100), Step::Say(say.to_vec()), Step::Hang]).await;
        scan(&clamd(&peer.unix.display().to_string()), vec![0_u8; 8 << 20]).await
    };
    assert_eq!(early(b"stream: OK\0").await, ScannerAnswer::Failed(ScanTrouble::Garbage));
    assert_eq!(early(FOUND).await.names(), ["Some.Name"]);
    let limit = b"INSTREAM size limit exceeded. ERROR\0";
    assert_eq!(early(limit).await, ScannerAnswer::Skipped(WhySkipped::TooLarge));
}

#[tokio::test]
async fn clamd_queue_full() {
    let full = FullQueue::new();
    let answer = scan(&clamd(&full.unix.display().to_string()), FILE).await;
    assert_eq!(answer, ScannerAnswer::Failed(ScanTrouble::Busy));
    let said = answers(after_all(b"Error: too many connections. ERROR\0")).await;
    assert_eq!(said, ScannerAnswer::Failed(ScanTrouble::Said("Error: too many connections".to_owned())));
}

#[tokio::test]
async fn clamd_closes_at_each_byte_of_our_stream() {
    // Command, length of the chunk, the chunk, length of none.
    let whole = b"zINSTREAM\0".len() + 4 + FILE.len() + 4;
    for count in 0..whole {
        let answer = answers(vec![Step::ReadBytes(count)]).await;
        assert_eq!(answer.word(), "closed", "after {count} bytes");
    }
    let peer = RawPeer::always(vec![Step::ReadBytes(whole)]).await;
    let answer = scan(&clamd(&peer.unix.display().to_string()), FILE).await;
    assert_eq!(answer, ScannerAnswer::Failed(ScanTrouble::Closed { sent_bytes: 12, read_bytes: 0 }));
}

#[tokio::test]
async fn clamd_closes_within_a_large_file() {
    for count in [0, 1, 10, 100_000, 4 << 20] {
        let peer = RawPeer::always(vec![Step::ReadBytes(count)]).await;
        let answer = scan(&clamd(&peer.tcp.to_string()), vec![0_u8; 8 << 20]).await;
        assert_eq!(answer.word(), "closed", "after {count} bytes");
    }
}

#[tokio::test]
async fn clamd_closes_at_each_byte_of_its_answer() {
    for say in [b"stream: OK\0".as_slice(), FOUND] {
        for count in 0..say.len() {
            let answer = answers(after_all(&say[..count])).await;
            assert_eq!(answer.word(), "closed", "after {count} bytes");
        }
        assert!(answers(after_all(say)).await.is_definite());
    }
}

#[tokio::test]
async fn a_silent_clamd_is_asked_for_its_version_once() {
    let peer = RawPeer::always(vec![Step::Hang]).await;
    let clamd = impatient(&peer.unix.display().to_string());
    let all = futures_util::future::join_all((0..20).map(|_| clamd.identity())).await;
    assert!(all.iter().all(|identity| *identity == Err(ScanTrouble::TimedOut)));
    assert_eq!(peer.received().len(), 1);
}
