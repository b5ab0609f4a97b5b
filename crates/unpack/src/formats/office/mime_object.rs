//! The container in which Office puts macros and objects when it writes XML or archived pages (`editdata.mso`): a head, then a
//! compound file that is packed. The form is known from files only.

use flate2::read::ZlibDecoder;
use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::unpack::{File, Leaf, Walk};

/// Where the packed file can begin, bytes: by the versions of the head.
const PLACES: [usize; 2] = [0x32, 0x22a];
/// How data packed by zlib begins.
const PACKED: u8 = 0x78;
/// Bytes of the head that are searched where the file does not begin at a usual place.
const HEAD_BYTES: usize = 4096;

/// Opens it.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let begins = |at: &usize| file.bytes.get(*at) == Some(&PACKED);
    let usual = PLACES.iter().copied().find(begins);
    let place = usual.or_else(|| (0..HEAD_BYTES.min(file.bytes.len())).find(begins));
    let Some(packed) = place.and_then(|at| file.bytes.get(at..)) else {
        walk.mark(file.at, "malformed");
        return walk.not_opened(file.at, WhyUnopened::Broken);
    };
    let taken = walk.take(ZlibDecoder::new(packed));
    match taken.end {
        End::Whole => {}
        End::OverBudget => walk.not_opened(file.at, WhyUnopened::OverBudget),
        _ => walk.not_opened(file.at, WhyUnopened::Broken),
    }
    if !taken.bytes.is_empty() {
        walk.child(file, "mso", Leaf { is_read: true, ..Leaf::default() }, &taken.bytes);
    }
}
