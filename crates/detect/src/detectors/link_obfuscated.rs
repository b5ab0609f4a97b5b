//! **Finds** a link that is written so that people or filters misjudge where it leads: a host before `@`, an address of numbers
//! coded as one number or in hexadecimal, a scheme split by a tab; and a bare address instead of a name.
//! **Why** honest senders write their name.
//! **Not** a user name without a dot before `@`, a port, and addresses of private networks (devices mail those).
//! **Strength** full for a disguise, half for a bare address.

use scan::Scan;
use scan::content::LinkKind;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta};
use crate::knowledge::Knowledge;
use crate::link;

/// Links of one item that are looked at.
const LINKS_MAX: usize = 10_000;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("link_obfuscated"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut clearest: Option<Evidence> = None;
    for item in &scan.content.items {
        for (number, one) in item.links.iter().take(LINKS_MAX).enumerate() {
            if matches!(one.kind, LinkKind::Image | LinkKind::Other) {
                continue;
            }
            let Some(why) = link::disguise(&one.target) else { continue };
            let strength = if why == "address_literal" { Strength::HALF } else { Strength::FULL };
            if clearest.as_ref().is_some_and(|known| known.strength >= strength) {
                continue;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let place = Place::Link { part: item.place.clone(), number };
            clearest = Some(DETECTOR.saw(strength, place, vec![meta(why), content(&one.target)]));
        }
    }
    found.extend(clearest);
}
