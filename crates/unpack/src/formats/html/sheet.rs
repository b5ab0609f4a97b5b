//! Style sheets of a page: the rules with simple selectors (`.class`, `#id`, `tag`, `tag.class`) that hide or colour. Those with
//! combinators count by their last part, and only for what is drawn: what they hide depends on more than is known here. Rules of
//! which it is not known whether they hold are left out; what they might change is known of each element (`sheet/doubt.rs`).

mod blocks;
mod doubt;
mod selector;

use std::collections::{HashMap, HashSet};

use crate::fingerprint;
use crate::formats::html::data;
use crate::formats::html::drawn::gradient::Pictures;
use crate::formats::html::sheet::blocks::{Block, Blocks};
use crate::formats::html::sheet::doubt::Doubts;
use crate::formats::html::sheet::selector::{
    Parsed, SELECTOR_CLASSES_MAX, Selector, Subject, Trust, listed, parsed, plain,
};
use crate::formats::html::style::{self, Style};

pub(super) use crate::formats::html::sheet::blocks::{Holds, is_for_all};
pub(super) use crate::formats::html::sheet::doubt::Doubt;

/// Rules kept of one page, different ones.
const RULES_MAX: usize = 20_000;
/// Rules besides that say where boxes stand, and nothing of text.
const PLACES_MAX: usize = 40_000;
/// Rules that draw.
const DRAWINGS_MAX: usize = 4_000;
/// Bytes of sheets read of one page.
const SHEET_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Sheets that sheets carry themselves, which may carry others.
const IMPORTS_MAX: usize = 32;
/// Different classes of one element that are looked up.
const CLASSES_MAX: usize = 128;
/// Rules that are compared with one element, those with several classes counted so often.
const COMPARED_MAX: usize = 256;
/// The same for all elements of one page.
const COMPARED_OF_PAGE_MAX: usize = 5_000_000;
/// Elements of which it is remembered what the sheet says: there are few different ones in a page, and many of each.
const REMEMBERED_MAX: usize = 4_096;
/// Steps of animations, so many of which may put the modules of a code where they are.
const STEPS_MIN: usize = 100;
/// Words and commas of all rules that draw: each entry of a list is kept.
const DRAWN_WORDS_MAX: usize = 200_000;
/// Attributes whose values are shown: each is looked for at every element.
const SHOWN_MAX: usize = 16;

/// The rules that say something about being seen.
#[derive(Clone, Debug, Default)]
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
    /// What rules draw with shadows or gradients.
    drawings: Vec<Pictures>,
    drawn_words: usize,
    nothing: Pictures,
    /// What was said of elements, by the hash of their tag, id and classes.
    said: HashMap<u64, Said>,
    compared: usize,
    bytes: usize,
    imports: usize,
    doubts: Doubts,
    /// Steps of animations, and whether one of them paints.
    steps: usize,
    has_painted_steps: bool,
    /// Sheets that were read before the page was, by their hashes.
    ahead: HashSet<u64>,
    /// Attributes whose values are shown.
    pub(super) shown: Vec<String>,
    /// A rule that was left out sets a background.
    pub(super) has_unread_background: bool,
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

/// What a sheet says of an element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    /// As far as it is sure, of text, and of what is drawn.
    pub(super) sure: Style,
    pub(super) drawn: Style,
    /// What else is drawn if nothing nearer says otherwise.
    pub(super) of_drawing: Style,
    /// What is not.
    pub(super) doubt: Doubt,
}

#[derive(Clone, Debug)]
struct Rule {
    selector: Selector,
    style: Style,
    order: usize,
}

impl Sheet {
    /// Reads the text of a `style` element, unless that was done ahead.
    pub(super) fn read(&mut self, css: &str) {
        if !self.ahead.contains(&fingerprint::of(css)) {
            self.take(css, Holds::Always);
        }
    }

    /// Reads the text of a `style` element that comes later: it holds for what stands in front of it as well.
    pub(super) fn read_ahead(&mut self, css: &str, holds: Holds) {
        if !css.is_empty() {
            self.ahead.insert(fingerprint::of(css));
            self.take(css, holds);
        }
    }

    /// Reads a sheet that some programs apply only. What it says of the page's ground is not asked where text may be hidden.
    pub(super) fn read_elsewhere(&mut self, css: &str) {
        let known = self.has_unread_background;
        self.take(css, Holds::Maybe);
        self.has_unread_background = known;
    }

    /// May it say something of any element?
    pub(super) fn has_rules(&self) -> bool {
        self.order > 0
    }

    /// What a copy of it costs.
    pub(super) fn weight(&self) -> usize {
        self.order.saturating_add(self.drawn_words).saturating_add(self.ahead.len())
    }

    /// Takes the sheets that a sheet carries in addresses of its own.
    fn take_imported(&mut self, css: &str) {
        let imported = style::imported(css);
        self.is_cut |= imported.is_none();
        for target in imported.unwrap_or_default() {
            let Some(data) = data::open(&target) else { continue };
            self.imports = self.imports.saturating_add(1);
            if self.imports > IMPORTS_MAX {
                self.is_cut = true;
                return;
            }
            self.take(&String::from_utf8_lossy(&data.bytes), Holds::Maybe);
        }
    }

    fn take(&mut self, css: &str, holds: Holds) {
        let room = SHEET_BYTES_MAX.saturating_sub(self.bytes);
        let kept = css.get(..css.floor_char_boundary(room)).unwrap_or_default();
        self.is_cut |= kept.len() < css.len();
        self.bytes = self.bytes.saturating_add(kept.len());
        self.take_imported(kept);
        let contents = style::contents(kept);
        self.is_cut |= contents.is_cut;
        for name in contents.attributes {
            if self.shown.contains(&name) {
                continue;
            }
            if self.shown.len() < SHOWN_MAX {
                self.shown.push(name);
            } else {
                self.is_cut = true;
            }
        }
        let bare = style::without_strings(kept);
        let mut blocks = Blocks::of(&bare, holds);
        for block in blocks.by_ref() {
            let style = style::read(block.declared);
            if !style.is_empty() {
                self.block(block, style);
            }
        }
        self.is_cut |= blocks.is_cut;
    }

    fn block(&mut self, block: Block<'_>, style: Style) {
        self.said.clear();
        match block.holds {
            Holds::Step => {
                self.order = self.order.saturating_add(1);
                self.steps = self.steps.saturating_add(1);
                self.has_painted_steps |= style.draws();
            }
            Holds::Maybe => {
                self.has_unread_background |= style.background.is_some();
                for text in listed(&plain(block.head)).filter(|text| !text.is_empty()) {
                    self.order = self.order.saturating_add(1);
                    match parsed(text) {
                        Parsed::Pointed => {}
                        Parsed::Known(selector) => self.doubt(&selector, &style, selector.trust == Trust::Part),
                        Parsed::Unsure(selector) | Parsed::Foreign(selector) => self.doubt(&selector, &style, true),
                    }
                }
            }
            Holds::Always => self.rule(block, style, Trust::Sure),
            Holds::Mostly => self.rule(block, style, Trust::Mostly),
        }
    }

    fn rule(&mut self, block: Block<'_>, mut style: Style, trust: Trust) {
        if style.is_drawing {
            style.drawing_rule = self.keep_drawing(block.declared);
        }
        let number = fingerprint::of(block.declared);
        let head = plain(block.head);
        // One selector that browsers do not know, and the rule is none.
        let is_foreign =
            |text: &str| text.is_empty() || (text.contains(':') && matches!(parsed(text), Parsed::Foreign(_)));
        let is_foreign = listed(&head).any(is_foreign);
        for text in listed(&head).filter(|text| !text.is_empty()) {
            self.order = self.order.saturating_add(1);
            match parsed(text) {
                Parsed::Known(selector) if selector.classes.len() > SELECTOR_CLASSES_MAX => {
                    self.is_cut = true;
                    self.has_unread_background |= style.background.is_some();
                }
                Parsed::Known(selector) if !is_foreign => {
                    let own = if selector.trust == Trust::Part { Trust::Part } else { trust };
                    self.known(Selector { trust: own, ..selector }, style, number);
                }
                Parsed::Pointed => self.has_unread_background |= style.background.is_some(),
                Parsed::Known(selector) | Parsed::Unsure(selector) | Parsed::Foreign(selector) => {
                    self.has_unread_background |= style.background.is_some();
                    self.doubt(&selector, &style, true);
                }
            }
        }
    }

    fn known(&mut self, selector: Selector, style: Style, number: u64) {
        let is_part = selector.trust == Trust::Part;
        self.has_unread_background |= is_part && style.background.is_some();
        if selector.trust != Trust::Sure || style.is_forced {
            self.doubt(&selector, &style, is_part);
        }
        let style = if is_part { style.of_drawing() } else { style };
        if !style.is_empty() {
            self.add(selector, style, number);
        }
    }

    fn doubt(&mut self, selector: &Selector, style: &Style, is_partial: bool) {
        let mut doubt = Doubt::of(style);
        doubt.is_partial = is_partial;
        self.is_cut |= !self.doubts.add(selector, doubt);
    }

    /// Are there steps of animations that may draw a code?
    fn is_lively(&self) -> bool {
        self.has_painted_steps || self.steps >= STEPS_MIN
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
        self.drawings.push(Pictures::read(&style::plain(body)));
        self.drawings.len().checked_sub(1)
    }

    fn add(&mut self, selector: Selector, style: Style, number: u64) {
        let order = self.order;
        // Where no other selector of the same weight can fit, rules of one selector are as good as one.
        let is_joined = selector.trust == Trust::Part || selector.classes.is_empty();
        let known = fingerprint::of((&selector, if is_joined { 0 } else { number }));
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

    /// What the sheet says of an element; none where there is no rule at all.
    pub(super) fn style(&mut self, tag: &str, id: &str, classes: &str) -> Option<Said> {
        if self.order == 0 {
            return None;
        }
        let number = fingerprint::of((tag, id, classes));
        if let Some(said) = self.said.get(&number) {
            return Some(*said);
        }
        if self.said.len() >= REMEMBERED_MAX {
            self.said.clear();
        }
        let said = self.compare(tag, id, classes);
        self.said.insert(number, said);
        Some(said)
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
        let mut said = Said { doubt: self.doubts.of(&subject), ..Said::default() };
        said.doubt.is_lively = self.is_lively();
        for Rule { selector, style, .. } in fitting {
            if selector.trust != Trust::Part {
                said.sure = said.sure.under(*style);
                said.doubt = said.doubt.beside(style);
            }
            if selector.trust == Trust::Sure {
                said.drawn = said.drawn.under(*style);
            } else {
                said.of_drawing = said.of_drawing.under(style.of_drawing());
            }
        }
        said
    }
}

#[cfg(test)]
mod tests;
