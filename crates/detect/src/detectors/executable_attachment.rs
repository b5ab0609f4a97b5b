//! **Finds** a program by its first bytes, whatever its name, also inside an archive; and a file that a desktop runs when it is
//! opened, by its ending.
//! **Why** hardly anybody sends programs by mail but attackers; mail services refuse them by default.
//! **Not** documents and archives as such, nor a text or page whose name ends in `.com` because it is named after a site.
//! **Strength** full for a program; 0.7 by the ending alone.

use mail::names;
use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta, name};
use crate::knowledge::Knowledge;

/// True types that are programs: words of `unpack::sniff`.
const PROGRAMS: [&str; 12] = ["exe", "elf", "macho", "msi", "lnk", "dex", "apk", "appx", "jar", "deb", "rpm", "chm"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("executable_attachment"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let programs = scan.content.items.iter().filter_map(|item| program(item).map(|word| (item, word)));
    // Several programs are one piece of evidence, and one by its bytes outweighs one by its name.
    let Some((item, (strength, kind))) = programs.max_by(|(_, (a, _)), (_, (b, _))| a.value().total_cmp(&b.value()))
    else {
        return;
    };
    let name = name(item);
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name), meta(kind)]));
}

fn program(item: &Item) -> Option<(Strength, String)> {
    if PROGRAMS.contains(&item.kind.as_str()) {
        return Some((Strength::FULL, item.kind.clone()));
    }
    let mut endings = item.names.iter().flat_map(|name| names::endings(name));
    let ending = endings.find(|ending| names::is_run_by_opening(ending))?;
    let site_name = ending == "com" && matches!(item.kind.as_str(), "text" | "html");
    (!site_name).then_some((Strength::new(0.7), ending))
}
