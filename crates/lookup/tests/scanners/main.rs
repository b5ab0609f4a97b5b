//! Outside scanners against real peers, and against peers that misbehave in every way.

#![cfg(test)]

mod clamd;
mod detonation;
mod failures;
mod icap;
mod icap_failures;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use lookup::scanners::{FileScanner, FileScanners, FileToScan, LaneSettings, ScannerAnswer};
use net::clock::SystemClock;
use net::dns::{Dns, DnsSettings, Servers};

/// A resolver that nobody answers: no scanner of these tests has a name.
pub(crate) fn no_dns() -> Dns {
    let nobody = "127.0.0.1:9".parse().unwrap();
    Dns::new(&DnsSettings { servers: Servers::List(vec![nobody]), query_timeout_ms: 100, retries: 0 }).unwrap()
}

/// For services in the clear: a self-made certificate of nobody.
pub(crate) fn nobody_trusted() -> Arc<rustls::ClientConfig> {
    let (pem, _) = net::tls::self_made_certificate("nobody.example").unwrap();
    net::http::Trust::Only(pem.into_bytes()).client_config().unwrap()
}

pub(crate) fn file(bytes: impl Into<Bytes>) -> FileToScan {
    FileToScan::new("1.2".to_owned(), vec!["invoice.doc".to_owned()], "unknown".to_owned(), bytes.into())
}

pub(crate) async fn scan(scanner: &dyn FileScanner, bytes: impl Into<Bytes>) -> ScannerAnswer {
    scanner.scan(&file(bytes)).await
}

/// All files at once, as those of one message are.
pub(crate) async fn scan_all(scanner: Arc<dyn FileScanner>, files: &[FileToScan]) -> Vec<ScannerAnswer> {
    let scanners = FileScanners::new(vec![(scanner, LaneSettings::default())], Arc::new(SystemClock::new()));
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    let asked = join_all(files.iter().map(|file| scanners.ask(file, deadline))).await;
    asked.into_iter().map(|mut answers| answers.remove(0).expect("it wants all files")).collect()
}
