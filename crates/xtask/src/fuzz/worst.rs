//! The nastiest inputs that are known for each format, a mebibyte each: what they cost is looked at, and printed as a table.
//!
//! Time is allowed by what is read: of something packed each mebibyte that comes out of it counts, of a picture each mebibyte of its
//! pixels, at one byte a pixel, and what is disarmed counts twice, since what comes out is opened once more. Memory is the same for all.

mod disarmed;
mod images;
mod packed;
mod pictures;
mod whole;

use std::time::Duration;

use ::unpack::{Budget, Limits, Part, Request, unpack};
use anyhow::{Result, bail};
use bytes::Bytes;
use scan::content::{Content, WhyUnopened};

use super::usage::{Usage, measured, thread_time};

/// Length of an input, bytes.
const INPUT_BYTES: usize = 1024 * 1024;
/// CPU time of one of them in an optimised build.
const TIME_MAX: Duration = Duration::from_millis(200);
/// How much slower a build for tests may be.
const TEST_BUILD_TIMES: u32 = 8;
/// Memory of one of them, KiB.
const MEMORY_KIB_MAX: u64 = 256 * 1024;

/// What is opened: a name, the declared type, what comes once, what is repeated behind it.
type Nasty = (&'static str, &'static str, &'static [u8], &'static [u8]);

/// Something that a line of the table cannot tell.
struct Made {
    name: &'static str,
    declared: &'static str,
    bytes: Vec<u8>,
    /// Bytes that are read of it, see above.
    read_bytes: usize,
    /// Did its reader go as far as it was to go? Else its row shows nothing.
    is_read: fn(&Content) -> bool,
}

/// Makes one.
type Make = fn() -> Result<Made>;

/// What one input cost.
struct Row {
    name: &'static str,
    mebibytes: u32,
    usage: Usage,
}

/// One line an input, grouped by format.
const NASTY: &[Nasty] = &[
    ("deep.html", "text/html", b"", b"<div>"),
    ("anchors.html", "text/html", b"", b"<a href=http://a.example/b>"),
    ("comments.html", "text/html", b"", b"<!--"),
    ("attributes.html", "text/html", b"<a ", b"x "),
    ("entities.html", "text/html", b"", b"&#x41;&amp"),
    ("styles.html", "text/html", b"", b"<style>a{display:none}</style><a>b"),
    ("scripts.html", "text/html", b"", b"<script>atob('QUFB')</script>"),
    ("tables.html", "text/html", b"", b"<table><tr><td bgcolor=black>"),
    ("data.html", "text/html", b"", b"<a href='data:text/html,<a href=x>'>"),
    ("links.txt", "text/plain", b"", b"http://a.example/?u=http://b.example/ "),
    ("dots.txt", "text/plain", b"", b"a.b"),
    ("colons.txt", "text/plain", b"", b"::"),
    ("schemes.txt", "text/plain", b"", b"http://"),
    ("wrapped.txt", "text/plain", b"", b"https://a.example/?url=aHR0cHM6Ly9hLmV4YW1wbGUv%2525 "),
    ("uu.txt", "text/plain", b"", b"begin 644 x\n"),
    ("yenc.txt", "text/plain", b"", b"=ybegin line=128 size=9 name=x\n"),
    ("uucr.txt", "text/plain", b"", b"begin 644 x\r"),
    ("bars.txt", "text/plain", b"", b"http://a.b|"),
    ("glued.txt", "text/plain", b"", b"xhttp://a.b|"),
    ("hosts.txt", "text/plain", b"", b"www.a.de,"),
    ("binhex.txt", "text/plain", b"", b"(This file must be converted with BinHex 4.0)\n:"),
    ("blocks.txt", "text/plain; charset=utf-8", b"", "\u{2588}\u{2580} \u{2584}\n".as_bytes()),
    ("hashes.txt", "text/plain", b"", b"## ## # ##\n"),
    ("shifted.txt", "text/plain; charset=iso-2022-jp", b"", b"\x1b$B!!\x1b(B"),
    ("utf7.txt", "text/plain; charset=utf-7", b"", b"+ADw-"),
    ("deep.xml", "text/xml", b"<?xml version='1.0'?>", b"<a>"),
    ("entities.xml", "text/xml", b"<!DOCTYPE x [<!ENTITY a \"b\">]><x>", b"&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("attributes.xml", "text/xml", b"<?xml version='1.0'?>", b"<a b='http://a.example'/>"),
    ("fields.rtf", "application/rtf", b"{\\rtf1", b"{\\field{\\*\\fldinst HYPERLINK \"http://a\"}}"),
    ("deep.rtf", "application/rtf", b"{\\rtf1", b"{"),
    ("objects.rtf", "application/rtf", b"{\\rtf1", b"{\\object{\\*\\objdata 0105000002000000}}"),
    ("binary.rtf", "application/rtf", b"{\\rtf1", b"\\bin1 x\\'e9\\u233?"),
    ("objects.pdf", "application/pdf", b"%PDF-1.7\n", b"1 0 obj<</A 1 0 R>>endobj\n"),
    ("deep.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj", b"<</A["),
    ("strings.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj", b"(\\("),
    ("streams.pdf", "application/pdf", b"%PDF-1.7\n", b"1 0 obj<</Length 9>>stream\n"),
    ("filters.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</Length 1000000/Filter[/ASCIIHexDecode/ASCII85Decode/LZWDecode]>>stream\n", b"4141"),
    ("pages.pdf", "application/pdf", b"%PDF-1.7\n", b"1 0 obj<</Type/Page/Parent 1 0 R/Kids[1 0 R]/Contents 1 0 R>>endobj\n"),
    ("tables.pdf", "application/pdf", b"%PDF-1.7\n", b"xref\n0 1\n0 f\ntrailer<</Prev 9/Root 1 0 R>>startxref\n9\n"),
    ("cut.doc", "application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3e\0\x03\0\xfe\xff\x09\0\x06\0", b"\x01\0\0\0"),
    ("entries.zip", "application/zip", b"", b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a"),
    ("ends.zip", "application/zip", b"PK\x03\x04", b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\0\0\0\0\0\0"),
    ("packed.zip", "application/zip", b"", b"PK\x03\x04\x0a\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a\x03\0"),
    ("marks.rar", "application/vnd.rar", b"", b"Rar!\x1a\x07\x01\0"),
    ("marks.7z", "application/x-7z-compressed", b"", b"7z\xbc\xaf\x27\x1c\0\x04"),
    ("members.gz", "application/gzip", b"", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"),
    ("members.ar", "application/x-archive", b"!<arch>\n", b"a               0           0     0     644     0         `\n"),
    ("members.cpio", "application/x-cpio", b"", b"0707070000000000000000000000000000010000000000000000000000020000000000000\0"),
    ("marks.cab", "application/vnd.ms-cab-compressed", b"", b"MSCF\0\0\0\0"),
    ("deep.eml", "message/rfc822", b"", b"Content-Type: message/rfc822\r\n\r\n"),
    ("boundaries.eml", "message/rfc822", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n", b"--a\r\n\r\nx--a\r\n"),
    ("box.mbox", "application/mbox", b"", b"From a\nSubject: b\n\nc\n\n"),
    ("starts.mbox", "application/mbox", b"", b"From "),
    ("events.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n", b"ATTACH;ENCODING=BASE64:QUFB\r\n"),
    ("cards.vcf", "text/vcard", b"BEGIN:VCARD\r\n", b"URL:http://a.example\r\n x\r\n"),
    ("cells.csv", "text/csv", b"", b"=HYPERLINK(\"http://a\"),\"\"\"\","),
    ("cells.slk", "application/x-sylk", b"ID;P\r\n", b"C;X1;Y1;E=1+1\r\n"),
    ("long.url", "application/octet-stream", b"[InternetShortcut]\r\n", b"URL=http://a.example\r\n"),
    ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22\x01\0", b"\x02\x10\x80\x01\0\x01\0\0\0a\x61\0"),
    ("twins.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22\x01\0\x02\x02\x90\x06\0\0\0\0\0\0\0\0\0", b"\x02\x0f\x80\x06\0\x10\0\0\0abcdefghijklmnop\0\0"),
    ("deep.p7m", "application/pkcs7-mime", b"", b"\x30\x80"),
    ("pieces.p7m", "application/pkcs7-mime", b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80", b"\x24\x80\x04\x01a"),
    ("blocks.asc", "application/octet-stream", b"", b"-----BEGIN PGP MESSAGE-----\n\nAAAA\n"),
    ("packets.gpg", "application/octet-stream", b"\xa3\x01", b"\xcb\x01a"),
    ("shapes.svg", "image/svg+xml", b"<svg viewBox='0 0 999 999'>", b"<path d='M1 2h1v1h-1z'/>"),
    ("uses.svg", "image/svg+xml", b"<svg viewBox='0 0 999 999'><g id='a'><rect width='1' height='1'/></g>", b"<use href='#a' x='1'/>"),
    ("nested.svg", "image/svg+xml", b"<svg>", b"<g style='fill:red' transform='scale(2)'>"),
    ("boxes.html", "text/html", b"", b"<div style='position:absolute;left:1px;top:1px;width:9px;height:9px;background:#000'></div>"),
    ("shadows.html", "text/html", b"<div style='width:1px;height:1px;box-shadow:", b"1px 1px #000,"),
    ("rules.html", "text/html", b"<style>", b".a .b>c{background:#000}"),
    ("boxes.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</Type/Page/Contents 2 0 R>>endobj\n2 0 obj<</Length 999999>>stream\n", b"1 1 4 4 re f\n"),
    ("clips.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</Type/Page/Contents 2 0 R>>endobj\n2 0 obj<</Length 999999>>stream\n", b"0 0 9 9 re W n 1 1 4 4 re f\n"),
    ("texts.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</Type/Page/Contents 2 0 R>>endobj\n2 0 obj<</Length 999999>>stream\n", b"BT 1 1 Td(a)Tj ET\n"),
    ("cells.fods", "application/vnd.oasis.opendocument.spreadsheet-flat-xml", b"<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0'><office:body><office:spreadsheet><table:table><table:table-row>", b"<table:table-cell table:formula='of:=A1' office:value='1'/>"),
    ("frames.gif", "image/gif", b"GIF89a\x40\0\x40\0\x80\0\0\0\0\0\xff\xff\xff", b"\x2c\0\0\0\0\x40\0\x40\0\0\x02\x02\x4c\x01\0"),
    ("noise.bmp", "image/bmp", b"BM\x36\0\x10\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x50\x02\0\0\x4e\x02\0\0\x01\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", b"\0\0\0\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\xff\xff\xff\0\0\0"),
];

/// Opens each; fails if one takes more than it may.
pub(super) fn run() -> Result<()> {
    let factor = if cfg!(debug_assertions) { TEST_BUILD_TIMES } else { 1 };
    let mut over = Vec::new();
    println!("| input, 1 MiB | read | CPU time | memory |\n|---|---|---|---|");
    let parts = NASTY.iter().map(|nasty| open(nasty.0, part(nasty)));
    let made = packed::ALL.iter().chain(images::ALL).chain(pictures::ALL).map(|make| open_made(make()?));
    for row in parts.chain(whole::all()?).chain(made).chain(disarmed::all()) {
        let Row { name, mebibytes, usage } = row?;
        let time_ms = usage.time.as_secs_f64() * 1_000.0;
        println!("| {name} | {mebibytes} MiB | {time_ms:.0} ms | {} KiB |", usage.memory_kib);
        if usage.time > TIME_MAX * factor * mebibytes || usage.memory_kib > MEMORY_KIB_MAX {
            over.push(name);
        }
    }
    if !over.is_empty() {
        bail!("over {:?} a MiB or {MEMORY_KIB_MAX} KiB: {}", TIME_MAX * factor, over.join(", "));
    }
    Ok(())
}

/// All of them as parts of a message.
pub(super) fn parts() -> Vec<Part> {
    NASTY.iter().map(part).collect()
}

fn filled(start: &[u8], repeated: &[u8]) -> Bytes {
    let times = INPUT_BYTES.saturating_sub(start.len()) / repeated.len().max(1);
    Bytes::from([start, &repeated.repeat(times)].concat())
}

fn part((name, declared, start, repeated): &Nasty) -> Part {
    let (declared, charset) = declared.split_once("; charset=").unwrap_or((declared, ""));
    Part {
        place: "1".to_owned(),
        names: vec![(*name).to_owned()],
        declared: declared.to_owned(),
        charset: charset.to_owned(),
        bytes: filled(start, repeated),
        ..Part::default()
    }
}

fn open(name: &'static str, part: Part) -> Result<Row> {
    let (_, usage) = measured(|| looked_into(part))?;
    Ok(Row { name, mebibytes: 1, usage })
}

fn open_made(made: Made) -> Result<Row> {
    let Made { name, declared, bytes, read_bytes, is_read } = made;
    let part = Part {
        place: "1".to_owned(),
        names: vec![name.to_owned()],
        declared: declared.to_owned(),
        bytes: Bytes::from(bytes),
        ..Part::default()
    };
    let (content, usage) = measured(|| looked_into(part))?;
    if !is_read(&content) {
        bail!("{name}: its reader stopped at the door, so that its row shows nothing");
    }
    let mebibytes = u32::try_from(read_bytes.div_ceil(INPUT_BYTES)).unwrap_or(u32::MAX).max(1);
    Ok(Row { name, mebibytes, usage })
}

fn looked_into(part: Part) -> Content {
    let request = Request { parts: vec![part], ..Request::default() };
    unpack(&request, &mut Budget::with_clock(Limits::default(), thread_time))
}

/// Was a limit reached, and that said?
fn is_over_budget(content: &Content) -> bool {
    content.unopened.iter().any(|one| one.why == WhyUnopened::OverBudget)
}

/// Does the file itself have this mark?
fn is_marked(content: &Content, mark: &str) -> bool {
    content.items.first().is_some_and(|item| item.marks.iter().any(|own| own == mark))
}

/// Puts bytes into a file at a place.
fn lay(file: &mut [u8], at: usize, bytes: &[u8]) {
    for (to, byte) in file.iter_mut().skip(at).zip(bytes) {
        *to = *byte;
    }
}
