//! Why a configuration was refused: file, line, column, reason, hint. The old one stays in force.

use std::io::ErrorKind;
use std::path::Path;

/// Wrong letters of a key or word that is still recognised.
const EDITS_MAX: usize = 3;

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
        let hint = match error.kind() {
            ErrorKind::PermissionDenied => crate::privileges::hint_to_let_in(file),
            ErrorKind::NotADirectory => "a part of this path is a file and no folder".to_owned(),
            ErrorKind::InvalidData => "save it as UTF-8".to_owned(),
            _ => String::new(),
        };
        let place = file.display().to_string();
        Self { place, reason: format!("cannot be read: {error}"), hint, key: String::new() }
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
        let span = error.span().unwrap_or_default();
        let place = place(file, text, span.start);
        let said = error.message().trim();
        if said.starts_with("unknown field") || !is_about_a_value(said) {
            return Self {
                place,
                reason: said.to_owned(),
                hint: near_key(said).unwrap_or_default(),
                key: String::new(),
            };
        }
        let key = key_at(text, span.start);
        let value = text.get(span).unwrap_or_default();
        let (reason, hint) = match said {
            "invalid socket address syntax" => address_fault(&key, value),
            _ => (plain(said), near_key(said).or_else(|| shape_hint(said, &key, value)).unwrap_or_default()),
        };
        let reason = if key.is_empty() { reason } else { format!("{key}: {reason}") };
        Self { place, reason, hint, key }
    }

    /// A domain asks for a policy that nobody wrote.
    pub(crate) fn unknown_policy(file: &str, text: &str, reason: String, (name, known): (&str, &[&str])) -> Self {
        let quoted = format!("\"{name}\"");
        let mut lines = text.lines().zip(1_usize..);
        let line = lines.find(|(line, _)| line.trim_start().starts_with("policy") && line.contains(&quoted));
        let place = line.map_or_else(
            || file.to_owned(),
            |(line, number)| {
                let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
                format!("{file}:{number}:{column}")
            },
        );
        let hint = near(name, known.iter().copied()).map_or_else(
            || format!("there are {}; another is the file policy/{name}.toml", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Self { place, reason, hint, key: String::new() }
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
    near(wrong, quoted).map(|near| format!("did you mean `{near}`?"))
}

fn near<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let (edits, near) = known.map(|key| (strsim::damerau_levenshtein(wrong, key), key)).min()?;
    (edits <= EDITS_MAX).then_some(near)
}

// The file is TOML, and what stands in it does not fit.
fn is_about_a_value(said: &str) -> bool {
    ["invalid type", "invalid value", "invalid socket", "unknown variant"].iter().any(|start| said.starts_with(start))
}

// What a value should have been written as: a list, a table, a list of tables.
fn shape_hint(said: &str, key: &str, value: &str) -> Option<String> {
    let is_header = said.starts_with("invalid type: map") && value.starts_with('[');
    if is_header && value.starts_with("[[") {
        return Some(format!("write `[{key}]`"));
    }
    if key.is_empty() || !said.ends_with("expected a sequence") {
        return None;
    }
    match key.rsplit_once('.') {
        // At the top of the file there are no other lists than those of tables.
        None => Some(format!("write `[[{key}]]`")),
        Some((_, name)) if !is_header => Some(format!("write {name} = [{value}]")),
        Some(_) => None,
    }
}

// Words and types of the program are not those of the file.
fn plain(said: &str) -> String {
    let said = said.replace("expected a boolean", "expected true or false");
    let said = said.replace("type: map", "type: table").replace("expected a sequence", "expected a list");
    ["usize", "u64", "u32", "u16"]
        .iter()
        .fold(said, |said, kind| said.replace(&format!("expected {kind}"), "expected a whole number from 0"))
}

fn address_fault(key: &str, value: &str) -> (String, String) {
    let bare = value.trim_matches(['"', '\'']);
    let port = match key {
        "dns.servers" => 53,
        "http.listen" => 9252,
        _ => 25,
    };
    let hint = |host: &str| format!("for instance \"{host}:{port}\"");
    match bare.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => (format!("{value} has no port"), hint(&ip.to_string())),
        Ok(std::net::IpAddr::V6(ip)) => (format!("{value} has no port"), hint(&format!("[{ip}]"))),
        Err(_) => (format!("{value} is no IP address with a port"), hint("192.0.2.1")),
    }
}

// The dotted key whose value holds the offset, or the table whose head does; empty if that cannot be told.
fn key_at(text: &str, offset: usize) -> String {
    let (mut table, mut name, mut at) = ("", "", 0);
    for line in text.split_inclusive('\n') {
        if at > offset {
            break;
        }
        let trimmed = line.trim();
        let left = trimmed.split_once('=').map_or("", |(left, _)| left.trim());
        if let Some(header) = trimmed.strip_prefix('[').and_then(|rest| rest.trim_start_matches('[').split_once(']')) {
            (table, name) = (header.0, "");
        } else if !left.is_empty() && left.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
            name = left;
        }
        at += line.len();
    }
    match (table, name) {
        (table, "") => table.to_owned(),
        ("", name) => name.to_owned(),
        (table, name) => format!("{table}.{name}"),
    }
}

// `inbound.listen` is `listen` below `[inbound]`, `scanner[1].address` that below the second `[[scanner]]`.
fn find_key(text: &str, key: &str) -> Option<usize> {
    let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut current = String::new();
    // The list of tables that was begun last, and how many of it there were before.
    let mut list = ("", 0);
    let mut offset = 0;
    // A key that is not written: the table that lacks it.
    let mut header_at = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(header) = trimmed.strip_prefix('[') {
            let header = header.split(']').next().unwrap_or_default();
            current = match header.strip_prefix('[') {
                Some(name) => {
                    list = (name, if list.0 == name { list.1 + 1 } else { 0 });
                    format!("{name}[{}]", list.1)
                }
                None => match header.split_once('.') {
                    Some((name, rest)) if name == list.0 => format!("{name}[{}].{rest}", list.1),
                    _ => header.to_owned(),
                },
            };
            header_at = header_at.or((current == table).then_some(offset));
        } else if current == table && trimmed.split('=').next().is_some_and(|left| left.trim() == name) {
            return Some(offset + line.len() - line.trim_start().len());
        }
        offset += line.len();
    }
    header_at
}
