//! **Finds** an ARC chain that does not verify (RFC 8617 5.2).
//! **Why** somebody wrote it to look as if another service had vouched for the message.
//! **Not** messages without a chain, and chains of mailing lists that hold.
//! **Strength** half: services break chains honestly, too.

use scan::Scan;
use scan::auth::DkimResult;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::Detector;
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("arc_fail"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    if scan.auth.arc.result == DkimResult::Fail {
        found.push(DETECTOR.saw(Strength::HALF, Place::Authentication, Vec::new()));
    }
}
