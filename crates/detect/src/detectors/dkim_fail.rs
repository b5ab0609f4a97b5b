//! **Finds** a message whose signatures all fail: none verifies and at least one is false (RFC 6376 6.1).
//! **Why** somebody changed what was signed, or copied a signature.
//! **Not** a message with a signature that passes, none at all, or keys that DNS did not give. Mailing lists and gateways
//! break signatures honestly, so the weight is small.
//! **Strength** half.

use mail::address::Domain;
use scan::Scan;
use scan::auth::DkimResult;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("dkim_fail"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    if scan.auth.dkim_result() == DkimResult::Pass {
        return;
    }
    let Some(failed) = scan.auth.dkim.iter().find(|check| check.result == DkimResult::Fail) else { return };
    let domain = failed.domain.as_ref().map_or("", Domain::as_str);
    found.push(DETECTOR.saw(Strength::HALF, Place::Authentication, vec![meta(domain)]));
}
