//! Zips in the middle of something that keeps them whole, such as a stream of a document, and what of them can be seen from
//! outside, where they may lie in pieces.

use std::collections::HashMap;

use crate::bounded::{End, Taken};
use crate::budget::Budget;
use crate::formats::zip::directory;
use crate::formats::zip::entry::{Entry, Said};
use crate::formats::zip::inflate::{Packed, inflate};

/// Archives of one stream whose entries are compared.
const ARCHIVES_MAX: usize = 2_000;

/// Bytes that are compared and unpacked to explain an archive, for each byte of the file; beyond, it counts as not explained.
const WORK_FACTOR: usize = 16;
/// And so many more.
const WORK_BYTES: usize = 1024 * 1024;

/// Sizes, sums and packed bytes of the entries of a name.
type Known<'a> = HashMap<&'a [u8], Vec<(Option<Said>, &'a [u8])>>;

/// From where to where zips stand in a stream, from the last, at most so many.
pub(crate) fn within(stream: &[u8], most: usize) -> Vec<(usize, usize)> {
    directory::spans(stream, most)
}

/// Is everything that a reader of zips finds in the raw bytes a piece of the zips in these streams? An entry that opens is
/// one of them as it is; one that does not is at least called so and has the size and the sum of one.
pub(crate) fn explains(streams: &[&[u8]], raw: &[u8], budget: &Budget) -> bool {
    let mut known = Known::new();
    for stream in streams {
        for (start, end) in directory::spans(stream, ARCHIVES_MAX) {
            let directory = directory::read(stream.get(start..end).unwrap_or_default(), budget);
            for entry in directory.entries {
                for name in entry.names {
                    known.entry(name).or_default().push((entry.said, entry.data));
                }
            }
        }
    }
    let directory = directory::read(raw, budget);
    let mut left = raw.len().saturating_mul(WORK_FACTOR).saturating_add(WORK_BYTES);
    !directory.is_late && directory.entries.iter().all(|entry| is_piece(entry, &known, (budget, &mut left)))
}

fn is_piece(entry: &Entry<'_>, known: &Known<'_>, (budget, left): (&Budget, &mut usize)) -> bool {
    let named = entry.names.iter().filter_map(|name| known.get(name)).flatten();
    let mut has_twin = false;
    for (_, data) in named.filter(|(said, _)| said.is_none() || entry.said.is_none() || *said == entry.said) {
        has_twin = true;
        // An entry of the list costs something, whatever it holds.
        *left = left.saturating_sub(data.len().min(entry.data.len()).saturating_add(1));
        if *left == 0 {
            return false;
        }
        if *data == entry.data {
            return true;
        }
    }
    if !has_twin || entry.is_encrypted() {
        return false;
    }
    let readings = inflate(&Packed::of(entry), budget).readings;
    let size: usize = readings.iter().map(|one| one.bytes.len()).sum();
    *left = left.saturating_sub(size.saturating_add(entry.data.len()));
    // One that is taken as it is, whatever its method says, fits nothing that is said of it.
    let fits = |one: &Taken| {
        let is_so =
            |said: Said| u64::try_from(one.bytes.len()) == Ok(said.size) && crc32fast::hash(&one.bytes) == said.crc32;
        one.end == End::Whole && entry.said.is_none_or(is_so)
    };
    *left > 0 && !readings.iter().any(fits)
}
