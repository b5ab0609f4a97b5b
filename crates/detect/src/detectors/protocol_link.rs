//! **Finds** a link whose scheme starts something on the reader's machine: `search-ms:`, `ms-msdt:`, `ms-appinstaller:`, `vbscript:`, `javascript:`, `intent:` and the like.
//! **Why** it leads past the browser, to a program that trusts its arguments.
//! **Not** `https:`, `mailto:`, `tel:`, and the schemes of meeting programs.
//! **Strength** full; half for `javascript:` and `data:` pages, which mail programs do not follow.

use scan::Scan;
use scan::content::LinkKind;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Links of one item that are looked at.
const LINKS_MAX: usize = 10_000;
/// Bytes in which a scheme ends.
const SCHEME_BYTES_MAX: usize = 32;
/// Schemes that start something.
const STARTERS: [&str; 28] = [
    "search-ms",
    "search",
    "ms-search",
    "ms-msdt",
    "ms-appinstaller",
    "ms-officecmd",
    "ms-word",
    "ms-excel",
    "ms-powerpoint",
    "ms-cxh",
    "ms-cxh-full",
    "ms-settings",
    "ms-screenclip",
    "vbscript",
    "shell",
    "hcp",
    "mhtml",
    "jar",
    "intent",
    "ldap",
    // What office programs run.
    "macro",
    "vnd.sun.star.script",
    "vnd.sun.star.expand",
    "vnd.libreoffice.command",
    "service",
    "slot",
    ".uno",
    "ms-access",
];
/// Schemes that are a page by themselves.
const PAGES: [&str; 3] = ["javascript", "data", "blob"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("protocol_link"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for item in &scan.content.items {
        for (number, link) in item.links.iter().take(LINKS_MAX).enumerate() {
            if matches!(link.kind, LinkKind::Image | LinkKind::Other | LinkKind::Script) {
                continue;
            }
            let Some((scheme, strength)) = risk(&link.target) else { continue };
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let place = Place::Link { part: item.place.clone(), number };
            found.push(DETECTOR.saw(strength, place, vec![meta(scheme)]));
            return;
        }
    }
}

/// The scheme, if it is one of those, and how clearly it harms.
fn risk(target: &str) -> Option<(&'static str, Strength)> {
    let scheme = target.trim_start_matches(|c: char| c.is_ascii_control() || c == ' ');
    let (scheme, _) = scheme.get(..scheme.floor_char_boundary(SCHEME_BYTES_MAX))?.split_once(':')?;
    let is = |word: &str| scheme.eq_ignore_ascii_case(word);
    let full = STARTERS.iter().find(|word| is(word)).map(|word| (*word, Strength::FULL));
    full.or_else(|| PAGES.iter().find(|word| is(word)).map(|word| (*word, Strength::HALF)))
}
