//! Pictures of a workbook, in records that are cut where they are too long (MS-XLS 2.4.170, 2.4.171, 2.4.138, 2.4.19; 2.4.58: what goes
//! on): the pieces put together again.

use crate::formats::office::bytes::{slice, u16_at};
use crate::formats::ole::book::{CONTINUE, records};

/// Of all sheets, of one sheet, of a chart's ground, of the head and foot of a page.
const GROUP: u16 = 0x00eb;
const DRAWING: u16 = 0x00ec;
const GROUND: u16 = 0x1066;
const ON_PAPER: u16 = 0x0866;
/// Bytes in front of a piece of the last.
const ON_PAPER_HEAD_BYTES: usize = 14;
/// A bitmap by itself, and the one behind a sheet.
const BITMAP: u16 = 0x007f;
const BEHIND: u16 = 0x00e9;
/// What such a record holds, and how many bytes stand in front of it.
const IS_BITMAP: u16 = 9;
const BITMAP_HEAD_BYTES: usize = 8;
/// The shortest of them has a head of its own of so many (MS-WMF 2.2.2.2).
const BITMAP_BYTES_MIN: usize = 12;
/// Bitmaps of one workbook.
const BITMAPS_MAX: usize = 1_000;

/// What is open.
#[derive(Clone, Copy)]
enum Holds {
    Nothing,
    Piece(usize),
    Bitmap,
}

/// The records, joined, each sort by itself; bitmaps as such records as hold pictures elsewhere (MS-ODRAW 2.2.29). And whether there
/// are more bitmaps than are taken.
pub(super) fn of(stream: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let (mut joined, mut has_more) = (vec![Vec::new(); 3], false);
    let mut bitmaps: Vec<Vec<u8>> = Vec::new();
    let mut holds = Holds::Nothing;
    for record in records(stream) {
        let body = record.body;
        let mut piece = body;
        match record.kind {
            CONTINUE => {}
            GROUP => holds = Holds::Piece(0),
            DRAWING | GROUND => holds = Holds::Piece(1),
            ON_PAPER => {
                holds = Holds::Piece(2);
                piece = slice(body, ON_PAPER_HEAD_BYTES, body.len());
            }
            BITMAP | BEHIND if u16_at(body, 0) == Some(IS_BITMAP) => {
                // One that nothing was added to is none.
                bitmaps.pop_if(|last| last.len() < BITMAP_BYTES_MIN);
                let may_be_kept = bitmaps.len() < BITMAPS_MAX;
                has_more |= !may_be_kept;
                holds = if may_be_kept { Holds::Bitmap } else { Holds::Nothing };
                if may_be_kept {
                    bitmaps.push(Vec::new());
                }
                piece = slice(body, BITMAP_HEAD_BYTES, body.len());
            }
            _ => holds = Holds::Nothing,
        }
        let to = match holds {
            Holds::Nothing => None,
            Holds::Piece(number) => joined.get_mut(number),
            Holds::Bitmap => bitmaps.last_mut(),
        };
        to.into_iter().for_each(|to| to.extend_from_slice(piece));
    }
    bitmaps.pop_if(|last| last.len() < BITMAP_BYTES_MIN);
    joined.extend(bitmaps.iter().map(|bitmap| as_record(bitmap)));
    joined.retain(|bytes| !bytes.is_empty());
    (joined, has_more)
}

fn as_record(bitmap: &[u8]) -> Vec<u8> {
    // One hash and a byte stand in front.
    let size = u32::try_from(bitmap.len().saturating_add(17)).unwrap_or(u32::MAX);
    [&[0x80, 0x7a, 0x1f, 0xf0], &size.to_le_bytes()[..], &[0; 16], &[0xff], bitmap].concat()
}
