//! The newer kind: records of four bytes (MS-EMF 2.3), and boxes of the kind that is newest (MS-EMFPLUS 2.3.4.20), which stands in
//! comments of this one.

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Line, Rule, UNKNOWN_SHADE};
use crate::formats::image::grey;
use crate::formats::image::metafile::{Brush, Drawing, brush, long, shade, short, short_points};
use crate::formats::office::bytes::{size_at, slice, u16_at, u32_at};

/// What stands at a place of the first record.
const START: (usize, &[u8]) = (40, b" EMF");
/// Bytes in front of what a record says, and of the box around it that most have in front.
const HEAD_BYTES: usize = 8;
const BOX_BYTES: usize = 16;
/// What records do (2.1.1).
const FROM_SIZE: u32 = 9;
const FROM: u32 = 10;
const TO_SIZE: u32 = 11;
const TO: u32 = 12;
const RULE: u32 = 19;
const GROUND: u32 = 25;
const SAVE: u32 = 33;
const RESTORE: u32 = 34;
const SET_WORLD: u32 = 35;
const CHANGE_WORLD: u32 = 36;
const SELECT: u32 = 37;
const BRUSH: u32 = 39;
const DELETE: u32 = 40;
const PATTERNS: [u32; 2] = [93, 94];
const MOVE: u32 = 27;
const LINE: u32 = 54;
const BEGIN_PATH: u32 = 59;
const END_PATH: u32 = 60;
const CLOSE_LINE: u32 = 61;
const FILL_PATHS: [u32; 2] = [62, 63];
const ABORT_PATH: u32 = 68;
const POLYGON: u32 = 3;
const SHORT_POLYGON: u32 = 86;
const POLYGONS: u32 = 8;
const SHORT_POLYGONS: u32 = 91;
/// Lines and curves that go on from where the last one ended, and those that begin by themselves.
const LINES_ON: [u32; 2] = [5, 6];
const SHORT_LINES_ON: [u32; 2] = [88, 89];
const LINES: [u32; 2] = [2, 4];
const SHORT_LINES: [u32; 2] = [85, 87];
const BOXES: [u32; 3] = [42, 43, 44];
const FILL_REGION: u32 = 71;
/// They may have a source, which some ways to fill do not look at; the last may have a mask.
const PATTERNS_OVER: [u32; 3] = [76, 77, MASKED_OVER];
const MASKED_OVER: u32 = 78;
const LETTERS: [u32; 2] = [83, 84];
/// They fill what is not known here: a part of a circle, a slice, a region.
const UNKNOWN: [u32; 3] = [46, 47, 74];
const GRADIENTS: u32 = 118;
const COMMENT: u32 = 70;
/// Letters have a ground.
const HAS_GROUND: u32 = 2;
/// Objects that are always there, by a number from here on; the first are brushes.
const STOCK: u32 = 0x8000_0000;
const STOCK_BRUSHES: [Brush; 6] = [Some(255), Some(192), Some(128), Some(64), Some(0), None];
/// A comment that holds newer records; what they do (MS-EMFPLUS 2.1.1.1).
const NEWER: &[u8] = b"EMF+";
const NEWER_HEAD_BYTES: usize = 12;
const NEWER_START: u16 = 0x4001;
const NEWER_BOXES: u16 = 0x400a;
const NEWER_UNKNOWN: [u16; 5] = [0x400c, 0x400e, 0x4010, 0x4013, 0x4014];
/// The older records draw the same once more.
const IS_DUAL: u16 = 1;
/// A colour stands there, not the number of a brush; numbers are short.
const HAS_COLOUR: u16 = 0x8000;
const IS_SHORT: u16 = 0x4000;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    let (at, start) = START;
    slice(bytes, at, start.len()) == start
}

pub(super) fn read(bytes: &[u8], to: &mut Drawing) {
    for (number, brush) in (STOCK..).zip(STOCK_BRUSHES) {
        to.add_object(number, Some(brush));
    }
    let mut rest = bytes;
    let mut is_newer_alone = false;
    while let (Some(kind), Some(size)) = (u32_at(rest, 0), size_at(rest, 4)) {
        if size < HEAD_BYTES {
            break;
        }
        let body = slice(rest, HEAD_BYTES, size.saturating_sub(HEAD_BYTES));
        if kind == COMMENT {
            see_comment(body, &mut is_newer_alone, to);
        } else if !see_state(kind, body, to) && !see_path(kind, body, to) {
            see_filled(kind, body, to);
        }
        if to.points_left == 0 {
            return;
        }
        rest = rest.get(size..).unwrap_or_default();
    }
    // What was drawn into a path that nothing ended is not known.
    if to.path.as_ref().is_some_and(|path| !path.is_empty()) {
        to.canvas.cut();
    }
}

/// How it is drawn from now on; false where it is none of that.
fn see_state(kind: u32, body: &[u8], to: &mut Drawing) -> bool {
    let number = u32_at(body, 0).unwrap_or(0);
    let place = long(body, 0).zip(long(body, 4)).unwrap_or_default();
    match kind {
        FROM => to.state.space.from = place,
        FROM_SIZE => to.state.space.from_size = place,
        TO => to.state.space.to = place,
        TO_SIZE => to.state.space.to_size = place,
        RULE => to.state.rule = if number == 2 { Rule::NonZero } else { Rule::EvenOdd },
        GROUND => to.state.ground = shade(number),
        SAVE => to.keep_state(),
        RESTORE => to.restore_state(u32_at(body, 0).map_or(-1, u32::cast_signed)),
        SET_WORLD => to.state.world = map(body),
        CHANGE_WORLD => {
            let (own, map) = (to.state.world, map(body));
            to.state.world = match u32_at(body, 24) {
                Some(1) => Affine::IDENTITY,
                Some(2) => map.then(own),
                Some(3) => own.then(map),
                _ => map,
            };
        }
        SELECT => to.select(number),
        DELETE if number < STOCK => _ = to.objects.remove(&number),
        BRUSH => to.add_object(number, Some(brush(u32_at(body, 4).unwrap_or(0), u32_at(body, 8).unwrap_or(0)))),
        kind if PATTERNS.contains(&kind) => to.add_object(number, Some(Some(UNKNOWN_SHADE))),
        _ => return false,
    }
    true
}

/// Six numbers of four bytes each (2.2.28).
fn map(body: &[u8]) -> Affine {
    let real = |at: usize| f64::from(f32::from_bits(u32_at(body, at).unwrap_or(0)));
    Affine([0, 4, 8, 12, 16, 20].map(real))
}

/// Lines of a path; false where it is none of that.
fn see_path(kind: u32, body: &[u8], to: &mut Drawing) -> bool {
    match kind {
        BEGIN_PATH => to.path = Some(Vec::new()),
        END_PATH => to.ended = to.path.take().unwrap_or_default(),
        ABORT_PATH => {
            to.path = None;
            to.ended.clear();
        }
        CLOSE_LINE => {}
        kind if FILL_PATHS.contains(&kind) => {
            let lines = std::mem::take(&mut to.ended);
            to.fill_with(lines, to.state.brush);
        }
        _ => return see_line(kind, body, to),
    }
    true
}

/// Begins another line of the path that is open, or goes on with the last one of it; false where it is none of that.
fn see_line(kind: u32, body: &[u8], to: &mut Drawing) -> bool {
    let is_on = kind == LINE || LINES_ON.contains(&kind) || SHORT_LINES_ON.contains(&kind);
    let is_another = kind == MOVE || LINES.contains(&kind) || SHORT_LINES.contains(&kind);
    if !is_on && !is_another {
        return false;
    }
    if to.path.is_none() {
        return true;
    }
    let points = match kind {
        MOVE | LINE => long_points(body, 0, 1, to),
        kind if LINES_ON.contains(&kind) || LINES.contains(&kind) => points(body, BOX_BYTES, to),
        _ => some_short_points(body, BOX_BYTES, to),
    };
    let Some(path) = &mut to.path else { return true };
    match path.last_mut() {
        Some(line) if is_on => line.extend(points),
        _ => path.push(points),
    }
    true
}

fn see_filled(kind: u32, body: &[u8], to: &mut Drawing) {
    let rectangle = |at: usize| match [0, 4, 8, 12].map(|side: usize| long(body, at.saturating_add(side))) {
        [Some(left), Some(top), Some(right), Some(bottom)] => Some([left, top, right, bottom]),
        _ => None,
    };
    match kind {
        kind if BOXES.contains(&kind) => rectangle(0).into_iter().for_each(|sides| to.fill_box(sides)),
        POLYGON | SHORT_POLYGON | POLYGONS | SHORT_POLYGONS if !to.is_filling() => {}
        POLYGON => {
            let line = points(body, BOX_BYTES, to);
            to.fill(vec![line]);
        }
        SHORT_POLYGON => {
            let line = some_short_points(body, BOX_BYTES, to);
            to.fill(vec![line]);
        }
        POLYGONS | SHORT_POLYGONS => fill_many(kind, body, to),
        FILL_REGION => {
            let brush = u32_at(body, 20).and_then(|number| to.objects.get(&number).copied().flatten()).flatten();
            // A head of 32 bytes, then the boxes (2.2.24).
            for sides in slice(body, 56, body.len()).chunks_exact(16) {
                let [left, top, right, bottom] = [0, 4, 8, 12].map(|side| long(sides, side).unwrap_or(0.0));
                to.fill_with(vec![vec![(left, top), (right, top), (right, bottom), (left, bottom)]], brush);
            }
        }
        kind if PATTERNS_OVER.contains(&kind) => fill_over(kind, body, to),
        kind if LETTERS.contains(&kind) && u32_at(body, 44).is_some_and(|how| how & HAS_GROUND != 0) => {
            rectangle(48).into_iter().for_each(|sides| to.fill_ground(sides));
        }
        kind if UNKNOWN.contains(&kind) => to.add_unknown(1),
        GRADIENTS => to.add_unknown(size_at(body, 20).unwrap_or(1).min(body.len())),
        _ => {}
    }
}

/// A box over whatever is there (2.3.1.2, 2.3.1.3, 2.3.1.5).
fn fill_over(kind: u32, body: &[u8], to: &mut Drawing) {
    if kind == MASKED_OVER && u32_at(body, 108).is_some_and(|mask_bytes| mask_bytes != 0) {
        return to.add_unknown(1);
    }
    let size = long(body, 24).zip(long(body, 28));
    if let (Some(place), Some(size)) = (long(body, 16).zip(long(body, 20)), size) {
        // The highest byte is what is done outside of a mask, or says nothing of how it is filled.
        to.fill_over(u32_at(body, 32).unwrap_or(0) & 0x00ff_ffff, place, size);
    }
}

/// How many points, then the points.
fn points(body: &[u8], at: usize, to: &mut Drawing) -> Line {
    let count = size_at(body, at).unwrap_or(0);
    long_points(body, at.saturating_add(4), count, to)
}

fn some_short_points(body: &[u8], at: usize, to: &mut Drawing) -> Line {
    short_points(body, at.saturating_add(4), size_at(body, at).unwrap_or(0), to)
}

/// None when enough were collected.
fn long_points(body: &[u8], at: usize, count: usize, to: &mut Drawing) -> Line {
    let points = slice(body, at, count.saturating_mul(8)).chunks_exact(8);
    if !to.take_points(points.len()) {
        return Line::new();
    }
    points.filter_map(|point| long(point, 0).zip(long(point, 4))).collect()
}

/// How many polygons, how many points together, how many each, the points.
fn fill_many(kind: u32, body: &[u8], to: &mut Drawing) {
    let all = size_at(body, BOX_BYTES).unwrap_or(0);
    let counts = slice(body, BOX_BYTES.saturating_add(8), all.saturating_mul(4));
    let mut at = BOX_BYTES.saturating_add(8).saturating_add(counts.len());
    let mut lines = Vec::new();
    for count in counts.chunks_exact(4) {
        let count = size_at(count, 0).unwrap_or(0);
        let (line, bytes) = match kind {
            POLYGONS => (long_points(body, at, count, to), 8_usize),
            _ => (short_points(body, at, count, to), 4),
        };
        if to.canvas.is_cut() {
            return;
        }
        at = at.saturating_add(line.len().saturating_mul(bytes));
        lines.push(line);
    }
    to.fill(lines);
}

/// Newer records in a comment: behind its size and its name, each with a type, flags, its size and that of what it says.
fn see_comment(body: &[u8], is_alone: &mut bool, to: &mut Drawing) {
    let mut rest = slice(body, 4, body.len());
    let Some(records) = rest.strip_prefix(NEWER) else { return };
    rest = records;
    while let (Some(kind), Some(flags), Some(size)) = (u16_at(rest, 0), u16_at(rest, 2), size_at(rest, 4)) {
        if size < NEWER_HEAD_BYTES {
            return;
        }
        let said = slice(rest, NEWER_HEAD_BYTES, size.saturating_sub(NEWER_HEAD_BYTES));
        match kind {
            NEWER_START => *is_alone = flags & IS_DUAL == 0,
            NEWER_BOXES if *is_alone => fill_newer_boxes(said, flags, to),
            kind if *is_alone && NEWER_UNKNOWN.contains(&kind) => {
                // One may have the points of many.
                to.add_unknown(said.len().div_ceil(256).max(1));
            }
            _ => {}
        }
        rest = rest.get(size..).unwrap_or_default();
    }
}

fn fill_newer_boxes(said: &[u8], flags: u16, to: &mut Drawing) {
    let count = size_at(said, 4).unwrap_or(0);
    if flags & HAS_COLOUR == 0 {
        return to.add_unknown(count.min(said.len()));
    }
    // Blue first.
    let shade = grey::shade(u32_at(said, 0).unwrap_or(0) & 0x00ff_ffff);
    let bytes = if flags & IS_SHORT != 0 { 8 } else { 16 };
    for place in slice(said, 8, count.saturating_mul(bytes)).chunks_exact(bytes) {
        let side = |number: usize| match bytes {
            8 => short(place, number.saturating_mul(2)),
            _ => u32_at(place, number.saturating_mul(4)).map(|bits| f64::from(f32::from_bits(bits))),
        };
        let [Some(x), Some(y), Some(width), Some(height)] = [0, 1, 2, 3].map(side) else { return };
        let (right, bottom) = (x + width, y + height);
        to.fill_with(vec![vec![(x, y), (right, y), (right, bottom), (x, bottom)]], Some(shade));
    }
}
