//! Fields of word processors: a code word and arguments, as Word, RTF and the old format share them. Sources: ECMA-376-1
//! 17.16 (fields and their switches); MS-DOC and RTF 1.9.1 have the same codes.

use std::collections::HashMap;

use scan::content::LinkKind;

use crate::formats::office::{Found, Layer};

/// Names of one document that fields give a value, and bytes of a value.
const NAMES_MAX: usize = 1_000;
const VALUE_BYTES_MAX: usize = 8 * 1024;
/// Bytes of values that are put into the codes of one document.
const PUT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What fields give names for (17.16.5.58): other fields put it in where they stand.
#[derive(Debug)]
pub(crate) struct Names {
    values: HashMap<String, String>,
    /// Bytes that may still be put in.
    left: usize,
}

impl Default for Names {
    fn default() -> Self {
        Self { values: HashMap::new(), left: PUT_BYTES_MAX }
    }
}

impl Names {
    /// False where there is no room for it.
    fn set(&mut self, arguments: &[String]) -> bool {
        let [name, value, ..] = arguments else { return true };
        let name = name.to_uppercase();
        let has_room = self.values.len() < NAMES_MAX || self.values.contains_key(&name);
        if !has_room || value.len() > VALUE_BYTES_MAX {
            return false;
        }
        self.values.insert(name, value.clone());
        true
    }
}

/// What a field within the code of another puts in there: `QUOTE 99 109 100` is `cmd`, a name is what was said for it before; else what
/// the document shows in its place, and so it is where values were put in too often, which is told.
pub(crate) fn result(found: &mut Found, code: &str, shown: &str) -> String {
    let mut words = code.split_whitespace();
    let word = words.next().unwrap_or_default().to_uppercase();
    if word == "QUOTE" {
        let character = |word: &str| word.parse::<u32>().ok().and_then(char::from_u32);
        let said: String = words.filter_map(character).collect();
        return match (said.is_empty(), shown.is_empty()) {
            (false, _) => said,
            (true, false) => shown.to_owned(),
            (true, true) => arguments(code.trim().get(word.len()..).unwrap_or_default()).concat(),
        };
    }
    // A code that is none is a name.
    let name = if word == "REF" { words.next().unwrap_or_default().to_uppercase() } else { word };
    let Some(value) = found.names.values.get(&name).cloned() else { return shown.to_owned() };
    let Some(left) = found.names.left.checked_sub(value.len()) else {
        found.leave_undone();
        return shown.to_owned();
    };
    found.names.left = left;
    value
}

/// Reads one field: what it says, and what the document shows in its place.
pub(crate) fn read(found: &mut Found, code: &str, shown: &str) {
    let code = code.trim();
    let (word, rest) = code.split_once(|c: char| c.is_whitespace() || c == '"').unwrap_or((code, ""));
    let arguments = arguments(code.get(word.len()..).unwrap_or(rest));
    match word.to_ascii_uppercase().as_str() {
        "HYPERLINK" => {
            if let Some(target) = arguments.first() {
                found.link(target, shown, LinkKind::Anchor);
            }
        }
        "DDE" | "DDEAUTO" => {
            found.mark("dde");
            found.line(Layer::Hidden, code);
            for target in arguments.iter().filter(|target| super::is_remote(target)) {
                found.link(target, "", LinkKind::Fetched);
            }
        }
        "INCLUDETEXT" | "INCLUDEPICTURE" | "INCLUDE" | "IMPORT" | "RD" | "LINK" | "DATABASE" | "AUTOTEXTLIST" => {
            for target in &arguments {
                found.fetched(target, "external_link");
            }
        }
        // Word draws the code itself.
        "DISPLAYBARCODE" if arguments.get(1).is_some_and(|kind| kind.eq_ignore_ascii_case("QR")) => {
            if let Some(said) = arguments.first() {
                found.mark("qr");
                found.line(Layer::Other, said);
                found.link(said, shown, LinkKind::Code);
            }
        }
        "SET" => {
            let is_kept = found.names.set(&arguments);
            if !is_kept {
                found.leave_undone();
            }
        }
        "MACROBUTTON" | "GOTOBUTTON" | "EMBED" => found.line(Layer::Other, code),
        _ => {}
    }
}

/// The arguments without their quotes, switches left out. A backslash before a quote or backslash stands for the latter.
fn arguments(rest: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\u{201c}' | '\u{201d}' => arguments.push(quoted(&mut characters)),
            // A switch is one character; a share begins with two backslashes.
            '\\' if characters
                .peek()
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '*' | '@' | '#' | '!')) =>
            {
                characters.next();
            }
            character if character.is_whitespace() => {}
            character => {
                let mut word = character.to_string();
                while let Some(next) = characters.next_if(|next| !next.is_whitespace()) {
                    word.push(next);
                }
                arguments.push(unescape(&word));
            }
        }
    }
    arguments
}

fn quoted(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\\' => word.push(characters.next_if(|next| matches!(next, '"' | '\\')).unwrap_or('\\')),
            '"' | '\u{201c}' | '\u{201d}' => break,
            character => word.push(character),
        }
    }
    // `\\\\host` is written so; a share that was not escaped has lost one of its two.
    if word.starts_with('\\') && !word.starts_with("\\\\") { format!("\\{word}") } else { word }
}

fn unescape(word: &str) -> String {
    word.replace("\\\\\\\\", "\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_out_of_names() {
        let mut found = Found::default();
        read(&mut found, " SET A \"http://evil\" ", "");
        read(&mut found, "set b \".example/login\"", "");
        let address = ["REF A", " B "].map(|code| result(&mut found, code, "")).concat();
        read(&mut found, &format!("INCLUDEPICTURE \"{address}\" \\d"), "");
        let links: Vec<&str> = found.links.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(links, ["http://evil.example/login"]);
        for (code, shown, expected) in [
            ("REF C \\h", "shown", "shown"),
            ("PAGE", "7", "7"),
            ("QUOTE 99 109 100", "", "cmd"),
            ("quote \"a b\"", "", "a b"),
            ("QUOTE \"a b\"", "shown", "shown"),
        ] {
            assert_eq!(result(&mut found, code, shown), expected, "{code}");
        }
    }

    #[test]
    fn values_have_a_budget() {
        let mut found = Found::default();
        read(&mut found, &format!("SET A \"{}\"", "x".repeat(VALUE_BYTES_MAX)), "");
        assert!(!found.has_more);
        let put: usize = (0..1_000).map(|_| result(&mut found, "A", "").len()).sum();
        assert!(put == PUT_BYTES_MAX && found.has_more, "{put}");
        let mut found = Found::default();
        read(&mut found, &format!("SET A \"{}\"", "x".repeat(VALUE_BYTES_MAX.saturating_add(1))), "");
        assert!(found.has_more);
        let mut found = Found::default();
        (0..NAMES_MAX).for_each(|number| read(&mut found, &format!("SET A{number} x"), ""));
        read(&mut found, "SET A0 y", "");
        assert!(!found.has_more && result(&mut found, "A0", "") == "y");
        read(&mut found, "SET B x", "");
        assert!(found.has_more);
    }
}
