//! Text as it stands.

use scan::content::LinkKind;

use crate::text;
use crate::unpack::{File, Walk};

/// Reads a text.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    // A page that is a text as well has its text already.
    if walk.content.items.get(file.at).is_some_and(|item| !item.text.is_empty()) {
        return;
    }
    let text = text::decode(file.bytes, file.charset);
    walk.add_links_of_text(file.at, &text, LinkKind::Text);
    walk.add_text(file.at, &text);
}
