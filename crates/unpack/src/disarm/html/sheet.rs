//! Style sheets without imports, scripts and behaviours (CSS Syntax 3; what Internet Explorer's engine and old Gecko run).

/// Words that run or load something, without comments, escapes and white space.
const RUNNING: [&str; 7] =
    ["expression(", "behavior:", "-moz-binding", "javascript:", "vbscript:", "data:text", "data:application"];

/// The sheet without them; none if there is nothing to remove. One that hides such a word goes whole.
pub(super) fn disarm(sheet: &str) -> Option<String> {
    let plain = plain(sheet);
    if RUNNING.iter().any(|word| plain.contains(word)) {
        return Some(String::new());
    }
    if !plain.contains("@import") {
        return None;
    }
    let lower = sheet.to_ascii_lowercase();
    let mut kept = String::with_capacity(sheet.len());
    let (mut at, mut is_found) = (0_usize, false);
    while let Some(found) = lower.get(at..).and_then(|rest| rest.find("@import")) {
        is_found = true;
        let start = at.saturating_add(found);
        kept.push_str(sheet.get(at..start).unwrap_or_default());
        let after = sheet.get(start..).unwrap_or_default();
        at = statement_end(after).map_or(sheet.len(), |end| start.saturating_add(end));
    }
    kept.push_str(sheet.get(at..).unwrap_or_default());
    match (is_found, plain.contains("@import")) {
        (true, _) => Some(kept),
        // Written in a way that is not found as it stands.
        (false, true) => Some(String::new()),
        (false, false) => None,
    }
}

// Behind the semicolon that ends it; strings and brackets may hold others.
fn statement_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            (None, ';') => return at.checked_add(1),
            _ => {}
        }
    }
    None
}

/// Lower case, without comments and white space, escapes undone.
fn plain(sheet: &str) -> String {
    let mut plain = String::with_capacity(sheet.len());
    let mut characters = sheet.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'*') => {
                characters.next();
                let mut last = ' ';
                for character in characters.by_ref() {
                    if last == '*' && character == '/' {
                        break;
                    }
                    last = character;
                }
            }
            '\\' => {
                let mut code = String::new();
                while code.len() < 6
                    && let Some(digit) = characters.next_if(char::is_ascii_hexdigit)
                {
                    code.push(digit);
                }
                if code.is_empty() {
                    plain.extend(characters.next().map(|c| c.to_ascii_lowercase()));
                } else {
                    characters.next_if(|c| c.is_whitespace());
                    let character = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    plain.extend(character.map(|c| c.to_ascii_lowercase()));
                }
            }
            character if character.is_whitespace() || character.is_control() => {}
            character => plain.push(character.to_ascii_lowercase()),
        }
    }
    plain
}
