//! Zips in the middle of something that keeps them whole, such as a stream of a document, and what of them can be seen from
//! outside, where they may lie in pieces.

use std::collections::HashMap;

use crate::bounded::{End, Taken};
use crate::budget::Budget;
use crate::formats::zip::directory;
use crate::formats::zip::entry::{Entry, Said};
use crate::formats::zip::inflate::{Packed, STORED, inflate};

/// Archives of one stream whose entries are compared.
const ARCHIVES_MAX: usize = 2_000;

/// Bytes that are compared and unpacked to explain an archive, for each byte of the file; beyond, it counts as not explained.
const WORK_FACTOR: usize = 16;
/// And so many more.
const WORK_BYTES: usize = 1024 * 1024;

/// Entries that are kept of all streams, each under each of its names; with more nothing is explained.
const KNOWN_MAX: usize = 100_000;
/// What it costs to look at one of them, besides its bytes.
const LOOK_BYTES: usize = 16;

/// Packed bytes of the entries of one name, by their sizes and sums.
type BySaid<'a> = HashMap<Option<Said>, Vec<&'a [u8]>>;

/// The entries of all streams.
#[derive(Debug, Default)]
struct Known<'a> {
    by_name: HashMap<&'a [u8], BySaid<'a>>,
    count: usize,
}

impl<'a> Known<'a> {
    /// The entries of the zips in these streams; none where there are too many, or it is late.
    fn of(streams: &[&'a [u8]], budget: &Budget) -> Option<Self> {
        let mut known = Self::default();
        for stream in streams {
            for (start, end) in directory::spans(stream, ARCHIVES_MAX) {
                let directory = directory::read(stream.get(start..end).unwrap_or_default(), budget);
                if directory.is_late || budget.is_late() {
                    return None;
                }
                for entry in directory.entries {
                    known.add(entry)?;
                }
            }
        }
        Some(known)
    }

    fn add(&mut self, entry: Entry<'a>) -> Option<()> {
        for name in entry.names {
            self.count = self.count.saturating_add(1);
            if self.count > KNOWN_MAX {
                return None;
            }
            self.by_name.entry(name).or_default().entry(entry.said).or_default().push(entry.data);
        }
        Some(())
    }

    /// Those of a name of which nothing else is said: a streamed entry says nothing, and may be any.
    fn twins(&self, name: &[u8], said: Option<Said>) -> impl Iterator<Item = &'a [u8]> {
        let own = self.by_name.get(name);
        let all = own.filter(|_| said.is_none()).into_iter().flat_map(HashMap::values);
        let same = own.filter(|_| said.is_some()).into_iter().flat_map(move |own| [own.get(&said), own.get(&None)]);
        all.chain(same.flatten()).flatten().copied()
    }
}

/// From where to where zips stand in a stream, from the last, at most so many.
pub(crate) fn within(stream: &[u8], most: usize) -> Vec<(usize, usize)> {
    directory::spans(stream, most)
}

/// Is everything that a reader of zips finds in the raw bytes a piece of the zips in these streams? An entry that opens is
/// one of them as it is; one that does not is at least called so and has the size and the sum of one.
pub(crate) fn explains(streams: &[&[u8]], raw: &[u8], budget: &Budget) -> bool {
    let Some(known) = Known::of(streams, budget) else { return false };
    let directory = directory::read(raw, budget);
    let mut left = raw.len().saturating_mul(WORK_FACTOR).saturating_add(WORK_BYTES);
    !directory.is_late && directory.entries.iter().all(|entry| is_piece(entry, &known, (budget, &mut left)))
}

fn is_piece(entry: &Entry<'_>, known: &Known<'_>, (budget, left): (&Budget, &mut usize)) -> bool {
    if budget.is_late() {
        return false;
    }
    let mut has_twin = false;
    for data in entry.names.iter().flat_map(|name| known.twins(name, entry.said)) {
        has_twin = true;
        *left = left.saturating_sub(data.len().min(entry.data.len()).saturating_add(LOOK_BYTES));
        if *left == 0 {
            return false;
        }
        if data == entry.data {
            return true;
        }
    }
    if !has_twin || entry.is_encrypted() {
        return false;
    }
    let readings = inflate(&Packed::of(entry), budget).readings;
    let size: usize = readings.iter().map(|one| one.bytes.len()).sum();
    *left = left.saturating_sub(size.saturating_add(entry.data.len()));
    // One that is taken as it is, whatever its method says, fits nothing that is said of it. What inflates to its end and has its
    // size is whole, whatever its checksum: of a torn one neither is so.
    let fits = |one: &Taken| {
        let has_size = |said: Said| u64::try_from(one.bytes.len()) == Ok(said.size);
        let has_sum = |said: Said| crc32fast::hash(&one.bytes) == said.crc32;
        let is_inflated = entry.method != STORED && matches!(one.end, End::Whole | End::Broken);
        entry.said.map_or(one.end == End::Whole, |said| has_size(said) && (is_inflated || has_sum(said)))
    };
    *left > 0 && !budget.is_late() && !readings.iter().any(fits)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "numbers of the test itself")]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::budget::{Limits, thread_time};
    use crate::formats::office::testing::zip_of;

    /// An end record of an archive of nothing, with a comment of so many bytes that are not there.
    fn end_of_nothing(comment: u16) -> Vec<u8> {
        [b"PK\x05\x06".as_slice(), &[0; 16], &comment.to_le_bytes()].concat()
    }

    #[test]
    fn archives_in_a_row_share_no_bytes() {
        let zip = zip_of(&[("a.exe", b"MZ")]);
        let ends = end_of_nothing(u16::MAX).repeat(500);
        let stream = [ends.as_slice(), &zip].concat();
        let spans = within(&stream, ARCHIVES_MAX);
        assert_eq!((spans.len(), spans[0]), (501, (ends.len(), stream.len())));
        assert!(spans.windows(2).all(|pair| pair[1].1 <= pair[0].0));
        // A comment that is there is the archive's.
        let mut commented = zip.clone();
        let at = commented.len() - 2;
        commented[at..].copy_from_slice(&4_u16.to_le_bytes());
        commented.extend(b"fine");
        let both = [commented.as_slice(), b"between", &zip].concat();
        let middle = commented.len() + b"between".len();
        assert_eq!(within(&both, ARCHIVES_MAX), [(middle, both.len()), (0, commented.len())]);
    }

    /// A zip of so many entries without data, which share one local header.
    fn shared(count: u32, name: &[u8], said: impl Fn(u32) -> [u32; 2]) -> Vec<u8> {
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let mut zip = [b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0; 2], name].concat();
        let at = u32::try_from(zip.len()).unwrap();
        for number in 0..count {
            let [sum, size] = said(number).map(u32::to_le_bytes);
            zip.extend([b"PK\x01\x02".as_slice(), &[0; 12], &sum, &[0; 4], &size, &length, &[0; 16], name].concat());
        }
        let size = u32::try_from(zip.len()).unwrap() - at;
        let count = u16::try_from(count).unwrap().to_le_bytes();
        zip.extend(
            [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0; 2]]
                .concat(),
        );
        zip
    }

    #[test]
    fn entries_of_one_name_are_compared_in_short_time() {
        let numbered = |own: u32| shared(9_000, b"a", move |number| [number + own * 9_000, 1]);
        let streams: Vec<Vec<u8>> = (0..9).map(numbered).collect();
        let streams: Vec<&[u8]> = streams.iter().map(Vec::as_slice).collect();
        let before = thread_time();
        assert!(explains(&streams, &numbered(8), &Budget::new(Limits::default())));
        assert!((thread_time() - before).as_secs() < 2);
    }

    /// A zip of one packed entry, with this sum said of it.
    fn packed(data: &[u8], sum: u32) -> Vec<u8> {
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        deflated.write_all(data).unwrap();
        let deflated = deflated.finish().unwrap();
        let number = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
        let said = [sum.to_le_bytes(), number(deflated.len()), number(data.len())].concat();
        let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0], said.as_slice(), &[1, 0, 0, 0]].concat();
        let local = [b"PK\x03\x04", common.as_slice(), b"a", &deflated].concat();
        let central = [b"PK\x01\x02\x14\0", common.as_slice(), &[0; 14], b"a"].concat();
        let counts = [0, 0, 0, 0, 1, 0, 1, 0];
        let end = [b"PK\x05\x06", counts.as_slice(), &number(central.len()), &number(local.len()), &[0, 0]].concat();
        [local, central, end].concat()
    }

    #[test]
    fn what_is_whole_is_no_torn_piece_though_its_sum_is_wrong() {
        let (text, other) = ([b'a'; 400], [b'b'; 400]);
        let sum = crc32fast::hash(&text);
        let known = packed(&text, sum);
        assert!(explains(&[&known], &known, &Budget::new(Limits::default())));
        assert!(!explains(&[&known], &packed(&other, sum), &Budget::new(Limits::default())));
    }

    #[test]
    fn what_the_streams_hold_is_explained() {
        let (one, two) = (zip_of(&[("a.xml", b"<a/>"), ("b.xml", b"<b/>")]), zip_of(&[("a.xml", b"<c/>")]));
        let stream = [b"xx".as_slice(), &one, b"yy", &two].concat();
        assert!(explains(&[&stream], &one, &Budget::new(Limits::default())));
        let other = zip_of(&[("a.xml", b"<d/>")]);
        assert!(!explains(&[&stream], &other, &Budget::new(Limits::default())));
        // With more than are kept nothing is.
        let many = shared(9_000, b"a", |number| [number, 1]);
        let streams = [&many; 12].map(Vec::as_slice);
        let budget = Budget::new(Limits::default());
        assert!(Known::of(&streams, &budget).is_none() && Known::of(&streams[..2], &budget).is_some());
    }
}
