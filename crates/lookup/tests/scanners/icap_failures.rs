//! The matrix of failures for ICAP: whatever the server does wrong has a typed answer, and that is never "clean".

use std::time::Duration;

use lookup::scanners::icap::{Icap, IcapSettings};
use lookup::scanners::{FileScanner, ScanTrouble, ScannerAnswer};
use net::http::Trust;
use net::tls::{ServerCertificate, self_made_certificate, server_config};
use testkit::icap::{is_whole_options, is_whole_request};
use testkit::raw_peer::{RawPeer, Step};

use crate::{no_dns, nobody_trusted, scan};

const FILE: &[u8] = b"a small file";
const OPTIONS: &[u8] =
    b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nAllow: 204\r\nEncapsulated: null-body=0\r\n\r\n";
const PREVIEWING: &[u8] =
    b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nPreview: 4\r\nEncapsulated: null-body=0\r\n\r\n";
const CLEAN: &[u8] = b"ICAP/1.0 204 No Content\r\nISTag: \"1\"\r\n\r\n";
const SAME: &[u8] = b"ICAP/1.0 200 OK\r\nISTag: \"1\"\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\n\
    HTTP/1.1 200 OK\r\n\r\nc\r\na small file\r\n0\r\n\r\n";
const GO_ON: &[u8] = b"ICAP/1.0 100 Continue\r\n\r\n";

fn icap(peer: &RawPeer) -> Icap {
    Icap::new(IcapSettings::at(&format!("icap://{}/scan", peer.tcp)).unwrap(), nobody_trusted(), no_dns())
}

/// For servers that are waited for in vain.
fn impatient(peer: &RawPeer) -> Icap {
    let usual = IcapSettings::at(&format!("icap://{}/scan", peer.tcp)).unwrap();
    Icap::new(IcapSettings { scan_timeout_ms: 300, ..usual }, nobody_trusted(), no_dns())
}

/// A server that tells its options well, and then does this.
async fn server(options: &'static [u8], steps: Vec<Step>) -> RawPeer {
    let tell = vec![Step::Read(is_whole_options), Step::Say(options.to_vec())];
    RawPeer::start(move |connection| if connection == 0 { tell.clone() } else { steps.clone() }).await
}

async fn answers(steps: Vec<Step>) -> ScannerAnswer {
    scan(&icap(&server(OPTIONS, steps).await), FILE).await
}

fn after_all(say: &[u8]) -> Vec<Step> {
    vec![Step::Read(is_whole_request), Step::Say(say.to_vec())]
}

#[tokio::test]
async fn a_good_server_is_understood() {
    assert_eq!(answers(after_all(CLEAN)).await, ScannerAnswer::Clean);
    assert_eq!(answers(after_all(SAME)).await, ScannerAnswer::Clean);
    let dialogue = vec![Step::Read(is_whole_request), Step::Say(GO_ON.to_vec()), Step::Read(is_whole_request)];
    let peer = server(PREVIEWING, [dialogue, vec![Step::Say(CLEAN.to_vec())]].concat()).await;
    assert_eq!(scan(&icap(&peer), FILE).await, ScannerAnswer::Clean);
    let sent = String::from_utf8(peer.received()[1].clone()).unwrap();
    assert!(sent.ends_with("\r\n\r\n4\r\na sm\r\n0\r\n\r\n8\r\nall file\r\n0\r\n\r\n"), "{sent}");
}

#[tokio::test]
async fn icap_down() {
    let peer = RawPeer::always(Vec::new()).await;
    let icap = icap(&peer);
    drop(peer);
    // The address is free again as soon as the tasks have ended.
    testkit::wait::until_true("nobody to listen", Duration::from_secs(2), async || {
        scan(&icap, FILE).await.word() == "unreachable"
    })
    .await;
}

#[tokio::test]
async fn icap_hung() {
    let said = ScannerAnswer::Failed(ScanTrouble::TimedOut);
    let answers = async |steps| scan(&impatient(&server(OPTIONS, steps).await), FILE).await;
    assert_eq!(answers(vec![Step::Hang]).await, said);
    assert_eq!(answers(vec![Step::Read(is_whole_request), Step::Hang]).await, said);
    let without_end = [&SAME[..SAME.len() - 2], b""].concat();
    assert_eq!(answers([after_all(&without_end), vec![Step::Hang]].concat()).await, said);
    let peer = RawPeer::always(vec![Step::Hang]).await;
    let icap = impatient(&peer);
    assert_eq!(scan(&icap, FILE).await, said, "silent about its options");
    assert_eq!(icap.identity().await, Err(ScanTrouble::TimedOut));
    assert_eq!(peer.received().len(), 1, "and asked once");
}

#[tokio::test]
async fn icap_deaf_to_a_large_file() {
    let begin = tokio::time::Instant::now();
    let peer = server(OPTIONS, vec![Step::Hang]).await;
    let answer = scan(&impatient(&peer), vec![0_u8; 8 << 20]).await;
    assert_eq!(answer, ScannerAnswer::Failed(ScanTrouble::TimedOut));
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn icap_slow() {
    let slowly = vec![Step::Read(is_whole_request), Step::SaySlowly(SAME.to_vec())];
    let peer = server(OPTIONS, slowly).await;
    assert_eq!(scan(&impatient(&peer), FILE).await, ScannerAnswer::Failed(ScanTrouble::TimedOut));
}

#[tokio::test]
async fn icap_garbage() {
    let garbage = ScannerAnswer::Failed(ScanTrouble::Garbage);
    let endless = vec![b'x'; 100_000];
    for say in [b"HTTP/1.1 204 No Content\r\n\r\n".as_slice(), b"\r\n\r\n", b"stream: OK\0\r\n\r\n", &endless, GO_ON] {
        assert_eq!(answers(after_all(say)).await, garbage, "{:?}", String::from_utf8_lossy(&say[..say.len().min(40)]));
    }
    let peer = RawPeer::always(vec![Step::Read(is_whole_options), Step::Say(b"220 smtp\r\n\r\n".to_vec())]).await;
    assert_eq!(scan(&icap(&peer), FILE).await, garbage, "as options");
}

#[tokio::test]
async fn icap_queue_full() {
    let busy = ScannerAnswer::Failed(ScanTrouble::Busy);
    assert_eq!(answers(after_all(b"ICAP/1.0 503 Service overloaded\r\n\r\n")).await, busy);
    let overloaded = b"ICAP/1.0 503 Service overloaded\r\n\r\n".to_vec();
    let peer = RawPeer::always(vec![Step::Read(is_whole_options), Step::Say(overloaded)]).await;
    assert_eq!(scan(&icap(&peer), FILE).await, busy);
}

#[tokio::test]
async fn icap_answers_before_it_has_seen_the_file() {
    let early = async |say: &[u8]| {
        let peer = server(OPTIONS, vec![Step::ReadBytes(100), Step::Say(say.to_vec()), Step::Hang]).await;
        scan(&icap(&peer), vec![0_u8; 8 << 20]).await
    };
    assert_eq!(early(CLEAN).await.word(), "not_wanted");
    assert_eq!(early(b"ICAP/1.0 200 OK\r\nX-Virus-ID: A\r\n\r\n").await.names(), ["A"]);
    assert_eq!(early(b"ICAP/1.0 500 Server error\r\n\r\n").await.word(), "said_error");
    let peer = server(PREVIEWING, after_all(CLEAN)).await;
    assert_eq!(scan(&icap(&peer), FILE).await.word(), "not_wanted", "on four bytes of twelve");
    assert_eq!(scan(&icap(&server(PREVIEWING, after_all(CLEAN)).await), "four").await, ScannerAnswer::Clean);
}

#[tokio::test]
async fn icap_closes_at_each_byte_of_our_request() {
    let peer = server(OPTIONS, after_all(CLEAN)).await;
    assert_eq!(scan(&icap(&peer), FILE).await, ScannerAnswer::Clean);
    let whole = peer.received()[1].len();
    // The port and the address of the next server may be a few digits longer or shorter.
    let peer = RawPeer::start(move |connection| match connection {
        0 => vec![Step::Read(is_whole_options), Step::Say(OPTIONS.to_vec())],
        _ => vec![Step::ReadBytes(connection - 1)],
    })
    .await;
    let icap = icap(&peer);
    for count in 0..whole - 9 {
        assert_eq!(scan(&icap, FILE).await.word(), "closed", "after {count} bytes");
    }
    assert_eq!(answers(vec![Step::Read(is_whole_request)]).await.word(), "closed", "after all of it");
}

#[tokio::test]
async fn icap_closes_within_a_large_file() {
    for count in [0, 1, 1_000, 100_000, 4 << 20] {
        let peer = server(OPTIONS, vec![Step::ReadBytes(count)]).await;
        let answer = scan(&icap(&peer), vec![0_u8; 8 << 20]).await;
        assert_eq!(answer.word(), "closed", "after {count} bytes");
    }
}

#[tokio::test]
async fn icap_closes_at_each_byte_of_its_answer() {
    for say in [CLEAN, SAME] {
        for count in 0..say.len() {
            assert_eq!(answers(after_all(&say[..count])).await.word(), "closed", "after {count} bytes");
        }
        assert_eq!(answers(after_all(say)).await, ScannerAnswer::Clean);
    }
}

#[tokio::test]
async fn icap_closes_at_each_byte_of_its_options_and_after_going_on() {
    for count in 0..OPTIONS.len() {
        let peer = RawPeer::always(vec![Step::Read(is_whole_options), Step::Say(OPTIONS[..count].to_vec())]).await;
        assert_eq!(scan(&icap(&peer), FILE).await.word(), "closed", "after {count} bytes");
    }
    for count in 0..=18 {
        let steps = vec![Step::Read(is_whole_request), Step::Say(GO_ON.to_vec()), Step::ReadBytes(count)];
        let peer = server(PREVIEWING, steps).await;
        assert_eq!(scan(&icap(&peer), FILE).await.word(), "closed", "after {count} bytes");
    }
}

#[tokio::test]
async fn a_new_tag_is_a_new_version() {
    let newer = CLEAN.to_vec().into_iter().map(|byte| if byte == b'1' { b'2' } else { byte }).collect::<Vec<u8>>();
    let newer = [b"ICAP/1.0".as_slice(), &newer[8..]].concat();
    let told = OPTIONS.to_vec();
    let peer = RawPeer::start(move |connection| match connection {
        0 => vec![Step::Read(is_whole_options), Step::Say(told.clone())],
        1 => vec![Step::Read(is_whole_request), Step::Say(newer.clone())],
        _ => {
            let text = String::from_utf8_lossy(&told).replace("\"1\"", "\"2\"");
            vec![Step::Read(is_whole_options), Step::Say(text.into_bytes())]
        }
    })
    .await;
    let icap = icap(&peer);
    assert_eq!(icap.identity().await.unwrap().version.as_deref(), Some("\"1\""));
    assert_eq!(scan(&icap, FILE).await, ScannerAnswer::Clean);
    assert_eq!(icap.identity().await.unwrap().version.as_deref(), Some("\"2\""));
}

#[tokio::test]
async fn over_tls_the_certificate_must_be_trusted() {
    let (pem, key) = self_made_certificate("127.0.0.1").unwrap();
    let certificate = ServerCertificate::from_pem(pem.as_bytes(), key.as_bytes()).unwrap();
    let peer = server(OPTIONS, after_all(CLEAN)).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = listener.local_addr().unwrap();
    // A TLS server before the plain one.
    let acceptor = tokio_rustls::TlsAcceptor::from(server_config(certificate).unwrap());
    let inner = peer.tcp;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut plain = tokio::net::TcpStream::connect(inner).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut stream, &mut plain).await });
        }
    });
    let settings = IcapSettings::at(&format!("icaps://{front}/scan")).unwrap();
    let refusing = Icap::new(settings.clone(), nobody_trusted(), no_dns());
    let answer = scan(&refusing, FILE).await;
    assert_eq!(answer.word(), "said_error", "{answer:?}");
    let trusting = Trust::Only(pem.into_bytes()).client_config().unwrap();
    assert_eq!(scan(&Icap::new(settings, trusting, no_dns()), FILE).await, ScannerAnswer::Clean);
}
