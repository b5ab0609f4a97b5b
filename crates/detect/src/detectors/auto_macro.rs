//! **Finds** a macro that runs by itself when the document is opened, or that starts programs, fetches or writes files.
//! **Why** it is how a document becomes a program; the text only has to talk the reader into allowing it.
//! **Not** macros that do neither: those are `macro_attachment` alone.
//! **Strength** full when it does both, half for one of them.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("auto_macro"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let (runs, acts) = (marked(scan, "auto_run"), marked(scan, "macro_code"));
    let Some(item) = runs.or(acts) else { return };
    let strength = if runs.is_some() && acts.is_some() { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
