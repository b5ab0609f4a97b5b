//! **Finds** a text table (CSV) with a cell that begins a formula.
//! **Why** the table program runs what the sender wrote into the cell.
//! **Not** negative numbers, telephone numbers, and cells that begin with a hyphen.
//! **Strength** half; full when it starts a program.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("table_formula"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "formula") else { return };
    let strength = if marked(scan, "dde").is_some() { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
