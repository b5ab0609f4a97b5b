//! Shades of the cells of a workbook (MS-XLS 2.4.353, 2.4.188, 2.4.168, 2.4.355): codes are drawn so. Documented limit: formats of
//! conditions are not known.

use crate::formats::image::grey;
use crate::formats::office::bytes::{size_at, slice, u8_at, u16_at, u32_at};
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::shaded::sheet::Sheet;
use crate::formats::office::{Found, shaded};
use crate::formats::ole::book::{BEGIN, Record, cells};

/// Kinds of records.
const FORMAT: u16 = 0x00e0;
const PALETTE: u16 = 0x0092;
const BLANK: u16 = 0x0201;
const BLANKS: u16 = 0x00be;
const NUMBERS: u16 = 0x00bd;
const MERGED: u16 = 0x00e5;
const COLUMNS: u16 = 0x007d;
const ROW: u16 = 0x0208;
const FORMAT_MORE: u16 = 0x087d;
/// Formats of one workbook.
const FORMATS_MAX: usize = 65_536;
/// What more there is of a format (2.5.108): the colour of its front, that of its back; and how a colour is said (2.5.155).
const MORE_FRONT: u16 = 4;
const MORE_BACK: u16 = 5;
const BY_NUMBER: u16 = 1;
const BY_VALUE: u16 = 2;
const BY_THEME: u16 = 3;
/// Of columns: they are hidden; of a row: it is, and it has a format.
const ARE_HIDDEN: u16 = 1;
const IS_HIDDEN: u8 = 0x20;
const HAS_FORMAT: u8 = 0x80;

/// A pattern of two colours.
#[derive(Clone, Copy, Debug, Default)]
struct Fill {
    /// How much is seen of the front, in hundredths; none: nothing is painted.
    share: Option<u8>,
    front: usize,
    back: usize,
    /// What newer programs take for both.
    newer_front: Option<u8>,
    newer_back: Option<u8>,
}

/// What is known of them.
#[derive(Debug, Default)]
pub(super) struct Shades {
    fills: Vec<Fill>,
    palette: Vec<u8>,
    sheet: Sheet,
}

impl Shades {
    pub(super) fn see(&mut self, record: &Record<'_>, found: &mut Found) {
        let body = record.body;
        let short = |at: usize| usize::from(u16_at(body, at).unwrap_or(0));
        match record.kind {
            BEGIN => self.finish(found),
            FORMAT if self.fills.len() < FORMATS_MAX => self.fills.push(Fill::of(body)),
            PALETTE => {
                let colours = slice(body, 2, body.len()).chunks_exact(4);
                let shade = |colour: &[u8]| u32_at(colour, 0).map_or(0, |colour| grey::shade(colour.swap_bytes() >> 8));
                self.palette = colours.map(shade).collect();
            }
            BLANKS => {
                let formats = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
                for (column, format) in (short(2)..).zip(formats.chunks_exact(2)) {
                    self.add((column, short(0)), usize::from(u16_at(format, 0).unwrap_or(0)));
                }
            }
            NUMBERS => {
                let cells = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
                for (column, cell) in (short(2)..).zip(cells.chunks_exact(6)) {
                    self.add((column, short(0)), usize::from(u16_at(cell, 0).unwrap_or(0)));
                }
            }
            // Rows, then columns.
            MERGED => {
                for range in slice(body, 2, body.len()).chunks_exact(8) {
                    let short = |at: usize| usize::from(u16_at(range, at).unwrap_or(0));
                    self.sheet.merge((short(4), short(0)), (short(6), short(2)));
                }
            }
            COLUMNS => {
                let (from, to) = (short(0), short(2).saturating_add(1));
                let width = u16_at(body, 4).filter(|_| u16_at(body, 8).unwrap_or(0) & ARE_HIDDEN == 0).unwrap_or(0);
                self.sheet.grid.columns.set(from, to, f64::from(width) / 256.0 * 7.0 / 20.0);
                self.shade_of(short(6)).into_iter().for_each(|shade| self.sheet.ground_of_columns(from, to, shade));
            }
            ROW => {
                let flags = u8_at(body, 12).unwrap_or(0);
                // Twips; the highest bit says that it is the usual height.
                let height = if flags & IS_HIDDEN != 0 { 0 } else { short(6) & 0x7fff };
                let height = u16::try_from(height).unwrap_or(0);
                self.sheet.grid.rows.set(short(0), short(0).saturating_add(1), f64::from(height) / 300.0);
                let format = if flags & HAS_FORMAT != 0 { self.shade_of(short(14) & 0x0fff) } else { None };
                format.into_iter().for_each(|shade| self.sheet.ground_of_row(short(0), shade));
            }
            FORMAT_MORE => self.see_more(body),
            kind if kind == BLANK || cells::IN_CELLS.contains(&kind) => self.add((short(2), short(0)), short(4)),
            _ => {}
        }
    }

    fn add(&mut self, at: (usize, usize), format: usize) {
        self.sheet.add(at, self.shade_of(format));
    }

    fn shade_of(&self, format: usize) -> Option<u8> {
        let fill = self.fills.get(format)?;
        let share = u32::from(fill.share?).saturating_mul(shaded::WHOLE / 100);
        let colour = |newer: Option<u8>, number: usize| newer.unwrap_or(shaded::numbered(number, &self.palette));
        Some(shaded::mixed(colour(fill.newer_front, fill.front), colour(fill.newer_back, fill.back), share))
    }

    /// What newer programs take for the colours of a format.
    fn see_more(&mut self, body: &[u8]) {
        let number = usize::from(u16_at(body, 14).unwrap_or(u16::MAX));
        let Some(fill) = self.fills.get_mut(number) else { return };
        let mut rest = slice(body, 20, body.len());
        while let (Some(kind), Some(size)) = (u16_at(rest, 0), u16_at(rest, 2)) {
            let colour = slice(rest, 4, rest.len());
            let light = match u16_at(colour, 0) {
                Some(BY_NUMBER) => size_at(colour, 4).map(|number| shaded::numbered(number, &self.palette)),
                Some(BY_VALUE) => u32_at(colour, 4).map(|colour| grey::shade(colour.swap_bytes() >> 8)),
                Some(BY_THEME) => u32_at(colour, 4).map(|number| Theme::default().by_number(number)),
                _ => None,
            };
            let tint = f64::from(u16_at(colour, 2).unwrap_or(0).cast_signed()) / 32_767.0;
            let shade = light.map(|light| shaded::tinted(light, tint.max(-1.0)));
            match kind {
                MORE_FRONT => fill.newer_front = shade,
                MORE_BACK => fill.newer_back = shade,
                _ => {}
            }
            // The head is a part of it.
            rest = slice(rest, usize::from(size).max(4), rest.len());
        }
    }

    /// At the end of a sheet.
    pub(super) fn finish(&mut self, found: &mut Found) {
        found.drawing(std::mem::take(&mut self.sheet).finish());
    }
}

impl Fill {
    /// That of a format: of Excel 97 and later, or of before.
    fn of(body: &[u8]) -> Self {
        let is_97 = body.len() >= 20;
        let pattern =
            if is_97 { u8_at(body, 17).map(|byte| byte >> 2) } else { u8_at(body, 10).map(|byte| byte & 0x3f) };
        let colours = usize::from(u16_at(body, if is_97 { 18 } else { 8 }).unwrap_or(0));
        // 2.5.177: how dense each pattern is.
        let share = match pattern.unwrap_or(0) {
            0 => None,
            1 => Some(100),
            3 => Some(75),
            2 | 5..=10 => Some(50),
            4 | 11..=16 => Some(25),
            17 => Some(12),
            _ => Some(6),
        };
        Self { share, front: colours & 0x7f, back: (colours >> 7) & 0x7f, ..Self::default() }
    }
}

#[cfg(test)]
mod tests;
