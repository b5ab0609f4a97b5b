//! **Finds** results of authentication in our own name (Authentication-Results, RFC 8601 5) that came from outside.
//! **Why** it is written for a mail program or a rule behind us that believes it.
//! **Not** results in the name of others, which everybody may add.
//! **Strength** full. They are removed besides, whoever wrote them.

use mail::address::Domain;
use mail::envelope::Direction;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Where results stand.
const FIELDS: [&str; 1] = ["authentication-results"];
/// Fields of one name that are looked at.
const FIELDS_MAX: usize = 50;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("forged_results"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let inbound = scan.envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Inbound);
    if !inbound {
        return;
    }
    for field in FIELDS.iter().flat_map(|name| scan.message.all(name).take(FIELDS_MAX)) {
        let value = field.unfolded();
        let service = value.trim_start_matches(|c: char| c.is_whitespace()).split([';', ' ', '\t']).next();
        let Some(service) = service.and_then(|service| Domain::parse(service).ok()) else { continue };
        if knowledge.is_own(&service) {
            found.push(DETECTOR.saw(
                Strength::FULL,
                Place::Header(field.name().to_lowercase()),
                vec![meta(service.as_str())],
            ));
            return;
        }
    }
}
