//! Office Open XML without macros, controls, embedded objects, links to other files, data connections, DDE. Every relation and
//! every part that is not known to be harmless goes; the elements that name them go with them. What stays is byte for byte what
//! it was, part for part. Source: ECMA-376 parts 1 and 2, MS-OFFMACRO, MS-CUSTOMUI.
//!
//! A document with macros becomes one of the kind without (`docm` to `docx`); an add-in is nothing but its macros, and a binary
//! workbook names its links in records that nobody here writes: with something to remove both are impossible.

mod elements;
pub(super) mod fields;
mod relations;

use std::collections::HashSet;

use crate::disarm::names::KINDS;
use crate::disarm::package::plain;
use crate::disarm::xml::Xml;
use crate::disarm::{Made, NewKind, Removed, html, package};
use crate::formats::zip::whole::Whole;
use crate::sniff::sniff;

/// Endings of parts that may stay: XML, pictures, sound and film, fonts.
const HARMLESS: [&str; 33] = [
    "xml", "rels", "vml", "png", "jpg", "jpeg", "jpe", "gif", "bmp", "tif", "tiff", "emf", "wmf", "emz", "wmz", "ico",
    "wdp", "jxr", "svg", "odttf", "fntdata", "ttf", "mp3", "mp4", "m4a", "m4v", "mov", "wav", "wma", "wmv", "avi",
    "aac", "jfif",
];
/// True types that no such part has, whatever its ending.
const FOREIGN: [&str; 14] =
    ["exe", "ole", "zip", "rtf", "pdf", "html", "script", "rar", "7z", "cab", "lnk", "elf", "macho", "tnef"];
/// Pieces of names of parts that go, and what they are.
const PARTS: [(&str, &str); 20] = [
    ("vbaproject", "macros"),
    ("vbadata", "macros"),
    ("/macrosheets/", "Excel 4.0 macros"),
    ("/intlmacrosheets/", "Excel 4.0 macros"),
    ("/dialogsheets/", "dialogs of macros"),
    ("/activex/", "ActiveX controls"),
    ("/ctrlprops/", "form controls"),
    ("/embeddings/", "embedded objects"),
    ("oleobject", "embedded objects"),
    ("/externallinks/", "links to other files"),
    ("/connections.xml", "data connections"),
    ("/querytables/", "data connections"),
    ("/customdata/", "data connections"),
    ("xl/model/", "data connections"),
    ("customui", "menus of its own"),
    ("usercustomization", "menus of its own"),
    ("attachedtoolbars", "menus of its own"),
    ("/webextensions/", "web add-ins"),
    ("/afchunk", "texts of other formats"),
    ("printersettings", PRINTERS),
];

/// What settings of printers are called. They stand in nearly every workbook and go only with something else.
const PRINTERS: &str = "settings of printers";
/// What links to other files are called.
const LINKS: &str = "links to other files";

/// Disarms a document.
pub(super) fn disarm(whole: Whole) -> Made {
    let Whole { files, is_odd } = whole;
    let types = files.iter().find(|(name, _)| plain(name) == "[content_types].xml");
    let types = Xml::read(types.map(|(_, bytes)| bytes.as_slice()).unwrap_or_default())?;
    let kind = kind(&types);
    let mut removed = Removed::default();
    if is_odd {
        removed.note("what stands around or between its parts");
    }
    let mut gone: HashSet<String> = HashSet::new();
    for (name, bytes) in &files {
        if let Some(what) = unwanted(&plain(name), bytes) {
            removed.note(what);
            gone.insert(plain(name));
        }
    }
    let related = relations::read(&files, &mut gone, &mut removed)?;
    gone.extend(files.iter().map(|(name, _)| plain(name)).filter(|name| related.is_of_gone(name)).collect::<Vec<_>>());
    let mut kept = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        let own = plain(&name);
        if gone.contains(&own) {
            continue;
        }
        let bytes = part(&own, bytes, (&related, &gone), &mut removed)?;
        kept.push((name, bytes));
    }
    finish(kept, kind, removed)
}

fn finish(kept: Vec<(String, Vec<u8>)>, kind: Kind, mut removed: Removed) -> Made {
    let new = match kind {
        Kind::Plain => None,
        // It may hold macros, whether it does or not.
        Kind::MayHoldMacros(new) => {
            removed.note("macros");
            Some(new)
        }
        Kind::AddIn | Kind::Binary if removed.is_nothing_but(PRINTERS) => None,
        Kind::AddIn => return Err("an add-in is nothing but its macros".to_owned()),
        Kind::Binary => return Err("a binary workbook cannot be written anew".to_owned()),
    };
    if removed.is_nothing_but(PRINTERS) {
        return Ok(None);
    }
    let bytes = package::write(&kept)?;
    Ok(Some(removed.with(bytes, new)))
}

/// What its main part says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    MayHoldMacros(NewKind),
    AddIn,
    Binary,
}

fn kind(types: &Xml) -> Kind {
    let mut kind = Kind::Plain;
    for at in 0..types.elements.len() {
        let Some(content_type) = types.value(at, "contenttype").map(|value| value.to_ascii_lowercase()) else {
            continue;
        };
        if content_type.contains(".addin.macroenabled.main") {
            return Kind::AddIn;
        }
        if content_type.contains(".sheet.binary.") {
            return Kind::Binary;
        }
        if let Some((_, _, new)) = KINDS.iter().find(|(with, _, _)| *with == content_type) {
            kind = Kind::MayHoldMacros(*new);
        }
    }
    kind
}

fn unwanted(name: &str, bytes: &[u8]) -> Option<&'static str> {
    let by_name = PARTS.iter().find(|(piece, _)| format!("/{name}").contains(piece));
    if let Some((_, what)) = by_name {
        return Some(what);
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_known = HARMLESS.contains(&ending);
    let is_own = matches!(ending, "xml" | "rels" | "vml");
    let is_page = ending == "svg" && !matches!(html::disarm(bytes, true), Ok(None));
    let is_foreign = !is_own && FOREIGN.contains(&sniff(bytes));
    (!is_known || is_foreign || is_page).then_some("files of other kinds")
}

fn part(
    name: &str,
    bytes: Vec<u8>,
    (related, gone): (&relations::All, &HashSet<String>),
    removed: &mut Removed,
) -> Result<Vec<u8>, String> {
    if !name.ends_with(".xml") && !name.ends_with(".rels") && !name.ends_with(".vml") {
        return Ok(bytes);
    }
    // Drawings of old programs are no XML at times; those are taken for what they are only if nothing is to be removed.
    let xml = match Xml::read(&bytes) {
        Err(_) if name.ends_with(".vml") && related.of(name).is_empty() => return Ok(bytes),
        read => read,
    };
    let mut xml = xml?;
    if name == "[content_types].xml" {
        content_types(&mut xml, gone);
    } else if name.ends_with(".rels") {
        related.cut(name, &mut xml);
    } else {
        let loses_books = removed.has(LINKS);
        elements::disarm(&mut xml, (&related.of(name), loses_books), removed);
    }
    if xml.is_lapped() {
        return Err("its elements lie within each other".to_owned());
    }
    Ok(if xml.is_changed() { xml.finish() } else { bytes })
}

fn content_types(xml: &mut Xml, gone: &HashSet<String>) {
    for at in 0..xml.elements.len() {
        let attributes = xml.attributes(at);
        let value = |name: &str| attributes.iter().find(|attribute| attribute.local() == name);
        if value("partname").is_some_and(|part| gone.contains(&plain(&part.value))) {
            xml.cut(at);
            continue;
        }
        if value("extension").is_some_and(|extension| extension.value.eq_ignore_ascii_case("bin")) {
            xml.cut(at);
            continue;
        }
        let Some(content_type) = value("contenttype") else { continue };
        let lower = content_type.value.to_ascii_lowercase();
        if let Some((_, without, _)) = KINDS.iter().find(|(with, _, _)| *with == lower) {
            xml.replace(content_type.inside.clone(), without);
        }
    }
}
