//! XML as a stream of events, for every reader of a format that is XML; and XML files of no format that we know (KML, reports,
//! SAML, feeds): their text, and the addresses in their attributes.
//!
//! A document type definition is the way to memory bombs and to files of the reader. Nothing is ever fetched; a file that defines
//! anything itself is refused (said to be not opened), and what is seen of it all the same is kept: plain words are put in for its
//! entities, and no entity within another. Well-known public definitions, and names of vocabularies as entities, are common and harmless, see
//! [`Doctype`]. Why: docs/decisions/0018-xml-with-dtd.md. Sources: XML 1.0 (fifth edition), ECMA-376-2 (no DTD).

mod doctype;
mod empty;
mod packed;
mod sheets;

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event as Raw};
use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::office::{odf, ooxml};
use crate::sniff::general;
use crate::text;
use crate::unpack::{File, Walk};

pub(crate) use crate::formats::xml::doctype::{Doctype, expanded};
pub(crate) use crate::formats::xml::empty::{is_read_as_xml, is_xml_page, with_end_tags, with_end_tags_of};

/// Names of the vocabularies that a browser shows.
const PAGES: [&str; 2] = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"];
/// Names of a vocabulary in which a `script` is a list of macros, and none that a browser runs.
const OFFICE: &str = "urn:oasis:names:tc:opendocument:";
/// Elements within elements. No honest document comes near.
const DEPTH_MAX: usize = 1_000;
/// Bytes at the start in which the declaration names its encoding.
const HEAD_BYTES: usize = 256;

/// What stands in an XML text, in order.
pub(crate) enum Event<'e> {
    /// An element begins; an empty one ends at once.
    Start(&'e Tag<'e>),
    /// Text, references replaced.
    Text(&'e str),
    /// The element of this local name ends.
    End(&'e str),
}

/// A start tag. Names are local: prefixes are of the writer's choosing.
pub(crate) struct Tag<'t> {
    start: BytesStart<'t>,
}

impl Tag<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        local(self.start.name().into_inner())
    }

    /// The first attribute of this local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// All attributes, by local name.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, String)> {
        let mut attributes = self.start.attributes();
        // Looking for doubles is quadratic.
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.unwrap_or(Cow::Borrowed(attribute.value.as_ref())).into_owned();
            (local(attribute.key.into_inner()), value)
        })
    }

    /// Is an attribute there and true, as Office writes it (`1`, `true`, `on`, or no value)?
    pub(crate) fn is_on(&self) -> bool {
        self.attribute("val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off" | "none"))
    }
}

/// How the reading went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) doctype: Doctype,
    /// It is not well formed; what stands behind that place was not read.
    pub(crate) is_broken: bool,
    pub(crate) is_too_deep: bool,
}

/// Has it a document type definition that no honest file of any kind has? For every reader of something that is XML.
pub(crate) fn has_dtd(text: &str) -> bool {
    doctype::find(text) == Doctype::Own
}

/// Bytes to text: by mark, by shape, by what the declaration says.
pub(crate) fn decode<'b>(bytes: &'b [u8], charset: &str) -> Cow<'b, str> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head);
    let declared = head.split_once("encoding").and_then(|(_, rest)| {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest.get(1..)?.split(quote).next()
    });
    // A declaration that can be read byte by byte is not UTF-16, whatever it says.
    let declared =
        declared.filter(|label| head.starts_with("<?xml") && !label.to_ascii_lowercase().starts_with("utf-16"));
    text::decode(bytes, declared.unwrap_or(charset))
}

/// The local name of the root element; none where nothing begins like XML. A text that has a declaration and no element has an
/// empty one.
pub(crate) fn root(xml: &str) -> Option<String> {
    let xml = xml.trim_start_matches('\u{feff}').trim_start();
    if !xml.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Raw::Start(start) | Raw::Empty(start)) => return Some(local(start.name().into_inner()).to_owned()),
            Ok(Raw::Eof) | Err(_) => return Some(String::new()),
            Ok(_) => {}
        }
    }
}

/// Shows each event.
pub(crate) fn read(xml: &str, each: &mut dyn FnMut(Event<'_>)) -> Outcome {
    let mut outcome = Outcome { doctype: doctype::find(xml), ..Outcome::default() };
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Raw::Start(start)) => {
                depth = depth.saturating_add(1);
                if depth > DEPTH_MAX {
                    outcome.is_too_deep = true;
                    return outcome;
                }
                each(Event::Start(&Tag { start }));
            }
            Ok(Raw::End(end)) => {
                depth = depth.saturating_sub(1);
                each(Event::End(local(end.name().into_inner())));
            }
            Ok(Raw::Text(text)) => each(Event::Text(&text.xml10_content())),
            Ok(Raw::CData(text)) => each(Event::Text(&text.xml10_content())),
            Ok(Raw::GeneralRef(reference)) => {
                let mut buffer = [0; 4];
                let character = reference.resolve_char_ref().ok().flatten();
                let named = || resolve_predefined_entity(&reference).unwrap_or_default();
                each(Event::Text(character.map_or_else(named, |character| character.encode_utf8(&mut buffer))));
            }
            // In another place than the head it is an error; a lenient reader might take it all the same.
            Ok(Raw::DocType(_)) if outcome.doctype == Doctype::None => outcome.doctype = Doctype::Own,
            Ok(Raw::Eof) => return outcome,
            Ok(_) => {}
            Err(_) => {
                outcome.is_broken = true;
                return outcome;
            }
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl Walk<'_> {
    /// Notes what was wrong with an XML part; `is_strict`: of a format that allows no document type at all.
    pub(crate) fn note_xml(&mut self, at: usize, outcome: Outcome, is_strict: bool) {
        if outcome.doctype == Doctype::Own || (is_strict && outcome.doctype != Doctype::None) {
            self.mark(at, "dtd");
            self.not_opened(at, WhyUnopened::Refused);
        }
        if outcome.is_broken {
            self.mark(at, "malformed");
            self.not_opened(at, WhyUnopened::Broken);
        }
        if outcome.is_too_deep {
            self.not_opened(at, WhyUnopened::OverBudget);
        }
    }
}

/// Refuses what defines entities, and opens the sheets that it brings along: for files that another reader reads.
pub(crate) fn check(walk: &mut Walk<'_>, file: File<'_>) {
    let xml = decode(file.bytes, file.charset);
    refuse_dtd(walk, file.at, &xml);
    sheets::open(walk, file, expanded(&xml).as_deref().unwrap_or(&xml));
}

/// Says of a text that defines entities that it is not opened.
pub(crate) fn refuse_dtd(walk: &mut Walk<'_>, at: usize, xml: &str) {
    if has_dtd(xml) {
        walk.mark(at, "dtd");
        walk.not_opened(at, WhyUnopened::Refused);
    }
}

/// Reads an XML file of no format that we know.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let xml = decode(file.bytes, file.charset);
    refuse_dtd(walk, file.at, &xml);
    let xml = expanded(&xml).map_or(xml, Cow::Owned);
    let has_sheets = sheets::open(walk, file, &xml);
    let root = root(&xml).unwrap_or_default();
    if odf::is_flat(&root, &xml) {
        return odf::read_flat(walk, file, &xml);
    }
    if ooxml::is_flat(&root, &xml) {
        return ooxml::read_flat(walk, file, &xml);
    }
    if root == "xdp" || root == "xfdf" {
        walk.mark(file.at, if root == "xdp" { "xfa" } else { "external_link" });
        packed::open_chunks(walk, file, &xml);
    }
    let (mut text, mut links, mut has_script, mut has_page) = (String::new(), Vec::new(), false, false);
    let mut is_office = false;
    let outcome = read(&xml, &mut |event| match event {
        Event::Start(tag) => {
            has_script |= ["script", "JavaScript"].iter().any(|name| tag.name().eq_ignore_ascii_case(name));
            for (_, value) in tag.attributes() {
                // Entities in it are undone by now, as by who shows the page.
                has_page |= PAGES.contains(&value.trim());
                is_office |= value.starts_with(OFFICE);
                if is_address(&value) {
                    links.push(value);
                }
            }
            text::break_line(&mut text);
        }
        Event::Text(piece) => text.push_str(piece),
        Event::End(_) => text::break_line(&mut text),
    });
    // Settings of many programs have such elements, which nothing runs; forms of PDF and kinds of their own do run theirs.
    let is_form = root == "xdp" || walk.content.items.get(file.at).is_some_and(|item| item.place.contains("/pdf:xfa"));
    let kind = walk.kind(file.at);
    let is_run = has_sheets || is_form || (kind != "xml" && general(kind) == "xml");
    // What was not read to its end may be one behind it.
    has_page |= outcome.is_broken && PAGES.iter().any(|name| xml.contains(name));
    if has_script && (has_page || (is_run && !is_office)) {
        walk.mark(file.at, "script");
    }
    // What is cut short or no XML at all is a text as well, and is shown as one.
    if outcome.is_broken && outcome.doctype == Doctype::None {
        text.clear();
        text.push_str(&xml);
    } else {
        walk.note_xml(file.at, outcome, false);
    }
    for target in links {
        walk.add_link(file.at, Link { target, text: String::new(), kind: LinkKind::Other });
    }
    walk.add_links_of_text(file.at, &text, LinkKind::Text);
    walk.add_text(file.at, &text);
    // A browser shows and runs pages and drawings within any XML, under whatever prefix.
    if has_page {
        let page = without_prefixes(&xml);
        walk.add_other_page(file.at, with_end_tags(&page).as_deref().unwrap_or(&page), file.base);
    }
}

/// Tags by their local names.
fn without_prefixes(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len());
    for (number, piece) in xml.split('<').enumerate() {
        if number > 0 {
            out.push('<');
        }
        let (slash, name) = piece.strip_prefix('/').map_or(("", piece), |rest| ("/", rest));
        let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(name.len());
        let (name, rest) = name.split_at_checked(end).unwrap_or((name, ""));
        out.push_str(slash);
        out.push_str(if number > 0 { local(name) } else { name });
        out.push_str(rest);
    }
    out
}

/// Is it written as an address? Names of XML's vocabularies are written so as well and lead nowhere.
fn is_address(value: &str) -> bool {
    let lower = value.get(..8).unwrap_or(value).to_ascii_lowercase();
    let is_written = ["http:", "https:", "ftp:", "file:", "www.", "\\\\", "javascr", "data:", "search-m", "ms-"];
    is_written.iter().any(|start| lower.starts_with(start)) && !is_vocabulary(value)
}

/// Hosts under which vocabularies are named.
const VOCABULARIES: [&str; 10] = [
    "://www.w3.org/",
    "://schemas.",
    "://purl.org/",
    "://purl.oclc.org/",
    "://www.opengis.net/",
    "://docs.oasis-open.org/",
    "://ns.adobe.com/",
    "://openoffice.org/",
    "://dublincore.org/",
    "://xml.org/sax/",
];

/// Is it the name of a vocabulary, not an address?
pub(crate) fn is_vocabulary(value: &str) -> bool {
    VOCABULARIES.iter().any(|host| value.get(..64).unwrap_or(value).contains(host))
}

#[cfg(test)]
mod tests;
