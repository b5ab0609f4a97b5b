//! The attributes of an element that matter, decoded.

use std::borrow::Cow;
use std::collections::BTreeSet;

use lol_html::html_content::Element;
use scan::content::LinkKind;

use crate::formats::html::data;
use crate::formats::html::style::{self, Colour, Style};

/// Attributes that hold words, or name vocabularies, and lead nowhere though they look like an address.
const WORDS: [&str; 22] = [
    "alt",
    "title",
    "summary",
    "abbr",
    "label",
    "placeholder",
    "prefix",
    "vocab",
    "typeof",
    "itemtype",
    "itemid",
    "profile",
    "property",
    "resource",
    "about",
    "datatype",
    "lang",
    "encoding",
    "definitionurl",
    "version",
    "schemalocation",
    "integrity",
];
/// Attributes that hold an address without a scheme too.
const ADDRESSES: [&str; 17] = [
    "background",
    "data",
    "poster",
    "codebase",
    "longdesc",
    "cite",
    "manifest",
    "lowsrc",
    "dynsrc",
    "archive",
    "classid",
    "icon",
    "usemap",
    "o:href",
    "data-href",
    "data-url",
    "data-saferedirecturl",
];

/// Bytes of an attribute's value that may hold a file.
const CODED_MIN: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) target: Option<String>,
    pub(super) source: Option<String>,
    pub(super) action: Option<String>,
    /// In the order of the tag, each with its kind.
    pub(super) others: Vec<(String, LinkKind)>,
    pub(super) style: Style,
    pub(super) class: String,
    pub(super) id: String,
    pub(super) has_hidden: bool,
    pub(super) is_hidden: bool,
    pub(super) is_open: bool,
    pub(super) has_shadow: bool,
    /// What it leads to is saved as a file.
    pub(super) is_saved: bool,
    /// A shape of VML that only has an outline.
    pub(super) is_hollow: bool,
    /// Long texts without white space, in attributes for scripts to take.
    pub(super) coded: Vec<String>,
    pub(super) handlers: Vec<String>,
    pub(super) srcdoc: Vec<String>,
    pub(super) http_equiv: String,
    pub(super) content: String,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) alt: String,
    pub(super) placeholder: String,
}

/// Reads them; of two with one name the first counts (WHATWG HTML 13.2.5.33), and what the other leads to is kept as well.
pub(super) fn read(element: &Element<'_, '_>) -> Attributes {
    let mut read = Attributes::default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for attribute in element.attributes() {
        let (name, value) = (attribute.name(), attribute.value());
        let value = decoded(&value);
        if value.len() >= CODED_MIN && is_of_words(&name) && !value.contains(' ') {
            read.coded.push(value.clone().into_owned());
        }
        if !(is_of_words(&name) || name == "style") {
            read.take(&name, value);
        } else if !seen.contains(&name) {
            read.take(&name, value);
            seen.insert(name);
        } else if name == "style" {
            read.take_addresses(&value);
        }
    }
    read
}

/// Of these only the first counts, and they lead nowhere; a script may make a file of their words all the same.
fn is_of_words(name: &str) -> bool {
    matches!(
        name,
        "class" | "id" | "hidden" | "open" | "type" | "http-equiv" | "content" | "alt" | "placeholder" | "filled"
    )
}

/// The value of one attribute, in lower case.
pub(super) fn lower(element: &Element<'_, '_>, name: &str) -> Option<String> {
    element.get_attribute(name).map(|value| decoded(&value).to_ascii_lowercase())
}

/// A value without entities.
pub(super) fn decoded(value: &str) -> Cow<'_, str> {
    if value.contains('&') { htmlize::unescape_attribute(value) } else { Cow::Borrowed(value) }
}

/// The colour of a shape of VML: `black`, `#000 [3213]`, `fill darken(118)`.
fn filled(value: &str) -> Option<Colour> {
    let word = value.split_whitespace().next()?;
    Some(style::colour(word).map_or(Colour::Other, Colour::Rgb))
}

impl Attributes {
    fn take(&mut self, name: &str, value: Cow<'_, str>) {
        match name {
            "href" | "xlink:href" => first_or_other(&mut self.target, &mut self.others, value),
            "src" => first_or_other(&mut self.source, &mut self.others, value),
            "action" | "formaction" => first_or_other(&mut self.action, &mut self.others, value),
            "srcset" | "imagesrcset" => {
                self.others.extend(srcset(&value).into_iter().map(|one| (one, LinkKind::Image)))
            }
            "ping" => self.others.extend(value.split_ascii_whitespace().map(|one| (one.to_owned(), LinkKind::Other))),
            "style" => self.take_style(&value),
            "bgcolor" => self.style.background = self.style.background.or(style::colour(&value).map(Colour::Rgb)),
            "fillcolor" => self.style.background = self.style.background.or_else(|| filled(&value)),
            "color" | "text" => self.style.colour = self.style.colour.or(style::colour(&value).map(Colour::Rgb)),
            "filled" => {
                self.is_hollow = matches!(value.trim().to_ascii_lowercase().as_str(), "f" | "false" | "0" | "no");
            }
            "class" => self.class = value.into_owned(),
            "id" => self.id = value.into_owned(),
            "hidden" => {
                self.has_hidden = true;
                self.is_hidden = !value.eq_ignore_ascii_case("false");
            }
            "open" => self.is_open = true,
            "shadowrootmode" | "shadowroot" => self.has_shadow = true,
            "download" => self.is_saved = true,
            "srcdoc" => self.srcdoc.push(value.into_owned()),
            "http-equiv" => self.http_equiv = value.into_owned(),
            "content" => self.content = value.into_owned(),
            "type" => self.kind = value.into_owned(),
            "alt" => self.alt = value.into_owned(),
            "placeholder" => self.placeholder = value.into_owned(),
            // The namespace of links may have any prefix.
            _ if name.ends_with(":href") => first_or_other(&mut self.target, &mut self.others, value),
            _ if is_handler(name) => self.handlers.push(value.into_owned()),
            _ => self.take_other(name, value),
        }
    }

    fn take_style(&mut self, value: &str) {
        self.style = self.style.under(style::read(value));
        self.take_addresses(value);
    }

    fn take_addresses(&mut self, value: &str) {
        if value.contains('(') || value.contains("@import") {
            self.others.extend(style::addresses(value).into_iter().map(|target| (target, LinkKind::Image)));
        }
    }

    /// Attributes that nobody knows can be read by a script; an address in one is kept.
    fn take_other(&mut self, name: &str, value: Cow<'_, str>) {
        if name == "background" && !value.is_empty() {
            self.style.background = Some(Colour::Other);
        }
        let is_address = !value.is_empty() && ADDRESSES.contains(&name);
        let is_written = || value.contains("://") || value.starts_with("\\\\") || starts_script(&value);
        if is_address || (is_written() && !is_vocabulary(name)) {
            let kind = if matches!(name, "background" | "poster" | "lowsrc" | "dynsrc") {
                LinkKind::Image
            } else {
                LinkKind::Other
            };
            if data::is_data(&value) {
                return self.others.push((value.into_owned(), kind));
            }
            // `to`, `from`, `values` of animations list targets.
            self.others.extend(
                value
                    .split(';')
                    .filter(|one| is_address || one.contains(':') || one.starts_with('\\'))
                    .take(16)
                    .map(|one| (one.trim().to_owned(), kind)),
            );
        }
        if value.len() >= CODED_MIN && !is_address {
            self.coded.push(value.clone().into_owned());
        }
        if name == "value" && self.value.is_empty() {
            self.value = value.into_owned();
        }
    }
}

fn first_or_other(first: &mut Option<String>, others: &mut Vec<(String, LinkKind)>, value: Cow<'_, str>) {
    match first {
        None => *first = Some(value.into_owned()),
        Some(known) if *known == *value => {}
        Some(_) => others.push((value.into_owned(), LinkKind::Other)),
    }
}

fn is_vocabulary(name: &str) -> bool {
    name.starts_with("xmlns") || name.starts_with("xsi:") || name.starts_with("aria-") || WORDS.contains(&name)
}

/// Does it run when it is opened? Controls and white space do not matter to browsers.
pub(super) fn starts_script(target: &str) -> bool {
    let is_letter = |byte: &u8| matches!(byte | 0x20, b'j' | b'v' | b'l');
    // Nearly all are done with at their first byte; one of no letter may be a control that does not matter.
    if target.as_bytes().first().is_none_or(|first| first.is_ascii_alphanumeric() && !is_letter(first)) {
        return false;
    }
    let start: String =
        target.chars().filter(|c| !c.is_control() && *c != ' ').take(12).collect::<String>().to_ascii_lowercase();
    start.starts_with("javascript:") || start.starts_with("vbscript:") || start.starts_with("livescript:")
}

/// A handler is an event's name in letters: `on-sale` is none.
fn is_handler(name: &str) -> bool {
    name.strip_prefix("on").is_some_and(|event| event.len() > 2 && event.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// Candidates with a comma and white space between (WHATWG HTML 4.8.4.2).
fn srcset(value: &str) -> Vec<String> {
    let candidates = value.split([' ', '\t', '\n', '\r']).map(|word| word.trim_matches(','));
    let is_width = |word: &str| {
        word.len() < 8 && word.ends_with(['x', 'w', 'h']) && word.starts_with(|c: char| c.is_ascii_digit() || c == '.')
    };
    candidates.filter(|word| !word.is_empty() && !is_width(word)).take(64).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
