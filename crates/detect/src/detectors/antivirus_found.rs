//! **Finds** a file, or the message itself, that an anti-virus scanner outside (clamd, ICAP) knows for malware.
//! **Why** somebody has analysed it and written down how to know it.
//! **Not** heuristics, what is encrypted or unwanted; nor a scanner that did not answer, which is never a hit and never clean.
//! **Strength** full: it is certain alone.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Strength};
use scan::facts::{Said, ScannerKind};

use crate::detector::Detector;
use crate::knowledge::Knowledge;
use crate::scanned;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("antivirus_found"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let hits = scanned::hits(scan, |kind| kind == ScannerKind::AntiVirus, Said::Malware);
    found.extend(hits.map(|hit| DETECTOR.saw(Strength::FULL, hit.place(), hit.args(scan))));
}
