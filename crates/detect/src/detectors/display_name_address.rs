//! **Finds** a sender's name that shows an address or a domain of another organisation than the address behind it, also
//! behind its own address, with signs around the `@` of a domain of the site, written backwards with a direction mark, in wide
//! letters, with letters that are not seen, or as the name of a group.
//! **Why** most mail programs show the name and hide the address.
//! **Not** a name that repeats its own address or another of the same organisation.
//! **Strength** full for a domain of the site itself and for a name written backwards; 0.7 for another foreign address; 0.4 for a
//! bare domain, and for the `via` form that mailing lists write.

use mail::mailbox::Mailbox;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content};
use crate::knowledge::Knowledge;
use crate::{file_name, link, sender};

/// Mailboxes of one field that are looked at.
const MAILBOXES_MAX: usize = 20;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("display_name_address"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let mut clearest: Option<Evidence> = None;
    for field in ["from", "reply-to"] {
        let mailboxes = scan.message.mailboxes(field);
        let claims = mailboxes.iter().take(MAILBOXES_MAX).flat_map(|mailbox| foreign_claims(mailbox, knowledge));
        for (shown, real, strength) in claims {
            if clearest.as_ref().is_none_or(|known| known.strength < strength) {
                let args = vec![content(shown), content(real)];
                clearest = Some(DETECTOR.saw(strength, Place::Header(field.into()), args));
            }
        }
    }
    found.extend(clearest);
}

// What the name shows, what the address is, and how clearly.
type Claim = (String, String, Strength);

// Of its own name, and of that of the group which programs show instead.
fn foreign_claims(mailbox: &Mailbox, knowledge: &Knowledge) -> Vec<Claim> {
    let Some(address) = &mailbox.address else { return Vec::new() };
    let real = address.domain().as_str();
    [&mailbox.name, &mailbox.group].into_iter().filter_map(|name| foreign_claim(name, real, knowledge)).collect()
}

fn foreign_claim(name: &str, real: &str, knowledge: &Knowledge) -> Option<Claim> {
    if name.chars().any(file_name::turns_direction) {
        let backwards: String = name.chars().rev().collect();
        let shown = sender::address_domain_in(&backwards).or_else(|| sender::address_domain_in(name));
        if let Some(shown) = shown {
            return Some((shown, real.to_owned(), Strength::FULL));
        }
    }
    let is_foreign = |shown: &String| sender::organisation(shown) != sender::organisation(real);
    let own = sender::own_domains_claimed_in(name, knowledge).into_iter().find(is_foreign);
    // A name may show its own address first and another behind it.
    let addresses = sender::address_domains_seen_in(name);
    let (shown, strength) = if addresses.is_empty() && own.is_none() {
        (link::shown_host(name, knowledge).filter(is_foreign)?, Strength::new(0.4))
    } else if name.contains(" via ") {
        (own.or_else(|| addresses.into_iter().find(is_foreign))?, Strength::new(0.4))
    } else if let Some(own) = own {
        (own, Strength::FULL)
    } else {
        (addresses.into_iter().find(is_foreign)?, Strength::new(0.7))
    };
    Some((shown, real.to_owned(), strength))
}
