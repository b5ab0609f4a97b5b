//! Words for people: the message catalogue of evidence, one file a language with the same names and holes. What comes from a
//! message is put in escaped: it cannot break a line, turn the direction of writing or pretend to be one of our words' marks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use scan::evidence::{Arg, Detail};

/// Characters of one value that are shown.
const VALUE_CHARS_MAX: usize = 200;

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, the language of everything that has no other.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

type Catalogue = BTreeMap<String, String>;

// A test reads all four, so none is empty.
static CATALOGUES: LazyLock<[Catalogue; 4]> = LazyLock::new(|| {
    let read = |text| toml::from_str(text).unwrap_or_default();
    [
        read(include_str!("../data/texts.en.toml")),
        read(include_str!("../data/texts.de.toml")),
        read(include_str!("../data/texts.fr.toml")),
        read(include_str!("../data/texts.es.toml")),
    ]
});

impl Language {
    /// All languages.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// The language of a tag such as `de` or `de-CH` (RFC 5646); English for those that we do not have.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("de") => Self::German,
            Some("fr") => Self::French,
            Some("es") => Self::Spanish,
            _ => Self::English,
        }
    }

    fn catalogue(self) -> &'static Catalogue {
        let [english, german, french, spanish] = &*CATALOGUES;
        match self {
            Self::English => english,
            Self::German => german,
            Self::French => french,
            Self::Spanish => spanish,
        }
    }
}

/// A reason in words. A text that the catalogue does not have (evidence of a later release) is shown by its name.
#[must_use]
pub fn render(detail: &Detail, language: Language) -> String {
    let Some(template) = language.catalogue().get(&*detail.text.0) else {
        let values: Vec<String> = detail.args.iter().map(|arg| escape(arg.text())).collect();
        return format!("{} {}", detail.text.0, values.join(" ")).trim_end().to_owned();
    };
    let mut out = String::new();
    let mut rest = template.as_str();
    while let Some((before, number, after)) = next_hole(rest) {
        out.push_str(before);
        out.push_str(&detail.args.get(number).map(Arg::text).map(escape).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

// `{7}`: what stands before it, its number, what stands after it.
fn next_hole(text: &str) -> Option<(&str, usize, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (number, after) = rest.split_once('}')?;
    Some((before, number.parse().ok()?, after))
}

/// A value from a message, safe to show on one line: control characters and what turns or hides text are shown by number.
#[must_use]
pub fn escape(value: &str) -> String {
    let mut out = String::new();
    for (at, c) in value.chars().enumerate() {
        if at == VALUE_CHARS_MAX {
            out.push('…');
            break;
        }
        if c.is_control() || is_unseen(c) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

// Bidirectional controls, zero-width characters, line and paragraph separators, byte order mark, tags, variation selectors.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests;
