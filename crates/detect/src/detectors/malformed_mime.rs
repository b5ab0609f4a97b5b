//! **Finds** fields of MIME that break their grammar: an encoding or a type that does not exist, a multipart without a boundary.
//! **Why** programs guess then, and not all the same; it is how content is carried past a scanner that guesses otherwise.
//! **Not** what real programs write by mistake in plain text.
//! **Strength** half for one, full for several.

use mail::defect::DefectKind;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Defects that are counted.
const COUNTED: [DefectKind; 3] = [DefectKind::UnknownEncoding, DefectKind::BadContentType, DefectKind::MissingBoundary];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("malformed_mime"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut kinds: Vec<DefectKind> = scan.message.defects.iter().map(|defect| defect.kind).collect();
    kinds.retain(|kind| COUNTED.contains(kind));
    let Some(first) = kinds.first().copied() else { return };
    let strength = if kinds.len() > 1 { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Message, vec![meta(first.word())]));
}
