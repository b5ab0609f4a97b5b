//! **Finds** a picture or a drawing in which codes could not be looked for: of a kind that is not decoded, broken, too large, or drawn
//! in a way that is not followed.
//! **Why** a QR code in it is seen by the reader and by nobody before; with other signs it is the likelier.
//! **Not** pictures that were looked at and hold none, and pictures that are only named and lie elsewhere.
//! **Strength** half for a drawing (in a page, a document, characters), which takes pains to make; low for a picture, and in a PDF, where
//! it may be either: telephones send HEIC, and every fax is packed in a way of its own. By itself it changes no decision.

use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, all_marked, content, name};
use crate::knowledge::Knowledge;

/// Kinds of pictures; HEIC and AVIF are `mp4` by their container, and a PDF has the pictures of a scanner or a fax.
const PICTURES: [&str; 17] = [
    "png", "jpeg", "gif", "bmp", "webp", "tiff", "ico", "jp2", "jxl", "jxr", "mp4", "pdf", "wmf", "emf", "psd", "djvu",
    "ps",
];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("picture_unread"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let unread = || all_marked(scan, "picture_unread");
    let Some(item) = unread().find(|item| !is_picture(item)).or_else(|| unread().next()) else { return };
    let strength = if is_picture(item) { Strength::LOW } else { Strength::HALF };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}

// A bare stream of JPEG 2000 has no name among the kinds.
fn is_picture(item: &Item) -> bool {
    PICTURES.contains(&item.kind.as_str()) || item.kind == "unknown"
}
