//! Links in the text of a picture, as they are taken from any text: with those inside them, and shares of files marked.

use std::collections::HashSet;

use mail::links::{self, Flags, find, inner};
use scan::content::{Item, Link, LinkKind};
use scan::marks::of_share;

/// Links taken from one picture, as they are written there; what is inside them comes with them. A picture is a page at most.
const LINKS_MAX: usize = 100;
/// Mark where there are more.
const CUT: &str = "links_cut";

/// Adds the links of this text to the item.
pub(super) fn add_links(item: &mut Item, text: &str) {
    let mut known: HashSet<String> = item.links.iter().map(|link| link.target.clone()).collect();
    let mut written = HashSet::new();
    let written: Vec<String> = find::links(text)
        .into_iter()
        .map(|link| link.into_owned())
        .filter(|link| written.insert(link.clone()))
        .collect();
    if written.len() > LINKS_MAX {
        add_mark(item, CUT);
    }
    let all = written.into_iter().take(LINKS_MAX).flat_map(|target| inner::inner(&target).into_iter().chain([target]));
    for target in all {
        if let Some(mark) = share(&target) {
            add_mark(item, mark);
        }
        if known.insert(target.clone()) {
            item.links.push(Link { target, text: String::new(), kind: LinkKind::Text });
        }
    }
}

fn add_mark(item: &mut Item, mark: &str) {
    if !item.marks.iter().any(|own| own == mark) {
        item.marks.push(mark.to_owned());
    }
}

fn share(target: &str) -> Option<&'static str> {
    let link = links::normal(target).filter(|link| link.flags.has(Flags::UNC))?;
    Some(of_share(&link.host))
}
