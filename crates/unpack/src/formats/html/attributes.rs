//! The attributes of an element that matter, decoded.

use std::borrow::Cow;
use std::collections::BTreeSet;

use lol_html::html_content::Element;
use scan::content::LinkKind;

use crate::formats::html::data;
use crate::formats::html::page::PAGE_LINKS_MAX;
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
/// Addresses in one attribute that may be a list of them.
const LISTED_MAX: usize = 16;
/// Steps of an animation: one more than are kept of a page, which is told there.
const STEPS_MAX: usize = PAGE_LINKS_MAX.saturating_add(1);

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
    /// Expressions that some programs put together: `[href]="'https:/' + '/a.example'"` (AMP for Email).
    pub(super) bound: Vec<String>,
    pub(super) srcdoc: Vec<String>,
    pub(super) http_equiv: String,
    pub(super) content: String,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) alt: String,
    pub(super) placeholder: String,
    pub(super) label: String,
    /// What a shape of VML writes.
    pub(super) written: String,
}

/// Reads those of an element of this tag. Of two with one name the first counts (WHATWG HTML 13.2.5.33), and what the other leads
/// to is kept as well.
pub(super) fn read(tag: &str, element: &Element<'_, '_>) -> Attributes {
    let mut read = Attributes::default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let is_animation = animates_link(tag, element);
    for attribute in element.attributes() {
        let (name, value) = (attribute.name(), attribute.value());
        let value = decoded(&value);
        if value.len() >= CODED_MIN && is_of_words(&name) && !value.contains(' ') {
            read.coded.push(value.clone().into_owned());
        }
        if is_animation && matches!(name.as_str(), "to" | "from" | "by" | "values") {
            read.take_steps(&name, value);
        } else if !(is_of_words(&name) || name == "style") {
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

/// Gives it an element other targets, by and by (SVG 2; `<set attributeName="xlink:href" to="…">`)?
fn animates_link(tag: &str, element: &Element<'_, '_>) -> bool {
    matches!(tag, "set" | "animate")
        && lower(element, "attributename").is_some_and(|name| name.trim().ends_with("href"))
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
            "dir" => self.style.flow.face(&value),
            "srcdoc" => self.srcdoc.push(value.into_owned()),
            "http-equiv" => self.http_equiv = value.into_owned(),
            "content" => self.content = value.into_owned(),
            "type" => self.kind = value.into_owned(),
            "alt" => self.alt = value.into_owned(),
            "placeholder" => self.placeholder = value.into_owned(),
            // The namespace of links may have any prefix.
            _ if name.ends_with(":href") => first_or_other(&mut self.target, &mut self.others, value),
            _ if is_handler(name) => self.handlers.push(value.into_owned()),
            _ if name.starts_with('[') => {
                self.bound.push(value.clone().into_owned());
                self.take_other(name, value);
            }
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
        let leads = is_address || (leads_away(&value) && !is_vocabulary(name));
        if leads || (is_written() && !is_vocabulary(name)) {
            let kind = if matches!(name, "background" | "poster" | "lowsrc" | "dynsrc") {
                LinkKind::Image
            } else {
                LinkKind::Other
            };
            if data::is_data(&value) {
                return self.others.push((value.into_owned(), kind));
            }
            // A semicolon may part a list for a script, or stand in an address.
            let whole = value.trim();
            if leads {
                self.others.push((whole.to_owned(), kind));
            }
            let is_piece = |one: &&str| one.contains(':') || one.starts_with('\\') || leads_away(one);
            let pieces = value.split(';').map(str::trim).filter(|one| !leads || *one != whole).filter(is_piece);
            self.others.extend(pieces.take(LISTED_MAX).map(|one| (one.to_owned(), kind)));
        }
        if value.len() >= CODED_MIN && !is_address {
            self.coded.push(value.clone().into_owned());
        }
        match name {
            "value" if self.value.is_empty() => self.value = value.into_owned(),
            "label" if self.label.is_empty() => self.label = value.into_owned(),
            "string" if self.written.is_empty() => self.written = value.into_owned(),
            _ => {}
        }
    }

    /// The steps of an animation of an address: `values` lists them, with semicolons between.
    fn take_steps(&mut self, name: &str, value: Cow<'_, str>) {
        let is_list = name == "values" && !data::is_data(&value);
        let steps = value.split(|c: char| is_list && c == ';').map(str::trim);
        let steps = steps.filter(|step| !step.is_empty() && !step.starts_with('#')).take(STEPS_MAX);
        self.others.extend(steps.map(|step| (step.to_owned(), LinkKind::Other)));
        if value.len() >= CODED_MIN {
            self.coded.push(value.into_owned());
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

/// Does it lead to a host, whatever slashes stand behind its scheme? What is a host and nothing else is a word as well.
pub(super) fn leads_away(target: &str) -> bool {
    let start = target.trim_start_matches(|c: char| c.is_ascii_control() || c == ' ');
    // Nearly all are done with at their first signs; tabs and line ends do not matter to browsers.
    let is_of_scheme = |byte: u8| byte.is_ascii_alphabetic() || byte.is_ascii_control();
    let has_scheme = || start.split_once(':').is_some_and(|(scheme, _)| scheme.bytes().all(is_of_scheme));
    (start.starts_with(['/', '\\']) || has_scheme())
        && mail::links::normal(target).is_some_and(|link| !link.host.is_empty())
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
