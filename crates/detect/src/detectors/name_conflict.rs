//! **Finds** an attachment with several names that end differently.
//! **Why** one program saves it as a picture, the other runs it.
//! **Not** names that differ in spelling or coding only.
//! **Strength** full when one of them is run by opening, else half.

use std::collections::BTreeSet;

use mail::names;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("name_conflict"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for item in scan.content.items.iter().filter(|item| item.names.len() > 1) {
        let endings: BTreeSet<String> = item.names.iter().flat_map(|name| names::endings(name)).collect();
        if endings.len() < 2 {
            continue;
        }
        let runs = endings.iter().any(|ending| names::is_run_by_opening(ending));
        let strength = if runs { Strength::FULL } else { Strength::HALF };
        let shown: Vec<&str> = endings.iter().map(String::as_str).collect();
        let args = vec![content(name(item)), content(shown.join(", "))];
        found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), args));
        return;
    }
}
