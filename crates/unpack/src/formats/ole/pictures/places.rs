//! Where pictures begin in a stream: by the heads of their records, and by how they begin themselves.

use memchr::{memchr_iter, memmem};

use crate::formats::office::bytes::{size_at, slice, u16_at, u32_at};
use crate::formats::ole::pictures::ends;

/// Types of records that hold a picture: the lower byte; metafiles first (EMF, WMF, PICT), bitmaps from the other on.
const METAFILES: std::ops::RangeInclusive<u8> = 0x1a..=0x1c;
const BITMAPS: std::ops::RangeInclusive<u8> = 0x1d..=0x2a;
/// The upper byte of both.
const TYPE_HIGH: u8 = 0xf0;
/// Bytes of a record's head.
const HEAD_BYTES: usize = 8;
/// Bytes in front of the picture: one or two hashes, then what is said of a metafile, or a byte.
const HASHES: [usize; 2] = [16, 32];
const METAFILE_HEAD_BYTES: usize = 34;
const TAG_BYTES: usize = 1;
/// Of a metafile that is not packed.
const NOT_PACKED: u8 = 0xfe;
/// Heads of bitmaps (MS-WMF 2.2.2.2 and later ones).
const BITMAP_HEADS: [usize; 6] = [12, 40, 52, 56, 108, 124];
/// How files of pictures begin: PNG, JPEG, GIF, TIFF, BMP, WebP, JPEG XR, JPEG 2000. The first three are looked for without a record
/// too; the others are too short for that.
const STARTS: [&[u8]; 9] =
    [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF", b"II\xbc\x01", b"\0\0\0\x0cjP"];
/// How files of metafiles begin, and what stands at a place of the newer ones.
const METAFILE_START: &[u8] = b"\xd7\xcd\xc6\x9a";
const NEWER_METAFILE: (usize, &[u8]) = (40, b" EMF");
/// Places of one stream where a picture may begin, of each sort.
const PLACES_MAX: usize = 10_000;
/// Pixels of a side.
const SIDE_MAX: u32 = 20_000;
/// Bits of a pixel.
const BITS: [u16; 6] = [1, 4, 8, 16, 24, 32];

/// What stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is in a file.
    File,
    /// A bitmap without the head that it has in a file.
    Bitmap,
    Metafile {
        is_packed: bool,
    },
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: usize,
    /// Where its record says that it ends.
    end: Option<usize>,
    pub(super) form: Form,
}

impl Place {
    /// What stands there: to its own end, else to that of its record, else all that is left. And how many bytes were looked at for
    /// that. Nothing, where there is no picture.
    pub(super) fn bytes<'b>(&self, stream: &'b [u8]) -> Option<(&'b [u8], usize)> {
        let rest = stream.get(self.at..)?;
        let by_record = self.end.and_then(|end| end.checked_sub(self.at));
        let (own, is_known) = match self.form {
            Form::File if rest.starts_with(b"\x89PNG") => (ends::of_png(rest), true),
            Form::File if rest.starts_with(b"\xff\xd8") => (ends::of_jpeg(rest), true),
            Form::File if rest.starts_with(b"GIF") => match ends::of_gif(rest) {
                Ok(end) => (Some(end), true),
                // A text speaks of it.
                Err(followed) if by_record.is_none() => return Some((&[], followed)),
                Err(_) => (None, true),
            },
            Form::Bitmap if self.end.is_none() => (ends::of_bitmap(rest), true),
            _ => (None, false),
        };
        let bytes = rest.get(..own.or(by_record).unwrap_or(rest.len())).unwrap_or(rest);
        Some((bytes, if is_known && own.is_none() { rest.len() } else { bytes.len() }))
    }
}

/// Places, and whether there are more.
pub(super) type Places = (Vec<Place>, bool);

/// All of a stream, in order.
pub(super) fn of(stream: &[u8]) -> Places {
    in_order(by_record(stream).take(PLACES_MAX).chain(by_start(stream).take(PLACES_MAX)))
}

/// Those in a metafile: bitmaps are known by their heads there.
pub(super) fn in_metafile(bytes: &[u8]) -> Places {
    let is_side = |side: u32| (1..=SIDE_MAX).contains(&side);
    let bitmaps = memmem::find_iter(bytes, &[40_u8, 0, 0, 0]).filter(|at| {
        let dib = slice(bytes, *at, 40);
        u32_at(dib, 4).is_some_and(is_side)
            // Below zero it stands from the top down.
            && u32_at(dib, 8).is_some_and(|height| is_side(i32::from_le_bytes(height.to_le_bytes()).unsigned_abs()))
            && u16_at(dib, 12) == Some(1)
            && u16_at(dib, 14).is_some_and(|bits| BITS.contains(&bits))
            && u32_at(dib, 16).is_some_and(|method| method <= 3)
    });
    let bitmaps = bitmaps.map(|at| Place { at, end: None, form: Form::Bitmap });
    in_order(bitmaps.take(PLACES_MAX).chain(by_start(bytes).take(PLACES_MAX)))
}

fn in_order(all: impl Iterator<Item = Place>) -> Places {
    let mut places: Vec<Place> = all.collect();
    let has_more = places.len() >= PLACES_MAX;
    // Where both know one, the record comes first.
    places.sort_by_key(|place| (place.at, place.end.is_none()));
    places.dedup_by_key(|place| place.at);
    (places, has_more)
}

fn by_start(stream: &[u8]) -> impl Iterator<Item = Place> {
    let png = memmem::find_iter(stream, b"\x89PNG\r\n\x1a\n");
    let jpeg = memmem::find_iter(stream, b"\xff\xd8\xff")
        .filter(|at| matches!(stream.get(at.saturating_add(3)), Some(0xc0..=0xcf | 0xdb..=0xef | 0xfe)));
    let gif = memmem::find_iter(stream, b"GIF8")
        .filter(|at| stream.get(at.saturating_add(4)).is_some_and(|byte| b"79".contains(byte)))
        .filter(|at| stream.get(at.saturating_add(5)) == Some(&b'a'));
    png.chain(jpeg).chain(gif).map(|at| Place { at, end: None, form: Form::File })
}

fn by_record(stream: &[u8]) -> impl Iterator<Item = Place> {
    memchr_iter(TYPE_HIGH, stream).filter_map(|high| {
        let low = *stream.get(high.checked_sub(1)?)?;
        let head = high.checked_sub(3)?;
        let size = size_at(stream, head.checked_add(4)?)?;
        let start = head.checked_add(HEAD_BYTES)?;
        let end = start.saturating_add(size).min(stream.len());
        let is_metafile = METAFILES.contains(&low);
        if !is_metafile && !BITMAPS.contains(&low) {
            return None;
        }
        // How many hashes there are is said by the record, and by what follows.
        let before = if is_metafile { METAFILE_HEAD_BYTES } else { TAG_BYTES };
        let starts = HASHES.map(|hashes| start.saturating_add(hashes).saturating_add(before));
        starts.into_iter().filter(|at| *at < end).find_map(|at| {
            let form =
                if is_metafile { metafile(stream, at) } else { bitmap(slice(stream, at, end.saturating_sub(at))) };
            form.map(|form| Place { at, end: Some(end), form })
        })
    })
}

/// What a record of a metafile holds there, if it looks like one.
fn metafile(stream: &[u8], at: usize) -> Option<Form> {
    let rest = stream.get(at..)?;
    if *stream.get(at.checked_sub(2)?)? == NOT_PACKED {
        let (at, newer) = NEWER_METAFILE;
        let is_one = is_windows_metafile(rest) || rest.starts_with(METAFILE_START) || slice(rest, at, 4) == newer;
        return is_one.then_some(Form::Metafile { is_packed: false });
    }
    // RFC 1950 2.2: the method, and a sum of both bytes.
    let [method, flags] = *rest.first_chunk()?;
    let is_packed = method & 0x0f == 8 && u16::from_be_bytes([method, flags]).is_multiple_of(31);
    is_packed.then_some(Form::Metafile { is_packed: true })
}

/// What a record of a bitmap holds there, if it looks like one.
fn bitmap(bytes: &[u8]) -> Option<Form> {
    let head = size_at(bytes, 0)?;
    let planes = u16_at(bytes, if head == 12 { 8 } else { 12 });
    if BITMAP_HEADS.contains(&head) && planes == Some(1) {
        return Some(Form::Bitmap);
    }
    STARTS.iter().any(|start| bytes.starts_with(start)).then_some(Form::File)
}

/// Does it begin as a metafile of Windows does that has no head for programs (MS-WMF 2.3.2.2)?
fn is_windows_metafile(bytes: &[u8]) -> bool {
    matches!(u16_at(bytes, 0), Some(1 | 2))
        && u16_at(bytes, 2) == Some(9)
        && matches!(u16_at(bytes, 4), Some(0x0100 | 0x0300))
}

/// Such a metafile with the head that it has in a file (MS-WMF 2.3.2.3); none where it is another.
pub(super) fn with_head_of_metafile(bytes: &[u8]) -> Option<Vec<u8>> {
    // Its key, no handle, a box of a thousand by a thousand, a thousand to the inch.
    let words = [0xcdd7, 0x9ac6, 0, 0, 0, 1000, 1000, 1000, 0, 0_u16];
    let sum = words.iter().fold(0, |sum, word| sum ^ word);
    let head = words.into_iter().chain([sum]).flat_map(u16::to_le_bytes);
    is_windows_metafile(bytes).then(|| head.chain(bytes.iter().copied()).collect())
}
