//! **Finds** a disk image or archive that starts a program when it is inserted (`autorun.inf`).
//! **Why** it needs no double-click.
//! **Not** images without one.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("autorun_media"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "autorun_inf") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
