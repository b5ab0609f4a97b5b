//! Packages of which much comes out, and packages of very many parts. The names of their parts make documents of them.

use std::io::Write as _;

use anyhow::Result;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use scan::content::Content;

use super::{INPUT_BYTES, Made, Make, is_marked};

/// All of them.
pub(super) const ALL: &[Make] = &[paragraph, runs, links, parts, strings, cells];

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Methods of a zip (APPNOTE 4.4.5).
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Bytes that an entry costs besides its data, and more.
const ENTRY_BYTES: usize = 256;
/// Parts of a package of a mebibyte, of hardly anything each.
const PARTS: usize = 6_800;

/// One entry of a package.
pub(super) struct Entry {
    name: String,
    method: u16,
    data: Vec<u8>,
    /// Of what comes out.
    size: usize,
    sum: u32,
}

impl Entry {
    /// One that stands there as it is.
    pub(super) fn stored(name: &str, data: Vec<u8>) -> Self {
        let mut sum = Crc::new();
        sum.update(&data);
        Self { name: name.to_owned(), method: STORED, size: data.len(), sum: sum.sum(), data }
    }

    /// One that is deflated: what comes once, what is repeated up to so many bytes, what comes last.
    fn deflated(name: &str, [start, repeated, end]: [&[u8]; 3], bytes: usize) -> Result<Self> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let (mut sum, mut size) = (Crc::new(), 0);
        let times = bytes / repeated.len().max(1);
        for piece in std::iter::once(start).chain(std::iter::repeat_n(repeated, times)).chain([end]) {
            sum.update(piece);
            size += piece.len();
            encoder.write_all(piece)?;
        }
        Ok(Self { name: name.to_owned(), method: DEFLATED, data: encoder.finish()?, size, sum: sum.sum() })
    }
}

/// A zip of these entries (APPNOTE 4.3).
pub(super) fn package(entries: &[Entry]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(0).to_le_bytes();
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for Entry { name, method, data, size, sum } in entries {
        let length = u16::try_from(name.len()).unwrap_or(0).to_le_bytes();
        let (method, sum) = (method.to_le_bytes(), sum.to_le_bytes());
        let said = [&sum[..], &number(data.len()), &number(*size)].concat();
        let common = [&[20, 0, 0, 0][..], &method, &[0, 0, 0x21, 0], &said, &length, &[0, 0]].concat();
        let offset = number(bytes.len());
        bytes.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), data].concat());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = u16::try_from(entries.len()).unwrap_or(0).to_le_bytes();
    let (size, offset) = (number(directory.len()), number(bytes.len()));
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &offset, &[0, 0]].concat();
    [bytes, directory, end].concat()
}

/// A package of a mebibyte: what it is packed to may be less, and how much may come out goes by the size.
fn filled(mut entries: Vec<Entry>) -> Vec<u8> {
    let packed: usize = entries.iter().map(|entry| entry.data.len() + ENTRY_BYTES).sum();
    let rest = INPUT_BYTES.saturating_sub(packed + ENTRY_BYTES);
    entries.push(Entry::stored("rest.bin", vec![0; rest]));
    package(&entries)
}

fn types() -> Entry {
    Entry::stored("[Content_Types].xml", b"<Types/>".to_vec())
}

fn made((name, declared): (&'static str, &'static str), entries: Vec<Entry>) -> Made {
    let read_bytes = entries.iter().map(|entry| entry.size).sum();
    Made { name, declared, bytes: filled(entries), read_bytes, is_read: |content| is_marked(content, "text_cut") }
}

/// One text of many mebibytes in a field in a link: who keeps what each of them shows has it three times more.
fn paragraph() -> Result<Made> {
    let start: &[u8] = b"<w:document><w:body><w:p><w:hyperlink><w:r><w:fldChar w:fldCharType='begin'/>\
        <w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>";
    let end: &[u8] = b"</w:t></w:r></w:hyperlink></w:p></w:body></w:document>";
    let text = b"words ".repeat(4096);
    let document = Entry::deflated("word/document.xml", [start, &text, end], 120 * INPUT_BYTES)?;
    Ok(made(("paragraph.docx", DOCX), vec![types(), document]))
}

/// A run for each letter.
fn runs() -> Result<Made> {
    let pieces: [&[u8]; 3] =
        [b"<w:document><w:body><w:p>", b"<w:r><w:t>a</w:t></w:r>", b"</w:p></w:body></w:document>"];
    let document = Entry::deflated("word/document.xml", pieces, 16 * INPUT_BYTES)?;
    let is_read = |content: &Content| content.items.first().is_some_and(|item| item.text.len() > 100_000);
    Ok(Made { is_read, ..made(("runs.docx", DOCX), vec![types(), document]) })
}

/// A text that is nothing but links with links in them.
fn links() -> Result<Made> {
    let pieces: [&[u8]; 3] = [
        b"<w:document><w:body>",
        b"<w:p><w:r><w:t>http://a.example/?u=http://b.example/ </w:t></w:r></w:p>",
        b"</w:body></w:document>",
    ];
    let document = Entry::deflated("word/document.xml", pieces, 12 * INPUT_BYTES)?;
    Ok(made(("links.docx", DOCX), vec![types(), document]))
}

/// Very many parts, each a header with a letter in it.
fn parts() -> Result<Made> {
    let part = |number: usize| {
        Entry::stored(&format!("word/x{number}.xml"), b"<w:hdr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:hdr>".to_vec())
    };
    let entries: Vec<Entry> = std::iter::once(types()).chain((0..PARTS).map(part)).collect();
    let bytes = package(&entries);
    let is_read = |content: &Content| content.items.len() > PARTS;
    Ok(Made { name: "parts.docx", declared: DOCX, read_bytes: bytes.len(), bytes, is_read })
}

/// Very many strings that no sheet shows.
fn strings() -> Result<Made> {
    let pieces: [&[u8]; 3] = [b"<sst>", b"<si><t>abcd</t></si>", b"</sst>"];
    let strings = Entry::deflated("xl/sharedStrings.xml", pieces, 19 * INPUT_BYTES)?;
    Ok(made(("strings.xlsx", XLSX), vec![types(), strings]))
}

/// Very many cells that show one and the same long string.
fn cells() -> Result<Made> {
    let string = ["<sst><si><t>", &"x".repeat(1_000), "</t></si></sst>"].concat();
    let strings = Entry::stored("xl/sharedStrings.xml", string.into_bytes());
    let pieces: [&[u8]; 3] = [b"<worksheet><row>", b"<c t='s'><v>0</v></c>", b"</row></worksheet>"];
    let sheet = Entry::deflated("xl/worksheets/sheet1.xml", pieces, 12 * INPUT_BYTES)?;
    Ok(made(("cells.xlsx", XLSX), vec![types(), strings, sheet]))
}
