//! **Finds** a text whose links depend on the charset that it is read in: UTF-7 over plain letters, an escape of ISO-2022, a label that the bytes deny.
//! **Why** filters read one charset and mail programs another, and only one of them sees the link.
//! **Not** texts whose letters change with the charset, but no link; old mail is labelled wrongly in good faith.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("charset_disguise"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "charset_hides_link") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
