//! **Finds** results of authentication in our own name (Authentication-Results, RFC 8601 5) that came from outside, also with
//! quotes, comments or a final dot.
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
    let Some(name) = bare_name(value) else {
        // Some reader finds it anywhere in comments or quotes that do not end.
        return value.split(';').next()?.split(not_of_name).find_map(own);
    };
    let first = name.trim_start().split(not_of_name).next()?;
    own(first).or_else(|| own(&name.split_whitespace().collect::<String>()))
}

// What stands before the first `;`, without comments, quotes and escapes (RFC 5322 3.2); nothing if one does not end.
fn bare_name(value: &str) -> Option<String> {
    let mut name = String::new();
    let mut depth = 0_u32;
    let mut is_quoted = false;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().filter(|_| depth == 0)),
            '"' if depth == 0 => is_quoted = !is_quoted,
            '(' if !is_quoted => depth = depth.saturating_add(1),
            ')' if depth > 0 => depth = depth.saturating_sub(1),
            ';' if depth == 0 && !is_quoted => break,
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    (depth == 0 && !is_quoted).then_some(name)
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
