//! **Finds** the anti-virus test file of EICAR, in any part or container. The worker marks it where it opens content.
//! **Why** it is how people test that malware is stopped.
//! **Not** a text that speaks of it.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("eicar"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let marked = scan.content.items.iter().find(|item| item.marks.iter().any(|mark| mark == "eicar"));
    let Some(item) = marked else { return };
    let name = name(item);
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name)]));
}
