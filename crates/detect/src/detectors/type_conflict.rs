//! **Finds** a file that is declared or named as another kind than its bytes are: a program as picture, a page as text.
//! **Why** whoever opens it gets something else than he was told.
//! **Not** mistakes that everybody makes: a photograph with the type of another kind of photograph, octet-stream for anything.
//! **Strength** full for a program, page or archive under the name of something harmless, else half.

use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, all_marked, content, meta, name};
use crate::knowledge::Knowledge;

/// True types that do something or hold something: words of `unpack::sniff`.
const HARMFUL: [&str; 16] = [
    "exe", "elf", "macho", "lnk", "html", "svg", "xhtml", "zip", "rar", "7z", "iso", "cab", "chm", "ole", "msi", "jar",
];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("type_conflict"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let marked = || all_marked(scan, "type_conflict");
    let is_harmful = |item: &&Item| HARMFUL.contains(&item.kind.as_str());
    let Some(item) = marked().find(is_harmful).or_else(|| marked().next()) else { return };
    let strength = if is_harmful(&item) { Strength::FULL } else { Strength::HALF };
    let args = vec![content(name(item)), meta(&item.kind)];
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), args));
}
