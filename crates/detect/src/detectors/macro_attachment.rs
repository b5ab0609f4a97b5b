//! **Finds** an office document with a macro project in it.
//! **Why** macros run when the reader allows it, and the text asks him to.
//! **Not** office documents without one.
//! **Strength** full; a rule of the site may stop it, this alone does not.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("macro_attachment"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let marked = scan.content.items.iter().find(|item| item.marks.iter().any(|mark| mark == "macro"));
    let Some(item) = marked else { return };
    let name = name(item);
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name)]));
}
