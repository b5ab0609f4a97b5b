//! Packed streams of one file: gzip (RFC 1952), bzip2, xz, zstd (RFC 8878), LZMA alone, lzip, compress. Every stream of a file
//! is read, as the usual programs do; what stands behind the last one is looked at as well.

mod lz4;
mod lzss;

use std::io::Read;

use bzip2::bufread::BzDecoder;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::{LzipReader, LzmaReader, XzReader};
use scan::content::WhyUnopened;

use crate::bounded::{End, Taken, read_in_time};
use crate::formats::archives::bytes::{has, part, to_nul, u16_le, u32_le, u64_le};
use crate::formats::archives::{Member, WINDOW_KIB_MAX, lzw, shown};
use crate::unpack::{File, Walk};

/// Window of zstd, as a power of two: 128 MiB is what its own program takes without being asked.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// Bytes that have to come out of what looks like packed data for it to be some.
const TRIED_BYTES: u64 = 256;
/// Streams in one file; more are a trick.
const STREAMS_MAX: usize = 10_000;
/// Smallest window of LZMA, bytes.
const LZMA_WINDOW_BYTES_MIN: u32 = 4096;
/// Head of LZMA alone: properties, window, size; bytes.
const LZMA_HEAD_BYTES: usize = 13;

/// A reader of zstd frames with a bounded window; it goes on from frame to frame.
pub(crate) fn zstd_reader<'b>(bytes: &'b [u8]) -> Option<impl Read + use<'b>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).ok()?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).ok()?;
    Some(decoder)
}

/// gzip.
pub(crate) fn open_gz(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut names = Vec::new();
    let mut open = Streams::new(walk, file);
    while let Some((name, data)) = open.rest.get(..).and_then(gz_head) {
        names.extend(name.map(shown));
        let mut decoder = DeflateDecoder::new(data);
        let end = open.take(&mut decoder);
        let used = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
        let tail = data.get(used..).unwrap_or_default();
        let said = (u32_le(tail, 0), u32_le(tail, 4));
        let is_right = said == (Some(crc32fast::hash(open.last())), Some(size_modulo(open.last().len())));
        // Between members there may be zeros: of a tape, or of a disk's block.
        let behind = tail.get(8..).unwrap_or_default();
        let padding = behind.iter().position(|byte| *byte != 0).unwrap_or(behind.len());
        if !open.go_on(end, is_right, behind.get(padding..).unwrap_or_default()) {
            break;
        }
    }
    open.finish(names, "gz");
}

/// Does packed data begin here, more than by its mark? Something has to come out.
pub(crate) fn is_gz(bytes: &[u8]) -> bool {
    let head = gz_head(bytes).filter(|_| bytes.get(3).is_some_and(|flags| flags & 0xe0 == 0));
    head.is_some_and(|(_, data)| gives(DeflateDecoder::new(data)))
}

/// As [`is_gz`], for bzip2: a block, or the end of an empty stream.
pub(crate) fn is_bz2(bytes: &[u8]) -> bool {
    bytes.get(3).is_some_and(|size| matches!(size, b'1'..=b'9')) && has(bytes, 4, b"1AY&SY")
}

/// As [`is_gz`], for xz: the flags of its head have a sum.
pub(crate) fn is_xz(bytes: &[u8]) -> bool {
    part(bytes, 6, 2).is_some_and(|flags| u32_le(bytes, 8) == Some(crc32fast::hash(flags)))
}

/// As [`is_gz`], for a frame of zstd.
pub(crate) fn is_zstd(bytes: &[u8]) -> bool {
    zstd_reader(bytes).is_some_and(gives)
}

fn gives(from: impl Read) -> bool {
    let mut some = Vec::new();
    from.take(TRIED_BYTES).read_to_end(&mut some).is_ok() && !some.is_empty()
}

/// The size that gzip keeps is the rest by 2 to the 32.
fn size_modulo(size: usize) -> u32 {
    let low = u64::try_from(size).unwrap_or(u64::MAX) & u64::from(u32::MAX);
    u32::try_from(low).unwrap_or(u32::MAX)
}

/// RFC 1952 2.3: the name, and the packed data.
fn gz_head(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    if !has(bytes, 0, b"\x1f\x8b\x08") {
        return None;
    }
    let flags = *bytes.get(3)?;
    let mut rest = bytes.get(10..)?;
    if flags & 4 != 0 {
        rest = rest.get(usize::from(u16_le(rest, 0)?).saturating_add(2)..)?;
    }
    let mut name = None;
    for flag in [8, 16] {
        if flags & flag != 0 {
            let text = to_nul(rest);
            name = if flag == 8 { Some(text) } else { name };
            rest = rest.get(text.len().saturating_add(1)..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some((name, rest))
}

/// bzip2.
pub(crate) fn open_bz2(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    while has(open.rest, 0, b"BZh") {
        let mut decoder = BzDecoder::new(open.rest);
        let end = open.take(&mut decoder);
        let rest = decoder.into_inner();
        if !open.go_on(end, true, rest) {
            break;
        }
    }
    open.finish(Vec::new(), "bz2");
}

/// xz: streams with padding between them.
pub(crate) fn open_xz(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    while has(open.rest, 0, b"\xfd7zXZ\0") {
        let mut rest = open.rest;
        let end = open.take(XzReader::new_mem_limit(&mut rest, false, WINDOW_KIB_MAX));
        let padding = rest.iter().position(|byte| *byte != 0).unwrap_or(rest.len());
        if !open.go_on(end, true, rest.get(padding..).unwrap_or_default()) {
            break;
        }
    }
    open.finish(Vec::new(), "xz");
}

/// zstd: frames, also those that are to be skipped.
pub(crate) fn open_zstd(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    while let Some(rest) = zstd_frame(open.rest) {
        if let Err(skipped) = rest {
            open.rest = skipped;
            continue;
        }
        let mut source = open.rest;
        let decoder =
            zstd::stream::read::Decoder::with_buffer(&mut source).map(zstd::stream::read::Decoder::single_frame);
        let Ok(mut decoder) = decoder else { break };
        if decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).is_err() {
            break;
        }
        let end = open.take(decoder);
        if !open.go_on(end, true, source) {
            break;
        }
    }
    open.finish(Vec::new(), "zstd");
}

/// A frame of data, or what stands behind a frame that is skipped (RFC 8878 3.1.2).
fn zstd_frame(bytes: &[u8]) -> Option<Result<(), &[u8]>> {
    if has(bytes, 0, b"\x28\xb5\x2f\xfd") {
        return Some(Ok(()));
    }
    let is_skipped = u32_le(bytes, 0).is_some_and(|magic| magic & 0xffff_fff0 == 0x184d_2a50);
    let length = u32_le(bytes, 4).and_then(|length| usize::try_from(length).ok())?;
    is_skipped.then(|| Err(bytes.get(length.saturating_add(8)..).unwrap_or_default()))
}

/// LZMA alone.
pub(crate) fn open_lzma(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    let head =
        (file.bytes.first().copied(), u32_le(file.bytes, 1), u64_le(file.bytes, 5), file.bytes.get(LZMA_HEAD_BYTES..));
    if let (Some(properties), Some(window), Some(size), Some(mut data)) = head {
        // Nothing is farther back than all that may come out.
        let useful = u32::try_from(size.min(open.walk.budget.unpacked_bytes_left())).unwrap_or(u32::MAX);
        let window = window.min(useful.max(LZMA_WINDOW_BYTES_MIN));
        let reader = LzmaReader::new_with_props(&mut data, size, properties, window, None);
        if window.div_ceil(1024) > WINDOW_KIB_MAX {
            open.ends.push(End::OverBudget);
        } else if let Ok(reader) = reader {
            let end = open.take(reader);
            open.go_on(end, true, &[]);
        }
    }
    open.finish(Vec::new(), "lzma");
}

/// lzip.
pub(crate) fn open_lz(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    // The window of each member stands in the low five bits of its head, as a power of two.
    let mut members = memchr::memmem::find_iter(file.bytes, b"LZIP\x01");
    let is_small = members.all(|at| file.bytes.get(at.saturating_add(5)).is_some_and(|coded| coded & 0x1f <= 26));
    if is_small {
        let end = open.take(LzipReader::new(file.bytes));
        open.go_on(end, true, &[]);
    } else {
        open.ends.push(End::OverBudget);
    }
    open.finish(Vec::new(), "lz");
}

/// compress, by LZW; and the older programs under nearly the same magic, which nothing opens.
pub(crate) fn open_z(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let Some(data) =
        part(file.bytes, 0, 3).filter(|head| head.starts_with(b"\x1f\x9d")).and_then(|_| file.bytes.get(2..))
    else {
        walk.mark(file.at, "unopened_container");
        return walk.not_opened(file.at, WhyUnopened::Unsupported);
    };
    let mut open = Streams::new(walk, file);
    let most = open.walk.budget.unpacked_bytes_left();
    let taken = lzw::unpack(data, most, open.walk.budget);
    open.bytes = taken.bytes;
    open.go_on(taken.end, true, &[]);
    open.finish(Vec::new(), "z");
}

/// LZ4: frames, also of the old kind and those that are to be skipped.
pub(crate) fn open_lz4(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    while let Some((bytes, end, rest)) = lz4::frame(open.rest, open.left(), open.walk.budget) {
        open.keep(bytes);
        if !open.go_on(end, true, rest) {
            break;
        }
    }
    open.finish(Vec::new(), "lz4");
}

/// What the compressor of old set-up discs makes (SZDD, KWAJ).
pub(crate) fn open_szdd(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut open = Streams::new(walk, file);
    let lzss::Opened { taken, last_letter, name } = lzss::open(file.bytes, open.left(), open.walk.budget);
    open.keep(taken.bytes);
    open.go_on(taken.end, true, &[]);
    // `setup.ex_`: the last letter stands in the head.
    let names = open.walk.content.items.get(file.at).map(|item| item.names.clone()).unwrap_or_default();
    let letter = last_letter.map(String::from).unwrap_or_default();
    let mut names: Vec<String> =
        names.iter().filter_map(|name| name.strip_suffix('_')).map(|stem| format!("{stem}{letter}")).collect();
    names.extend(name);
    open.finish(names, "szdd");
}

/// The streams of one file, one after the other; all that comes out is one child.
struct Streams<'w, 'b, 'f> {
    walk: &'w mut Walk<'b>,
    file: File<'f>,
    rest: &'f [u8],
    bytes: Vec<u8>,
    /// Where the last stream's bytes begin.
    from: usize,
    count: usize,
    ends: Vec<End>,
}

impl<'w, 'b, 'f> Streams<'w, 'b, 'f> {
    fn new(walk: &'w mut Walk<'b>, file: File<'f>) -> Self {
        Self { walk, file, rest: file.bytes, bytes: Vec::new(), from: 0, count: 0, ends: Vec::new() }
    }

    fn take(&mut self, from: impl Read) -> End {
        let held = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        let most = self.walk.budget.unpacked_bytes_left().saturating_sub(held);
        let Taken { bytes, end } = read_in_time(from, most, self.walk.budget);
        self.keep(bytes);
        end
    }

    /// Bytes that may still come out.
    fn left(&self) -> usize {
        let left = usize::try_from(self.walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX);
        left.saturating_sub(self.bytes.len())
    }

    /// Keeps what came out of the next stream.
    fn keep(&mut self, bytes: Vec<u8>) {
        self.from = self.bytes.len();
        if self.bytes.is_empty() {
            self.bytes = bytes;
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }

    /// What the last stream gave.
    fn last(&self) -> &[u8] {
        self.bytes.get(self.from..).unwrap_or_default()
    }

    /// Notes how a stream ended; true when there may be another.
    fn go_on(&mut self, end: End, is_right: bool, rest: &'f [u8]) -> bool {
        self.count = self.count.saturating_add(1);
        let end = if end == End::Whole && !is_right { End::Broken } else { end };
        let end = if self.count >= STREAMS_MAX { End::OverBudget } else { end };
        let end = if self.walk.budget.is_late() { End::OverTime } else { end };
        self.rest = rest;
        if end != End::Whole {
            self.ends.push(end);
        }
        end == End::Whole || (end == End::Broken && !is_right)
    }

    /// Looks at what came out, and at what stands behind the last stream.
    fn finish(self, names: Vec<String>, word: &str) {
        let Self { walk, file, rest, bytes, count, ends, .. } = self;
        walk.budget.spend_unpacked(bytes.len());
        if bytes.is_empty() && count == 0 {
            let why = if ends.contains(&End::OverBudget) { WhyUnopened::OverBudget } else { WhyUnopened::Broken };
            return walk.not_opened(file.at, why);
        }
        let end = ends.into_iter().next().unwrap_or(End::Whole);
        let mut names = names;
        names.dedup();
        let names = if names.is_empty() { stems(walk, file.at) } else { names };
        let goes_on =
            walk.member(file, Member { step: format!("{word}:0"), names, is_part: false }, &Taken { bytes, end });
        let is_padding = rest.iter().all(|byte| *byte == 0);
        if end == End::Whole && !is_padding {
            walk.mark(file.at, "archive_trailing");
            if goes_on {
                walk.stored_member(file, Member { step: format!("{word}:1"), ..Member::default() }, rest, End::Whole);
            }
        }
    }
}

/// The names of what was packed, by those of the packed file: without the last ending.
fn stems(walk: &Walk<'_>, at: usize) -> Vec<String> {
    let names = walk.content.items.get(at).map(|item| item.names.as_slice()).unwrap_or_default();
    let stem = |name: &String| {
        let (stem, ending) = name.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        match ending.as_str() {
            "tgz" | "tbz" | "tbz2" | "txz" | "taz" | "tzst" => Some(format!("{stem}.tar")),
            "gz" | "bz2" | "xz" | "zst" | "lzma" | "lz" | "lz4" | "z" => Some(stem.to_owned()),
            _ => None,
        }
    };
    names.iter().filter_map(stem).collect()
}
