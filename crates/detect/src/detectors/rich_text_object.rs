//! **Finds** a rich text file with an embedded object.
//! **Why** the object is a program or makes one run; rich text written by people holds text and pictures.
//! **Not** office documents with embedded tables and charts, which are common.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("rich_text_object"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut items = scan.content.items.iter();
    let object = items.find(|item| item.kind == "rtf" && item.marks.iter().any(|mark| mark == "embedded_object"));
    let Some(item) = object else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
