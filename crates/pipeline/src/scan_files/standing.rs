//! Whether outside scanners answer: for who asks how the gateway is, before a message does.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use lookup::scanners::{FileScanner, ScanTrouble};
use mail::timestamp::Timestamp;
use parking_lot::Mutex;
use scan::facts::{Said, ScannerFact, ScannerNeed};

use super::FileChecks;

/// How one outside scanner stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name in settings.
    pub scanner: String,
    /// What follows where it says nothing.
    pub need: ScannerNeed,
    /// It does not answer; none: it does.
    pub silent: Option<Silent>,
}

/// A scanner without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// When that was noticed first.
    pub since: Timestamp,
    /// Why, in words.
    pub why: String,
}

/// Since when scanners say nothing, as messages and questions noticed it.
#[derive(Debug, Default)]
pub(super) struct Standings(Mutex<BTreeMap<String, Silent>>);

impl Standings {
    /// What came of the files of one message.
    pub(super) fn note_fact(&self, fact: &ScannerFact, now: Timestamp) {
        let failed = fact.files.iter().find(|file| matches!(file.said, Said::Unknown(_)));
        if fact.asked > 0 {
            self.note(&fact.scanner, failed.map(|file| file.words.join(": ")), now);
        }
    }

    // The first moment stays until it answers.
    fn note(&self, scanner: &str, why: Option<String>, now: Timestamp) -> Option<Silent> {
        let mut silent = self.0.lock();
        let Some(why) = why else {
            silent.remove(scanner);
            return None;
        };
        let known = silent.entry(scanner.to_owned()).or_insert_with(|| Silent { since: now, why: String::new() });
        known.why = why;
        Some(known.clone())
    }
}

impl FileChecks {
    /// Asks each scanner and sandbox whether it answers now; who does not within `limit` does not.
    pub async fn standings(&self, limit: Duration) -> Vec<Standing> {
        let scanners = self.scanners.scanners().map(|(scanner, lane)| (scanner, lane.need));
        let sandboxes = self.sandboxes.iter().map(|sandbox| (&sandbox.detonation as &dyn FileScanner, sandbox.need));
        let asked = scanners.chain(sandboxes).map(|(scanner, need)| async move {
            let answer = tokio::time::timeout(limit, scanner.probe()).await.unwrap_or(Err(ScanTrouble::TimedOut));
            let why = answer.err().map(|trouble| trouble.to_string());
            let silent = self.standings.note(scanner.name(), why, self.clock.now());
            Standing { scanner: scanner.name().to_owned(), need, silent }
        });
        join_all(asked).await
    }
}
