//! **Finds** a text in a charset that does not exist.
//! **Why** filters read nothing, mail programs guess.
//! **Not** charsets that are old or rare.
//! **Strength** low.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("unknown_charset"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "unknown_charset") else { return };
    found.push(DETECTOR.saw(Strength::LOW, Place::Part(item.place.clone()), vec![content(name(item))]));
}
