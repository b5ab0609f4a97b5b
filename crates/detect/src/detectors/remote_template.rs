//! **Finds** a document that loads its template from elsewhere when it is opened.
//! **Why** the template brings the macro that the document itself does not have.
//! **Not** templates that lie on the reader's own disk.
//! **Strength** full; half where it comes from a host whose name has no dot: a server of the house that wrote it, which nobody
//! outside reaches.

use mail::links;
use scan::Scan;
use scan::content::{Item, LinkKind};
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, marked, name};
use crate::knowledge::Knowledge;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("remote_template"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(item) = marked(scan, "remote_template") else { return };
    let strength = if is_in_house(item) { Strength::HALF } else { Strength::FULL };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]));
}

fn is_in_house(item: &Item) -> bool {
    let fetched = item.links.iter().filter(|link| link.kind == LinkKind::Fetched);
    let mut hosts = fetched.filter_map(|link| links::normal(&link.target)).map(|link| link.host).peekable();
    let is_name = |host: String| !host.is_empty() && !host.contains(['.', '[', ':']);
    hosts.peek().is_some() && hosts.all(is_name)
}
