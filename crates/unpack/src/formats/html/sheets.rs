//! The sheets of a page, read before the page is: they hold for what stands in front of them as well (CSS Cascade 4, 6).

mod elsewhere;

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::Element;
use lol_html::{HtmlRewriter, LocalHandlerTypes, MemorySettings, Settings, element, text};

use crate::budget::HTML_MEMORY_BYTES_MAX;
use crate::formats::html::attributes;
use crate::formats::html::sheet::{Holds, Sheet, is_for_all};

/// Sheets of one page; those behind them hold from where they stand.
const SHEETS_MAX: usize = 10_000;

/// The text of each sheet, and when it holds.
type Sheets = Rc<RefCell<Vec<(String, Holds)>>>;

/// Reads the sheets of a page.
pub(super) fn read(html: &str, to: &mut Sheet) {
    let end = end_of_last(html);
    if end.is_some() {
        elsewhere::read(html, to);
    }
    let Some(end) = end.max(end_of_links(html)) else { return };
    let sheets = Sheets::default();
    run(html.get(..end).unwrap_or(html), &sheets);
    for (css, holds) in sheets.borrow().iter() {
        to.read_ahead(css, *holds);
    }
}

/// Where the last link ends that may carry a sheet itself.
fn end_of_links(html: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    let is_link = |at: &usize| {
        let name = bytes.get(*at..at.saturating_add(b"<link".len()));
        name.is_some_and(|name| name.eq_ignore_ascii_case(b"<link"))
    };
    let last = memchr::memrchr_iter(b'<', bytes).find(is_link)?;
    let mut quote = None;
    let close = bytes.get(last..)?.iter().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            _ => {}
        }
        quote.is_none() && *byte == b'>'
    });
    Some(close.map_or(html.len(), |close| last.saturating_add(close).saturating_add(1)))
}

/// Where the last sheet ends: most stand in front of all that is shown.
fn end_of_last(html: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    let is_at = |at: usize, name: &[u8]| {
        let own = bytes.get(at..at.saturating_add(name.len()));
        own.is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    let last = memchr::memrchr_iter(b'<', bytes).find(|at| is_at(*at, b"<style"))?;
    let ends = memchr::memchr_iter(b'<', bytes.get(last..)?).map(|at| at.saturating_add(last));
    // `</styles>` ends none.
    let is_end = |at: &usize| {
        let next = bytes.get(at.saturating_add(b"</style".len()));
        is_at(*at, b"</style") && next.is_some_and(|next| next.is_ascii_whitespace() || matches!(next, b'>' | b'/'))
    };
    let end = ends.into_iter().find(is_end);
    // With all of the tag, whatever stands in it.
    let end = end.and_then(|at| memchr::memchr(b'>', bytes.get(at..)?).map(|close| at.saturating_add(close)));
    Some(end.map_or(html.len(), |close| close.saturating_add(1)))
}

fn run(html: &str, sheets: &Sheets) {
    let memory = MemorySettings::new().with_max_allowed_memory_usage(HTML_MEMORY_BYTES_MAX);
    let settings = Settings::<'_, '_, LocalHandlerTypes>::new()
        .append_element_content_handler(element!("style", |element| {
            let mut sheets = sheets.borrow_mut();
            if sheets.len() < SHEETS_MAX {
                sheets.push((String::new(), holds(element)));
            }
            Ok(())
        }))
        .append_element_content_handler(element!("link", |element| {
            let mut sheets = sheets.borrow_mut();
            if sheets.len() < SHEETS_MAX {
                // In front: the text that comes is of the last one.
                let linked = elsewhere::linked(element);
                linked.into_iter().for_each(|one| sheets.insert(0, one));
            }
            Ok(())
        }))
        // What is made of a template, and where that shows, is not known.
        .append_element_content_handler(element!("template style", |_| {
            if let Some((_, holds)) = sheets.borrow_mut().last_mut() {
                *holds = Holds::Maybe;
            }
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            if let Some((css, _)) = sheets.borrow_mut().last_mut() {
                let has_entities = chunk.text_type().allows_html_entities();
                css.push_str(&if has_entities { htmlize::unescape(chunk.as_str()) } else { chunk.as_str().into() });
            }
            Ok(())
        }))
        .with_strict(false)
        .with_memory_settings(memory);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    // What ends it ends the reading of the page as well, and is told there.
    if rewriter.write(html.as_bytes()).is_ok() {
        _ = rewriter.end();
    }
}

/// A sheet for some media only, or in another language than CSS, is not for everybody.
fn holds(element: &Element<'_, '_>) -> Holds {
    let media = attributes::lower(element, "media").unwrap_or_default();
    let kind = attributes::lower(element, "type").unwrap_or_default();
    let is_css = matches!(kind.trim(), "" | "text/css");
    if is_css && is_for_all(&media) { Holds::Always } else { Holds::Maybe }
}
