//! **Finds** a script that puts something on the clipboard.
//! **Why** the page then tells the reader to paste it into a terminal.
//! **Not** buttons that copy a code, in the text of the message, where no script runs.
//! **Strength** full in an attachment that also says what to do with it (rules `lure_*`), half otherwise: pages of
//! documentation have buttons that copy.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("clipboard_script"), inspect };

/// Rules for words that send the reader to a terminal.
const LURES: &str = "lure_";

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "clipboard_write") else { return };
    let is_lure = item.matches.iter().any(|matched| matched.rule.starts_with(LURES));
    let strength = if !item.inline && is_lure { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
