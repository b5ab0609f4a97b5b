//! HTML as a reader sees it: visible text apart from hidden text, links with what they show, marks of active content.
//!
//! `lol_html` finds the tags as a browser does (WHATWG HTML 13.2); what they mean is decided here. Documented limits: of style
//! sheets only rules with simple selectors are applied (`sheet.rs`), scripts are not run, text that an element with another one on top covers
//! is taken as seen, and where text stands on the page is not asked: letters in cells, or moved by a style, are no word.

mod attributes;
mod bases;
pub(crate) mod data;
mod drawn;
mod element;
mod page;
mod script;
mod seen;
mod sheet;
mod sheets;
mod style;
mod tags;

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::{Comment, Element, EndTag, TextChunk};
use lol_html::{HtmlRewriter, LocalHandlerTypes, MemorySettings, Settings, doc_comments, doc_text, element};

use crate::budget::HTML_MEMORY_BYTES_MAX;
use crate::formats::html::page::Reader;
use crate::formats::html::sheet::Sheet;
pub(crate) use crate::formats::html::tags::behind_condition;
use crate::formats::xml;
use crate::text;
use crate::unpack::{File, Walk};

pub(crate) use crate::formats::html::page::{Child, Page};

/// Pages within pages (conditional comments, `noscript`) that are read as one with the page around.
const NESTED_MAX: u32 = 3;

/// Reads a file as a page, in each plausible charset.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let readings = text::readings(file.bytes, file.charset, true);
    for word in &readings.marks {
        walk.mark(file.at, word);
    }
    let expanded = xml::expanded(&readings.main);
    walk.add_page_at(file.at, expanded.as_deref().unwrap_or(&readings.main), file.base);
    let page = expanded.as_deref().unwrap_or(&readings.main);
    if xml::is_xml_page(walk.content.items.get(file.at), page)
        && let Some(closed) = xml::with_end_tags(page)
    {
        walk.add_other_page(file.at, &closed, file.base);
    }
    for other in &readings.others {
        walk.add_other_page(file.at, other, file.base);
    }
}

/// Reads a text of another type as those see it who show it as a page: by its type, which speaks of pages, or by its tags.
pub(crate) fn open_other(walk: &mut Walk<'_>, file: File<'_>) {
    let page = text::decode_page(file.bytes, file.charset);
    let has = |name: &str| tags::has_attribute(&page, name);
    if walk.declared(file.at).contains("html") || (page.contains('<') && (has("href") || has("src"))) {
        walk.add_other_page(file.at, &page, file.base);
    }
}

/// Reads a page. Never fails: what is no HTML is text.
pub(crate) fn read(html: &str) -> Page {
    read_against("", html)
}

/// As [`read`]. Links that are not whole are read against the base, unless it is empty.
pub(crate) fn read_against(base: &str, html: &str) -> Page {
    read_at(html, base)
}

/// A page as readers see it that overlook control characters in tags; none where there are none.
pub(crate) fn without_controls(html: &str) -> Option<String> {
    let is_odd = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c');
    // In blocks, which are looked at many bytes at a time.
    let is_low = |byte: &u8| (*byte < 0x20) & !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let is_any = html.as_bytes().chunks(256).any(|block| block.iter().fold(false, |any, byte| any | is_low(byte)));
    is_any.then(|| {
        html.chars().filter(|c| *c == '\x0b' || !is_odd(*c)).map(|c| if c == '\x0b' { ' ' } else { c }).collect()
    })
}

/// May there be markup within a page that is so deep itself?
fn has_depth(depth: u32) -> bool {
    depth < NESTED_MAX
}

/// Reads markup inside a page, under the sheets of that.
fn read_nested(html: &str, depth: u32, sheet: Sheet) -> (Page, Sheet) {
    let mut reader = Reader::new(depth.saturating_add(1), "");
    reader.sheet = sheet;
    read_under(html, reader)
}

fn read_at(html: &str, base: &str) -> Page {
    read_under(html, Reader::new(0, base)).0
}

/// Reads a page under the sheets that the reader has; gives those back, with what the page has added.
fn read_under(html: &str, mut reader: Reader) -> (Page, Sheet) {
    sheets::read(html, &mut reader.sheet);
    reader.note_glyphs(html);
    let reader = Rc::new(RefCell::new(reader));
    let is_whole = run(html, &reader);
    let reader = std::mem::take(&mut *reader.borrow_mut());
    reader.finish(is_whole)
}

fn run(html: &str, reader: &Rc<RefCell<Reader>>) -> bool {
    let memory = MemorySettings::new().with_max_allowed_memory_usage(HTML_MEMORY_BYTES_MAX);
    let settings = Settings::<'_, '_, LocalHandlerTypes>::new()
        .append_element_content_handler(element!("*", |element| {
            open_element(reader, element);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            read_comment(reader, comment);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            read_text(reader, chunk);
            Ok(())
        }))
        .with_strict(false)
        .with_memory_settings(memory);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html.as_bytes()).is_ok() && rewriter.end().is_ok()
}

fn open_element(reader: &Rc<RefCell<Reader>>, element: &mut Element<'_, '_>) {
    let number = element::open(&mut reader.borrow_mut(), element);
    let Some(number) = number else { return };
    // The program that draws VML reads it as XML.
    if element.is_self_closing() && element.tag_name().starts_with("v:") {
        return reader.borrow_mut().close(number);
    }
    let Some(handlers) = element.end_tag_handlers() else {
        // Without content nothing stays open.
        return reader.borrow_mut().close(number);
    };
    let reader = Rc::clone(reader);
    handlers.push(Box::new(move |_: &mut EndTag<'_>| {
        reader.borrow_mut().close(number);
        Ok(())
    }));
}

fn read_comment(reader: &Rc<RefCell<Reader>>, comment: &Comment<'_>) {
    reader.borrow_mut().comment(&comment.text());
}

fn read_text(reader: &Rc<RefCell<Reader>>, chunk: &TextChunk<'_>) {
    reader.borrow_mut().text(chunk.as_str(), chunk.text_type(), chunk.last_in_text_node());
}

#[cfg(test)]
mod tests;
