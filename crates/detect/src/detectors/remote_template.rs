//! **Finds** a document that loads its template from elsewhere when it is opened.
//! **Why** the template brings the macro that the document itself does not have.
//! **Not** templates that lie on the reader's own disk.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("remote_template"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "remote_template") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
