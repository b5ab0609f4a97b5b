//! Style sheets of a page: the rules with simple selectors (`.class`, `#id`, `tag`, `tag.class`) that hide or colour. Rules
//! with combinators, and those within `@media` with a condition, are left out: what they hide depends on more than is known here.

use std::collections::HashMap;

use crate::formats::html::style::{self, Style};

/// Rules kept of one page.
const RULES_MAX: usize = 2000;
/// Rules besides that say where boxes stand, and nothing of text.
const PLACES_MAX: usize = 4000;
/// Rules that draw.
const DRAWINGS_MAX: usize = 64;
/// Bytes of sheets read of one page.
const SHEET_BYTES_MAX: usize = 512 * 1024;

/// The rules that say something about being seen.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// By the word of the selector that is rarest: `#id`, `.class` or `tag`.
    rules: HashMap<String, Vec<Rule>>,
    count: usize,
    places: usize,
    /// Declarations of rules that draw with shadows or gradients.
    drawings: Vec<String>,
    bytes: usize,
    /// A rule that was left out sets a background.
    pub(super) has_unread_background: bool,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    style: Style,
    order: usize,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Selector {
    tag: String,
    id: String,
    classes: Vec<String>,
}

impl Selector {
    fn weight(&self) -> (bool, usize, bool) {
        (!self.id.is_empty(), self.classes.len(), !self.tag.is_empty())
    }

    fn key(&self) -> String {
        if !self.id.is_empty() {
            format!("#{}", self.id)
        } else if let Some(class) = self.classes.first() {
            format!(".{class}")
        } else {
            self.tag.clone()
        }
    }
}

impl Sheet {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Reads the text of a `style` element.
    pub(super) fn read(&mut self, css: &str) {
        let room = SHEET_BYTES_MAX.saturating_sub(self.bytes);
        let css = css.get(..css.floor_char_boundary(room)).unwrap_or_default();
        self.bytes = self.bytes.saturating_add(css.len());
        let mut rest = css.trim_start().trim_start_matches("<!--");
        let mut skipped = 0_usize;
        while let Some(at) = rest.find(['{', '}']) {
            let (head, body) = rest.split_at_checked(at).unwrap_or((rest, ""));
            if body.starts_with('}') {
                skipped = skipped.saturating_sub(1);
                rest = body.get(1..).unwrap_or_default();
                continue;
            }
            let head = head.rsplit([';']).next().unwrap_or_default().trim();
            let body = body.get(1..).unwrap_or_default();
            if head.starts_with('@') {
                if skipped > 0 || !is_always(head) {
                    skipped = skipped.saturating_add(1);
                }
                rest = body;
                continue;
            }
            let end = body.find('}').unwrap_or(body.len());
            self.rule(head, body.get(..end).unwrap_or_default(), skipped > 0);
            rest = body.get(end.saturating_add(1)..).unwrap_or_default();
        }
    }

    fn rule(&mut self, head: &str, body: &str, is_skipped: bool) {
        let mut style = style::read(body);
        if style.is_empty() {
            return;
        }
        if style.is_drawing && self.drawings.len() < DRAWINGS_MAX {
            style.drawing_rule = Some(self.drawings.len());
            self.drawings.push(body.to_ascii_lowercase());
        }
        let head = head.rsplit("*/").next().unwrap_or_default();
        for selector in head.split(',').take(64) {
            match selector_of(selector.trim()).filter(|_| !is_skipped && self.has_room(style)) {
                Some(selector) => {
                    let of_boxes = style.is_of_boxes();
                    let count = if of_boxes { &mut self.places } else { &mut self.count };
                    *count = count.saturating_add(1);
                    let rule = Rule { style, order: self.count.saturating_add(self.places), selector };
                    self.rules.entry(rule.selector.key()).or_default().push(rule);
                }
                None => self.has_unread_background |= style.background.is_some(),
            }
        }
    }

    fn has_room(&self, style: Style) -> bool {
        if style.is_of_boxes() { self.places < PLACES_MAX } else { self.count < RULES_MAX }
    }

    /// The declarations of the rule that draws for a style.
    pub(super) fn drawing(&self, style: &Style) -> &str {
        style.drawing_rule.and_then(|rule| self.drawings.get(rule)).map_or("", String::as_str)
    }

    /// What the sheet says of an element.
    pub(super) fn style(&self, tag: &str, id: &str, classes: &str) -> Style {
        if self.rules.is_empty() {
            return Style::default();
        }
        let mut fitting: Vec<&Rule> = Vec::new();
        let mut look = |key: &str| {
            let rules = self.rules.get(key).into_iter().flatten();
            fitting.extend(rules.filter(|rule| fits(&rule.selector, tag, id, classes)).take(64));
        };
        look(tag);
        if !id.is_empty() {
            look(&format!("#{id}"));
        }
        for class in classes.split_ascii_whitespace().take(32) {
            look(&format!(".{class}"));
        }
        fitting.sort_by_key(|rule| (rule.selector.weight(), rule.order));
        fitting.into_iter().fold(Style::default(), |style, rule| style.under(rule.style))
    }
}

/// `@media screen`, `@media all`, `@media only screen`, `@supports`, `@layer`: rules inside hold for everybody.
fn is_always(head: &str) -> bool {
    let head = head.to_ascii_lowercase();
    let mut words = head.split_ascii_whitespace();
    match words.next() {
        Some("@media") => words.all(|word| matches!(word.trim_end_matches(','), "all" | "screen" | "only")),
        Some("@supports" | "@layer") => true,
        _ => false,
    }
}

fn fits(selector: &Selector, tag: &str, id: &str, classes: &str) -> bool {
    (selector.tag.is_empty() || selector.tag == tag)
        && (selector.id.is_empty() || selector.id == id)
        && selector.classes.iter().all(|own| classes.split_ascii_whitespace().any(|class| class == own))
}

/// A selector of one element, without pseudo-classes, attributes and combinators.
fn selector_of(text: &str) -> Option<Selector> {
    let end = text.find(['.', '#']).unwrap_or(text.len());
    let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let (tag, mut rest) = text.split_at_checked(end)?;
    if !is_name(tag) && tag != "*" {
        return None;
    }
    let mut selector =
        Selector { tag: if tag == "*" { String::new() } else { tag.to_ascii_lowercase() }, ..Selector::default() };
    while let Some(kind) = rest.chars().next() {
        let name = rest.get(1..)?;
        let end = name.find(['.', '#']).unwrap_or(name.len());
        let (name, after) = name.split_at_checked(end)?;
        if name.is_empty() || !is_name(name) {
            return None;
        }
        if kind == '#' {
            name.clone_into(&mut selector.id);
        } else {
            selector.classes.push(name.to_owned());
        }
        rest = after;
    }
    (selector != Selector::default()).then_some(selector)
}
