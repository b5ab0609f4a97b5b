//! What readers of formats keep of a file: text, hidden text, links; each within the budget of the message.

use scan::content::{Item, Link, LinkKind, WhyUnopened};

use crate::budget::LINK_TEXT_BYTES_MAX;
use crate::formats::html::{self, Page};
use crate::text;
use crate::unpack::Walk;

impl Walk<'_> {
    /// Adds to the visible text of an item, on a line of its own.
    pub(crate) fn add_text(&mut self, at: usize, text: &str) {
        self.add(at, text, |item| &mut item.text);
    }

    /// Adds to the text that a reader does not see.
    pub(crate) fn add_hidden_text(&mut self, at: usize, text: &str) {
        self.add(at, text, |item| &mut item.hidden_text);
    }

    /// Adds to the text as other readers would see it.
    pub(crate) fn add_other_text(&mut self, at: usize, text: &str) {
        self.add(at, text, |item| &mut item.other_text);
    }

    fn add(&mut self, at: usize, text: &str, field: fn(&mut Item) -> &mut String) {
        let left = self.budget.text_bytes_left();
        let Some(item) = self.content.items.get_mut(at) else { return };
        let kept = text.get(..text.floor_char_boundary(left)).unwrap_or_default();
        let to = field(item);
        text::break_line(to);
        to.push_str(kept);
        self.budget.spend_text(kept.len());
        if kept.len() < text.len() {
            self.mark(at, "text_cut");
        }
    }

    /// Adds the links of a running text; the text itself is added apart.
    pub(crate) fn add_links_of_text(&mut self, at: usize, text: &str, kind: LinkKind) {
        for target in text::links(text) {
            self.add_link(at, Link { target: target.to_owned(), text: String::new(), kind });
        }
    }

    /// Adds a link. An inlined picture leads nowhere; its bytes are not kept as a link.
    pub(crate) fn add_link(&mut self, at: usize, mut link: Link) {
        text::cut(&mut link.text, LINK_TEXT_BYTES_MAX);
        if link.kind == LinkKind::Image && is_data_url(&link.target) {
            return;
        }
        if !self.budget.take_link(link.target.len().saturating_add(link.text.len())) {
            return self.not_opened(at, WhyUnopened::OverBudget);
        }
        if let Some(item) = self.content.items.get_mut(at) {
            item.links.push(link);
        }
    }

    /// Reads a text as a page and adds what is in it to an item: also for HTML inside other formats.
    pub(crate) fn add_page(&mut self, at: usize, html: &str) {
        let Page { text, hidden_text, links, marks, is_whole } = html::read(html);
        for word in marks {
            self.mark(at, word);
        }
        if !is_whole {
            self.not_opened(at, WhyUnopened::OverBudget);
        }
        self.add_text(at, &text);
        self.add_hidden_text(at, &hidden_text);
        for link in links {
            self.add_link(at, link);
        }
    }
}

fn is_data_url(target: &str) -> bool {
    target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}
