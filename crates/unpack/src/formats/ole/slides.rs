//! Presentations of the old format: the text of their records, links, what a click starts, and the objects within. Source:
//! MS-PPT 2.3, 2.9 and 2.10. Documented limit: hidden slides count as shown.

use flate2::read::ZlibDecoder;
use scan::content::{LinkKind, WhyUnopened};

use crate::bounded::End;
use crate::formats::office::bytes::{size_at, slice, u8_at, u16_at, u32_at, utf16};
use crate::formats::office::{Found, Layer};
use crate::formats::ole::compound::Compound;
use crate::formats::ole::decrypt::show;
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

/// Reads the presentation.
pub(super) fn read(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, found: &mut Found) {
    let user = compound.stream_of(0, "Current User").unwrap_or_default();
    let is_encrypted = u32_at(&user, 12) == Some(ENCRYPTED_TOKEN) || compound.find(0, "EncryptedSummary").is_some();
    if is_encrypted {
        walk.mark(file.at, "encrypted");
    }
    let streams = compound.streams_of(0, "PowerPoint Document");
    if is_encrypted && streams.is_empty() {
        walk.not_opened(file.at, WhyUnopened::Encrypted);
    }
    let mut objects = 0_usize;
    for stream in streams {
        let open = if is_encrypted { show::open(walk, &stream, &user) } else { Some(stream) };
        let Some(stream) = open else {
            walk.not_opened(file.at, WhyUnopened::Encrypted);
            continue;
        };
        if is_encrypted {
            walk.mark(file.at, "password_found");
            if compound.find(0, "Pictures").is_some() {
                found.mark("picture_unread");
            }
        }
        if !read_stream(walk, file, (&stream, &mut objects), found) {
            return;
        }
    }
}

/// The records of one stream; false when the budget is used up.
fn read_stream(walk: &mut Walk<'_>, file: File<'_>, (stream, objects): (&[u8], &mut usize), found: &mut Found) -> bool {
    let (mut master_end, mut link_end, mut friendly) = (0_usize, 0_usize, String::new());
    let mut at = 0_usize;
    while let (Some(version), Some(kind), Some(size)) =
        (u16_at(stream, at), u16_at(stream, at.saturating_add(2)), u32_at(stream, at.saturating_add(4)))
    {
        let from = at.saturating_add(8);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let end = from.saturating_add(size);
        // A container is stepped into.
        if version & 0x0f == 0x0f {
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
        let body = slice(stream, from, size);
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
                if !add_object(walk, file, *objects, ((is_packed, body), found)) {
                    return false;
                }
                *objects = objects.saturating_add(1);
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
