//! Conditional comments: what one program (Outlook for Windows) shows of a page, and others do not. All of them are read together, apart
//! from the page around, and what they say is kept as hidden. Documented limit: words that begin in the page and go on in a comment are
//! not put together.

use scan::content::LinkKind;

use crate::formats::html::drawn::Drawn;
use crate::formats::html::page::{Page, Reader, push_at_most};
use crate::formats::html::sheet::Sheet;
use crate::formats::html::{has_depth, read_nested, tags};
use crate::formats::text_code::matrix::MODULES_MIN;

/// Conditional comments kept to be read, bytes a page.
const CONDITIONAL_BYTES_MAX: usize = 1024 * 1024;
/// Tags of what they hold, of which a sheet may make a code: the smallest has as many dark runs, each with an end.
const STYLED_TAGS_MIN: usize = 200;

/// What leads somewhere, or does something.
const ACTING: [&str; 6] = ["href", "://", "src", "<form", "script", "\\\\"];
/// What gives an element a colour.
const PAINTS: [&str; 5] = ["bgcolor", "background", "border", "fillcolor", "fill="];

impl Reader {
    /// A comment: conditional ones are kept until the page ends; of others only whole links count.
    pub(in crate::formats::html) fn comment(&mut self, comment: &str) {
        let body = comment.trim_start();
        // In XHTML this is text.
        if let Some(text) = body.strip_prefix("[CDATA[") {
            let text = text.strip_suffix("]]").unwrap_or(text).to_owned();
            return self.push_text(&text);
        }
        let Some(shown) = tags::behind_condition(body) else {
            if body.contains("://") {
                self.add_written_links(body, LinkKind::Other);
            }
            return;
        };
        let shown = without_end(shown);
        if !shown.trim().is_empty() {
            self.is_cut |= !push_at_most(&mut self.conditional, shown, CONDITIONAL_BYTES_MAX);
            self.conditional.push(' ');
        }
    }

    /// Reads what was kept of them.
    pub(super) fn end_conditional(&mut self) {
        let html = std::mem::take(&mut self.conditional);
        let page = if self.may_draw(&html) { self.read_fragment(&html) } else { self.read_words(&html) };
        self.add_read(page, true);
        // An unclosed element of one comment can swallow the next one's links.
        self.add_written_links(&html, LinkKind::Other);
    }

    /// Most comments hold tables that keep room, for which no sheet has to be copied; nor are they a part of what the page draws.
    fn may_draw(&self, html: &str) -> bool {
        let lower = html.to_ascii_lowercase();
        let count = |word: &str| memchr::memmem::find_iter(lower.as_bytes(), word.as_bytes()).count();
        let has = |word: &str| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some();
        let paints = || PAINTS.into_iter().map(count).fold(0_usize, usize::saturating_add);
        let tags = || memchr::memchr_iter(b'<', html.as_bytes()).count();
        ACTING.into_iter().any(has)
            || has("<v:")
            || paints() >= MODULES_MIN
            || Drawn::has_signs(html)
            || (self.sheet.has_rules() && tags() >= STYLED_TAGS_MIN)
    }

    /// Reads what draws nothing, without the sheets of the page.
    fn read_words(&self, html: &str) -> Option<Page> {
        if !has_depth(self.depth) {
            return None;
        }
        let (page, _) = read_nested(html, self.depth, Sheet::default());
        Some(Page { drawn: Drawn::default(), ..page })
    }
}

/// Without the words that end it, and without what would make a part of it of the next one: `<![endif]`, `<!`, `<!--`.
fn without_end(shown: &str) -> &str {
    let is_end = |at: &usize| {
        let words = shown.get(at.saturating_add(b"<![".len())..).unwrap_or_default();
        tags::is_at(words.trim_start(), 0, "endif")
    };
    let shown = shown.rfind("<![").filter(is_end).and_then(|at| shown.get(..at)).unwrap_or(shown);
    shown.trim_end().trim_end_matches('-').strip_suffix("<!").unwrap_or(shown)
}

#[cfg(test)]
mod tests;
