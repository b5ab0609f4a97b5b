//! Files in base64 inside XML: the document in an XDP (Adobe XML Data Package 2.0, `<chunk>`).

use crate::formats::office::coded::decode;
use crate::formats::xml::{Event, read};
use crate::unpack::{File, Leaf, Walk};

/// Files of one package; there is one.
const FILES_MAX: usize = 100;

/// Looks into each of them.
pub(super) fn open_chunks(walk: &mut Walk<'_>, file: File<'_>, xml: &str) {
    if !walk.may_open(file) {
        return;
    }
    let mut chunks: Vec<String> = Vec::new();
    let (mut open, mut is_cut) = (None::<String>, false);
    read(xml, &mut |event| match event {
        Event::Start(tag) if tag.name() == "chunk" => open = Some(String::new()),
        Event::Text(piece) => {
            if let Some(chunk) = &mut open {
                chunk.extend(piece.chars().filter(char::is_ascii_graphic));
            }
        }
        Event::End("chunk") => match open.take() {
            Some(_) if chunks.len() >= FILES_MAX => is_cut = true,
            chunk => chunks.extend(chunk),
        },
        _ => {}
    });
    chunks.extend(open);
    if is_cut {
        walk.not_opened(file.at, scan::content::WhyUnopened::OverBudget);
    }
    for (number, chunk) in chunks.iter().enumerate() {
        let bytes = decode(chunk);
        if bytes.is_empty() {
            walk.not_opened(file.at, scan::content::WhyUnopened::Broken);
            continue;
        }
        walk.budget.spend_unpacked(bytes.len());
        let leaf = Leaf { is_read: true, ..Leaf::default() };
        if !walk.child(file, &format!("xdp:{number}"), leaf, &bytes) {
            return;
        }
    }
}
