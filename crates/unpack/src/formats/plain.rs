//! Text as it stands, in each plausible charset; codes drawn in characters.

use std::collections::HashSet;

use mail::links::find;
use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::{is_shown_as_text, text_code};
use crate::text::{self, Readings};
use crate::unpack::{File, Walk};

/// Bytes of a text that are put into other bytes to be read. One that is UTF-8 is read where it stands, however long it is.
const COPIED_BYTES_MAX: usize = 12 * 1024 * 1024;

/// Reads a text.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let Some(item) = walk.content.items.get(file.at) else { return };
    // A page that is a text as well has its text already; only what is shown as a text is shown with all its tags.
    let is_known = !item.text.is_empty();
    if is_known && !is_shown_as_text(item) {
        return;
    }
    let Readings { main, others, marks } = readings(walk, file);
    for word in marks {
        walk.mark(file.at, word);
    }
    if is_known {
        walk.add_other_reading(file.at, &main);
    } else {
        walk.add_links_of_text(file.at, &main, LinkKind::Text);
        let codes = text_code::codes(&main, &walk.budget.code_steps);
        walk.add_codes_in_text(file.at, codes);
        walk.add_text(file.at, &main);
    }
    for other in others {
        walk.add_other_reading(file.at, &other);
    }
    if file.joins_words {
        add_flowed(walk, file, &main);
    }
}

/// Adds what a flowed text shows to who puts its lines together, if those are other words or links. No charset says so: it is no
/// conflict.
fn add_flowed(walk: &mut Walk<'_>, file: File<'_>, main: &str) {
    let start = main.get(..main.floor_char_boundary(COPIED_BYTES_MAX)).unwrap_or(main);
    if start.len() < main.len() {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    let joined = text::flowed::joined(start);
    if text::shows_more(start, &joined) {
        walk.add_other_reading(file.at, &joined);
    }
}

/// The readings of a text; of one that is too long to be copied, what is read where it stands. What would need a copy is read at its
/// beginning, and that is said.
fn readings<'f>(walk: &mut Walk<'_>, file: File<'f>) -> Readings<'f> {
    let Some(start) = file.bytes.get(..COPIED_BYTES_MAX) else {
        return text::readings(file.bytes, file.charset, false);
    };
    let whole = std::str::from_utf8(file.bytes).ok().map(|whole| whole.strip_prefix('\u{feff}').unwrap_or(whole));
    match whole.filter(|whole| reads_one_way(whole, file.charset)) {
        Some(whole) => Readings { main: whole.into(), ..Readings::default() },
        None => {
            walk.not_opened(file.at, WhyUnopened::OverBudget);
            text::readings(start, file.charset, false)
        }
    }
}

/// Is it shown as UTF-8 everywhere, but maybe for letters beyond ASCII? Bytes that are UTF-8 may be shown as another charset all the same:
/// UTF-16 without a mark, UTF-7, ISO 2022.
fn reads_one_way(mut text: &str, charset: &str) -> bool {
    let ascii = |text: &str| text.bytes().filter(u8::is_ascii).collect::<Vec<u8>>();
    while !text.is_empty() {
        let (piece, rest) = text.split_at(text.floor_char_boundary(COPIED_BYTES_MAX));
        let read = text::readings(piece.as_bytes(), charset, false);
        let is_same = read.main == piece || ascii(&read.main) == ascii(piece);
        if !is_same || read.others.iter().any(|other| other != piece) {
            return false;
        }
        text = rest;
    }
    true
}

impl Walk<'_> {
    /// A text as other readers see it, and the links that only they see.
    fn add_other_reading(&mut self, at: usize, text: &str) {
        let links = self.content.items.get(at).into_iter().flat_map(|item| &item.links);
        let known: HashSet<String> = links.map(|link| link.target.clone()).collect();
        for target in find::links(text).into_iter().filter(|target| !known.contains(&**target)) {
            self.add_link(at, Link { target: target.into_owned(), text: String::new(), kind: LinkKind::Text });
        }
        self.add_other_text(at, text);
    }
}

#[cfg(test)]
mod tests;
