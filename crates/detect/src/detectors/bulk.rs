//! **Finds** mail that was sent to many: List-Unsubscribe (RFC 2369, 8058), List-Id (RFC 2919), Precedence, Feedback-ID, or a
//! company that sends for others in the envelope.
//! **Why** newsletters and lists are neither spam nor letters, and people want to sort them.
//! **Not** a proof of anything good: the weights lower no bad probability by it.
//! **Strength** half for one sign, full for more.

use mail::address::Address;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::sender;

/// Fields that stand on bulk mail only.
const FIELDS: [&str; 4] = ["list-unsubscribe", "list-id", "feedback-id", "list-post"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("bulk"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let message = &scan.message;
    let mut signs: Vec<&str> = FIELDS.into_iter().filter(|field| message.first(field).is_some()).collect();
    let precedence = message.first("precedence").map(|field| field.unfolded().to_ascii_lowercase());
    if precedence.is_some_and(|word| matches!(word.as_str(), "bulk" | "list" | "junk")) {
        signs.push("precedence");
    }
    let sender = scan.envelope.sender.address().map(Address::domain);
    if sender.is_some_and(|domain| knowledge.is_sending_service(sender::organisation(domain.as_str()))) {
        signs.push("sending-service");
    }
    let strength = match signs.len() {
        0 => return,
        1 => Strength::HALF,
        _ => Strength::FULL,
    };
    found.push(DETECTOR.saw(strength, Place::Message, vec![meta(signs.join(", "))]));
}
