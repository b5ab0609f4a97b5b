//! Word documents of the old format: their text by the piece table, their fields, their template. Source: MS-DOC 2.4.1 and
//! 2.5. Documented limit: character formats are not read, so hidden text counts as shown.

mod shades;

use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use scan::content::WhyUnopened;

use crate::formats::office::bytes::{size_at, slice, u16_at, u32_at, utf16};
use crate::formats::office::{Found, Layer, field};
use crate::formats::ole::compound::Compound;
use crate::formats::ole::decrypt::Key;
use crate::unpack::{File, Walk};

/// First version of the format whose pieces are in a table stream: Word 97.
const VERSION_97: u16 = 0x00c1;
/// Bytes of the head that are never encrypted.
const HEAD_BYTES: usize = 68;
/// Flags of the head (MS-DOC 2.5.2).
const IS_ENCRYPTED: u16 = 0x0100;
const TABLE_IS_1: u16 = 0x0200;
/// Places in the head of a table's place and size.
const TEMPLATE_STRINGS: usize = 0x019a;
const PIECES: usize = 0x01a2;
/// Fields within fields.
const FIELDS_MAX: usize = 32;
/// Characters of the text and all its notes, each piece counted once; pieces that share text are no news.
const TEXT_RATIO_MAX: usize = 2;

/// Reads the document in a storage; returns the streams that may hold its pictures, where they were encrypted.
pub(super) fn read(
    walk: &mut Walk<'_>,
    file: File<'_>,
    compound: &Compound<'_>,
    (storage, found): (usize, &mut Found),
) -> Vec<Vec<u8>> {
    let mut opened = Vec::new();
    let datas = compound.streams_of(storage, "Data");
    for main in compound.streams_of(storage, "WordDocument") {
        let flags = u16_at(&main, 10).unwrap_or(0);
        let table = if flags & TABLE_IS_1 != 0 { "1Table" } else { "0Table" };
        let mut tables = compound.streams_of(storage, table);
        if tables.is_empty() {
            tables.push(Vec::new());
        }
        for table in tables {
            if walk.budget.is_late() {
                walk.not_opened(file.at, WhyUnopened::OverTime);
                return opened;
            }
            if flags & IS_ENCRYPTED == 0 {
                read_one(walk, file, Streams { main: &main, table: &table, datas: &datas }, found);
                continue;
            }
            walk.mark(file.at, "encrypted");
            // Each pair has a key of its own, and what it opens is kept.
            let bytes =
                datas.iter().fold(main.len().saturating_add(table.len()), |sum, data| sum.saturating_add(data.len()));
            if walk.budget.unpacked_bytes_left() < u64::try_from(bytes).unwrap_or(u64::MAX) {
                walk.stopped(file.at);
                return opened;
            }
            let Some((key, main, table)) = decrypt(walk, &main, &table) else {
                walk.not_opened(file.at, WhyUnopened::Encrypted);
                continue;
            };
            walk.budget.spend_unpacked(bytes);
            walk.mark(file.at, "password_found");
            let datas: Vec<Vec<u8>> = datas.iter().filter_map(|data| key.open_document(data, 0)).collect();
            read_one(walk, file, Streams { main: &main, table: &table, datas: &datas }, found);
            opened.extend(datas);
            opened.push(main);
        }
    }
    opened
}

/// The streams that one document is read from.
#[derive(Clone, Copy)]
struct Streams<'s> {
    main: &'s [u8],
    table: &'s [u8],
    /// What does not fit into the main one.
    datas: &'s [Vec<u8>],
}

/// One document by its streams.
fn read_one(walk: &mut Walk<'_>, file: File<'_>, streams: Streams<'_>, found: &mut Found) {
    let Streams { main, table, .. } = streams;
    let is_new = u16_at(main, 2).is_some_and(|version| version >= VERSION_97);
    let pieces = if is_new { pieces(main, table).unwrap_or_default() } else { Vec::new() };
    match text_of(main, &pieces).or_else(|| plain(main)) {
        Some(text) => Story::default().read(&text, found),
        None => {
            walk.mark(file.at, "malformed");
            walk.not_opened(file.at, WhyUnopened::Broken);
        }
    }
    if is_new {
        template(main, table, found);
        shades::read(streams, &pieces, found);
    }
}

/// The key, and both streams, with a word of the message: the table begins with the head of the encryption, whose size the document says.
fn decrypt(walk: &Walk<'_>, main: &[u8], table: &[u8]) -> Option<(Key, Vec<u8>, Vec<u8>)> {
    let head_bytes = size_at(main, 14)?;
    let key = Key::find(walk, slice(table, 0, head_bytes))?;
    let (main, table) = (key.open_document(main, HEAD_BYTES)?, key.open_document(table, head_bytes)?);
    Some((key, main, table))
}

/// A piece of the text: where its bytes stand in the main stream.
#[derive(Clone, Debug)]
struct Piece {
    bytes: Range<usize>,
    /// One byte a character.
    is_narrow: bool,
}

/// The pieces of the text in order, as many as hold no more characters than the text can have.
fn pieces(main: &[u8], table: &[u8]) -> Option<Vec<Piece>> {
    let at = size_at(main, PIECES)?;
    let size = size_at(main, PIECES.saturating_add(4))?;
    let mut rest = table.get(at..at.checked_add(size)?)?;
    // Formats that pieces refer to stand before the pieces.
    while rest.first() == Some(&1) {
        let size = usize::from(u16_at(rest, 1)?);
        rest = rest.get(size.checked_add(3)?..)?;
    }
    let size = rest.strip_prefix(&[2]).and_then(|rest| size_at(rest, 0))?;
    let plc = slice(rest, 5, size);
    let count = plc.len().checked_sub(4)?.checked_div(12)?;
    let descriptors = count.checked_add(1)?.checked_mul(4)?;
    let mut left = main.len().saturating_mul(TEXT_RATIO_MAX);
    let mut pieces = Vec::new();
    for number in 0..count {
        let place = number.saturating_mul(4);
        let (from, to) = (u32_at(plc, place)?, u32_at(plc, place.saturating_add(4))?);
        let characters = usize::try_from(to.checked_sub(from)?).ok()?;
        let descriptor = descriptors.saturating_add(number.saturating_mul(8));
        let place = u32_at(plc, descriptor.saturating_add(2))?;
        let is_narrow = place & 0x4000_0000 != 0;
        let place = usize::try_from(place & 0x3fff_ffff).ok()?;
        let (from, bytes) = match is_narrow {
            true => (place.checked_div(2)?, characters),
            false => (place, characters.saturating_mul(2)),
        };
        let to = from.saturating_add(bytes).min(main.len());
        pieces.push(Piece { bytes: from..to, is_narrow });
        let Some(rest) = left.checked_sub(to.saturating_sub(from)) else { break };
        left = rest;
    }
    Some(pieces)
}

/// The text by its pieces.
fn text_of(main: &[u8], pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for Piece { bytes, is_narrow } in pieces {
        let bytes = main.get(bytes.clone()).unwrap_or_default();
        match is_narrow {
            true => text.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0),
            false => text.push_str(&utf16(bytes)),
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The text of older versions: in one piece, in the Western code page.
fn plain(main: &[u8]) -> Option<String> {
    let (from, to) = (size_at(main, 0x18)?, size_at(main, 0x1c)?);
    let bytes = main.get(from..to.min(main.len()))?;
    (!bytes.is_empty()).then(|| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}

/// The template's name is the second of the associated strings (MS-DOC 2.9.276).
fn template(main: &[u8], table: &[u8], found: &mut Found) -> Option<()> {
    let at = size_at(main, TEMPLATE_STRINGS)?;
    let strings = slice(table, at, size_at(main, TEMPLATE_STRINGS.saturating_add(4))?);
    if u16_at(strings, 0)? != 0xffff {
        return None;
    }
    let first = usize::from(u16_at(strings, 6)?).saturating_mul(2);
    let second = first.saturating_add(8);
    let size = usize::from(u16_at(strings, second)?).saturating_mul(2);
    let name = utf16(slice(strings, second.saturating_add(2), size));
    found.fetched(&name, "remote_template");
    Some(())
}

/// A story of characters, some of which stand for fields, cells and pictures.
#[derive(Default)]
pub(super) struct Story {
    fields: Vec<(String, String, bool)>,
    line: String,
}

impl Story {
    pub(super) fn read(mut self, text: &str, found: &mut Found) {
        for character in text.chars() {
            match character {
                '\x13' => self.open(),
                '\x14' => {
                    if let Some((_, _, has_result)) = self.fields.last_mut() {
                        *has_result = true;
                    }
                }
                '\x15' => self.close(found),
                '\r' | '\x0b' | '\x0c' | '\x0e' => self.end_line(found),
                '\x07' => self.add('\t'),
                '\x1e' => self.add('-'),
                '\t' => self.add('\t'),
                '\0'..='\x1f' => {}
                character => self.add(character),
            }
        }
        while !self.fields.is_empty() {
            self.close(found);
        }
        self.end_line(found);
    }

    fn open(&mut self) {
        if self.fields.len() < FIELDS_MAX {
            self.fields.push((String::new(), String::new(), false));
        }
    }

    fn add(&mut self, character: char) {
        match self.fields.last_mut() {
            Some((code, _, false)) => code.push(character),
            Some((_, shown, true)) => {
                shown.push(character);
                // Within the result of a field and no code around it: it is shown.
                if self.fields.iter().all(|(_, _, has_result)| *has_result) {
                    self.line.push(character);
                }
            }
            None => self.line.push(character),
        }
    }

    fn close(&mut self, found: &mut Found) {
        let Some((code, shown, _)) = self.fields.pop() else { return };
        field::read(found, &code, &shown);
        if let Some((outer_code, outer_shown, has_result)) = self.fields.last_mut() {
            match *has_result {
                true => outer_shown.push_str(&shown),
                false => outer_code.push_str(&field::result(found, &code, &shown)),
            }
        }
    }

    fn end_line(&mut self, found: &mut Found) {
        if !self.line.is_empty() {
            found.line(Layer::Shown, &self.line);
            self.line.clear();
        }
    }
}
