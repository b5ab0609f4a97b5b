//! Debian's c-icap: its services for conformance (echo, partial content), and its virus scanner over Debian's clamd.

use std::sync::Arc;

use lookup::scanners::icap::{Icap, IcapMethod, IcapSettings};
use lookup::scanners::{FileScanner, ScanTrouble, ScannerAnswer, WhySkipped};
use testkit::clamd::{MARKER, MARKER_NAME, RealClamd};
use testkit::icap::CIcap;

use crate::{file, no_dns, nobody_trusted, scan, scan_all};

fn service(server: &CIcap, service: &str) -> Icap {
    let settings = IcapSettings::at(&format!("icap://{}/{service}", server.address)).unwrap();
    Icap::new(settings, nobody_trusted(), no_dns())
}

fn reqmod(server: &CIcap, service: &str) -> Icap {
    let settings = IcapSettings::at(&format!("icap://{}/{service}", server.address)).unwrap();
    Icap::new(IcapSettings { method: IcapMethod::Reqmod, ..settings }, nobody_trusted(), no_dns())
}

/// Sizes around the preview (1,024 bytes) and around chunks of either side.
fn sizes() -> [usize; 10] {
    [0, 1, 1_023, 1_024, 1_025, 2_048, 100_000, 131_072, 131_073, 3_000_000]
}

fn bytes(length: usize) -> Vec<u8> {
    testkit::random::Random::new(7).bytes(length)
}

#[tokio::test]
async fn what_comes_back_as_it_was_is_clean() {
    let server = CIcap::start("/nowhere".as_ref()).await;
    let echo = service(&server, "echo");
    let identity = echo.identity().await.unwrap();
    assert!(identity.text.contains("Echo"), "{identity:?}");
    assert!(identity.version.is_some());
    for size in sizes() {
        let answer = scan(&echo, bytes(size)).await;
        // Of a longer file the echo wants no more than the beginning, as it pleases.
        let is_partial = size > 1_024 && answer == ScannerAnswer::Skipped(WhySkipped::NotWanted);
        assert!(is_partial || answer == ScannerAnswer::Clean, "{size}: {answer:?}");
    }
}

#[tokio::test]
async fn partial_content_is_understood() {
    let server = CIcap::start("/nowhere".as_ref()).await;
    let service = service(&server, "ex206");
    assert_eq!(scan(&service, "short, no HTML").await, ScannerAnswer::Clean);
    // The service adds to an HTML page: that is another file.
    let answer = scan(&service, "<html><body>a page</body></html>").await;
    assert!(!matches!(answer, ScannerAnswer::Failed(_)), "{answer:?}");
}

#[tokio::test]
async fn the_virus_scanner_finds_what_clamd_finds() {
    let clamd = RealClamd::start("", "StreamMaxLength 10M\n").await;
    let server = CIcap::start(&clamd.unix).await;
    for scanner in [service(&server, "avscan"), reqmod(&server, "avscan")] {
        for size in sizes() {
            let infected = [MARKER, &bytes(size)].concat();
            let answer = scan(&scanner, infected).await;
            assert_eq!(answer, ScannerAnswer::Infected { names: vec![MARKER_NAME.to_owned()] }, "{size}");
            assert_eq!(scan(&scanner, [b"text ".as_slice(), &bytes(size)].concat()).await.word(), "clean", "{size}");
        }
    }
}

#[tokio::test]
async fn a_type_that_the_server_does_not_scan_is_not_clean() {
    let clamd = RealClamd::start("", "").await;
    let server = CIcap::start(&clamd.unix).await;
    let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &bytes(4_000), MARKER].concat();
    let answer = scan(&service(&server, "avscan"), picture).await;
    assert_eq!(answer, ScannerAnswer::Skipped(WhySkipped::NotWanted));
}

#[tokio::test]
async fn a_server_whose_scanner_is_down_has_failed() {
    let clamd = RealClamd::start("", "").await;
    let server = CIcap::start(&clamd.unix).await;
    let scanner = service(&server, "avscan");
    assert_eq!(scan(&scanner, "text").await, ScannerAnswer::Clean);
    clamd.stop().await;
    let answer = scan(&scanner, "some text").await;
    assert_eq!(answer, ScannerAnswer::Failed(ScanTrouble::Said("500 Server error".to_owned())));
}

#[tokio::test]
async fn a_service_that_is_not_there_says_so() {
    let server = CIcap::start("/nowhere".as_ref()).await;
    let missing = service(&server, "missing");
    let said = ScanTrouble::Said("404 Service not found".to_owned());
    assert_eq!(missing.identity().await, Err(said.clone()));
    assert_eq!(scan(&missing, "text").await, ScannerAnswer::Failed(said));
}

#[tokio::test]
async fn many_files_at_once_keep_their_answers_apart() {
    let clamd = RealClamd::start("", "").await;
    let server = CIcap::start(&clamd.unix).await;
    let files: Vec<_> = (0..60_usize)
        .map(|number| match number % 3 {
            0 => file([format!("{number} ").as_bytes(), MARKER].concat()),
            _ => file(format!("clean {number}")),
        })
        .collect();
    let scanner: Arc<dyn FileScanner> = Arc::new(service(&server, "avscan"));
    for (number, answer) in scan_all(scanner, &files).await.iter().enumerate() {
        assert_eq!(answer.word(), if number % 3 == 0 { "infected" } else { "clean" }, "{number}");
    }
}
