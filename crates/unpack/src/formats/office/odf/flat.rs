//! Files in the text of a flat OpenDocument (OpenDocument 1.3, 19.4.2): pictures and objects that a package has as members.

use scan::content::WhyUnopened;

use crate::formats::office::ooxml::decode;
use crate::formats::xml::{self, Event};
use crate::unpack::{File, Leaf, Walk};

/// The element, without its prefix.
const ELEMENT: &str = "binary-data";
/// Files in one document.
const FILES_MAX: usize = 1_000;

/// Opens them.
pub(super) fn open_files(walk: &mut Walk<'_>, file: File<'_>, text: &str) {
    if memchr::memmem::find(text.as_bytes(), ELEMENT.as_bytes()).is_none() {
        return;
    }
    let mut files: Vec<Vec<u8>> = Vec::new();
    let mut open: Option<String> = None;
    let (mut is_cut, mut is_broken) = (false, false);
    // What was not read of it is told where its text is.
    _ = xml::read(text, &mut |event| match event {
        Event::Start(tag) if tag.name() == ELEMENT => open = Some(String::new()),
        Event::Text(piece) => {
            if let Some(coded) = &mut open {
                coded.extend(piece.chars().filter(char::is_ascii_graphic));
            }
        }
        Event::End(ELEMENT) => {
            is_cut |= open.is_some() && files.len() >= FILES_MAX;
            if let Some(coded) = open.take().filter(|_| files.len() < FILES_MAX) {
                let bytes = decode(&coded);
                is_broken |= bytes.is_empty() && !coded.is_empty();
                files.push(bytes);
            }
        }
        _ => {}
    });
    for (is_so, why) in [(is_cut, WhyUnopened::OverBudget), (is_broken, WhyUnopened::Broken)] {
        if is_so {
            walk.not_opened(file.at, why);
        }
    }
    for (number, bytes) in files.into_iter().enumerate().filter(|(_, bytes)| !bytes.is_empty()) {
        if !walk.child(file, &format!("xml:{number}"), Leaf { is_read: true, ..Leaf::default() }, &bytes) {
            break;
        }
    }
}
