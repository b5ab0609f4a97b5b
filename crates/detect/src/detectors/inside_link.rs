//! **Finds** a link to an address inside the reader's own network or machine: loopback, link-local (the data service of cloud machines), `localhost`, `file:///`.
//! **Why** it makes the reader's browser, or a server that follows links, ask something that no outsider can reach.
//! **Not** links of devices to their own private address (10/8, 172.16/12, 192.168/16), which mail their owner.
//! **Strength** low in the text of people, who quote such addresses; half for link-local.

use std::net::IpAddr;

use mail::links;
use scan::Scan;
use scan::content::LinkKind;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content};
use crate::knowledge::Knowledge;

/// Links of one item that are looked at.
const LINKS_MAX: usize = 10_000;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("inside_link"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for item in &scan.content.items {
        for (number, one) in item.links.iter().take(LINKS_MAX).enumerate() {
            if matches!(one.kind, LinkKind::Image | LinkKind::Other) {
                continue;
            }
            let Some((host, strength)) = inside(&one.target) else { continue };
            let place = Place::Link { part: item.place.clone(), number: u32::try_from(number).unwrap_or(u32::MAX) };
            found.push(DETECTOR.saw(strength, place, vec![content(host)]));
            return;
        }
    }
}

fn inside(target: &str) -> Option<(String, Strength)> {
    let host = links::host(target)?;
    if host == "localhost" || host.ends_with(".localhost") {
        return Some((host.into_owned(), Strength::LOW));
    }
    let strength = match host.trim_matches(['[', ']']).parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(ip) if ip.is_link_local() => Strength::HALF,
        IpAddr::V4(ip) if ip.is_loopback() || ip.is_unspecified() => Strength::LOW,
        IpAddr::V6(ip) if ip.is_loopback() || ip.is_unspecified() || ip.is_unicast_link_local() => Strength::LOW,
        _ => return None,
    };
    Some((host.into_owned(), strength))
}
