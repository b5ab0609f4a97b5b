//! **Finds** a fragment of a message (message/partial, RFC 2046 5.2.2) and a pointer to content elsewhere
//! (message/external-body, RFC 2046 5.2.3), also in a message that is attached or packed.
//! **Why** a mail program puts fragments together, or fetches the body, after every scanner has looked at nothing.
//! **Not** other parts of type message, such as reports and forwarded mail.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, marked, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("partial_message"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for (_, part) in scan.message.parts() {
        let kind = part.media_type.sub.as_str();
        if part.media_type.top == "message" && matches!(kind, "partial" | "external-body") {
            found.push(DETECTOR.saw(Strength::FULL, Place::Message, vec![meta(format!("message/{kind}"))]));
            return;
        }
    }
    for (mark, kind) in [("partial", "partial"), ("external_body", "external-body")] {
        let Some(item) = marked(scan, mark) else { continue };
        let place = Place::Part(item.place.clone());
        found.push(DETECTOR.saw(Strength::FULL, place, vec![meta(format!("message/{kind}"))]));
        return;
    }
}
