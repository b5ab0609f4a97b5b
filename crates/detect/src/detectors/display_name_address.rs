//! **Finds** a sender's name that shows an address or a domain of another organisation than the address behind it, also when
//! it is written backwards with a direction mark.
//! **Why** most mail programs show the name and hide the address.
//! **Not** a name that repeats its own address or another of the same organisation.
//! **Strength** full for an address; half for a bare domain, and for the `via` form that mailing lists write.

use mail::mailbox::Mailbox;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content};
use crate::knowledge::Knowledge;
use crate::{file_name, link, sender};

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("display_name_address"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for field in ["from", "reply-to"] {
        let claim = scan.message.mailboxes(field).iter().find_map(foreign_claim);
        let Some((shown, real, strength)) = claim else { continue };
        let args = vec![content(shown), content(real)];
        found.push(DETECTOR.saw(strength, Place::Header(field.into()), args));
        return;
    }
}

// What the name shows, what the address is, and how clearly.
fn foreign_claim(mailbox: &Mailbox) -> Option<(String, String, Strength)> {
    let real = mailbox.address.as_ref()?.domain().as_str();
    let name = mailbox.name.as_str();
    if name.chars().any(file_name::turns_direction) {
        let backwards: String = name.chars().rev().collect();
        let shown = sender::address_domain_in(&backwards).or_else(|| sender::address_domain_in(name));
        return shown.map(|shown| (shown, real.to_owned(), Strength::FULL));
    }
    let (shown, strength) = match sender::address_domain_in(name) {
        Some(shown) if name.contains(" via ") => (shown, Strength::HALF),
        Some(shown) => (shown, Strength::FULL),
        None => (link::shown_host(name)?, Strength::HALF),
    };
    let foreign = sender::organisation(&shown) != sender::organisation(real);
    foreign.then(|| (shown, real.to_owned(), strength))
}
