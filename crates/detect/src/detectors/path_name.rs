//! **Finds** a name, of an attachment or in an archive, that leaves its folder (`../`, an absolute path, a device), or is no name but shell words.
//! **Why** a careless program writes where the name says.
//! **Not** folders inside the archive.
//! **Strength** low: we use no name as a path.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("path_name"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "path_name") else { return };
    found.push(DETECTOR.saw(Strength::LOW, Place::Part(item.place.clone()), vec![content(name(item))]));
}
