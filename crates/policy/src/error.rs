//! Why a settings file was refused: file, line, column, reason, hint. The settings in force stay in force.

use std::ops::Range;

use crate::limits::NEAR_EDITS_MAX;

/// A refused settings file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}", hint_text(.hint))]
pub struct PolicyError {
    /// The file, as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

fn hint_text(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("\n  hint: {hint}") }
}

/// Something wrong at a byte offset of a text; becomes a [`PolicyError`] once the file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl Fault {
    /// A fault without a hint.
    #[must_use]
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: String::new() }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds file, line and column.
    #[must_use]
    pub fn in_file(self, file: &str, text: &str) -> PolicyError {
        let mut end = self.at.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        PolicyError {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: self.message,
            hint: self.hint,
        }
    }
}

/// `did you mean ...?` for the nearest of the known names, else the list of them if it is short.
pub(crate) fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let nearest = known.iter().map(|name| (strsim::damerau_levenshtein(wrong, name), *name)).min();
    match nearest {
        // A third of the letters wrong is another word.
        Some((edits, name)) if edits <= NEAR_EDITS_MAX && edits * 3 <= name.chars().count().max(3) => {
            format!("did you mean `{name}`?")
        }
        _ if known.is_empty() || known.len() > 24 => String::new(),
        _ => format!("there are {}", known.join(", ")),
    }
}

/// Maps an offset inside the value of a TOML string to an offset in the file; `token` is the place of the string with its
/// quotes. Escapes and the newline after an opening `'''` or `"""` are accounted for (TOML 1.1, String).
pub(crate) fn offset_in_token(text: &str, token: &Range<usize>, offset: usize) -> usize {
    let raw = text.get(token.clone()).unwrap_or_default();
    let quotes = if raw.starts_with("'''") || raw.starts_with("\"\"\"") { 3 } else { 1 };
    let literal = raw.starts_with('\'');
    let body = raw.get(quotes..).unwrap_or_default();
    let trimmed =
        if quotes == 3 { body.strip_prefix("\r\n").or(body.strip_prefix('\n')).unwrap_or(body) } else { body };
    let start = token.start + quotes + (body.len() - trimmed.len());
    if literal {
        return start + offset;
    }
    let mut value_at = 0;
    let mut raw_at = 0;
    while value_at < offset {
        let Some(rest) = trimmed.get(raw_at..).filter(|rest| !rest.is_empty()) else { break };
        let (raw_bytes, value_bytes) = unit(rest);
        raw_at += raw_bytes;
        value_at += value_bytes;
    }
    start + raw_at
}

// Bytes of the next character as written and as meant.
fn unit(rest: &str) -> (usize, usize) {
    let mut chars = rest.chars();
    let first = chars.next().map_or(1, char::len_utf8);
    if !rest.starts_with('\\') {
        return (first, first);
    }
    let digits = match chars.next() {
        Some('u') => 4,
        Some('U') => 8,
        Some('x') => 2,
        // A backslash at the end of a line swallows white space up to the next text.
        Some(c) if c.is_whitespace() => return (1 + rest[1..].len() - rest[1..].trim_start().len(), 0),
        Some(c) => return (1 + c.len_utf8(), 1),
        None => return (1, 1),
    };
    let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    (2 + digits, code.and_then(char::from_u32).map_or(1, char::len_utf8))
}

#[cfg(test)]
mod tests;
