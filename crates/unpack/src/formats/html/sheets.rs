//! The sheets of a page, read before the page is: they hold for what stands in front of them as well (CSS Cascade 4, 6).

mod elsewhere;

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::Element;
use lol_html::{HtmlRewriter, LocalHandlerTypes, MemorySettings, Settings, element, text};

use crate::budget::HTML_MEMORY_BYTES_MAX;
use crate::formats::html::sheet::{Holds, Sheet, is_for_all};
use crate::formats::html::{attributes, tags};

/// Sheets of one page; those behind them hold from where they stand.
const SHEETS_MAX: usize = 10_000;

/// How most sheets begin.
const PLAIN_TAGS: [&str; 2] = ["<style>", "<style type=\"text/css\">"];

/// The text of each sheet, and when it holds.
type Sheets = Rc<RefCell<Vec<(String, Holds)>>>;

/// Reads the sheets of a page.
pub(super) fn read(html: &str, to: &mut Sheet) {
    let end = end_of_last(html);
    if end.is_some() {
        elsewhere::read(html, to);
    }
    let Some(end) = end.max(end_of_links(html)) else { return };
    let (sheets, linked) = (Sheets::default(), Sheets::default());
    run(html.get(..end).unwrap_or(html), (&sheets, &linked));
    for (css, holds) in linked.borrow().iter().chain(sheets.borrow().iter()) {
        to.read_ahead(css, *holds);
    }
}

/// Where the last link ends that may carry a sheet itself.
fn end_of_links(html: &str) -> Option<usize> {
    let last = tags::rfind(html, "<link")?;
    let mut quote = None;
    let close = html.as_bytes().get(last..)?.iter().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            _ => {}
        }
        quote.is_none() && *byte == b'>'
    });
    Some(close.map_or(html.len(), |close| last.saturating_add(close).saturating_add(1)))
}

/// Where the last sheet ends, if that can be told by its bytes: most stand in front of all that is shown.
fn end_of_last(html: &str) -> Option<usize> {
    let last = tags::rfind(html, "<style")?;
    // Attributes may hold anything, and so may comments and elements in a sheet of a drawing.
    let plain = PLAIN_TAGS.into_iter().find(|tag| tags::is_at(html, last, tag));
    let end = plain.and_then(|tag| {
        let inside = last.saturating_add(tag.len());
        let next = memchr::memchr(b'<', html.as_bytes().get(inside..)?)?.saturating_add(inside);
        tags::is_at(html, next, "</style>").then(|| next.saturating_add(b"</style>".len()))
    });
    Some(end.unwrap_or(html.len()))
}

fn run(html: &str, (sheets, linked): (&Sheets, &Sheets)) {
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
            let mut linked = linked.borrow_mut();
            if linked.len() < SHEETS_MAX {
                linked.extend(elsewhere::linked(element));
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

#[cfg(test)]
mod tests {
    use crate::formats::html::read;

    #[test]
    fn a_sheet_holds_for_what_stands_in_front_of_it_wherever_it_seems_to_end() {
        for sheet in [
            "<style>.d{display:none}</style>",
            "<STYLE type=\"text/css\">.d{display:none}</STYLE >",
            "<style title=\"</style>\">.d{display:none}</style>",
            "<style title='>' media=all>.d{display:none}</style>",
            "<style>/* </styles> */.d{display:none}</style>",
            "<svg><style><!--</style>-->.d{display:none}</style></svg>",
            "<svg><style><![CDATA[/*</style>*/]]>.d{display:none}</style></svg>",
            "<style>.d{display:none}",
        ] {
            let page = read(&format!("<p class=d>word</p>{sheet}"));
            assert_eq!((page.text.trim(), page.hidden_text.trim()), ("", "word"), "{sheet}");
        }
        assert_eq!(read("<p class=d>word</p><style>.d{color:red}</style>").text, "word");
    }
}
