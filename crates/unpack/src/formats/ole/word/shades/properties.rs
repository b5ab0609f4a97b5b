//! The properties of one row: what each modifier says of its cells (MS-DOC 2.2.5, 2.6.3).

use crate::formats::image::grey;
use crate::formats::office::bytes::{size_at, slice, u8_at, u16_at};
use crate::formats::office::shaded::rows::{Cell, Joins};
use crate::formats::office::shaded::{WHOLE, mixed};

/// Modifiers: the paragraph is the end of a row, or of one within a cell.
const IS_END: u16 = 0x2417;
const IS_INNER_END: u16 = 0x244c;
/// The rest stands in the stream of data.
const IN_DATA: [u16; 3] = [0x6645, 0x6646, 0x646b];
/// Edges and flags of the cells; where the first one begins; half the gap between two; how high the row is.
const CELLS: u16 = 0xd608;
const LEFT: u16 = 0x9601;
const HALF_GAP: u16 = 0x9602;
const HEIGHT: u16 = 0x9407;
/// Cells that are parts of the one above.
const JOINS_ABOVE: u16 = 0xd62b;
/// Shades of cells, by the number of the first; the latter where a style says nothing else.
const SHADES: [(u16, usize); 6] = [(0xd612, 0), (0xd616, 22), (0xd60c, 44), (0xd670, 0), (0xd671, 22), (0xd672, 44)];
/// The same in the older form, and for a range of cells.
const OLD_SHADES: u16 = 0xd609;
const SHADES_OF_RANGE: [u16; 2] = [0xd62d, 0xd62e];
/// What changes cells afterwards: puts in some, takes out some, makes them wider, joins or splits them.
const CHANGES: [u16; 5] = [0x7621, 0x5622, 0x7623, 0x5624, 0x5625];
/// Tab stops whose size may be larger than its byte says.
const TABS: u16 = 0xc615;
/// Cells of a row.
const CELLS_MAX: usize = 64;
/// Bytes of a cell's flags, and of a shade.
const FLAGS_BYTES: usize = 20;
const SHADE_BYTES: usize = 10;
/// Bytes of modifiers of one document that are read.
const READ_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The colours that have a number (2.9.119): none, then black to light grey.
const COLOURS: [u32; 17] = [
    0,
    0,
    0x0000_00ff,
    0x0000_ffff,
    0x0000_ff00,
    0x00ff_00ff,
    0x00ff_0000,
    0x00ff_ff00,
    0x00ff_ffff,
    0x0000_0080,
    0x0000_8080,
    0x0000_8000,
    0x0080_0080,
    0x0080_0000,
    0x0080_8000,
    0x0080_8080,
    0x00c0_c0c0,
];
/// How much is seen of the front of a pattern, in thousandths (2.9.121): the parts in a hundred, dark hatches and others, and finer parts.
const SHARES: [u32; 63] = [
    0, 1000, 50, 100, 200, 250, 300, 400, 500, 600, 700, 750, 800, 900, 500, 500, 500, 500, 500, 500, 250, 250, 250,
    250, 250, 250, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 75, 125, 150, 175, 225, 275, 325, 350, 375, 425, 450, 475, 525, 550,
    575, 625, 650, 675, 725, 775, 825, 850, 875, 925, 950, 975, 970,
];

/// The streams of data, and how much may still be read.
pub(super) struct Data<'d> {
    streams: &'d [Vec<u8>],
    left: usize,
}

impl<'d> Data<'d> {
    pub(super) fn new(streams: &'d [Vec<u8>]) -> Self {
        Self { streams, left: READ_BYTES_MAX }
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.left == 0
    }

    fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }
}

/// What is known of a row.
#[derive(Debug)]
pub(super) struct Properties {
    pub(super) is_end_of_row: bool,
    /// Something changes its cells that is not followed.
    pub(super) is_doubtful: bool,
    /// Where that is exact, in twips.
    pub(super) height: Option<u32>,
    edges: Vec<i32>,
    joins: Vec<Joins>,
    half_gap: i32,
    shades: [Option<u8>; CELLS_MAX],
    /// In the older form, which counts where there is no other.
    old_shades: [Option<u8>; CELLS_MAX],
    has_shades: bool,
}

impl Properties {
    pub(super) fn read(modifiers: &[u8], data: &mut Data<'_>) -> Self {
        let mut properties = Self {
            is_end_of_row: false,
            is_doubtful: false,
            height: None,
            edges: Vec::new(),
            joins: Vec::new(),
            half_gap: 0,
            shades: [None; CELLS_MAX],
            old_shades: [None; CELLS_MAX],
            has_shades: false,
        };
        properties.see_all(modifiers, data);
        properties
    }

    /// Its cells.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let shades = if self.has_shades { &self.shades } else { &self.old_shades };
        let edges = self.edges.iter().zip(self.edges.iter().skip(1));
        let all = edges.zip(shades).zip(&self.joins);
        all.map(|(((left, right), shade), joins)| Cell { left: *left, right: *right, shade: *shade, joins: *joins })
            .collect()
    }

    fn see_all(&mut self, modifiers: &[u8], data: &mut Data<'_>) {
        data.spend(modifiers.len());
        for (kind, operand) in Modifiers(modifiers) {
            if !IN_DATA.contains(&kind) {
                self.see(kind, operand);
                continue;
            }
            let at = size_at(operand, 0).unwrap_or(usize::MAX);
            let streams = data.streams;
            for stream in streams {
                let size = usize::from(u16_at(stream, at).unwrap_or(0));
                let modifiers = slice(stream, at.saturating_add(2), size);
                data.spend(modifiers.len());
                // They do not lead on.
                Modifiers(modifiers).for_each(|(kind, operand)| self.see(kind, operand));
            }
        }
    }

    fn see(&mut self, kind: u16, operand: &[u8]) {
        match kind {
            IS_END | IS_INNER_END => self.is_end_of_row |= u8_at(operand, 0).is_some_and(|flag| flag != 0),
            CELLS => self.see_cells(operand),
            HALF_GAP => self.half_gap = signed(operand, 0).map_or(0, i32::from),
            LEFT => {
                let left = signed(operand, 0).map_or(0, i32::from).saturating_sub(self.half_gap);
                let by = left.saturating_sub(self.edges.first().copied().unwrap_or(left));
                self.edges.iter_mut().for_each(|edge| *edge = edge.saturating_add(by));
            }
            // Below zero it is exact.
            HEIGHT => {
                self.height = signed(operand, 0).filter(|height| *height < 0).map(|own| u32::from(own.unsigned_abs()))
            }
            JOINS_ABOVE => {
                let cell = usize::from(u8_at(operand, 1).unwrap_or(u8::MAX));
                if let Some(joins) = self.joins.get_mut(cell) {
                    *joins = if u8_at(operand, 2) == Some(1) { Joins::Above } else { Joins::None };
                }
            }
            OLD_SHADES => {
                let all = operand.get(1..).unwrap_or_default().chunks_exact(2);
                for (own, shade) in self.old_shades.iter_mut().zip(all) {
                    *own = old_shade(u16_at(shade, 0).unwrap_or(0));
                }
            }
            kind if SHADES_OF_RANGE.contains(&kind) => {
                let byte = |at: usize| usize::from(u8_at(operand, at).unwrap_or(0));
                let (first, behind) = (byte(1), byte(2));
                let shade = shade(slice(operand, 3, SHADE_BYTES));
                self.has_shades = true;
                self.shades.iter_mut().take(behind).skip(first).for_each(|own| *own = shade);
            }
            kind if CHANGES.contains(&kind) => self.is_doubtful = true,
            kind => {
                let Some((_, first)) = SHADES.iter().find(|(own, _)| *own == kind) else { return };
                self.has_shades = true;
                let all = operand.get(1..).unwrap_or_default().chunks_exact(SHADE_BYTES);
                for (own, bytes) in self.shades.iter_mut().skip(*first).zip(all) {
                    // What is raw and says nothing leaves what was said.
                    *own = shade(bytes).or(own.filter(|_| kind >= 0xd670));
                }
            }
        }
    }

    /// How many cells there are, their edges, and the flags of as many as there is room for (2.9.321, 2.9.327).
    fn see_cells(&mut self, operand: &[u8]) {
        let count = usize::from(u8_at(operand, 2).unwrap_or(0)).min(CELLS_MAX);
        let place = |number: usize| number.saturating_mul(2).saturating_add(3);
        self.edges = (0..=count).map_while(|number| signed(operand, place(number))).map(i32::from).collect();
        let flags = slice(operand, place(count.saturating_add(1)), operand.len());
        let joins = |number: usize| {
            let flags = u16_at(flags, number.saturating_mul(FLAGS_BYTES)).unwrap_or(0);
            match (flags & 3, (flags >> 5) & 3) {
                (2.., _) => Joins::None,
                (1, _) => Joins::Left,
                (_, 1) => Joins::Above,
                _ => Joins::None,
            }
        };
        self.joins = (0..count).map(joins).collect();
    }
}

/// Modifiers: each a kind and an operand. Where the size of the operand is in it, it is part of the operand.
struct Modifiers<'m>(&'m [u8]);

impl<'m> Iterator for Modifiers<'m> {
    type Item = (u16, &'m [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.0, 0)?;
        let rest = self.0.get(2..)?;
        let size = match kind >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            _ if kind == CELLS => usize::from(u16_at(rest, 0)?).saturating_add(1),
            _ => match (usize::from(u8_at(rest, 0)?), kind) {
                (255, TABS) => tabs_bytes(rest)?,
                (size, _) => size.saturating_add(1),
            },
        };
        let (operand, rest) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        self.0 = rest;
        Some((kind, operand))
    }
}

/// Bytes of the operand of many tab stops: those that are taken away have a place and a distance, those that are set a place and a form.
fn tabs_bytes(operand: &[u8]) -> Option<usize> {
    let taken = usize::from(u8_at(operand, 1)?).checked_mul(4)?;
    let set = usize::from(u8_at(operand, taken.checked_add(2)?)?).checked_mul(3)?;
    taken.checked_add(set)?.checked_add(3)
}

/// A shade of ten bytes: the colours of the front and the back, and the pattern (2.9.249).
fn shade(bytes: &[u8]) -> Option<u8> {
    let colour = |at: usize| {
        let [red, green, blue, is_own] = *bytes.get(at..)?.first_chunk()?;
        (is_own != 0xff).then(|| grey::shade(u32::from_be_bytes([0, red, green, blue])))
    };
    pattern(colour(0), colour(4), u16_at(bytes, 8)?)
}

/// A shade of two bytes, whose colours are numbers (2.9.250).
fn old_shade(bits: u16) -> Option<u8> {
    let colour = |number: u16| {
        let colour = COLOURS.get(usize::from(number & 0x1f)).filter(|_| number & 0x1f != 0)?;
        Some(grey::shade(colour.swap_bytes() >> 8))
    };
    pattern(colour(bits), colour(bits >> 5), bits >> 10)
}

fn pattern(front: Option<u8>, back: Option<u8>, pattern: u16) -> Option<u8> {
    match SHARES.get(usize::from(pattern)).copied()? {
        0 => back,
        share => Some(mixed(front.unwrap_or(0), back.unwrap_or(255), share.saturating_mul(WHOLE) / 1000)),
    }
}

/// A number in two bytes, above or below zero.
fn signed(bytes: &[u8], at: usize) -> Option<i16> {
    u16_at(bytes, at).map(u16::cast_signed)
}
