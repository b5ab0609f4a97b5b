//! **Finds** a message from outside whose From is one of the site's own domains, without an aligned SPF or DKIM pass.
//! **Why** the boss who writes from outside is the oldest trick; our own mail does not come in through this door.
//! **Not** what authenticates, mail on its way out, or a check that DNS left open. Web forms and old mailing lists send in our
//! name honestly, so without a DMARC record this alone does not stop.
//! **Strength** full when DMARC fails, 0.9 otherwise.

use mail::envelope::Direction;
use scan::Scan;
use scan::auth::{DmarcResult, SpfResult};
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::sender;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("own_domain_from_outside"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let inbound = |direction| direction == Direction::Inbound;
    if !scan.envelope.recipients.iter().all(|recipient| inbound(recipient.direction)) {
        return;
    }
    let mailboxes = sender::from_mailboxes(scan);
    let domains = mailboxes.iter().filter_map(|mailbox| mailbox.address.as_ref()).map(|address| address.domain());
    let Some(own) = domains.into_iter().find(|domain| knowledge.is_own(domain)) else { return };
    let auth = &scan.auth;
    let open = auth.dmarc.result == DmarcResult::TempError || auth.spf.result == SpfResult::TempError;
    if open || sender::is_authenticated(scan) {
        return;
    }
    let strength = if auth.dmarc.result == DmarcResult::Fail { Strength::FULL } else { Strength::new(0.9) };
    found.push(DETECTOR.saw(strength, Place::Header("from".into()), vec![meta(own.as_str())]));
}
