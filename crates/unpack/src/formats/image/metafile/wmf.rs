//! The older kind: records of words (MS-WMF 2.3).

use std::collections::BTreeSet;

use crate::formats::image::canvas::{Rule, UNKNOWN_SHADE};
use crate::formats::image::metafile::{Brush, Drawing, OBJECTS_MAX, brush, shade, short, short_points};
use crate::formats::office::bytes::{size_at, slice, u16_at, u32_at};

/// How one begins that has a head for programs, and the bytes of that head and of the other.
const START: &[u8] = b"\xd7\xcd\xc6\x9a";
const START_BYTES: usize = 22;
const HEAD_BYTES: usize = 18;
/// Bytes in front of what a record says.
const RECORD_HEAD_BYTES: usize = 6;
/// What records do (2.1.1.1).
const SAVE: u16 = 0x001e;
const RESTORE: u16 = 0x0127;
const RULE: u16 = 0x0106;
const FROM: u16 = 0x020b;
const FROM_SIZE: u16 = 0x020c;
const TO: u16 = 0x020d;
const TO_SIZE: u16 = 0x020e;
const MOVE_FROM: u16 = 0x020f;
const MOVE_TO: u16 = 0x0211;
const GROUND: u16 = 0x0201;
const BRUSH: u16 = 0x02fc;
const PATTERNS: [u16; 2] = [0x01f9, 0x0142];
/// Pen, font, palette, region, and two that nobody writes any more.
const OBJECTS: [u16; 6] = [0x02fa, 0x02fb, 0x00f7, 0x06ff, 0x00f8, 0x06fe];
const SELECT: u16 = 0x012d;
const DELETE: u16 = 0x01f0;
const POLYGON: u16 = 0x0324;
const POLYGONS: u16 = 0x0538;
const ELLIPSE: u16 = 0x0418;
const RECTANGLE: u16 = 0x041b;
const ROUND_RECTANGLE: u16 = 0x061c;
const PATTERN_OVER: u16 = 0x061d;
/// They may have a bitmap, which some ways to fill do not look at.
const PICTURES_OVER: [u16; 4] = [0x0922, 0x0b23, 0x0940, 0x0b41];
const LETTERS: u16 = 0x0a32;
/// They fill what is not known here: a region, a slice, a part of a circle.
const UNKNOWN: [u16; 5] = [0x0228, 0x012b, 0x0419, 0x081a, 0x0830];
/// Letters have a box with a ground.
const HAS_GROUND: u16 = 0x0002;

/// Numbers of objects: a new one has the lowest that is free (3.1.4.1).
#[derive(Default)]
struct Numbers {
    free: BTreeSet<u32>,
    next: u32,
}

impl Numbers {
    fn take(&mut self) -> u32 {
        self.free.pop_first().unwrap_or_else(|| {
            let number = self.next;
            self.next = self.next.saturating_add(1);
            number
        })
    }
}

pub(super) fn read(bytes: &[u8], to: &mut Drawing) {
    let start = if bytes.starts_with(START) { START_BYTES } else { 0 };
    let mut rest = bytes.get(start.saturating_add(HEAD_BYTES)..).unwrap_or_default();
    let mut numbers = Numbers::default();
    while let (Some(words), Some(kind)) = (size_at(rest, 0), u16_at(rest, 4)) {
        let size = words.saturating_mul(2);
        if size < RECORD_HEAD_BYTES {
            return;
        }
        let body = slice(rest, RECORD_HEAD_BYTES, size.saturating_sub(RECORD_HEAD_BYTES));
        if !see_object(kind, body, &mut numbers, to) && !see_space(kind, body, to) {
            see_drawn(kind, body, to);
        }
        if to.points_left == 0 {
            return;
        }
        rest = rest.get(size..).unwrap_or_default();
    }
}

/// Things that are chosen to draw with; false where it is none of that.
fn see_object(kind: u16, body: &[u8], numbers: &mut Numbers, to: &mut Drawing) -> bool {
    let number = || u32::from(u16_at(body, 0).unwrap_or(u16::MAX));
    let made: Option<Brush> = match kind {
        BRUSH => Some(brush(u32::from(u16_at(body, 0).unwrap_or(0)), u32_at(body, 2).unwrap_or(0))),
        kind if PATTERNS.contains(&kind) => Some(Some(UNKNOWN_SHADE)),
        kind if OBJECTS.contains(&kind) => None,
        SELECT => {
            to.select(number());
            return true;
        }
        DELETE => {
            if to.objects.remove(&number()).is_some() {
                numbers.free.insert(number());
            }
            return true;
        }
        _ => return false,
    };
    if to.objects.len() < OBJECTS_MAX {
        to.add_object(numbers.take(), made);
    } else {
        to.canvas.cut();
    }
    true
}

/// Where and how it is drawn from now on; false where it is none of that. In all of these y stands first.
fn see_space(kind: u16, body: &[u8], to: &mut Drawing) -> bool {
    let place = short(body, 2).zip(short(body, 0)).unwrap_or_default();
    let space = &mut to.state.space;
    match kind {
        FROM => space.from = place,
        FROM_SIZE => space.from_size = place,
        TO => space.to = place,
        TO_SIZE => space.to_size = place,
        MOVE_FROM => space.from = (space.from.0 + place.0, space.from.1 + place.1),
        MOVE_TO => space.to = (space.to.0 + place.0, space.to.1 + place.1),
        SAVE => to.keep_state(),
        RESTORE => to.restore_state(u16_at(body, 0).map_or(-1, |which| i32::from(which.cast_signed()))),
        RULE => to.state.rule = if u16_at(body, 0) == Some(2) { Rule::NonZero } else { Rule::EvenOdd },
        GROUND => to.state.ground = shade(u32_at(body, 0).unwrap_or(0)),
        _ => return false,
    }
    true
}

fn see_drawn(kind: u16, body: &[u8], to: &mut Drawing) {
    let count = |at: usize| usize::from(u16_at(body, at).unwrap_or(0));
    match kind {
        RECTANGLE | ELLIPSE => fill_box(body, 0, to),
        // The size of its corners stands in front.
        ROUND_RECTANGLE => fill_box(body, 4, to),
        POLYGON | POLYGONS if !to.is_filling() => {}
        POLYGON => {
            let line = short_points(body, 2, count(0), to);
            to.fill(vec![line]);
        }
        POLYGONS => {
            let counts = slice(body, 2, count(0).saturating_mul(2));
            let mut at = counts.len().saturating_add(2);
            let mut lines = Vec::new();
            for count in counts.chunks_exact(2) {
                let line = short_points(body, at, usize::from(u16_at(count, 0).unwrap_or(0)), to);
                if to.canvas.is_cut() {
                    return;
                }
                at = at.saturating_add(line.len().saturating_mul(4));
                lines.push(line);
            }
            to.fill(lines);
        }
        PATTERN_OVER => fill_over(body, 12, to),
        kind if PICTURES_OVER.contains(&kind) => {
            // So many bytes where there is no bitmap, one word of them says nothing (2.3.1).
            let bytes = usize::from(kind >> 8).saturating_mul(2);
            fill_over(body, if body.len() > bytes { bytes.saturating_sub(2) } else { bytes }, to);
        }
        LETTERS if u16_at(body, 6).is_some_and(|how| how & HAS_GROUND != 0) => {
            if let [Some(left), Some(top), Some(right), Some(bottom)] = [8, 10, 12, 14].map(|at| short(body, at)) {
                to.fill_ground([left, top, right, bottom]);
            }
        }
        kind if UNKNOWN.contains(&kind) => to.add_unknown(1),
        _ => {}
    }
}

/// How it is filled, and up to an end: height, width, y, x.
fn fill_over(body: &[u8], end: usize, to: &mut Drawing) {
    let numbers = [8_usize, 6, 4, 2].map(|back| short(body, end.saturating_sub(back)));
    if let [Some(height), Some(width), Some(y), Some(x)] = numbers {
        to.fill_over(u32_at(body, 0).unwrap_or(0), (x, y), (width, height));
    }
}

/// Bottom, right, top, left.
fn fill_box(body: &[u8], at: usize, to: &mut Drawing) {
    let sides = [0_usize, 2, 4, 6].map(|side| short(body, at.saturating_add(side)));
    if let [Some(bottom), Some(right), Some(top), Some(left)] = sides {
        to.fill_box([left, top, right, bottom]);
    }
}
