//! **Finds** a From domain that does not vouch for the message: DMARC fails (RFC 9989).
//! **Why** the owner publishes how his mail is proven, and this is not.
//! **Not** a domain without a record, or a lookup that failed. Forwarders and old mailing lists fail honestly, so this alone
//! never refuses (RFC 9989 7.4).
//! **Strength** what the owner asks for: reject full, quarantine 0.7, none low.

use mail::address::Domain;
use scan::Scan;
use scan::auth::{DmarcPolicy, DmarcResult};
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("dmarc_fail"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let dmarc = &scan.auth.dmarc;
    if dmarc.result != DmarcResult::Fail {
        return;
    }
    let strength = match dmarc.policy {
        Some(DmarcPolicy::Reject) => Strength::FULL,
        Some(DmarcPolicy::Quarantine) => Strength::new(0.7),
        Some(DmarcPolicy::None) | None => Strength::LOW,
    };
    let domain = dmarc.from.as_ref().map_or("", Domain::as_str);
    let policy = dmarc.policy.map_or("none", DmarcPolicy::word);
    found.push(DETECTOR.saw(strength, Place::Authentication, vec![meta(domain), meta(policy)]));
}
