//! **Finds** a document whose form is sent elsewhere when it is filled in (PDF `SubmitForm`).
//! **Why** it asks for a password outside of every browser's guard.
//! **Not** forms that are filled in, saved and sent by mail.
//! **Strength** full; a hint by itself.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("document_form"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "submit_form") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
