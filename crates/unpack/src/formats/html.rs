//! HTML as a reader sees it: visible text apart from hidden text, links with what they show, marks of active content.
//!
//! `lol_html` finds the tags as a browser does; what they mean is decided here. Documented limits: style sheets are not
//! applied (only `style` attributes and a few old attributes), scripts are not run.

mod element;
mod page;
mod style;

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::{Comment, Element, EndTag, TextChunk};
use lol_html::{HtmlRewriter, LocalHandlerTypes, MemorySettings, Settings, doc_comments, doc_text, element};

use crate::budget::HTML_MEMORY_BYTES_MAX;
use crate::formats::html::page::Reader;
use crate::text;
use crate::unpack::{File, Walk};

pub(crate) use crate::formats::html::page::Page;

/// Reads a file as a page.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let html = text::decode_page(file.bytes, file.charset);
    walk.add_page(file.at, &html);
}

/// Reads a page. Never fails: what is no HTML is text.
pub(crate) fn read(html: &str) -> Page {
    let reader = Rc::new(RefCell::new(Reader::default()));
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
