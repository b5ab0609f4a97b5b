//! **Finds** an attached web page or drawing (HTML, SVG) with script, form, redirect or data URL.
//! **Why** it opens in a browser, outside of everything that guards mail, and builds a file or asks for a password there.
//! **Not** the HTML text of the message itself, and attached pages that only show something.
//! **Strength** full.

use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta};
use crate::file_name;
use crate::knowledge::Knowledge;

/// True types that a browser opens: words of `unpack::sniff`.
const PAGES: [&str; 6] = ["html", "hta", "svg", "xhtml", "mht", "xml"];
/// Endings of such files.
const PAGE_ENDINGS: [&str; 9] = ["htm", "html", "hta", "shtml", "svg", "mht", "mhtml", "xhtml", "xht"];
/// Marks of active content.
const ACTIVE: [&str; 7] = ["smuggling", "password_field", "script", "form", "refresh", "data_url", "event_handler"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("script_attachment"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for item in scan.content.items.iter().filter(|item| is_attached_page(item)) {
        let Some(mark) = item.marks.iter().find(|mark| ACTIVE.contains(&mark.as_str())) else { continue };
        let name = item.names.first().unwrap_or(&item.place);
        let args = vec![content(name), meta(mark)];
        found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), args));
        return;
    }
}

fn is_attached_page(item: &Item) -> bool {
    let by_name = || {
        let endings = item.names.iter().filter_map(|name| file_name::ending(name));
        endings.into_iter().any(|ending| PAGE_ENDINGS.contains(&ending.as_str()))
    };
    !item.inline && (PAGES.contains(&item.kind.as_str()) || by_name())
}
