//! Text as it stands, in each plausible charset; codes drawn in characters.

use scan::content::{Link, LinkKind};

use crate::formats::text_code;
use crate::text::{self, Readings};
use crate::unpack::{File, Walk};
use mail::links::find;

/// Reads a text.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    // A page that is a text as well has its text already.
    if walk.content.items.get(file.at).is_some_and(|item| !item.text.is_empty()) {
        return;
    }
    let Readings { main, others, marks } = text::readings(file.bytes, file.charset, false);
    for word in marks {
        walk.mark(file.at, word);
    }
    walk.add_links_of_text(file.at, &main, LinkKind::Text);
    walk.add_codes(file.at, text_code::in_text(&main));
    walk.add_text(file.at, &main);
    for other in others {
        let known: Vec<String> = find::links(&main).into_iter().map(String::from).collect();
        for target in find::links(&other).into_iter().filter(|target| !known.iter().any(|known| *known == **target)) {
            walk.add_link(file.at, Link { target: target.into_owned(), text: String::new(), kind: LinkKind::Text });
        }
        walk.add_other_text(file.at, &other);
    }
}
