//! **Finds** a message that two mail programs would open in two ways: what the parser of `mail` calls an ambiguity, once a kind.
//! **Why** it is how content is carried past a scanner that reads it in one way only.
//! **Not** defects that every reader understands alike; they are sent on unchanged.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("mime_ambiguous"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut kinds: Vec<_> = scan.message.ambiguities.iter().map(|ambiguity| ambiguity.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        found.push(DETECTOR.saw(Strength::FULL, Place::Message, vec![meta(kind.word())]));
    }
}
