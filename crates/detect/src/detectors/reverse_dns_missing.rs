//! **Finds** a client whose address has no name, or one that does not lead back to it.
//! **Why** mail servers that are kept have one (RFC 1912 2.1); infected machines often have not.
//! **Not** a lookup that was not made or failed; mail of our own clients on its way out.
//! **Strength** full without a name, half with one that is not confirmed.

use mail::envelope::Direction;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("reverse_dns_missing"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(reverse) = scan.facts.reverse_dns.known() else { return };
    if scan.envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Outbound) {
        return;
    }
    let (strength, why) = match &reverse.name {
        None => (Strength::FULL, "none"),
        Some(name) if !reverse.confirmed => (Strength::HALF, name.as_str()),
        Some(_) => return,
    };
    let args = vec![meta(scan.envelope.client.ip.to_string()), meta(why)];
    found.push(DETECTOR.saw(strength, Place::Fact("reverse_dns".into()), args));
}
