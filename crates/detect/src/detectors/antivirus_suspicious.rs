//! **Finds** a file that an outside scanner calls suspicious: a heuristic, something unwanted, or what a sandbox saw it do.
//! **Why** it is no known malware, and honest files are seldom called so.
//! **Not** known malware, which is `antivirus_found` or `detonation_found`.
//! **Strength** 0.6 for one scanner, full where several agree.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Strength};
use scan::facts::Said;

use crate::detector::Detector;
use crate::knowledge::Knowledge;
use crate::scanned;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("antivirus_suspicious"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut hits = scanned::hits(scan, |_| true, Said::Suspicious);
    let Some(first) = hits.next() else { return };
    let strength = if hits.next().is_some() { Strength::FULL } else { Strength::new(0.6) };
    found.push(DETECTOR.saw(strength, first.place(), first.args(scan)));
}
