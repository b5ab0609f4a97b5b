//! **Finds** a document that fetches something from elsewhere when it is opened: a picture, an object, data.
//! **Why** it tells the sender that it was read, gives away credentials to a file share, and loads what no scanner has seen.
//! **Not** links that somebody has to click.
//! **Strength** full; by itself it is a hint.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("fetched_content"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "external_link") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
