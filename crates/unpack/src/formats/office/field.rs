//! Fields of word processors: a code word and arguments, as Word, RTF and the old format share them. Sources: ECMA-376-1
//! 17.16 (fields and their switches); MS-DOC and RTF 1.9.1 have the same codes.

use scan::content::LinkKind;

use crate::formats::office::{Found, Layer};

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
