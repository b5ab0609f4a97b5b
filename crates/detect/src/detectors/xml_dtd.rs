//! **Finds** XML with a document type definition of its own: entities that multiply or that read files.
//! **Why** it harms the program that opens it; office programs write none.
//! **Not** well-known public document types, and entities that are names of vocabularies, as drawings have.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("xml_dtd"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "dtd") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
