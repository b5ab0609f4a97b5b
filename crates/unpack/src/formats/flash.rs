//! Files of the Flash player (SWF 19): unpacked, so that what is in them is seen; and help files, which nothing opens.

use flate2::read::ZlibDecoder;
use scan::content::WhyUnopened;

use crate::unpack::{File, Leaf, Walk};

/// Bytes of the head that are never compressed.
const HEAD_BYTES: usize = 8;

/// Reads a film.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let (Some(head), Some(body)) = (file.bytes.get(..HEAD_BYTES), file.bytes.get(HEAD_BYTES..)) else { return };
    match head.first() {
        Some(b'C') => {
            let taken = crate::bounded::read(ZlibDecoder::new(body), walk.budget.unpacked_bytes_left());
            walk.budget.spend_unpacked(taken.bytes.len());
            let mut film = head.to_vec();
            if let Some(first) = film.first_mut() {
                *first = b'F';
            }
            film.extend_from_slice(&taken.bytes);
            walk.child(file, "swf:0", Leaf::default(), &film);
            match taken.end {
                crate::bounded::End::Whole => {}
                crate::bounded::End::Broken => walk.not_opened(file.at, WhyUnopened::Broken),
                _ => walk.not_opened(file.at, WhyUnopened::OverBudget),
            }
        }
        Some(b'Z') => walk.not_opened(file.at, WhyUnopened::Unsupported),
        _ => {}
    }
}

/// Compiled help (ITSF, WinHelp): programs in the form of pages, that nothing here opens.
pub(crate) fn open_help(walk: &mut Walk<'_>, file: File<'_>) {
    walk.mark(file.at, "unopened_container");
    walk.not_opened(file.at, WhyUnopened::Unsupported);
}
