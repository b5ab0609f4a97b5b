//! **Finds** what could not be looked into: encrypted, broken, over the budget, of a kind that cannot be opened, a worker that
//! died over it, a message beyond a limit of the reader (too deep, too many parts or fields), or a file beyond what a required
//! outside scanner looks into.
//! **Why** "could not open it" is a verdict of its own, never "clean".
//! **Not** parts that were opened and hold nothing.
//! **Strength** full. It needs no weight: `scan::judge` makes the message unscannable.

use mail::defect::DefectKind;
use scan::Scan;
use scan::content::WhyUnopened;
use scan::evidence::{Evidence, EvidenceId, Place, Strength, TextId};
use scan::facts::Said;

use crate::detector::{Detector, content, meta};
use crate::knowledge::Knowledge;

/// Reasons that are kept; one is enough to judge.
const REPORTED_MAX: usize = 8;
/// Place of the message as a whole.
const MESSAGE: &str = "message";

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new(scan::judge::UNSCANNABLE), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for unopened in scan.content.unopened.iter().take(REPORTED_MAX) {
        found.push(closed(scan, &unopened.place, unopened.why.word().to_owned()));
    }
    let required = scan.facts.scanners.iter().filter(|fact| fact.is_beyond());
    for fact in required.take(REPORTED_MAX) {
        let Some(file) = fact.files.iter().find(|file| file.said == Said::OverLimits) else { continue };
        found.push(closed(scan, &file.place, format!("{}: {}", fact.scanner, file.words.join(", "))));
    }
    // What lies beyond a limit of `mail` was not read, so the worker never saw it.
    if scan.message.defects.iter().any(|defect| defect.kind == DefectKind::LimitReached) {
        found.push(closed(scan, MESSAGE, WhyUnopened::OverBudget.word().to_owned()));
    }
}

// By names, where it or what it lies in has one.
fn closed(scan: &Scan, at: &str, why: String) -> Evidence {
    if at == MESSAGE {
        let evidence = DETECTOR.saw(Strength::FULL, Place::Message, vec![meta(why)]);
        return told_by(evidence, "unscannable_message");
    }
    let place = Place::Part(at.to_owned());
    let name_at = |at: &str| scan.content.items.iter().find(|item| item.place == at)?.names.first();
    let mut above = std::iter::successors(Some(at), |at| at.rsplit_once('/').map(|(outer, _)| outer)).skip(1);
    let (own, outer) = (name_at(at), above.find_map(name_at));
    match (own, outer) {
        (Some(own), Some(outer)) => {
            let args = vec![content(own), meta(why), content(outer)];
            told_by(DETECTOR.saw(Strength::FULL, place, args), "unscannable_inner")
        }
        (Some(own), None) => {
            told_by(DETECTOR.saw(Strength::FULL, place, vec![content(own), meta(why)]), "unscannable_file")
        }
        (None, Some(outer)) => {
            let args = vec![content(outer), meta(why)];
            told_by(DETECTOR.saw(Strength::FULL, place, args), "unscannable_within")
        }
        (None, None) => DETECTOR.saw(Strength::FULL, place, vec![meta(at), meta(why)]),
    }
}

fn told_by(mut evidence: Evidence, text: &'static str) -> Evidence {
    evidence.detail.text = TextId(text.into());
    evidence
}
