//! **Finds** a page whose script puts a file together in the browser.
//! **Why** the file never passes a scanner: it is made behind it.
//! **Not** scripts that only show something.
//! **Strength** full in an attachment, half in the text itself, where mail programs run no script.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, all_marked, content, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("html_smuggling"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let marked = || all_marked(scan, "smuggling");
    let Some(item) = marked().find(|item| !item.inline).or_else(|| marked().next()) else { return };
    let strength = if !item.inline { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
