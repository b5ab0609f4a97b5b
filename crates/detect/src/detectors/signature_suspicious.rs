//! **Finds** rules of signatures for what malware does and honest files hardly ever do.
//! **Why** one such trait is a hint, several are a habit.
//! **Not** rules that only inform.
//! **Strength** 0.6 for one rule, more for each further one.

use scan::Scan;
use std::collections::BTreeSet;

use scan::evidence::{Evidence, EvidenceId, Strength};

use crate::detector::Detector;
use crate::knowledge::Knowledge;
use crate::matched;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("signature_suspicious"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let items = scan.content.items.iter();
    let hits = items.flat_map(|item| item.matches.iter().map(move |one| (item, one)));
    let mut hits = hits.filter(|(_, one)| one.severity == "suspicious");
    let Some((item, one)) = hits.next() else { return };
    let others: BTreeSet<&str> = hits.map(|(_, other)| other.rule.as_str()).filter(|rule| *rule != one.rule).collect();
    let strength = match others.len() {
        0 => Strength::new(0.6),
        1 => Strength::new(0.8),
        _ => Strength::FULL,
    };
    found.push(matched::evidence(DETECTOR, strength, item, one));
}
