//! **Finds** results of authentication in our own name (Authentication-Results, RFC 8601 5) that came from outside, also with
//! quotes, comments or a final dot.
//! **Why** it is written for a mail program or a rule behind us that believes it.
//! **Not** results in the name of others, which everybody may add.
//! **Strength** full. They are removed besides, whoever wrote them.

use mail::address::Domain;
use mail::envelope::Direction;
use mail::results::authserv_id;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Where results stand.
const FIELDS: [&str; 1] = ["authentication-results"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("forged_results"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let inbound = scan.envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Inbound);
    if !inbound {
        return;
    }
    // However many there are: each costs as much as it is long, and the header has its own limit.
    for field in FIELDS.iter().flat_map(|name| scan.message.all(name)) {
        let Some(service) = own_service(&field.unfolded(), knowledge) else { continue };
        let place = Place::Header(field.name().to_lowercase());
        found.push(DETECTOR.saw(Strength::FULL, place, vec![meta(service.as_str())]));
        return;
    }
}

// The name of ours that a value begins with, perhaps with a version behind it (RFC 8601 2.2: `authserv-id [CFWS version]`).
fn own_service(value: &str, knowledge: &Knowledge) -> Option<Domain> {
    let own = |name: &str| {
        let name = name.trim_matches('.');
        Domain::parse(name).ok().filter(|name| knowledge.is_own(name))
    };
    let not_of_name = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let Some(name) = authserv_id(value) else {
        // Some reader finds it anywhere in comments or quotes that do not end.
        return value.split(';').next()?.split(not_of_name).find_map(own);
    };
    let first = name.trim_start().split(not_of_name).next()?;
    own(first).or_else(|| own(&name.split_whitespace().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_ours_is_read_in_any_dress() {
        let own = Domain::parse("corp.example").expect("a domain");
        let knowledge = Knowledge::built_in(vec![own]).expect("built in");
        let check = |value: &str, expected: Option<&str>| {
            let service = own_service(value, &knowledge);
            assert_eq!(service.as_ref().map(Domain::as_str), expected, "{value:?}");
        };
        for value in [
            "corp.example; dmarc=pass",
            "CORP.example 1; dmarc=pass",
            "\"corp.example\"; dkim=pass",
            "\"corp\\.example\"; dkim=pass",
            "(x) corp.example; dkim=pass",
            "(x(y;))corp.example(z); dkim=pass",
            "corp.example.; dkim=pass",
            "corp.example/1; dkim=pass",
            "corp . example; dkim=pass",
            "(corp.example; dkim=pass",
            "\"corp.example; dkim=pass",
        ] {
            check(value, Some("corp.example"));
        }
        check("mail.corp.example", Some("mail.corp.example"));
        check("", None);
        check("(corp.example) sender.example; dkim=pass", None);
        check("sender.example (for corp.example); dkim=pass", None);
        check("sender.example; dmarc=pass header.from=corp.example", None);
        check("corp.example.sender.example; none", None);
        check("sender.example (x; corp.example", None);
    }
}
