//! What goes in ([`Source`]) and what is wrong with it ([`Fault`]): file, line, column, words and a hint, for rules and for hash
//! lists alike.

use std::fmt;

use crate::limits::FAULT_TEXT_BYTES_MAX;

/// A text with rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it is from, for people: a file name.
    pub name: String,
    /// Rules of one namespace see each other and may not share names.
    pub namespace: String,
    /// The rules.
    pub text: String,
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Works, but perhaps not as meant.
    Note,
    /// Works, and took long when it was tried, which may be due to what else the machine did: who changes a set should refuse it,
    /// who only starts with one that was taken before should not.
    Tried,
    /// Works, and may cost more time for each message than all the rest: who keeps a set should refuse it.
    Slow,
    /// This rule or line is not in force.
    Broken,
}

impl Level {
    /// Stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tried => "slow when tried",
            Self::Slow => "slow",
            Self::Broken => "broken",
        }
    }
}

/// Something wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name of the source or list.
    pub source: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How bad.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// A fault at a byte of the text.
    pub(crate) fn at(source: &str, text: &str, offset: usize, level: Level, words: (String, String)) -> Self {
        let (line, column) = place(text, offset);
        let (message, hint) = words;
        Self { source: source.to_owned(), line, column, level, message: one_line(&message), hint: one_line(&hint) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, column, level, message, hint } = self;
        write!(f, "{source}:{line}:{column}: {}: {message}", level.word())?;
        if hint.is_empty() { Ok(()) } else { write!(f, " ({hint})") }
    }
}

/// Line and column, from 1, of a byte.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text.get(..offset).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = 1 + before.matches('\n').count();
    (line, 1 + before.get(line_start..).unwrap_or("").chars().count())
}

/// One bounded line without control characters: faults are logged.
pub(crate) fn one_line(text: &str) -> String {
    cut(text, FAULT_TEXT_BYTES_MAX).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// At most so many bytes, cut between characters.
pub(crate) fn cut(text: &str, bytes_max: usize) -> &str {
    let end = (0..=bytes_max.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests;
