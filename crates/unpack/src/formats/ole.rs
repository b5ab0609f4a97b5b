//! Compound files: documents of the old formats, objects within documents, macro projects, mail of Outlook, installers.
//!
//! What kind of document it is, is told by its streams. Whatever the kind, every storage is looked at: embedded files, macro
//! projects, equations, linked objects and controls can stand anywhere.

pub(crate) mod book;
pub(crate) mod compound;
pub(crate) mod decrypt;
mod installer;
mod mail;
mod moniker;
pub(crate) mod native;
mod pictures;
mod properties;
mod slides;
pub(crate) mod vba;
mod word;

use scan::content::WhyUnopened;

use crate::formats::little::utf16_runs;
use crate::formats::office::bytes::utf16;
use crate::formats::office::{self, Found, Layer};
use crate::formats::ole::compound::{Compound, Sort};
use crate::formats::ole::decrypt::Package;
use crate::formats::ole::pictures::Pictures;
pub(crate) use crate::formats::ole::pictures::take_from_metafile;
use crate::unpack::{File, Leaf, Walk};

/// Streams that tell the kind, in the storage at the top. The first that is there counts.
const KINDS: &[(&str, &str)] = &[
    ("EncryptedPackage", "ole"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("VisioDocument", "vsd"),
    ("Quill", "pub"),
    ("\u{5}HwpSummaryInformation", "hwp"),
];
/// Identifiers of classes, as they stand: of the equation editor (versions 3 and 2), of the packager (new and old), of links.
const EQUATION: [[u8; 16]; 2] = [
    *b"\x02\xce\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46",
    *b"\x00\x17\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46",
];
const PACKAGES: [[u8; 16]; 2] = [
    *b"\x0c\x00\x03\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46",
    *b"\x0d\x0a\x5d\xf2\x5e\x3b\xcf\x11\xb2\xa8\x00\xaa\x00\x60\x7d\x88",
];
/// How kinds of files begin that are worth to be taken out of a stream in which a program keeps a whole file.
const FILE_STARTS: [&[u8]; 10] =
    [b"PK\x03\x04", b"%PDF", b"MZ", b"\xd0\xcf\x11\xe0", b"{\\rt", b"<?xml", b"<html", b"<!DOC", b"Rar!", b"ITSF"];
/// Streams whose pictures stand there in another form, are children of their own, or are shown nowhere.
const WITHOUT_PICTURES: [&str; 6] = [
    "workbook",
    "book",
    "\u{1}ole10native",
    "encryptedpackage",
    "\u{5}summaryinformation",
    "\u{5}documentsummaryinformation",
];
/// Streams that hold a whole file by their meaning, whose pictures are its own; programs reach those of all others by their place, however
/// the stream begins.
const WHOLE_FILES: [&str; 3] = ["package", "contents", "embeddedodf"];
/// Shortest run of letters kept of a form's fields.
const FORM_TEXT_MIN: usize = 6;
/// Marks of what lies inside that the document is asked for.
const LIFTED: [&str; 7] = ["macro", "auto_run", "macro_code", "xlm", "equation", "activex", "embedded_file"];

/// Opens the file.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let Some(compound) = Compound::read(file.bytes) else {
        walk.mark(file.at, "malformed");
        return walk.not_opened(file.at, WhyUnopened::Broken);
    };
    if compound.entries.len() < 2 {
        walk.mark(file.at, "malformed");
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
    name_kind(walk, file, &compound);
    let mut found = Found::new(walk);
    let drawn = read_documents(walk, file, &compound, &mut found);
    if read_parts(walk, file, &compound, &mut found) {
        take_pictures(walk, file, &compound, &drawn);
    }
    if compound.is_malformed || compound.is_used_up() {
        found.mark("malformed");
    }
    if compound.is_used_up() || compound.is_cut {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    found.give(walk, file.at);
    office::lift_marks(walk, file.at, &LIFTED);
}

fn name_kind(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>) {
    let by_stream = KINDS.iter().find(|(name, _)| compound.find(0, name).is_some()).map(|(_, kind)| *kind);
    let by_message = || mail::is_message(compound, 0).then_some("msg");
    let by_class = || installer::is_package(compound).then_some("msi");
    let is_project = || compound.find(0, "VBA").is_some() && compound.find(0, "PROJECT").is_some();
    if let Some(kind) = by_stream.or_else(by_message).or_else(by_class).or_else(|| is_project().then_some("vbaproject"))
    {
        walk.set_kind(file.at, kind);
    }
}

/// Documents in any storage, the top first. Returns what holds their pictures, where that is not a stream as it stands.
fn read_documents(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, found: &mut Found) -> Vec<Vec<u8>> {
    let mut drawn = Vec::new();
    for storage in compound.storages() {
        if walk.budget.is_late() {
            walk.not_opened(file.at, WhyUnopened::OverTime);
            return drawn;
        }
        if storage != 0
            && ["WordDocument", "Workbook", "Book"].iter().any(|name| compound.find(storage, name).is_some())
        {
            found.mark("embedded_object");
        }
        drawn.extend(word::read(walk, file, compound, (storage, found)));
        drawn.extend(book::read(walk, file, compound, (storage, found)));
    }
    if compound.find(0, "PowerPoint Document").is_some() {
        slides::read(walk, file, compound, found);
    }
    match walk.kind(file.at) {
        "msg" => mail::read(walk, file, compound, found),
        "msi" => installer::read(walk, file, compound, found),
        "vsd" | "pub" => read_runs(compound, found),
        "ole" => read_addresses(compound, found),
        "hwp" => {
            read_runs(compound, found);
            found.mark("unopened_container");
            walk.not_opened(file.at, WhyUnopened::Unsupported);
        }
        _ => {}
    }
    let infos = compound.streams_of(0, "EncryptionInfo");
    for package in compound.streams_of(0, "EncryptedPackage") {
        for info in &infos {
            open_package(walk, file, (info, &package));
        }
    }
    drawn
}

fn open_package(walk: &mut Walk<'_>, file: File<'_>, (info, package): (&[u8], &[u8])) {
    walk.mark(file.at, "encrypted");
    match decrypt::package(walk, info, package) {
        Package::Opened(bytes) => {
            walk.mark(file.at, "password_found");
            walk.budget.spend_unpacked(bytes.len());
            walk.child(file, "decrypted", Leaf { is_read: true, ..Leaf::default() }, &bytes);
        }
        Package::Closed => walk.not_opened(file.at, WhyUnopened::Encrypted),
        Package::Unknown => walk.not_opened(file.at, WhyUnopened::Unsupported),
    }
}

/// Streams that mean the same wherever they stand; false when the budget is used up.
fn read_parts(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, found: &mut Found) -> bool {
    let mut modules = 0_usize;
    for storage in compound.storages() {
        if vba::is_project(compound, storage) {
            modules = modules.saturating_add(vba::read(walk, file, compound, (storage, modules)));
        }
    }
    for (number, entry) in compound.entries.iter().enumerate() {
        if walk.budget.is_late() {
            walk.not_opened(file.at, WhyUnopened::OverTime);
            return false;
        }
        if EQUATION.contains(&entry.class) {
            found.mark("equation");
        }
        if PACKAGES.contains(&entry.class) {
            found.mark("embedded_object");
        }
        if entry.sort == Sort::Stream && !read_stream(walk, file, compound, (number, found)) {
            return false;
        }
    }
    true
}

/// Pictures of documents, wherever they stand in a stream. The parts of messages and installers are told by their own readers.
fn take_pictures(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, drawn: &[Vec<u8>]) {
    if walk.kind(file.at) == "msi" {
        return;
    }
    let mut pictures = Pictures::default();
    for (number, entry) in compound.entries.iter().enumerate() {
        let name = entry.name.to_ascii_lowercase();
        let is_read_else = WITHOUT_PICTURES.contains(&name.as_str()) || name.starts_with("__substg1.0_");
        let is_whole_file = WHOLE_FILES.contains(&name.as_str()) && is_file(compound, number);
        if entry.sort != Sort::Stream || is_read_else || is_whole_file {
            continue;
        }
        if walk.budget.is_late() {
            return walk.not_opened(file.at, WhyUnopened::OverTime);
        }
        if !pictures.take(walk, file, &compound.stream(number)) {
            return;
        }
    }
    for stream in drawn {
        if !pictures.take(walk, file, stream) {
            return;
        }
    }
}

/// Looks at one stream; false when the budget is used up.
fn read_stream(
    walk: &mut Walk<'_>,
    file: File<'_>,
    compound: &Compound<'_>,
    (number, found): (usize, &mut Found),
) -> bool {
    let Some(entry) = compound.entries.get(number) else { return true };
    let step = format!("ole:{number}");
    // Names are compared without case (MS-CFB 2.6.4).
    match entry.name.to_ascii_lowercase().as_str() {
        "\u{1}ole10native" => {
            let stream = compound.stream(number);
            return native::add(walk, file, &step, native::read(&stream));
        }
        "equation native" => found.mark("equation"),
        "\u{1}ole" => moniker::note_linked(&compound.stream(number), found),
        "\u{3}ocxname" | "\u{3}ocxdata" => found.mark("activex"),
        "\u{5}summaryinformation" | "\u{5}documentsummaryinformation" => {
            properties::read(&compound.stream(number), found);
        }
        // Fields of forms: where macros keep what they do not want to be seen.
        "o" => note_form(&compound.stream(number), found),
        // The parts of a message and of an installer are told by their own readers.
        name if !name.starts_with("__substg1.0_") && walk.kind(file.at) != "msi" && is_file(compound, number) => {
            found.mark("embedded_object");
            return walk.child(file, &step, Leaf { is_read: true, ..Leaf::default() }, &compound.stream(number));
        }
        _ => {}
    }
    true
}

/// Does a stream hold a whole file of a kind that is worth a look?
fn is_file(compound: &Compound<'_>, number: usize) -> bool {
    FILE_STARTS.iter().any(|start| compound.starts_with(number, start))
}

/// Text of formats of which only that much is known: runs of letters in their streams.
fn read_runs(compound: &Compound<'_>, found: &mut Found) {
    for (number, entry) in compound.entries.iter().enumerate().filter(|(_, entry)| entry.sort == Sort::Stream) {
        let stream = compound.stream(number);
        // Letters in two bytes each have an empty one.
        if matches!(entry.name.as_str(), "PrvText" | "VisioDocument" | "TEXT" | "Contents") {
            let wide: String = utf16(&stream).chars().map(|c| if c.is_control() { '\n' } else { c }).collect();
            for run in wide.split('\n').filter(|run| run.chars().count() >= FORM_TEXT_MIN && is_mostly_words(run)) {
                found.line(Layer::Other, run);
            }
        }
        note_form(&stream, found);
    }
}

/// Addresses in files of a kind that is not known (letters of other programs, works of old ones), with the letters around them. What a
/// stream is by its name, or as a file, is read elsewhere, and so are packages and projects.
fn read_addresses(compound: &Compound<'_>, found: &mut Found) {
    let is_project = compound.storages().into_iter().any(|storage| vba::is_project(compound, storage));
    if is_project || compound.find(0, "EncryptedPackage").is_some() {
        return;
    }
    let is_address = |run: &str| run.contains("://") || run.contains("www.");
    for (number, entry) in compound.entries.iter().enumerate().filter(|(_, entry)| entry.sort == Sort::Stream) {
        if entry.name.starts_with(char::is_control) || is_file(compound, number) {
            continue;
        }
        let stream = compound.stream(number);
        let bytes = stream.split(|byte| !(0x20..0x7f).contains(byte)).filter(|run| run.len() >= FORM_TEXT_MIN);
        for run in bytes.map(String::from_utf8_lossy).filter(|run| is_address(run)) {
            found.line(Layer::Other, &run);
        }
        for run in utf16_runs(&stream, FORM_TEXT_MIN).iter().filter(|run| is_address(run)) {
            found.line(Layer::Other, run);
        }
    }
}

/// Bytes that are no text look like rare letters when they are read as such.
fn is_mostly_words(run: &str) -> bool {
    let (mut usual, mut all) = (0_usize, 0_usize);
    for character in run.chars() {
        all = all.saturating_add(1);
        usual = usual.saturating_add(usize::from(character.is_ascii_alphanumeric() || character == ' '));
    }
    usual.saturating_mul(4) >= all.saturating_mul(3)
}

/// Runs of letters in the data of a form.
fn note_form(stream: &[u8], found: &mut Found) {
    for run in stream.split(|byte| !(0x20..0x7f).contains(byte)).filter(|run| run.len() >= FORM_TEXT_MIN) {
        found.line(Layer::Other, &String::from_utf8_lossy(run));
    }
}

#[cfg(test)]
mod tests;
