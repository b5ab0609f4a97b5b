//! **Finds** what could not be looked into: encrypted, broken, over the budget, of a kind that cannot be opened, a worker that
//! died over it, a message beyond a limit of the reader (too deep, too many parts or fields), or a file beyond what a required
//! outside scanner looks into.
//! **Why** "could not open it" is a verdict of its own, never "clean".
//! **Not** parts that were opened and hold nothing.
//! **Strength** full. It needs no weight: `scan::judge` makes the message unscannable.

use mail::defect::DefectKind;
use scan::Scan;
use scan::content::WhyUnopened;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};
use scan::facts::Said;

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Reasons that are kept; one is enough to judge.
const REPORTED_MAX: usize = 8;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new(scan::judge::UNSCANNABLE), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for unopened in scan.content.unopened.iter().take(REPORTED_MAX) {
        let args = vec![meta(&unopened.place), meta(unopened.why.word())];
        found.push(DETECTOR.saw(Strength::FULL, Place::Part(unopened.place.clone()), args));
    }
    let required = scan.facts.scanners.iter().filter(|fact| fact.is_beyond());
    for fact in required.take(REPORTED_MAX) {
        let Some(file) = fact.files.iter().find(|file| file.said == Said::OverLimits) else { continue };
        let args = vec![meta(&file.place), meta(format!("{}: {}", fact.scanner, file.words.join(", ")))];
        found.push(DETECTOR.saw(Strength::FULL, Place::Part(file.place.clone()), args));
    }
    // What lies beyond a limit of `mail` was not read, so the worker never saw it.
    if scan.message.defects.iter().any(|defect| defect.kind == DefectKind::LimitReached) {
        let args = vec![meta("message"), meta(WhyUnopened::OverBudget.word())];
        found.push(DETECTOR.saw(Strength::FULL, Place::Message, args));
    }
}
