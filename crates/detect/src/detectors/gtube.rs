//! **Finds** GTUBE, the generic test for unsolicited bulk mail, in subject or text.
//! **Why** it is how people test that spam is stopped.
//! **Not** a text that speaks of it.
//! **Strength** full.

use memchr::memmem;
use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::Detector;
use crate::knowledge::Knowledge;

/// The string that filters of unwanted mail agree on; harmless.
const GTUBE: &[u8] = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("gtube"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let finder = memmem::Finder::new(GTUBE);
    let place = if finder.find(scan.message.subject().as_bytes()).is_some() {
        Place::Header("subject".into())
    } else {
        let is_it = |item: &&Item| item.texts().any(|text| finder.find(text.as_bytes()).is_some());
        let Some(item) = scan.content.items.iter().find(is_it) else { return };
        Place::Part(item.place.clone())
    };
    found.push(DETECTOR.saw(Strength::FULL, place, Vec::new()));
}
