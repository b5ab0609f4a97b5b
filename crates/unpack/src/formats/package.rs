//! Documents that are zips of parts (OOXML, ODF): the parts by name, for the reader of the document.

use crate::formats::office::{odf, ooxml};
use crate::formats::xml;
use crate::unpack::{File, Walk};

/// Bytes at the start of a part that tell whether it is XML.
const HEAD_BYTES: usize = 256;

/// The parts of one document, unpacked.
#[derive(Debug, Default)]
pub(crate) struct Package {
    /// Name as the archive has it, and bytes; a name can stand more than once.
    pub(crate) parts: Vec<(String, Vec<u8>)>,
}

/// Reads a document's parts.
type Read = fn(&mut Walk<'_>, File<'_>, &Package);

/// Readers by the kind that the archive's directory shows.
const ALL: &[(&str, Read)] = &[("docx", ooxml::read), ("xlsx", ooxml::read), ("pptx", ooxml::read), ("odf", odf::read)];

/// Is a zip of this kind read as one document? Then its XML parts are not read as texts of their own.
pub(crate) fn is_document(kind: &str) -> bool {
    ALL.iter().any(|(own, _)| *own == kind)
}

/// Does the document's reader take what is in this part? It reads XML, and the scripts of OpenDocument; everything else is looked at as
/// a member of any archive is: a message, a text, a card.
pub(crate) fn takes(name: &str, bytes: &[u8]) -> bool {
    let head = xml::decode(bytes.get(..HEAD_BYTES).unwrap_or(bytes), "");
    let is_xml = head.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let lower = name.to_ascii_lowercase();
    // What is encrypted is no XML under its name.
    is_xml || lower == "mimetype" || lower.ends_with(".xml") || odf::is_script(&lower)
}

/// Reads the document that is item `file.at`.
pub(crate) fn read(walk: &mut Walk<'_>, file: File<'_>, package: &Package) {
    let kind = walk.kind(file.at).to_owned();
    for (_, read) in ALL.iter().filter(|(own, _)| *own == kind) {
        read(walk, file, package);
    }
}
