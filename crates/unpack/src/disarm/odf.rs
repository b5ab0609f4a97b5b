//! OpenDocument without macros, events, embedded objects, forms and links to other files. The picture of an object stays where
//! the object was. Source: ODF 1.3 parts 2 and 3.

use std::collections::HashSet;

use crate::disarm::html;
use crate::disarm::package::{self, plain};
use crate::disarm::xml::Xml;
use crate::disarm::{Made, Removed, is_harmless_target};
use crate::formats::office::formula;
use crate::formats::zip::whole::Whole;
use crate::sniff::sniff;

/// Starts of names of parts that go, and what they are.
const FOLDERS: [(&str, &str); 7] = [
    ("basic/", "macros"),
    ("scripts/", "macros"),
    ("dialogs/", "macros"),
    ("configurations2/", "menus of its own"),
    ("database/", "data connections"),
    ("meta-inf/documentsignatures.xml", SIGNATURES),
    ("meta-inf/macrosignatures.xml", SIGNATURES),
];
/// What signatures are called. They go only with something that they would speak of.
const SIGNATURES: &str = "signatures over what has changed";
/// Endings of parts that may stay beside XML: pictures and fonts, and what the program draws again.
const HARMLESS: [&str; 18] = [
    "xml",
    "rdf",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "bmp",
    "tif",
    "tiff",
    "emf",
    "wmf",
    "svm",
    "svg",
    "ttf",
    "otf",
    "webp",
    "gdimetafile",
    "eot",
];
/// True types that none of them has.
const FOREIGN: [&str; 12] = ["exe", "ole", "zip", "rtf", "pdf", "html", "script", "rar", "7z", "cab", "lnk", "elf"];
/// Elements that go, and what they are.
const GONE: [(&str, &str); 22] = [
    ("scripts", "macros"),
    ("script", "macros"),
    ("event-listeners", "macros"),
    ("event-listener", "macros"),
    ("events", "macros"),
    ("event", "macros"),
    ("forms", "forms"),
    ("form", "forms"),
    ("object", "embedded objects"),
    ("object-ole", "embedded objects"),
    ("plugin", "plug-ins"),
    ("applet", "plug-ins"),
    ("floating-frame", "frames"),
    ("section-source", "links to other files"),
    ("table-source", "links to other files"),
    ("cell-range-source", "links to other files"),
    ("connection-resource", "data connections"),
    ("auto-reload", "redirections"),
    ("dde-source", "DDE"),
    ("dde-link", "DDE"),
    ("dde-connection", "DDE"),
    ("dde-connection-decl", "DDE"),
];
/// What has to go as well once nothing is left in it.
const CONTAINERS: [&str; 3] = ["dde-links", "dde-connection-decls", "frame"];
/// Elements that show a file from elsewhere.
const SHOWING: [&str; 6] = ["image", "background-image", "fill-image", "sound", "audio", "template"];

/// Disarms a document.
pub(super) fn disarm(whole: Whole) -> Made {
    let Whole { files, is_odd } = whole;
    let mut removed = Removed::default();
    if is_odd {
        removed.note("what stands around or between its parts");
    }
    let mut gone = HashSet::new();
    let folders = object_folders(&files);
    for (name, bytes) in &files {
        let own = plain(name);
        if let Some(what) = unwanted(&own, bytes, &folders) {
            // What the program makes anew by itself is no loss.
            if !bytes.is_empty() && what != "menus of its own" {
                removed.note(what);
            }
            gone.insert(own);
        }
    }
    let mut kept = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        let own = plain(&name);
        if gone.contains(&own) {
            continue;
        }
        let bytes = if own.ends_with(".xml") || own.ends_with(".rdf") {
            part(&own, bytes, (&gone, &folders), &mut removed)?
        } else {
            bytes
        };
        kept.push((name, bytes));
    }
    if removed.is_nothing_but(SIGNATURES) {
        return Ok(None);
    }
    let bytes = package::write(&kept)?;
    Ok(Some(removed.with(bytes, None)))
}

/// Folders of documents within the document.
fn object_folders(files: &[(String, Vec<u8>)]) -> Vec<String> {
    let names = files.iter().map(|(name, _)| plain(name));
    let contents = names.filter_map(|name| name.strip_suffix("content.xml").map(str::to_owned));
    contents.filter(|folder| !folder.is_empty()).collect()
}

fn unwanted(name: &str, bytes: &[u8], folders: &[String]) -> Option<&'static str> {
    if let Some((_, what)) = FOLDERS.iter().find(|(start, _)| name.starts_with(start)) {
        return Some(what);
    }
    if folders.iter().any(|folder| name.starts_with(folder.as_str())) {
        return Some("embedded objects");
    }
    if name == "mimetype" || name == "layout-cache" {
        return None;
    }
    let is_picture_of_object = name.starts_with("objectreplacements/");
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_known = HARMLESS.contains(&ending) || is_picture_of_object;
    let is_page = ending == "svg" && !matches!(html::disarm(bytes, true), Ok(None));
    let is_foreign = !matches!(ending, "xml" | "rdf") && FOREIGN.contains(&sniff(bytes));
    let what = if ending.is_empty() { "embedded objects" } else { "files of other kinds" };
    (!is_known || is_foreign || is_page).then_some(what)
}

fn part(
    name: &str,
    bytes: Vec<u8>,
    (gone, folders): (&HashSet<String>, &[String]),
    removed: &mut Removed,
) -> Result<Vec<u8>, String> {
    let mut xml = Xml::read(&bytes)?;
    if name == "meta-inf/manifest.xml" {
        manifest(&mut xml, gone, folders)?;
    } else {
        elements(&mut xml, removed);
        xml.cut_emptied(&CONTAINERS);
    }
    Ok(if xml.is_changed() { xml.finish() } else { bytes })
}

fn manifest(xml: &mut Xml, gone: &HashSet<String>, folders: &[String]) -> Result<(), String> {
    for at in 0..xml.elements.len() {
        if xml.elements.get(at).is_some_and(|element| element.name == "encryption-data") {
            return Err("it is encrypted".to_owned());
        }
        let Some(path) = xml.value(at, "full-path").map(|path| plain(&path)) else { continue };
        let in_gone = folders.iter().any(|folder| path.starts_with(folder.as_str()))
            || FOLDERS.iter().any(|(start, _)| path.starts_with(start));
        if gone.contains(&path) || (in_gone && path != "/" && !path.is_empty()) {
            xml.cut(at);
        }
    }
    Ok(())
}

fn elements(xml: &mut Xml, removed: &mut Removed) {
    let is_settings = xml.elements.first().is_some_and(|root| root.name == "document-settings");
    for at in 0..xml.elements.len() {
        let Some(element) = xml.elements.get(at) else { continue };
        let (name, is_empty) = (element.name.clone(), element.inner.is_empty());
        if let Some((_, what)) = GONE.iter().find(|(gone, _)| *gone == name).filter(|_| !is_settings) {
            // An empty place for scripts or forms stands in every document.
            let is_place = matches!(name.as_str(), "scripts" | "forms") && is_empty_place(xml, at, is_empty);
            if !is_place {
                removed.note(what);
            }
            xml.cut(at);
            continue;
        }
        for attribute in xml.attributes(at) {
            match attribute.local() {
                "href" if SHOWING.contains(&name.as_str()) && is_elsewhere(&attribute.value) => {
                    removed.note("links to other files");
                    xml.cut(at);
                }
                "href" if !is_harmless_target(&attribute.value) => {
                    removed.note("links that run or give something away");
                    xml.replace(attribute.inside.clone(), "#");
                }
                "formula" if is_acting(&attribute.value) => {
                    removed.note("formulas that fetch or run something");
                    xml.replace(attribute.whole.clone(), "");
                }
                "macro-name" => {
                    removed.note("macros");
                    xml.replace(attribute.whole.clone(), "");
                }
                _ => {}
            }
        }
    }
}

// Nothing but empty libraries stands in it.
fn is_empty_place(xml: &Xml, at: usize, is_empty: bool) -> bool {
    // Children stand right behind their parent.
    let next = xml.elements.get(at.saturating_add(1));
    is_empty || (next.is_none_or(|next| next.parent != Some(at)) && xml.inner_text(at).trim().is_empty())
}

fn is_elsewhere(target: &str) -> bool {
    let target = target.trim();
    target.contains("://") || target.starts_with("..") || target.starts_with('/') || target.starts_with('\\')
}

fn is_acting(formula: &str) -> bool {
    let upper = formula.to_ascii_uppercase();
    formula::reaches_out(formula)
        || ["CALL(", "REGISTER("].iter().any(|call| upper.contains(call))
        || upper.split('"').step_by(2).any(|piece| piece.contains("'FILE:") || piece.contains("://"))
}
