//! Style sheets of a page: the rules with simple selectors (`.class`, `#id`, `tag`, `tag.class`) that hide or colour. Rules
//! within `@media` with a condition are left out, and those with combinators count by their last part, and only for what is drawn:
//! what they hide depends on more than is known here.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::formats::html::drawn::gradient::Pictures;
use crate::formats::html::style::{self, Style};

/// Rules kept of one page, different ones.
const RULES_MAX: usize = 20_000;
/// Rules besides that say where boxes stand, and nothing of text.
const PLACES_MAX: usize = 40_000;
/// Rules that draw.
const DRAWINGS_MAX: usize = 4_000;
/// Bytes of sheets read of one page.
const SHEET_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Different classes of one element that are looked up.
const CLASSES_MAX: usize = 128;
/// Different classes of one selector.
const SELECTOR_CLASSES_MAX: usize = 16;
/// Rules that are compared with one element, those with several classes counted so often.
const COMPARED_MAX: usize = 256;
/// The same for all elements of one page.
const COMPARED_OF_PAGE_MAX: usize = 5_000_000;
/// Elements of which it is remembered what the sheet says: there are few different ones in a page, and many of each.
const REMEMBERED_MAX: usize = 4_096;
/// Words and commas of all rules that draw: each entry of a list is kept.
const DRAWN_WORDS_MAX: usize = 200_000;

/// The rules that say something about being seen.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// By the rarest word of the selector.
    by_tag: HashMap<String, Vec<Rule>>,
    by_class: HashMap<String, Vec<Rule>>,
    by_id: HashMap<String, Vec<Rule>>,
    count: usize,
    places: usize,
    order: usize,
    /// Where a rule is that was read already, by the hash of its selector and of what it says unless what follows is as good as
    /// added to it: its key, and its place.
    known: HashMap<u64, (Key, usize)>,
    hasher: RandomState,
    /// What rules draw with shadows or gradients.
    drawings: Vec<Pictures>,
    drawn_words: usize,
    nothing: Pictures,
    /// What was said of elements, by the hash of their tag, id and classes.
    said: HashMap<u64, Said>,
    compared: usize,
    bytes: usize,
    /// A rule that was left out sets a background.
    pub(super) has_unread_background: bool,
    /// A rule that was left out draws, and gives shapes their colour.
    pub(super) has_unread_drawing: bool,
    pub(super) has_unread_fill: bool,
    /// There was more than is kept, or than is compared.
    pub(super) is_cut: bool,
}

/// The word that a rule is found by.
#[derive(Clone, Debug)]
enum Key {
    Tag(String),
    Class(String),
    Id(String),
}

/// What a sheet says of an element: as far as it is sure, and what else may hold for it, of what it draws.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    pub(super) sure: Style,
    pub(super) of_drawing: Style,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    style: Style,
    order: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Selector {
    tag: String,
    id: String,
    /// Different ones.
    classes: Vec<String>,
    /// How many stand there: one that is named again weighs again.
    named: usize,
    /// It is the last part of one with combinators.
    is_part: bool,
}

/// An element, as selectors see it.
struct Subject<'e> {
    tag: &'e str,
    id: &'e str,
    /// In order.
    classes: Vec<&'e str>,
}

impl Selector {
    fn weight(&self) -> (bool, usize, bool) {
        (!self.id.is_empty(), self.named, !self.tag.is_empty())
    }

    fn fits(&self, subject: &Subject<'_>) -> bool {
        (self.tag.is_empty() || self.tag == subject.tag)
            && (self.id.is_empty() || self.id == subject.id)
            && self.classes.iter().all(|own| subject.classes.binary_search(&own.as_str()).is_ok())
    }
}

impl Sheet {
    /// Reads the text of a `style` element.
    pub(super) fn read(&mut self, css: &str) {
        let room = SHEET_BYTES_MAX.saturating_sub(self.bytes);
        let kept = css.get(..css.floor_char_boundary(room)).unwrap_or_default();
        self.is_cut |= kept.len() < css.len();
        self.bytes = self.bytes.saturating_add(kept.len());
        let plain = style::without_strings(kept);
        let mut rest = plain.trim_start().trim_start_matches("<!--");
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
            let declared = body.get(..end).unwrap_or_default();
            let style = style::read(declared);
            if skipped > 0 {
                self.has_unread_drawing |= style.draws();
                self.has_unread_background |= style.background.is_some();
            } else if !style.is_empty() {
                self.rule(head, declared, style);
            }
            rest = body.get(end.saturating_add(1)..).unwrap_or_default();
        }
    }

    fn rule(&mut self, head: &str, body: &str, mut style: Style) {
        self.said.clear();
        if style.is_drawing {
            style.drawing_rule = self.keep_drawing(body);
        }
        let number = self.hasher.hash_one(body);
        for text in head.split(',') {
            self.order = self.order.saturating_add(1);
            match selector_of(text.trim()) {
                Some(selector) if selector.classes.len() > SELECTOR_CLASSES_MAX => {
                    self.is_cut = true;
                    self.has_unread_drawing |= style.draws();
                    self.has_unread_background |= style.background.is_some();
                }
                Some(selector) => {
                    let is_part = selector.is_part;
                    self.has_unread_background |= is_part && style.background.is_some();
                    let style = if is_part { style.of_drawing() } else { style };
                    if !style.is_empty() {
                        self.add(selector, style, number);
                    }
                }
                None => {
                    self.has_unread_drawing |= style.draws();
                    // What is only so while somebody points at it is another matter.
                    let is_pointed = [":hover", ":focus", ":active"].iter().any(|own| text.contains(own));
                    self.has_unread_fill |= style.fill.is_some() && !is_pointed;
                    self.has_unread_background |= style.background.is_some();
                }
            }
        }
    }

    /// Keeps what a rule draws, if there is room.
    fn keep_drawing(&mut self, body: &str) -> Option<usize> {
        let is_apart = |byte: &u8| *byte == b',' || byte.is_ascii_whitespace();
        let words = body.bytes().filter(is_apart).count().saturating_add(self.drawn_words);
        if self.drawings.len() >= DRAWINGS_MAX || words > DRAWN_WORDS_MAX {
            self.is_cut = true;
            return None;
        }
        self.drawn_words = words;
        self.drawings.push(Pictures::read(&body.to_ascii_lowercase()));
        self.drawings.len().checked_sub(1)
    }

    fn add(&mut self, selector: Selector, style: Style, number: u64) {
        let order = self.order;
        // Where no other selector of the same weight can fit, rules of one selector are as good as one.
        let is_joined = selector.is_part || selector.classes.is_empty();
        let known = self.hasher.hash_one((&selector, if is_joined { 0 } else { number }));
        if let Some((key, at)) = self.known.get(&known).cloned()
            && let Some(rule) = self.rules_mut(&key).get_mut(at)
        {
            // The same once more is what quoted mails bring along.
            rule.order = order;
            rule.style = if is_joined { rule.style.under(style) } else { style };
            return;
        }
        let (count, most) =
            if style.is_of_boxes() { (&mut self.places, PLACES_MAX) } else { (&mut self.count, RULES_MAX) };
        if *count >= most {
            self.is_cut = true;
            self.has_unread_background |= style.background.is_some();
            return;
        }
        *count = count.saturating_add(1);
        let key = self.key(&selector);
        let rules = self.rules_mut(&key);
        rules.push(Rule { selector, style, order });
        let at = rules.len().saturating_sub(1);
        self.known.insert(known, (key, at));
    }

    fn rules_mut(&mut self, key: &Key) -> &mut Vec<Rule> {
        let (map, word) = match key {
            Key::Tag(tag) => (&mut self.by_tag, tag),
            Key::Class(class) => (&mut self.by_class, class),
            Key::Id(id) => (&mut self.by_id, id),
        };
        map.entry(word.clone()).or_default()
    }

    /// The word that it is found by: of its classes the one that the fewest rules are found by so far.
    fn key(&self, selector: &Selector) -> Key {
        if !selector.id.is_empty() {
            return Key::Id(selector.id.clone());
        }
        let count = |class: &&String| self.by_class.get(*class).map_or(0, Vec::len);
        let rarest = selector.classes.iter().min_by_key(count);
        rarest.map_or_else(|| Key::Tag(selector.tag.clone()), |class| Key::Class(class.clone()))
    }

    /// The pictures of the rule that draws for a style.
    pub(super) fn drawing(&self, style: &Style) -> &Pictures {
        style.drawing_rule.and_then(|rule| self.drawings.get(rule)).unwrap_or(&self.nothing)
    }

    /// What the sheet says of an element.
    pub(super) fn style(&mut self, tag: &str, id: &str, classes: &str) -> Said {
        if self.order == 0 {
            return Said::default();
        }
        let number = self.hasher.hash_one((tag, id, classes));
        if let Some(said) = self.said.get(&number) {
            return *said;
        }
        if self.said.len() >= REMEMBERED_MAX {
            self.said.clear();
        }
        let said = self.compare(tag, id, classes);
        self.said.insert(number, said);
        said
    }

    fn compare(&mut self, tag: &str, id: &str, classes: &str) -> Said {
        let mut classes: Vec<&str> = classes.split_ascii_whitespace().collect();
        classes.sort_unstable();
        classes.dedup();
        self.is_cut |= classes.len() > CLASSES_MAX;
        let subject = Subject { tag, id, classes };
        let of_classes = subject.classes.iter().take(CLASSES_MAX).filter_map(|class| self.by_class.get(*class));
        let of_tags = [self.by_tag.get(tag), self.by_tag.get(""), self.by_id.get(id)].into_iter().flatten();
        let near = of_tags.chain(of_classes).flatten();
        let room = COMPARED_MAX.min(COMPARED_OF_PAGE_MAX.saturating_sub(self.compared));
        let mut compared = 0_usize;
        let mut fitting: Vec<&Rule> = Vec::new();
        for rule in near {
            compared = compared.saturating_add(rule.selector.classes.len().max(1));
            if compared > room {
                self.is_cut = true;
                break;
            }
            if rule.selector.fits(&subject) {
                fitting.push(rule);
            }
        }
        self.compared = self.compared.saturating_add(compared.saturating_add(subject.classes.len()));
        fitting.sort_by_key(|rule| (rule.selector.weight(), rule.order));
        let (parts, sure): (Vec<&Rule>, Vec<&Rule>) = fitting.into_iter().partition(|rule| rule.selector.is_part);
        let all = |rules: Vec<&Rule>| rules.into_iter().fold(Style::default(), |style, rule| style.under(rule.style));
        Said { sure: all(sure), of_drawing: all(parts) }
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

/// A selector without pseudo-classes and attributes; of one with combinators the last part.
fn selector_of(text: &str) -> Option<Selector> {
    let last = text.rsplit([' ', '>', '+', '~', '\n', '\t', '\r']).next()?;
    // What holds for all is left to what is drawn.
    let before = ["::before", ":before", "::after", ":after"].iter().find_map(|name| last.strip_suffix(name));
    let is_part = last.len() < text.len() || text == "*" || before.is_some();
    let text = before.unwrap_or(last);
    let end = text.find(['.', '#']).unwrap_or(text.len());
    let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let (tag, mut rest) = text.split_at_checked(end)?;
    if !is_name(tag) && tag != "*" {
        return None;
    }
    let tag = if tag == "*" { String::new() } else { tag.to_ascii_lowercase() };
    let mut selector = Selector { tag, is_part, ..Selector::default() };
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
            selector.named = selector.named.saturating_add(1);
            // One more than are kept says that there are too many.
            let is_new =
                selector.classes.len() <= SELECTOR_CLASSES_MAX && !selector.classes.iter().any(|own| own == name);
            selector.classes.extend(is_new.then(|| name.to_owned()));
        }
        rest = after;
    }
    let says_nothing = selector.tag.is_empty() && selector.id.is_empty() && selector.classes.is_empty();
    (!says_nothing || text == "*").then_some(selector)
}

#[cfg(test)]
mod tests;
