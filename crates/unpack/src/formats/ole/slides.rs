//! Presentations of the old format: the text of their records, links, what a click starts, and the objects within. Source:
//! MS-PPT 2.1.2, 2.3, 2.9 and 2.10. Documented limit: hidden slides count as shown.
//!
//! Programs go from the last edit to the list of objects, and from there to each of them; what lies between is nothing to them. Here
//! the records are read one behind the other, and after that the objects that were passed over so.

mod shapes;

use std::collections::BTreeSet;
use std::ops::Range;

use flate2::read::ZlibDecoder;
use scan::content::{LinkKind, WhyUnopened};

use crate::bounded::End;
use crate::formats::office::bytes::{size_at, slice, u8_at, u16_at, u32_at, utf16};
use crate::formats::office::{Found, Layer};
use crate::formats::ole::compound::Compound;
use crate::formats::ole::decrypt::show::{self, HEAD_BYTES, Objects, Opened};
use crate::formats::ole::slides::shapes::Shapes;
use crate::unpack::{File, Leaf, Walk};

/// Types of records.
const MASTER: u16 = 0x03f8;
const TEXT_WIDE: u16 = 0x0fa0;
const TEXT_NARROW: u16 = 0x0fa8;
const STRING: u16 = 0x0fba;
const HYPERLINK: u16 = 0x0fd7;
const EMBEDDED: u16 = 0x0fcc;
const LINKED: u16 = 0x0fce;
const CONTROL: u16 = 0x0fee;
const STORED_OBJECT: u16 = 0x1011;
const ACTION: u16 = 0x0ff3;
/// What an action does: run a macro, run a program.
const RUNS_MACRO: u8 = 1;
const RUNS_PROGRAM: u8 = 2;
/// Mark of an encrypted presentation in the stream "Current User".
const ENCRYPTED_TOKEN: u32 = 0xf3d1_c4df;

/// Bytes of a stream that are read again, for each of its own: objects that are passed over lie within others, which no honest one
/// does.
const AGAIN_FACTOR: usize = 4;

/// What is read of a document, or what is still to be read.
struct Document<'d> {
    stream: &'d [u8],
    /// Where objects begin that were not met so far.
    places: BTreeSet<usize>,
    /// Objects of other programs that were met, in all streams.
    embedded: usize,
}

/// Reads the presentation.
pub(super) fn read(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, found: &mut Found) {
    let users = compound.streams_of(0, "Current User");
    let is_encrypted = users.iter().any(|user| u32_at(user, 12) == Some(ENCRYPTED_TOKEN))
        || compound.find(0, "EncryptedSummary").is_some();
    if is_encrypted {
        walk.mark(file.at, "encrypted");
    }
    let streams = compound.streams_of(0, "PowerPoint Document");
    if is_encrypted && streams.is_empty() {
        walk.not_opened(file.at, WhyUnopened::Encrypted);
    }
    let mut embedded = 0_usize;
    for stream in streams {
        let open = match is_encrypted {
            true => users.iter().find_map(|user| show::open(walk, &stream, user)),
            false => Some(Opened { stream, is_whole: true }),
        };
        let Some(Opened { stream, is_whole }) = open else {
            walk.not_opened(file.at, WhyUnopened::Encrypted);
            continue;
        };
        if is_encrypted {
            walk.mark(file.at, "password_found");
            if compound.find(0, "Pictures").is_some() {
                found.mark("picture_unread");
            }
        }
        if !is_whole {
            walk.not_opened(file.at, WhyUnopened::Encrypted);
        }
        let mut document = Document { stream: &stream, places: BTreeSet::new(), embedded };
        for objects in users.iter().filter_map(|user| Objects::of(&stream, user)) {
            if objects.is_broken {
                walk.mark(file.at, "malformed");
            }
            if objects.is_cut {
                walk.not_opened(file.at, WhyUnopened::OverBudget);
            }
            document.places.extend(objects.places.into_values());
        }
        if !read_document(walk, file, &mut document, found) {
            return;
        }
        embedded = document.embedded;
    }
}

/// All records of a document; false when the budget is used up.
fn read_document(walk: &mut Walk<'_>, file: File<'_>, document: &mut Document<'_>, found: &mut Found) -> bool {
    let stream = document.stream;
    if !read_records(walk, file, (document, 0..stream.len()), found) {
        return false;
    }
    let mut left = stream.len().saturating_mul(AGAIN_FACTOR);
    while let Some(place) = document.places.pop_first() {
        let size = size_at(stream, place.saturating_add(4)).unwrap_or(0).saturating_add(HEAD_BYTES);
        let end = place.saturating_add(size).min(stream.len());
        let Some(rest) = left.checked_sub(end.saturating_sub(place)) else {
            walk.not_opened(file.at, WhyUnopened::OverBudget);
            return true;
        };
        left = rest;
        if !read_records(walk, file, (document, place..end), found) {
            return false;
        }
    }
    true
}

/// The records between two places; false when the budget is used up.
fn read_records(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (document, range): (&mut Document<'_>, Range<usize>),
    found: &mut Found,
) -> bool {
    let mut shapes = Shapes::default();
    let is_going_on = read_each(walk, file, (document, range, &mut shapes), found);
    shapes.finish(found);
    is_going_on
}

fn read_each(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (document, range, shapes): (&mut Document<'_>, Range<usize>, &mut Shapes),
    found: &mut Found,
) -> bool {
    let stream = document.stream;
    let (mut master_end, mut link_end, mut friendly) = (0_usize, 0_usize, String::new());
    let mut at = range.start;
    while at < range.end
        && let (Some(version), Some(kind), Some(size)) =
            (u16_at(stream, at), u16_at(stream, at.saturating_add(2)), u32_at(stream, at.saturating_add(4)))
    {
        document.places.remove(&at);
        let from = at.saturating_add(HEAD_BYTES);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let end = from.saturating_add(size);
        let is_container = version & 0x0f == 0x0f;
        let body = if is_container { &[] } else { slice(stream, from, size) };
        shapes.see(at..end, (version >> 4, kind), body, found);
        // A container is stepped into.
        if is_container {
            match kind {
                MASTER => master_end = end,
                HYPERLINK => (link_end, friendly) = (end, String::new()),
                EMBEDDED => found.mark("embedded_object"),
                LINKED => found.mark("external_link"),
                CONTROL => found.mark("activex"),
                _ => {}
            }
            at = from;
            continue;
        }
        let layer = if at < master_end { Layer::Other } else { Layer::Shown };
        match kind {
            TEXT_WIDE => found.line(layer, &lines(&utf16(body))),
            TEXT_NARROW => found.line(layer, &lines(&body.iter().map(|byte| char::from(*byte)).collect::<String>())),
            STRING if at < link_end => match version >> 4 {
                0 => friendly = utf16(body),
                _ => found.link(&utf16(body), &friendly, LinkKind::Anchor),
            },
            STRING => found.line(Layer::Other, &utf16(body)),
            ACTION => match u8_at(body, 8) {
                Some(RUNS_MACRO) => found.mark("auto_run"),
                Some(RUNS_PROGRAM) => found.mark("launch"),
                _ => {}
            },
            STORED_OBJECT => {
                let is_packed = version >> 4 == 1;
                if !add_object(walk, file, document.embedded, ((is_packed, body), found)) {
                    return false;
                }
                document.embedded = document.embedded.saturating_add(1);
            }
            _ => {}
        }
        at = end;
    }
    true
}

/// Ends of paragraphs and lines.
fn lines(text: &str) -> String {
    text.replace(['\r', '\x0b'], "\n")
}

/// An object or a VBA project, packed or not; false when the budget is used up.
fn add_object(
    walk: &mut Walk<'_>,
    file: File<'_>,
    number: usize,
    ((is_packed, body), found): ((bool, &[u8]), &mut Found),
) -> bool {
    let step = format!("object:{number}");
    let leaf = Leaf { is_read: true, ..Leaf::default() };
    if !is_packed {
        return walk.child(file, &step, leaf, body);
    }
    if !walk.may_open(file) {
        return false;
    }
    // How much it is stands before it; programs that unpack it to its end do not ask.
    let declared = size_at(body, 0).unwrap_or(0);
    let taken = walk.take(ZlibDecoder::new(body.get(4..).unwrap_or_default()));
    if taken.end == End::Whole && taken.bytes.len() != declared {
        found.mark("malformed");
    }
    let at = walk.content.items.len();
    let is_going_on = walk.child(file, &step, leaf, &taken.bytes);
    match taken.end {
        End::Whole => is_going_on,
        End::OverBudget | End::OverTime => {
            walk.stopped(at);
            false
        }
        End::Broken | End::Unsupported => {
            walk.not_opened(at, WhyUnopened::Broken);
            is_going_on
        }
    }
}
