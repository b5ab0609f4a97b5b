//! OpenDocument: texts, tables, shows and drawings, as packages and as one flat file. Source: ODF 1.3 parts 2 and 3.
//!
//! What hides text is found by the styles that are named for it. Documented limits: a package that is encrypted as a whole is
//! told, not opened; formats of numbers are not applied, cells show what the program kept as their text.

mod body;
mod drawn;
mod flat;
mod objects;
mod sealed;
mod styles;

use std::borrow::Cow;
use std::collections::HashMap;

use scan::content::WhyUnopened;

use crate::formats::office::odf::body::Body;
use crate::formats::office::odf::styles::Styles;
use crate::formats::office::{self, Found, Layer};
use crate::formats::ole::vba;
use crate::formats::package::{self, Package};
use crate::formats::xml::{self, Event, Outcome};
use crate::sniff::sniff;
use crate::unpack::{File, Leaf, Walk};

/// Marks of what lies inside that the document is asked for.
const LIFTED: [&str; 6] = ["macro", "auto_run", "macro_code", "equation", "activex", "embedded_file"];
/// Sources of macros of one document.
const SOURCES_MAX: usize = 1_000;

/// A macro's source, with its name.
#[derive(Debug, Default)]
pub(super) struct Source {
    name: String,
    text: String,
    is_basic: bool,
}

/// What is gathered from the parts.
struct Gathered {
    found: Found,
    sources: Vec<Source>,
    is_encrypted: bool,
    /// There are more sources than are kept.
    is_cut: bool,
}

impl Gathered {
    fn new(found: Found) -> Self {
        Self { found, sources: Vec::new(), is_encrypted: false, is_cut: false }
    }

    fn add(&mut self, source: Source) {
        self.is_cut |= self.sources.len() >= SOURCES_MAX;
        if self.sources.len() < SOURCES_MAX {
            self.sources.push(source);
        }
    }
}

/// Reads a package; one whose parts are encrypted with a word of the message is read as what it is then.
pub(crate) fn read(walk: &mut Walk<'_>, file: File<'_>, package: &Package) {
    let mut gathered = gather(walk, file, package);
    let manifest = package.parts.iter().find(|(name, _)| name.eq_ignore_ascii_case("META-INF/manifest.xml"));
    let manifest = manifest.filter(|_| gathered.is_encrypted).map(|(_, bytes)| xml::decode(bytes, ""));
    let open = manifest.and_then(|manifest| sealed::open(walk, package, &manifest));
    if let Some(open) = open {
        walk.mark(file.at, "encrypted");
        walk.mark(file.at, "password_found");
        for (number, (name, bytes)) in open.parts.iter().enumerate() {
            walk.budget.spend_unpacked(bytes.len());
            let is_read = !package::takes(name, bytes);
            let leaf = Leaf { names: vec![name.clone()], is_read, ..Leaf::default() };
            if !walk.child(file, &format!("odf:{number}"), leaf, bytes) {
                return;
            }
        }
        gathered = gather(walk, file, &open);
    }
    finish(walk, file, gathered);
}

fn gather(walk: &mut Walk<'_>, file: File<'_>, package: &Package) -> Gathered {
    let mut gathered = Gathered::new(Found::new(walk));
    let parts: Vec<(&str, Cow<'_, str>)> = package
        .parts
        .iter()
        .filter(|(_, bytes)| matches!(sniff(bytes), "xml" | "text" | "html" | "svg" | "xhtml" | "script"))
        .map(|(name, bytes)| {
            let xml = xml::decode(bytes, "");
            xml::refuse_dtd(walk, file.at, &xml);
            (name.as_str(), xml::expanded(&xml).map_or(xml, Cow::Owned))
        })
        .collect();
    // Each document in the package has its own; those of the content come after the common ones.
    let mut styles: HashMap<&str, Styles> = HashMap::new();
    for end in ["styles.xml", "content.xml"] {
        for (name, xml) in parts.iter().filter(|(name, _)| name.ends_with(end)) {
            styles.entry(folder(name)).or_default().read(xml);
        }
    }
    let none = Styles::default();
    for (name, xml) in &parts {
        if walk.budget.is_late() {
            walk.not_opened(file.at, WhyUnopened::OverTime);
            break;
        }
        let own = styles.get(folder(name)).unwrap_or(&none);
        let outcome = read_part(name, xml, own, &mut gathered);
        walk.note_xml(file.at, outcome, false);
    }
    gathered
}

/// The folder of a part.
fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Reads a document in one file.
pub(crate) fn read_flat(walk: &mut Walk<'_>, file: File<'_>, xml: &str) {
    let mut gathered = Gathered::new(Found::new(walk));
    let mut styles = Styles::default();
    styles.read(xml);
    let outcome = read_body(xml, &styles, &mut gathered);
    walk.set_kind(file.at, "odf");
    walk.note_xml(file.at, outcome, false);
    finish(walk, file, gathered);
    flat::open_files(walk, file, xml);
}

/// Is it such a file?
pub(crate) fn is_flat(root: &str, xml: &str) -> bool {
    let head = xml.get(..xml.floor_char_boundary(4096)).unwrap_or_default();
    root == "document" && head.contains("urn:oasis:names:tc:opendocument:xmlns:office")
}

fn finish(walk: &mut Walk<'_>, file: File<'_>, gathered: Gathered) {
    let Gathered { mut found, sources, is_encrypted, is_cut } = gathered;
    if is_cut {
        found.mark("macro");
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    if is_encrypted {
        found.mark("encrypted");
        walk.not_opened(file.at, WhyUnopened::Encrypted);
    }
    add_sources(walk, file, (sources, &mut found));
    found.give(walk, file.at);
    office::lift_marks(walk, file.at, &LIFTED);
}

/// Does a part of this name, in lower case, hold a macro?
pub(crate) fn is_script(name: &str) -> bool {
    name.starts_with("scripts/") || name.contains("/scripts/")
}

fn read_part(name: &str, xml: &str, styles: &Styles, gathered: &mut Gathered) -> Outcome {
    let lower = name.to_ascii_lowercase();
    if is_script(&lower) {
        if !lower.ends_with(".xml") {
            gathered.add(Source { name: name.to_owned(), text: xml.to_owned(), is_basic: false });
        }
        return Outcome::default();
    }
    let Some(root) = xml::root(xml) else { return Outcome::default() };
    match root.as_str() {
        "manifest" => read_manifest(xml, gathered),
        "module" => read_module(name, xml, gathered),
        // The state of windows and printers.
        "document-settings" => xml::read(xml, &mut |_| {}),
        _ => read_body(xml, styles, gathered),
    }
}

fn read_body(xml: &str, styles: &Styles, gathered: &mut Gathered) -> Outcome {
    let mut body = Body::new(styles);
    let outcome = xml::read(xml, &mut |event| body.see(&mut gathered.found, &event));
    for source in body.finish(&mut gathered.found) {
        gathered.add(source);
    }
    outcome
}

fn read_manifest(xml: &str, gathered: &mut Gathered) -> Outcome {
    xml::read(xml, &mut |event| {
        if let Event::Start(tag) = event {
            gathered.is_encrypted |= matches!(tag.name(), "encryption-data" | "EncryptedKey");
        }
    })
}

/// A module of Basic.
fn read_module(name: &str, xml: &str, gathered: &mut Gathered) -> Outcome {
    let mut source = Source { name: name.to_owned(), text: String::new(), is_basic: true };
    let outcome = xml::read(xml, &mut |event| {
        if let Event::Text(piece) = event {
            source.text.push_str(piece);
        }
    });
    if !source.text.trim().is_empty() {
        gathered.add(source);
    }
    outcome
}

/// The sources of macros as children.
fn add_sources(walk: &mut Walk<'_>, file: File<'_>, (sources, found): (Vec<Source>, &mut Found)) {
    for (number, source) in sources.iter().enumerate() {
        found.mark("macro");
        let at = walk.content.items.len();
        let leaf = Leaf { names: vec![source.name.clone()], is_read: true, ..Leaf::default() };
        let is_going_on = walk.child(file, &format!("script:{number}"), leaf, source.text.as_bytes());
        walk.mark(at, "macro");
        if source.is_basic {
            walk.set_kind(at, "vba");
        }
        for word in vba::marks(&source.text) {
            walk.mark(at, word);
        }
        if !is_going_on {
            return;
        }
    }
}

/// A line of text that no page shows.
fn aside(found: &mut Found, line: &str) {
    if office::is_telling(line.trim()) {
        found.line(Layer::Other, line.trim());
    }
}

#[cfg(test)]
mod tests;
