//! **Finds** a script that puts something on the clipboard.
//! **Why** the page then tells the reader to paste it into a terminal.
//! **Not** buttons that copy a code, in the text of the message, where no script runs.
//! **Strength** full in an attachment, half in the text itself.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("clipboard_script"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "clipboard_write") else { return };
    let strength = if !item.inline { Strength::FULL } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
