//! **Finds** a OneNote section with a file in it.
//! **Why** the file hides behind a picture that says "double-click to view", and runs when that is done.
//! **Not** sections with text and pictures alone.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("notebook_attachment"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut items = scan.content.items.iter();
    let notebook = items.find(|item| item.kind == "onenote" && item.marks.iter().any(|mark| mark == "embedded_file"));
    let Some(item) = notebook else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
