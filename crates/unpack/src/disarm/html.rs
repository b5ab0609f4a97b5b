//! Pages without scripts, forms, frames and plug-ins: HTML, XHTML and SVG. Tags that lose nothing stay byte for byte, but for
//! empty elements of pages that are read as XML as well, which get an end tag; no letter of the text is touched, in whatever charset. Elements are known by their local names, so that a prefix hides nothing.
//!
//! Kept: styles, pictures, links of the kinds that a person follows on purpose ([`is_harmless_target`]), also to elsewhere.
//! Sources: HTML Living Standard (WHATWG), SVG 2; what mail programs run is known from their published flaws.

mod attributes;
mod sheet;

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::WINDOWS_1252;
use lol_html::html_content::{Comment, ContentType, Element, TextChunk};
use lol_html::{AsciiCompatibleEncoding, HtmlRewriter, LocalHandlerTypes, MemorySettings, Settings};
use lol_html::{doc_comments, element, text};

use crate::budget::HTML_MEMORY_BYTES_MAX;
use crate::disarm::html::attributes::disarm_attributes;
use crate::disarm::xml::defines_entities;
use crate::disarm::{Made, Removed};
use crate::formats::html::behind_condition;
use crate::formats::xml::{is_read_as_xml, with_end_tags_of};
use crate::request::Part;

pub(crate) use crate::disarm::html::attributes::is_harmless_target;

/// Times that a page is gone through: what is left could read differently once something is gone.
const PASSES_MAX: usize = 4;
/// Pages within comments within pages.
const NESTED_MAX: u32 = 3;

/// Elements that go with all that is in them, and what they are.
const GONE: [(&str, &str); 34] = [
    ("script", "scripts"),
    ("noscript", "scripts"),
    ("noembed", "plug-ins"),
    ("noframes", "frames"),
    ("object", "plug-ins"),
    ("embed", "plug-ins"),
    ("applet", "plug-ins"),
    ("param", "plug-ins"),
    ("bgsound", "plug-ins"),
    ("iframe", "frames"),
    ("frame", "frames"),
    ("frameset", "frames"),
    ("portal", "frames"),
    ("fencedframe", "frames"),
    ("layer", "frames"),
    ("ilayer", "frames"),
    ("base", "base address"),
    ("input", "forms"),
    ("textarea", "forms"),
    ("select", "forms"),
    ("option", "forms"),
    ("optgroup", "forms"),
    ("datalist", "forms"),
    ("keygen", "forms"),
    ("isindex", "forms"),
    ("output", "forms"),
    ("foreignobject", "pages in drawings"),
    ("handler", "scripts"),
    ("listener", "scripts"),
    ("xml", "data islands"),
    ("comment", "data islands"),
    ("template", "templates"),
    ("slot", "templates"),
    ("plaintext", "text that hides markup"),
];
/// Elements of which only the tags go.
const UNWRAPPED: [&str; 4] = ["form", "button", "fieldset", "marquee"];
/// Relations of `link` that stay.
const LINKS: [&str; 7] = ["stylesheet", "icon", "shortcut", "canonical", "alternate", "apple-touch-icon", "license"];

/// Is it read as a page, by its bytes, its type or its name?
pub(super) fn is_page(kind: &str, part: &Part) -> bool {
    let by_kind = matches!(kind, "html" | "xhtml" | "svg");
    let by_type =
        matches!(part.declared.as_str(), "text/html" | "text/x-amp-html" | "application/xhtml+xml" | "image/svg+xml");
    let ends = |name: &String| {
        let name = name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
        [".htm", ".html", ".shtml", ".xhtml", ".xht", ".svg"].iter().any(|ending| name.ends_with(ending))
    };
    by_kind || (matches!(kind, "text" | "xml" | "unknown") && (by_type || part.names.iter().any(ends)))
}

/// Does some program read it as XML?
pub(super) fn is_xml(kind: &str, part: &Part) -> bool {
    is_read_as_xml((kind, &part.declared, &part.names), &part.bytes)
}

/// Disarms a page.
pub(super) fn disarm(bytes: &[u8], is_xml: bool) -> Made {
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || memchr::memchr(0, bytes).is_some() {
        return Err("it is a page in a charset that is not of ASCII".to_owned());
    }
    if defines_entities(bytes) {
        return Err("it defines entities".to_owned());
    }
    // `<script/>` of XML is an open one for who reads HTML: with end tags both see the same page.
    let closed = if is_xml { with_end_tags_of(bytes) } else { None };
    let mut removed = Removed::default();
    let page = passes(closed.as_deref().unwrap_or(bytes), 0, &mut removed)?;
    let page = match (page, closed) {
        // Where the page stays as it is, who reads it as HTML must see nothing else than who reads XML.
        (None, Some(closed)) => passes(bytes, 0, &mut removed)?.map(|_| closed),
        (page, _) => page,
    };
    Ok(page.map(|page| removed.with(page, None)))
}

// None: nothing was removed.
fn passes(bytes: &[u8], depth: u32, removed: &mut Removed) -> Result<Option<Vec<u8>>, String> {
    let mut page: Option<Vec<u8>> = None;
    for _ in 0..PASSES_MAX {
        let pass = Rc::new(RefCell::new(Pass { depth, ..Pass::default() }));
        let next = run(page.as_deref().unwrap_or(bytes), &pass)?;
        let pass = pass.take();
        if pass.removed.is_empty() {
            return Ok(page);
        }
        pass.removed.kinds.iter().for_each(|what| removed.note(what));
        page = Some(next);
    }
    Err("something is left in it however often it is gone through".to_owned())
}

/// What one pass takes away.
#[derive(Debug, Default)]
struct Pass {
    removed: Removed,
    sheet: String,
    depth: u32,
}

fn run(bytes: &[u8], pass: &Rc<RefCell<Pass>>) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(bytes.len());
    let memory = MemorySettings::new().with_max_allowed_memory_usage(HTML_MEMORY_BYTES_MAX);
    // Each byte is a character there and back, so no letter of any charset of ASCII's kind is changed.
    let encoding = AsciiCompatibleEncoding::new(WINDOWS_1252).ok_or("no such charset")?;
    let settings = Settings::<'_, '_, LocalHandlerTypes>::new()
        .with_encoding(encoding)
        .append_element_content_handler(element!("*", |element| {
            open_element(&mut pass.borrow_mut(), element);
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            read_sheet(&mut pass.borrow_mut(), chunk);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            read_comment(&mut pass.borrow_mut(), comment);
            Ok(())
        }))
        .with_strict(false)
        .with_adjust_charset_on_meta_tag(false)
        .with_memory_settings(memory);
    let mut rewriter = HtmlRewriter::new(settings, |chunk: &[u8]| out.extend_from_slice(chunk));
    let failed = |_| "it is too large or too deep a page".to_owned();
    rewriter.write(bytes).map_err(failed)?;
    rewriter.end().map_err(failed)?;
    Ok(out)
}

fn open_element(pass: &mut Pass, element: &mut Element<'_, '_>) {
    let name = element.tag_name();
    let name = name.rsplit_once(':').map_or(name.as_str(), |(_, local)| local).to_owned();
    if let Some((_, what)) = GONE.iter().find(|(gone, _)| *gone == name) {
        pass.removed.note(what);
        return element.remove();
    }
    if UNWRAPPED.contains(&name.as_str()) {
        pass.removed.note("forms");
        return element.remove_and_keep_content();
    }
    let what = match name.as_str() {
        "meta" if acts(element, "http-equiv", &["refresh", "set-cookie"]) => Some("redirections"),
        "link" if !may_link(element) => Some("imports"),
        "animate" | "set" | "animatetransform" | "animatemotion" if animates_link(element) => Some("scripts"),
        _ => None,
    };
    if let Some(what) = what {
        pass.removed.note(what);
        return element.remove();
    }
    disarm_attributes(element, &mut pass.removed);
}

fn acts(element: &Element<'_, '_>, name: &str, words: &[&str]) -> bool {
    let value = element.get_attribute(name).unwrap_or_default().to_ascii_lowercase();
    words.iter().any(|word| htmlize::unescape_attribute(value.as_str()).trim().contains(word))
}

fn may_link(element: &Element<'_, '_>) -> bool {
    let relations = element.get_attribute("rel").unwrap_or_default().to_ascii_lowercase();
    let relations = htmlize::unescape_attribute(relations.as_str());
    let mut words = relations.split_ascii_whitespace().peekable();
    words.peek().is_some() && words.all(|word| LINKS.contains(&word))
}

// `<set attributeName="href" to="javascript:...">`
fn animates_link(element: &Element<'_, '_>) -> bool {
    let name = element.get_attribute("attributename").unwrap_or_default().to_ascii_lowercase();
    let name = htmlize::unescape_attribute(name.as_str());
    name.trim().ends_with("href") || name.trim().starts_with("on")
}

fn read_sheet(pass: &mut Pass, chunk: &mut TextChunk<'_>) {
    pass.sheet.push_str(chunk.as_str());
    if !chunk.last_in_text_node() {
        return chunk.remove();
    }
    let sheet = std::mem::take(&mut pass.sheet);
    match sheet::disarm(&sheet) {
        None => chunk.replace(&sheet, ContentType::Html),
        Some(clean) => {
            pass.removed.note("imports and scripts of styles");
            chunk.replace(&clean, ContentType::Html);
        }
    }
}

// Old programs read pages in comments, and all read `<?xml-stylesheet`.
fn read_comment(pass: &mut Pass, comment: &mut Comment<'_>) {
    let text = comment.text();
    if text.trim_start_matches('?').trim_start().starts_with("xml-stylesheet") {
        pass.removed.note("imports");
        return comment.remove();
    }
    if !behind_condition(&text).is_some_and(|behind| behind.contains('<')) {
        return;
    }
    let inner: Vec<u8> = WINDOWS_1252.encode(&text).0.into_owned();
    let mut removed = Removed::default();
    let depth = pass.depth.saturating_add(1);
    let is_active = depth > NESTED_MAX || !matches!(passes(&inner, depth, &mut removed), Ok(None));
    if is_active {
        pass.removed.note("comments that old programs run");
        comment.remove();
    }
}
