//! **Finds** the client or a domain on a DNS block list (RFC 5782), once for each list.
//! **Why** others saw unwanted mail from there.
//! **Not** a list that did not answer, or that answers that it will not answer us; those are `Unknown`, never a hit.
//! **Strength** full.

use std::net::Ipv4Addr;

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("dns_list"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for fact in &scan.facts.dns_lists {
        let Some(codes) = fact.codes.known().filter(|codes| !codes.is_empty()) else { continue };
        let codes: Vec<String> = codes.iter().map(Ipv4Addr::to_string).collect();
        let args = vec![meta(&fact.subject), meta(&fact.list), meta(codes.join(", "))];
        found.push(DETECTOR.saw(Strength::FULL, Place::Fact(format!("dns_lists:{}", fact.list)), args));
    }
}
