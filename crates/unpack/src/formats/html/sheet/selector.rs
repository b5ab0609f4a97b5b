//! Selectors (Selectors 4): as much of their last part as is compared with an element.

use std::borrow::Cow;

/// Different classes of one selector.
pub(super) const SELECTOR_CLASSES_MAX: usize = 16;
/// What holds only while somebody points at something, or went there, is of no matter for what is seen first.
const POINTED: [&str; 7] = ["hover", "focus", "active", "focus-within", "focus-visible", "visited", "target"];
/// Beginnings of the others that browsers know: a list with one that they do not know holds for nothing.
const KNOWN: &[&str] = &[
    "root",
    "not",
    "is",
    "where",
    "has",
    "first",
    "last",
    "nth",
    "only",
    "empty",
    "link",
    "any-link",
    "lang",
    "dir",
    "scope",
    "checked",
    "enabled",
    "disabled",
    "required",
    "optional",
    "valid",
    "invalid",
    "user-",
    "read-",
    "in-range",
    "out-of",
    "default",
    "placeholder",
    "indeterminate",
    "before",
    "after",
    "selection",
    "marker",
    "host",
    "defined",
    "fullscreen",
    "backdrop",
    "open",
    "-webkit-",
];

/// How sure it is that a rule holds for the elements that its selector fits, and for no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Trust {
    #[default]
    Sure,
    /// For text it is.
    Mostly,
    /// The selector is the last part of one with combinators, or of what stands before or behind an element.
    Part,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Selector {
    pub(super) tag: String,
    pub(super) id: String,
    /// Different ones.
    pub(super) classes: Vec<String>,
    /// How many stand there: one that is named again weighs again.
    pub(super) named: usize,
    pub(super) trust: Trust,
}

/// An element, as selectors see it.
pub(super) struct Subject<'e> {
    pub(super) tag: &'e str,
    pub(super) id: &'e str,
    /// In order.
    pub(super) classes: Vec<&'e str>,
}

/// What a selector is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Known(Selector),
    /// There is more to it than is compared; what is.
    Unsure(Selector),
    /// What somebody points at.
    Pointed,
    /// Browsers do not know it.
    Foreign(Selector),
}

impl Selector {
    pub(super) fn weight(&self) -> (bool, usize, bool) {
        (!self.id.is_empty(), self.named, !self.tag.is_empty())
    }

    pub(super) fn fits(&self, subject: &Subject<'_>) -> bool {
        (self.tag.is_empty() || self.tag == subject.tag)
            && (self.id.is_empty() || self.id == subject.id)
            && self.classes.iter().all(|own| subject.classes.binary_search(&own.as_str()).is_ok())
    }

    /// Is it of one word?
    pub(super) fn is_single(&self) -> bool {
        let words = self.classes.len().saturating_add(usize::from(!self.id.is_empty()));
        words.saturating_add(usize::from(!self.tag.is_empty())) == 1
    }

    fn add_class(&mut self, name: String) {
        self.named = self.named.saturating_add(1);
        // One more than are kept says that there are too many.
        if self.classes.len() <= SELECTOR_CLASSES_MAX && !self.classes.contains(&name) {
            self.classes.push(name);
        }
    }
}

/// The selectors of a list.
pub(super) fn listed(head: &str) -> impl Iterator<Item = &str> {
    parted(head, |byte| byte == b',').map(str::trim)
}

/// A list in which only signs that are none of a name are written with escapes.
pub(super) fn plain(head: &str) -> Cow<'_, str> {
    if !head.contains('\\') {
        return head.into();
    }
    let mut plain = String::with_capacity(head.len());
    let mut rest = head;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let digits = after.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let code = after.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let sign = code.and_then(char::from_u32).or_else(|| after.chars().next().filter(|_| digits == 0));
        if let Some(sign) = sign {
            plain.extend(Some('\\').filter(|_| !is_of_name(sign)));
            plain.push(sign);
        }
        let length = if digits > 0 { digits } else { sign.map_or(0, char::len_utf8) };
        let after = after.get(length..).unwrap_or_default();
        let is_blank = |c: char| c.is_ascii_whitespace();
        rest = if digits > 0 { after.strip_prefix(is_blank).unwrap_or(after) } else { after };
    }
    plain.push_str(rest);
    plain.into()
}

/// Reads a selector; of one with combinators the last part.
pub(super) fn parsed(text: &str) -> Parsed {
    let is_combinator = |byte| matches!(byte, b' ' | b'>' | b'+' | b'~' | b'\n' | b'\t' | b'\r' | b'\x0c');
    let last = parted(text, is_combinator).last().unwrap_or_default();
    let mut selector = Selector::default();
    let mut found = Compound { is_sure: true, ..Compound::default() };
    found.read(last, &mut selector);
    if last.len() < text.len() || text == "*" || found.is_beside {
        // What holds for all is left to what is drawn.
        selector.trust = Trust::Part;
    }
    let is_nothing = selector.tag.is_empty() && selector.id.is_empty() && selector.classes.is_empty() && last != "*";
    match found {
        Compound { is_foreign: true, .. } => Parsed::Foreign(selector),
        Compound { is_pointed: true, .. } => Parsed::Pointed,
        Compound { is_sure: true, .. } if !is_nothing || found.is_beside => Parsed::Known(selector),
        _ => Parsed::Unsure(selector),
    }
}

/// What was seen in the last part of a selector.
#[derive(Clone, Copy, Debug, Default)]
struct Compound {
    is_sure: bool,
    is_pointed: bool,
    is_foreign: bool,
    /// It is of what stands before or behind an element.
    is_beside: bool,
}

impl Compound {
    fn read(&mut self, text: &str, to: &mut Selector) {
        let (tag, mut rest) = name(text.strip_prefix('*').unwrap_or(text));
        to.tag = tag.to_ascii_lowercase();
        while let Some(sign) = rest.chars().next() {
            let inner = rest.get(sign.len_utf8()..).unwrap_or_default();
            match sign {
                '.' | '#' => {
                    let (name, after) = name(inner);
                    self.is_sure &= !name.is_empty();
                    if sign == '.' {
                        to.add_class(name);
                    } else {
                        to.id = name;
                    }
                    rest = after;
                }
                ':' => rest = self.read_pseudo(inner, to),
                '[' => {
                    self.is_sure = false;
                    rest = inner.split_once(']').map_or("", |(_, after)| after);
                }
                // `&`, `%`, `|`: nothing that is known.
                _ => {
                    self.is_sure = false;
                    rest = inner;
                }
            }
        }
    }

    /// A pseudo-class or pseudo-element behind its first sign; gives what follows.
    fn read_pseudo<'t>(&mut self, text: &'t str, to: &mut Selector) -> &'t str {
        let (own, mut rest) = name(text.strip_prefix(':').unwrap_or(text));
        let own = own.to_ascii_lowercase();
        if rest.starts_with('(') {
            rest = rest.get(closing(rest)..).unwrap_or_default();
        }
        match own.as_str() {
            "root" if to.tag.is_empty() => "html".clone_into(&mut to.tag),
            "before" | "after" => self.is_beside = true,
            pointed if POINTED.contains(&pointed) => self.is_pointed = true,
            other => {
                self.is_sure = false;
                self.is_foreign |= !KNOWN.iter().any(|known| other.starts_with(known));
            }
        }
        rest
    }
}

/// A name at the start of a plain text, without its escapes, and what follows it.
fn name(text: &str) -> (String, &str) {
    let mut end = 0_usize;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        let is_part = is_escaped || is_of_name(c) || c == '\\';
        if !is_part {
            break;
        }
        is_escaped = c == '\\' && !is_escaped;
        end = at.saturating_add(c.len_utf8());
    }
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (name.replace('\\', ""), rest)
}

/// Where the bracket closes that a text begins with.
fn closing(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at.saturating_add(1);
        }
    }
    text.len()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// What such signs part outside of brackets.
fn parted(text: &str, is_sign: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let own = rest?;
        let (mut depth, mut is_escaped) = (0_u32, false);
        let end = own.bytes().position(|byte| {
            let is_plain = std::mem::take(&mut is_escaped);
            match byte {
                _ if is_plain => {}
                b'\\' => is_escaped = true,
                b'(' | b'[' => depth = depth.saturating_add(1),
                b')' | b']' => depth = depth.saturating_sub(1),
                _ => return depth == 0 && is_sign(byte),
            }
            false
        });
        rest = end.and_then(|end| own.get(end.saturating_add(1)..));
        own.get(..end.unwrap_or(own.len()))
    })
}
