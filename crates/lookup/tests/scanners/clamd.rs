//! Debian's clamd with signatures of our own, and Debian's test files of ClamAV.

use std::sync::Arc;

use lookup::scanners::clamd::{Clamd, ClamdSettings};
use lookup::scanners::{FileScanner, ScanTrouble, ScannerAnswer, WhySkipped};
use testkit::clamd::{MARKER, MARKER_NAME, RealClamd, signature};

use crate::{file, no_dns, scan, scan_all};

const LIMITS: &str = "StreamMaxLength 1M\n";

fn at_socket(real: &RealClamd) -> Clamd {
    Clamd::new(ClamdSettings::at(&real.unix.display().to_string()).unwrap(), no_dns())
}

#[tokio::test]
async fn it_finds_what_its_signatures_say_over_both_kinds_of_socket() {
    let real = RealClamd::start("", LIMITS).await;
    let tcp = Clamd::new(ClamdSettings::at(&real.tcp.to_string()).unwrap(), no_dns());
    for clamd in [&at_socket(&real), &tcp] {
        clamd.ping().await.unwrap();
        assert_eq!(scan(clamd, "nothing to see").await, ScannerAnswer::Clean);
        assert_eq!(scan(clamd, "").await, ScannerAnswer::Clean);
        let infected = [b"some text ".as_slice(), MARKER, &[0_u8; 300_000]].concat();
        let answer = scan(clamd, infected).await;
        assert_eq!(answer, ScannerAnswer::Infected { names: vec![MARKER_NAME.to_owned()] });
        let identity = clamd.identity().await.unwrap();
        assert!(identity.text.starts_with("ClamAV "), "{identity:?}");
        assert_eq!(identity.signatures_made, None, "there is no daily database");
    }
}

#[tokio::test]
async fn what_is_too_large_for_it_or_for_us_is_not_clean() {
    let real = RealClamd::start("", LIMITS).await;
    let clamd = at_socket(&real);
    let settings = ClamdSettings { file_bytes_max: 1_000, ..ClamdSettings::at(&real.tcp.to_string()).unwrap() };
    let narrow = Clamd::new(settings, no_dns());
    let skipped = ScannerAnswer::Skipped(WhySkipped::TooLarge);
    assert_eq!(scan(&clamd, vec![b'a'; 1 << 20]).await, ScannerAnswer::Clean);
    for length in [(1 << 20) + 1, 2 << 20, 20 << 20] {
        assert_eq!(scan(&clamd, vec![b'a'; length]).await, skipped, "{length}");
    }
    assert_eq!(scan(&narrow, vec![b'a'; 1_001]).await, skipped);
    assert_eq!(scan(&narrow, vec![b'a'; 1_000]).await, ScannerAnswer::Clean);
}

#[tokio::test]
async fn an_encrypted_archive_is_suspicious() {
    let real = RealClamd::start("", LIMITS).await;
    let archive = testkit::corpus::archive("secret.txt", b"nobody can read this", true);
    let answer = scan(&at_socket(&real), archive).await;
    assert_eq!(answer, ScannerAnswer::Suspicious { names: vec!["Heuristics.Encrypted.Zip".to_owned()] });
}

/// Debian's clamav-testfiles hold one small program, packed and wrapped in every way. The signature is of its code.
#[tokio::test]
async fn it_opens_what_the_test_files_wrap() {
    let folder = "/usr/share/clamav-testfiles";
    let program = std::fs::read(format!("{folder}/clam.exe")).expect("clamav-testfiles, ./test installs it");
    let real = RealClamd::start(&signature("Postern.Test.File", &program[0x40..0x60]), "StreamMaxLength 10M\n").await;
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() > 40, "{names:?}");
    let files: Vec<_> = names.iter().map(|name| file(std::fs::read(name).unwrap())).collect();
    let answers = scan_all(Arc::new(at_socket(&real)), &files).await;
    let mut others = String::new();
    for (name, answer) in names.iter().zip(&answers) {
        if answer.names() != ["Postern.Test.File.UNOFFICIAL"] {
            others.push_str(&format!("{} {}\n", name.file_name().unwrap().display(), answer.word()));
        }
    }
    expect_test::expect![""].assert_eq(&others);
}

#[tokio::test]
async fn a_frozen_daemon_is_out_of_time_and_a_dead_one_is_not_there() {
    let real = RealClamd::start("", LIMITS).await;
    let settings =
        ClamdSettings { scan_timeout_ms: 200, ..ClamdSettings::at(&real.unix.display().to_string()).unwrap() };
    let (impatient, patient) = (Clamd::new(settings, no_dns()), at_socket(&real));
    real.freeze();
    assert_eq!(scan(&impatient, "a").await, ScannerAnswer::Failed(ScanTrouble::TimedOut));
    assert_eq!(impatient.ping().await, Err(ScanTrouble::TimedOut));
    real.thaw();
    assert_eq!(scan(&patient, MARKER).await.word(), "infected");
    real.stop().await;
    assert_eq!(scan(&patient, "a").await.word(), "unreachable");
}
