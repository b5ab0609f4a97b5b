//! **Finds** a document with JavaScript (PDF).
//! **Why** a script opens pages, sends forms and attacks the viewer.
//! **Not** documents with links and form fields alone.
//! **Strength** full when something happens on opening, else half.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("document_script"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "javascript") else { return };
    let strength = if item.marks.iter().any(|mark| mark == "open_action") { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
