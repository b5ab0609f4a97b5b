//! **Finds** a link to a file share (UNC path, `file:` with a host, WebDAV).
//! **Why** opening it sends the reader's password hash to that host, and it starts programs without the warning that a download has.
//! **Not** paths of the own disk (`file:///C:/...`).
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("share_link"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "unc_path") else { return };
    found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), vec![content(name(item))]));
}
