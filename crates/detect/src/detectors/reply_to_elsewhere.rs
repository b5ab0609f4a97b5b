//! **Finds** a Reply-To at a free mailbox service while From is of another organisation.
//! **Why** who forges a sender cannot read the answers there, so he asks for them elsewhere.
//! **Not** a Reply-To of the From's own organisation, of any organisation with a domain of its own, or of a mailing list.
//! **Strength** full; half when From is at a free mailbox service too.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::sender;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("reply_to_elsewhere"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(from) = sender::from_organisation(scan) else { return };
    let mailboxes = scan.message.mailboxes("reply-to");
    let elsewhere = mailboxes
        .iter()
        .filter_map(|mailbox| mailbox.address.as_ref())
        .map(|address| sender::organisation(address.domain().as_str()))
        .find(|organisation| *organisation != from && knowledge.is_freemail(organisation));
    let Some(elsewhere) = elsewhere else { return };
    let strength = if knowledge.is_freemail(&from) { Strength::HALF } else { Strength::FULL };
    found.push(DETECTOR.saw(strength, Place::Header("reply-to".into()), vec![meta(elsewhere), meta(from)]));
}
