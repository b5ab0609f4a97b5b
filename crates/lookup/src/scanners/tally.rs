//! From the answers about the files of one message to a fact.

use scan::facts::{SCANNED_FILES_MAX, Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed, UnknownReason};

use super::{ScannerAnswer, WhySkipped};

/// What one scanner has said so far of one message.
#[derive(Clone, Debug)]
pub struct Tally(ScannerFact);

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn new(scanner: &str, kind: ScannerKind, need: ScannerNeed) -> Self {
        let (version, files) = (String::new(), Vec::new());
        Self(ScannerFact { scanner: scanner.to_owned(), kind, need, version, asked: 0, not_wanted: 0, files })
    }

    /// Its answer about the file at this place.
    pub fn add(&mut self, place: &str, answer: &ScannerAnswer) {
        let said = match answer {
            ScannerAnswer::Clean => None,
            ScannerAnswer::Skipped(WhySkipped::NotWanted) => {
                self.0.not_wanted = self.0.not_wanted.saturating_add(1);
                None
            }
            ScannerAnswer::Infected { .. } => Some(Said::Malware),
            ScannerAnswer::Suspicious { .. } => Some(Said::Suspicious),
            ScannerAnswer::Skipped(WhySkipped::TooLarge | WhySkipped::OverItsLimits | WhySkipped::NotInTime) => {
                Some(Said::OverLimits)
            }
            ScannerAnswer::Failed(trouble) => Some(Said::Unknown(trouble.reason())),
        };
        let words = match answer {
            ScannerAnswer::Clean | ScannerAnswer::Infected { .. } | ScannerAnswer::Suspicious { .. } => {
                answer.names().to_vec()
            }
            ScannerAnswer::Failed(trouble) => {
                std::iter::once(trouble.word()).chain(trouble.detail()).map(str::to_owned).collect()
            }
            ScannerAnswer::Skipped(_) => vec![answer.word().to_owned()],
        };
        self.note(place, said, words);
    }

    /// The file at this place is in the sandbox.
    pub fn add_running(&mut self, place: &str) {
        self.note(place, Some(Said::Running), Vec::new());
    }

    fn note(&mut self, place: &str, said: Option<Said>, words: Vec<String>) {
        self.0.asked = self.0.asked.saturating_add(1);
        if let Some(said) = said {
            self.0.files.push(ScannedFile { place: place.to_owned(), said, words });
        }
    }

    /// The fact; none if it was asked about nothing.
    #[must_use]
    pub fn finish(mut self, version: String) -> Option<ScannerFact> {
        // Stable, so equals stay in the order of the message.
        self.0.files.sort_by_key(|file| rank(file.said));
        self.0.files.truncate(SCANNED_FILES_MAX);
        self.0.version = version;
        (self.0.asked > 0).then_some(self.0)
    }

    /// It has found malware.
    #[must_use]
    pub fn has_malware(&self) -> bool {
        self.0.has(|said| said == Said::Malware)
    }

    /// A file has no answer.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.0.has_failed()
    }
}

// What decides stands first: it must not fall out where there is too much.
const fn rank(said: Said) -> u8 {
    match said {
        Said::Malware => 0,
        Said::Unknown(UnknownReason::NotAsked | UnknownReason::Failed) => 1,
        Said::Unknown(UnknownReason::TimedOut | UnknownReason::Refused) => 2,
        Said::Running => 3,
        Said::OverLimits => 4,
        Said::Suspicious => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanners::ScanTrouble;

    #[test]
    fn what_decides_stands_first_and_never_falls_out() {
        let mut tally = Tally::new("clamav", ScannerKind::AntiVirus, ScannerNeed::Required);
        for number in 0..SCANNED_FILES_MAX {
            tally.add(&format!("1.{number}"), &ScannerAnswer::suspicious(["Heuristics.X"]));
        }
        tally.add("2", &ScannerAnswer::Clean);
        tally.add("3", &ScannerAnswer::Skipped(WhySkipped::NotWanted));
        tally.add("4", &ScannerAnswer::Failed(ScanTrouble::Said("no memory".to_owned())));
        tally.add("5", &ScannerAnswer::infected(["Eicar"]));
        assert!(tally.has_malware() && tally.has_failed());
        let fact = tally.finish("1".to_owned()).unwrap();
        assert_eq!((fact.asked, fact.not_wanted, fact.files.len()), (20, 1, SCANNED_FILES_MAX));
        let first: Vec<_> = fact.files.iter().take(3).map(|file| (file.place.as_str(), file.said.word())).collect();
        assert_eq!(first, [("5", "malware"), ("4", "failed"), ("1.0", "suspicious")]);
        assert_eq!(fact.files[1].words, ["said_error", "no memory"]);
    }

    #[test]
    fn who_was_asked_about_nothing_says_nothing() {
        let tally = Tally::new("clamav", ScannerKind::AntiVirus, ScannerNeed::Required);
        assert_eq!(tally.finish("1".to_owned()), None);
    }
}
