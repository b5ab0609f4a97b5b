//! **Finds** a link to a file share (UNC path, `file:` with a host, WebDAV).
//! **Why** opening it sends the reader's password hash to that host, and it starts programs without the warning that a download has.
//! **Not** paths of the own disk (`file:///C:/...`).
//! **Strength** full; half for a machine without a domain, which is one of the reader's own network.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("share_link"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let far = marked(scan, "unc_path").map(|item| (item, Strength::FULL));
    let near = || marked(scan, "unc_path_local").map(|item| (item, Strength::HALF));
    let Some((item, strength)) = far.or_else(near) else { return };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}
