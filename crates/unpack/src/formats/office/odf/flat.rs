//! Files in the text of a flat OpenDocument (OpenDocument 1.3, 19.4.2): pictures and objects that a package has as members.

use crate::formats::office::coded::CodedFiles;
use crate::formats::xml::{self, Event};
use crate::unpack::{File, Walk};

/// The element, without its prefix.
const ELEMENT: &str = "binary-data";

/// Opens them. Most documents have none, and are not read once more.
pub(super) fn open_files(walk: &mut Walk<'_>, file: File<'_>, text: &str) {
    if memchr::memmem::find(text.as_bytes(), ELEMENT.as_bytes()).is_none() {
        return;
    }
    let mut files = CodedFiles::default();
    // What was not read of it is told where its text is.
    _ = xml::read(text, &mut |event| match event {
        Event::Start(tag) if tag.name() == ELEMENT => files.begin(String::new()),
        Event::Text(piece) => _ = files.text(piece),
        Event::End(ELEMENT) => files.end(),
        _ => {}
    });
    files.give(walk, file);
}
