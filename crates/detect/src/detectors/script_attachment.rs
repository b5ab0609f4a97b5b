//! **Finds** an attached web page, web archive or drawing (HTML, MHT, SVG) with script, form, redirect or data URL, also in a page or
//! frame inside it.
//! **Why** it opens in a browser, outside of everything that guards mail, and builds a file or asks for a password there.
//! **Not** the HTML text of the message itself, and attached pages that only show something.
//! **Strength** full.

use std::collections::HashSet;

use mail::names;
use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta, name};
use crate::knowledge::Knowledge;

/// True types that a browser opens: words of `unpack::sniff`.
const PAGES: [&str; 6] = ["html", "hta", "svg", "xhtml", "mht", "xml"];
/// Endings of such files.
const PAGE_ENDINGS: [&str; 10] = ["htm", "html", "hta", "shtml", "svg", "mht", "mhtml", "xhtml", "xht", "xml"];
/// Declared types of web archives, which are messages by their bytes.
const ARCHIVE_TYPES: [&str; 3] = ["multipart/related", "application/x-mimearchive", "message/mhtml"];
/// Marks of active content.
const ACTIVE: [&str; 7] = ["smuggling", "password_field", "script", "form", "refresh", "data_url", "event_handler"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("script_attachment"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut attached: HashSet<&str> = HashSet::new();
    for item in &scan.content.items {
        if is_attached_page(item) || is_inside(item, &attached) {
            attached.insert(&item.place);
        } else {
            continue;
        }
        let Some(mark) = item.marks.iter().find(|mark| ACTIVE.contains(&mark.as_str())) else { continue };
        let name = name(item);
        let args = vec![content(name), meta(mark)];
        found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), args));
        return;
    }
}

/// Is it a page that an attached page shows, however deep? Parents stand before children.
fn is_inside(item: &Item, attached: &HashSet<&str>) -> bool {
    let outer = item.place.rsplit_once('/').map(|(outer, _)| outer);
    PAGES.contains(&item.kind.as_str()) && outer.is_some_and(|outer| attached.contains(outer))
}

fn is_attached_page(item: &Item) -> bool {
    let by_name = || {
        let mut endings = item.names.iter().flat_map(|name| names::endings(name));
        endings.any(|ending| PAGE_ENDINGS.contains(&ending.as_str()))
    };
    let by_type = || ARCHIVE_TYPES.contains(&item.declared.as_str());
    !item.inline && (PAGES.contains(&item.kind.as_str()) || by_type() || by_name())
}
