//! **Finds** a file that did what malware does when a sandbox outside ran it.
//! **Why** what it does is seen, however it looks.
//! **Not** a sandbox that is still at it or did not answer; the message waits for that.
//! **Strength** full: it is certain alone.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Strength};
use scan::facts::{Said, ScannerKind};

use crate::detector::Detector;
use crate::knowledge::Knowledge;
use crate::scanned;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("detonation_found"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let hits = scanned::hits(scan, |kind| kind == ScannerKind::Sandbox, Said::Malware);
    found.extend(hits.map(|hit| DETECTOR.saw(Strength::FULL, hit.place(), hit.args(scan))));
}
