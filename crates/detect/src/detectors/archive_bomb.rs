//! **Finds** an archive out of which more comes than any honest one holds: overlapping entries, endless zeros, archives in archives.
//! **Why** it is made to exhaust the scanner, so that the next thing in it passes.
//! **Not** large archives, as long as their files are no hundred times their size.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("archive_bomb"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "bomb") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
