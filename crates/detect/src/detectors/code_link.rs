//! **Finds** a QR code that leads to a web page.
//! **Why** the link is followed on a telephone, outside of everything that guards mail.
//! **Not** codes that hold no web address: tickets, payments, contacts.
//! **Strength** full for a code drawn in characters or cells, which hides from readers of pictures; half for a picture.

use mail::links;
use scan::Scan;
use scan::content::LinkKind;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("code_link"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for item in &scan.content.items {
        let codes = item.links.iter().enumerate().filter(|(_, link)| link.kind == LinkKind::Code);
        let mut pages =
            codes.filter_map(|(number, one)| links::host(&one.target).map(|host| (number, host.into_owned())));
        let Some((number, host)) = pages.next() else { continue };
        let is_drawn = item.marks.iter().any(|mark| mark == "text_code");
        let strength = if is_drawn { Strength::FULL } else { Strength::HALF };
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        found.push(DETECTOR.saw(strength, Place::Link { part: item.place.clone(), number }, vec![content(host)]));
        return;
    }
}
