//! **Finds** a sheet of Excel 4.0 macros.
//! **Why** these are older than every guard against macros, and nobody writes them any more but attackers.
//! **Not** sheets with formulas only.
//! **Strength** full when it runs by itself, else 0.7.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("xlm_macro"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "xlm") else { return };
    let strength = if marked(scan, "auto_run").is_some() { Strength::FULL } else { Strength::new(0.7) };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
