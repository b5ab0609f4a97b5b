//! **Finds** a link whose visible text is an address of the web, perhaps with words or signs glued to it, and whose target
//! belongs to another organisation.
//! **Why** people read the text and click the target.
//! **Not** a target of the same organisation, and texts that show no host.
//! **Strength** full; low where a company that counts clicks for others stands between, or where the sender, authenticated, shows
//! its own address.

use mail::links;
use scan::Scan;
use scan::content::{Link, LinkKind};
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content};
use crate::knowledge::Knowledge;
use crate::{link, sender};

/// Links of one item that are compared.
const LINKS_MAX: usize = 10_000;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("link_text_mismatch"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let mut clearest: Option<Evidence> = None;
    for item in &scan.content.items {
        for (number, link) in item.links.iter().take(LINKS_MAX).enumerate() {
            let Some((shown, target)) = mismatch(link, knowledge) else { continue };
            let strength = strength(scan, knowledge, &shown, &target);
            if clearest.as_ref().is_some_and(|known| known.strength >= strength) {
                continue;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let place = Place::Link { part: item.place.clone(), number };
            clearest = Some(DETECTOR.saw(strength, place, vec![content(shown), content(target)]));
        }
    }
    found.extend(clearest);
}

// The host shown and the host led to, if they belong to two organisations.
fn mismatch(link: &Link, knowledge: &Knowledge) -> Option<(String, String)> {
    if link.kind != LinkKind::Anchor {
        return None;
    }
    let hosts = link::shown_hosts(&link.text, knowledge);
    if hosts.is_empty() {
        return None;
    }
    let target = links::host(&link.target)?;
    let of_target = sender::organisation(&target);
    let shown = hosts.into_iter().find(|shown| sender::organisation(shown) != of_target)?;
    Some((shown, target.into_owned()))
}

fn strength(scan: &Scan, knowledge: &Knowledge, shown: &str, target: &str) -> Strength {
    let own = || {
        let from = sender::from_organisation(scan);
        from.as_deref() == Some(sender::organisation(shown)) && sender::is_authenticated(scan)
    };
    if knowledge.is_sending_service(sender::organisation(target)) || own() { Strength::LOW } else { Strength::FULL }
}
