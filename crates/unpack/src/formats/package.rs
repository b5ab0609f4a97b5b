//! Documents that are zips of parts (OOXML, ODF): the parts by name, for the reader of the document.

use crate::formats::office::{odf, ooxml};
use crate::unpack::{File, Walk};

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

/// Reads the document that is item `file.at`.
pub(crate) fn read(walk: &mut Walk<'_>, file: File<'_>, package: &Package) {
    let kind = walk.kind(file.at).to_owned();
    for (_, read) in ALL.iter().filter(|(own, _)| *own == kind) {
        read(walk, file, package);
    }
}
