//! Why a configuration was refused: file, line, column, reason, hint. The old one stays in force.

use std::path::Path;

/// A refused configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}{}", hint_text(.hint))]
pub(crate) struct ConfigError {
    /// `file:line:column`, as far as known.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) reason: String,
    /// What to do; may be empty.
    pub(crate) hint: String,
    /// The key that a value error is about, dotted.
    key: String,
}

fn hint_text(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("\n  hint: {hint}") }
}

impl ConfigError {
    /// The file cannot be read: the hint says how to let this process in, if that is the reason.
    pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        let denied = error.kind() == std::io::ErrorKind::PermissionDenied;
        Self {
            place: file.display().to_string(),
            reason: format!("cannot be read: {error}"),
            hint: if denied { crate::privileges::hint_to_let_in(file) } else { String::new() },
            key: String::new(),
        }
    }

    /// The same with a hint of one's own, where there is none yet.
    pub(crate) fn or_hint(mut self, hint: &str) -> Self {
        if self.hint.is_empty() {
            hint.clone_into(&mut self.hint);
        }
        self
    }

    /// Not TOML, an unknown key or a wrong type.
    pub(crate) fn toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let reason = error.message().trim().to_owned();
        let hint = near_key(&reason).unwrap_or_default();
        Self { place: place(file, text, offset), reason, hint, key: String::new() }
    }

    /// A value that the type allows and sense does not.
    pub(crate) fn value(key: &str, reason: &str, hint: &str) -> Self {
        Self { place: key.to_owned(), reason: format!("{key}: {reason}"), hint: hint.to_owned(), key: key.to_owned() }
    }

    /// Finds the line of the key in the text.
    pub(crate) fn located(mut self, file: &Path, text: &str) -> Self {
        self.place = find_key(text, &self.key).map_or_else(|| file.display().to_string(), |at| place(file, text, at));
        self
    }

    /// For errors of other crates that carry their own place.
    pub(crate) fn other(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into(), hint: String::new(), key: String::new() }
    }
}

impl From<policy::error::PolicyError> for ConfigError {
    fn from(error: policy::error::PolicyError) -> Self {
        Self {
            place: format!("{}:{}:{}", error.file, error.line, error.column),
            reason: error.message,
            hint: error.hint,
            key: String::new(),
        }
    }
}

fn place(file: &Path, text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    format!("{}:{line}:{column}", file.display())
}

// `unknown field `x`, expected one of `a`, `b``: the nearest of them.
fn near_key(reason: &str) -> Option<String> {
    let mut quoted = reason.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    if !reason.starts_with("unknown") {
        return None;
    }
    let known: Vec<&str> = quoted.collect();
    let near = known.iter().map(|key| (strsim::damerau_levenshtein(wrong, key), *key)).min()?;
    if near.0 <= 3 { Some(format!("did you mean `{}`?", near.1)) } else { None }
}

// `inbound.listen` is `listen` below `[inbound]`.
fn find_key(text: &str, key: &str) -> Option<usize> {
    let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut current = String::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(header) = trimmed.strip_prefix('[') {
            current = header.trim_end_matches(']').to_owned();
        } else if current == table && trimmed.split('=').next().is_some_and(|left| left.trim() == name) {
            return Some(offset + line.len() - line.trim_start().len());
        }
        offset += line.len();
    }
    None
}
