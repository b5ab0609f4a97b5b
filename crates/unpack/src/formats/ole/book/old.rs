//! Workbooks that are a file of records by themselves: of Excel 2, 3 and 4 always, of later ones where somebody took the stream out of
//! its file, which some programs open all the same. Records of the old versions are put into those of Excel 5, which the reader knows.
//! Documented limits: their formulas are not read (that a sheet holds macros is told), nor their shades; what else stands there in letters
//! is kept as other text. Source: OpenOffice.org's Documentation of the Microsoft Excel File Format, 4 and 5.

use crate::formats::office::Found;
use crate::formats::office::bytes::{slice, u8_at, u16_at};
use crate::formats::ole::book::{BEGIN, BOOK_LINK, CODE_PAGE, END, FOOTER, FORMULA, HEADER, NAME, SHEET_REFERENCES};
use crate::formats::ole::book::{Record, read_book, records};
use crate::formats::ole::note_form;
use crate::formats::ole::pictures::Pictures;
use crate::unpack::{File, Walk};

/// Kinds of records by which a sheet of Excel 2, 3 and 4 begins.
const BEGINS: [u16; 3] = [0x0009, 0x0209, 0x0409];
/// The highest number of a sort of sheets: a workspace.
const SORT_MAX: u16 = 0x0100;
/// Cells of Excel 2, and the result of a formula.
const INTEGER_2: u16 = 0x0002;
const NUMBER_2: u16 = 0x0003;
const LABEL_2: u16 = 0x0004;
const TRUTH_2: u16 = 0x0005;
const RESULT_2: u16 = 0x0007;
/// Formulas and names of Excel 3 and 4.
const FORMULA_3: u16 = 0x0206;
const FORMULA_4: u16 = 0x0406;
const NAME_3: u16 = 0x0218;
/// Those of later ones.
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const TRUTH: u16 = 0x0205;
const RESULT: u16 = 0x0207;
const PACKED: u16 = 0x027e;
/// A name that Excel knows by number.
const IS_KNOWN: u8 = 0x20;
/// At the start of a reference to another file: a path.
const PATH: u8 = 1;
/// In a path it parts folders, elsewhere a program and what it is asked for.
const PARTS: u8 = 3;

/// Does a file begin as the records of a workbook do?
pub(crate) fn is_bare(bytes: &[u8]) -> bool {
    let is_begin = u16_at(bytes, 0).is_some_and(|kind| kind == BEGIN || BEGINS.contains(&kind));
    let is_sized = u16_at(bytes, 2).is_some_and(|size| (4..=16).contains(&size));
    is_begin && is_sized && u16_at(bytes, 6).is_some_and(|sort| sort <= SORT_MAX)
}

/// Reads such a file.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let mut found = Found::new(walk);
    let drawn = read_book(walk, file, file.bytes.to_vec(), &mut found);
    if is_old(file.bytes) {
        note_form(file.bytes, &mut found);
    }
    let mut pictures = Pictures::default();
    for stream in &drawn {
        if !pictures.take(walk, file, stream) {
            break;
        }
    }
    found.give(walk, file.at);
}

fn is_old(stream: &[u8]) -> bool {
    u16_at(stream, 0).is_some_and(|kind| BEGINS.contains(&kind))
}

/// The records as those of Excel 5, without those that have no equal; none where they are of a later one as they stand.
pub(super) fn as_newer(stream: &[u8]) -> Option<Vec<u8>> {
    if !is_old(stream) {
        return None;
    }
    let mut out = Vec::with_capacity(stream.len());
    for record in records(stream) {
        let Some((kind, body)) = newer(&record) else { continue };
        let body = slice(&body, 0, usize::from(u16::MAX));
        let size = u16::try_from(body.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&size.to_le_bytes());
        out.extend_from_slice(body);
    }
    Some(out)
}

fn newer(record: &Record<'_>) -> Option<(u16, Vec<u8>)> {
    let body = record.body;
    // Row and column; of the look nothing is kept, which takes three bytes in Excel 2.
    let cell = |value: &[u8]| [slice(body, 0, 4), &[0; 2], value].concat();
    match record.kind {
        // The version, and what sort of sheet it is.
        kind if BEGINS.contains(&kind) => Some((BEGIN, [&[0, 5][..], slice(body, 2, 2), &[0; 4]].concat())),
        INTEGER_2 => Some((NUMBER, cell(&f64::from(u16_at(body, 7)?).to_le_bytes()))),
        NUMBER_2 => Some((NUMBER, cell(slice(body, 7, 8)))),
        LABEL_2 => {
            let count = u8_at(body, 7)?;
            Some((LABEL, cell(&[&[count, 0][..], slice(body, 8, usize::from(count))].concat())))
        }
        TRUTH_2 => Some((TRUTH, cell(slice(body, 7, 2)))),
        FORMULA if body.len() > 7 => Some((FORMULA, cell(&[slice(body, 7, 8), &[0; 8]].concat()))),
        FORMULA_3 | FORMULA_4 if body.len() > 6 => Some((FORMULA, [slice(body, 0, 14), &[0; 8]].concat())),
        RESULT_2 => {
            let count = u8_at(body, 0)?;
            Some((RESULT, [&[count, 0][..], slice(body, 1, usize::from(count))].concat()))
        }
        NAME | NAME_3 => Some((NAME, name(body))),
        SHEET_REFERENCES => reference(body).map(|body| (BOOK_LINK, body)),
        NUMBER | LABEL | TRUTH | RESULT | PACKED | CODE_PAGE | HEADER | FOOTER | END => {
            Some((record.kind, body.to_vec()))
        }
        _ => None,
    }
}

/// A name: flags, a key, how many letters it has; the letters stand where each version has them, its formula behind.
fn name(body: &[u8]) -> Vec<u8> {
    let count = u8_at(body, 3).unwrap_or(0);
    let is_known = count == 1 && u8_at(body, 0).is_some_and(|flags| flags & IS_KNOWN != 0);
    let letters = if is_known {
        slice(body, 6, 1)
    } else {
        let runs = slice(body, 4, body.len()).split(|byte| *byte < 0x20);
        slice(runs.max_by_key(|run| run.len()).unwrap_or_default(), 0, usize::from(count))
    };
    let flags = if is_known { IS_KNOWN } else { 0 };
    let count = u8::try_from(letters.len()).unwrap_or(u8::MAX);
    [&[flags, 0, 0, count][..], &[0; 10], letters].concat()
}

/// A reference to another file or to a program, unless it is to this one.
fn reference(body: &[u8]) -> Option<Vec<u8>> {
    let written = slice(body, 1, usize::from(u8_at(body, 0)?));
    let first = *written.first()?;
    if first != PATH && first < b' ' {
        return None;
    }
    let part = |byte: &u8| if first == PATH && *byte == PARTS { b'\\' } else { *byte };
    let path: Vec<u8> = written.iter().map(part).collect();
    let count = u8::try_from(path.len()).unwrap_or(u8::MAX);
    Some([&[0, 0, count, 0, 0][..], &path].concat())
}
