//! **Finds** a client that the domain of MAIL FROM (or HELO) forbids to send: SPF fail and softfail (RFC 7208 8.4, 8.5).
//! **Why** forged senders come from where the domain does not send.
//! **Not** neutral, none, a broken record or DNS that did not answer: they say nothing of this message. Forwarding breaks SPF
//! honestly, so the weight is small.
//! **Strength** full for fail, low for softfail.

use mail::address::Domain;
use scan::Scan;
use scan::auth::SpfResult;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("spf_fail"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let spf = &scan.auth.spf;
    let strength = match spf.result {
        SpfResult::Fail => Strength::FULL,
        SpfResult::SoftFail => Strength::LOW,
        _ => return,
    };
    let domain = spf.domain.as_ref().map_or("", Domain::as_str);
    found.push(DETECTOR.saw(strength, Place::Authentication, vec![meta(spf.result.word()), meta(domain)]));
}
