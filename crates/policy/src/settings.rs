//! Reads a TOML table key by key, so that every refusal has a place and an unknown key a near name. Owns the form, not the
//! meaning.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Fault, near};
use crate::limits::SETTINGS_BYTES_MAX;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// One table, with the keys that were asked for.
pub(crate) struct Keys<'t> {
    table: &'t DeTable<'t>,
    /// Where the table stands, for "is missing".
    pub(crate) span: Range<usize>,
    asked: Vec<&'static str>,
}

/// Parses a whole file.
pub(crate) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Fault> {
    if text.len() > SETTINGS_BYTES_MAX {
        return Err(Fault::new(0, format!("the file is longer than {SETTINGS_BYTES_MAX} bytes")));
    }
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Fault::new(at, error.message().trim().to_owned())
    })
}

impl<'t> Keys<'t> {
    pub(crate) fn of(table: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Self { table, span, asked: Vec::new() }
    }

    /// The table that `value` must be.
    pub(crate) fn from_value(value: &'t Spanned<DeValue<'t>>, what: &str) -> Result<Self, Fault> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(Self::of(table, value.span())),
            other => Err(wrong_type(value.span().start, what, "a table", other)),
        }
    }

    pub(crate) fn value(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<At<String>>, Fault> {
        self.value(key).map(|value| text_of(value, key)).transpose()
    }

    /// A text that must stand.
    pub(crate) fn needed(&mut self, key: &'static str, hint: &str) -> Result<At<String>, Fault> {
        self.text(key)?.ok_or_else(|| self.missing(key, hint))
    }

    /// The key does not stand there; one of nearly its name is the likely reason.
    pub(crate) fn missing(&self, key: &'static str, hint: &str) -> Fault {
        let typed = self.table.keys().find(|typed| {
            let name = typed.get_ref().as_ref();
            !self.asked.contains(&name) && near(name, [key]).starts_with("did you mean")
        });
        match typed {
            Some(typed) => Fault::new(typed.span().start, format!("unknown key `{}`", typed.get_ref()))
                .hint(format!("did you mean `{key}`?")),
            None => Fault::new(self.span.start, format!("`{key}` is missing")).hint(hint),
        }
    }

    pub(crate) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<At<String>>>, Fault> {
        self.value(key).map(|value| texts_of(value, key)).transpose()
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables(&mut self, key: &'static str) -> Result<Vec<Keys<'t>>, Fault> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| Self::from_value(item, key)).collect(),
            other => Err(wrong_type(value.span().start, key, &format!("tables `[[{key}]]`"), other)),
        }
    }

    /// The table of `[key]`.
    pub(crate) fn table(&mut self, key: &'static str) -> Result<Option<Keys<'t>>, Fault> {
        self.value(key).map(|value| Self::from_value(value, key)).transpose()
    }

    /// Keys that the file chooses, for instance the names of lists.
    pub(crate) fn free(self) -> impl Iterator<Item = (At<&'t str>, &'t Spanned<DeValue<'t>>)> {
        self.table.iter().map(|(key, value)| (At { value: key.get_ref().as_ref(), span: key.span() }, value))
    }

    /// Refuses every key that was not asked for.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !self.asked.contains(&name) {
                let hint = near(name, self.asked.iter().copied());
                return Err(Fault::new(key.span().start, format!("unknown key `{name}`")).hint(hint));
            }
        }
        Ok(())
    }
}

pub(crate) fn text_of(value: &Spanned<DeValue<'_>>, key: &str) -> Result<At<String>, Fault> {
    match value.get_ref() {
        DeValue::String(text) => Ok(At { value: text.clone().into_owned(), span: value.span() }),
        other => Err(wrong_type(value.span().start, key, "text in quotes", other)),
    }
}

pub(crate) fn texts_of(value: &Spanned<DeValue<'_>>, key: &str) -> Result<Vec<At<String>>, Fault> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().map(|item| text_of(item, key)).collect(),
        other => Err(wrong_type(value.span().start, key, "a list of texts, for instance [\"a\", \"b\"]", other)),
    }
}

pub(crate) fn wrong_type(at: usize, key: &str, wanted: &str, found: &DeValue<'_>) -> Fault {
    Fault::new(at, format!("`{key}` must be {wanted}, not {}", found.type_str()))
}

/// Refuses a word that is none of those known.
pub(crate) fn unknown_word(word: &At<String>, key: &str, known: &[&str]) -> Fault {
    Fault::new(word.span.start, format!("`{key}` cannot be `{}`", word.value))
        .hint(near(&word.value, known.iter().copied()))
}
