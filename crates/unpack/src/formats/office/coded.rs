//! Files in base64 in the text of a document that is one XML file: what a package has as members.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use scan::content::WhyUnopened;

use crate::unpack::{File, Leaf, Walk};

/// Files in one document.
const FILES_MAX: usize = 1_000;

/// Those of a document, while it is read.
#[derive(Default)]
pub(super) struct CodedFiles {
    files: Vec<(String, Vec<u8>)>,
    /// Name and text of the one that is open.
    open: Option<(String, String)>,
    is_cut: bool,
    is_broken: bool,
}

impl CodedFiles {
    /// An element begins whose text is a file of that name, which may be empty.
    pub(super) fn begin(&mut self, name: String) {
        self.open = Some((name, String::new()));
    }

    /// Takes a piece of text; false where it is of no file.
    pub(super) fn text(&mut self, piece: &str) -> bool {
        let Some((_, coded)) = &mut self.open else { return false };
        coded.extend(piece.chars().filter(char::is_ascii_graphic));
        true
    }

    /// The element ends.
    pub(super) fn end(&mut self) {
        let Some((name, coded)) = self.open.take() else { return };
        if self.files.len() >= FILES_MAX {
            self.is_cut = true;
            return;
        }
        let bytes = decode(&coded);
        self.is_broken |= bytes.is_empty() && !coded.is_empty();
        self.files.push((name, bytes));
    }

    /// Opens them.
    pub(super) fn give(self, walk: &mut Walk<'_>, file: File<'_>) {
        for (is_so, why) in [(self.is_cut, WhyUnopened::OverBudget), (self.is_broken, WhyUnopened::Broken)] {
            if is_so {
                walk.not_opened(file.at, why);
            }
        }
        let files = self.files.into_iter().enumerate().filter(|(_, (_, bytes))| !bytes.is_empty());
        for (number, (name, bytes)) in files {
            let names = if name.is_empty() { Vec::new() } else { vec![name] };
            let leaf = Leaf { names, is_read: true, ..Leaf::default() };
            if !walk.child(file, &format!("xml:{number}"), leaf, &bytes) {
                break;
            }
        }
    }
}

/// Base64 as it comes: with or without its end.
pub(in crate::formats) fn decode(text: &str) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config).decode(text).unwrap_or_default()
}
