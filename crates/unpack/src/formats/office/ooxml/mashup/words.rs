//! The words of a program of Power Query: names, texts, signs; comments are none. Source: the M language's specification, lexical
//! structure (`#"names"`, `#(0068)` in texts and in such names).

use std::borrow::Cow;

use crate::formats::office::formula::closing;

/// Words that say where names are defined, and how far they count.
const KEYWORDS: [&str; 6] = ["else", "in", "let", "otherwise", "shared", "then"];
/// What ends a line, and with it a comment.
const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'p> {
    /// As it is called: without quotes and escapes, `#shared` with its sign.
    Name(Cow<'p, str>),
    /// One of [`KEYWORDS`], which no name in quotes is.
    Keyword(&'p str),
    /// Without its quotes, with escapes.
    Text(&'p str),
    Sign(char),
}

/// Parts a program into at most so many; false if there are more.
pub(super) fn tokens(mut rest: &str, most: usize) -> (Vec<Token<'_>>, bool) {
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        if tokens.len() >= most {
            return (tokens, false);
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let size = if rest.starts_with("//") {
            rest.find(LINE_ENDS).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at.saturating_add(2))
        } else if first == '"' || rest.starts_with("#\"") {
            let from = if first == '"' { 1 } else { 2_usize };
            let quoted = rest.get(from..).unwrap_or_default();
            let end = closing(quoted, '"');
            let inside = quoted.get(..end).unwrap_or_default();
            tokens.push(if first == '"' { Token::Text(inside) } else { Token::Name(named(inside)) });
            from.saturating_add(end).saturating_add(1)
        } else if is_name(first) || (first == '#' && rest.get(1..).is_some_and(|rest| rest.starts_with(is_name))) {
            let inside = rest.get(first.len_utf8()..).unwrap_or_default();
            let end = inside.find(|c: char| !is_name(c)).unwrap_or(inside.len()).saturating_add(first.len_utf8());
            let word = rest.get(..end).unwrap_or_default();
            tokens.push(match KEYWORDS.contains(&word) {
                true => Token::Keyword(word),
                false => Token::Name(Cow::Borrowed(word)),
            });
            end
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = rest.get(size..).unwrap_or_default();
    }
    (tokens, true)
}

fn named(inside: &str) -> Cow<'_, str> {
    if inside.contains(['#', '"']) { Cow::Owned(plain(inside)) } else { Cow::Borrowed(inside) }
}

/// A text with its escapes undone: `""`, `#(lf)`, `#(0068,0000FFE0)`.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("#(") {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(&before.replace("\"\"", "\""));
        let Some((codes, behind)) = escape.get(2..).and_then(|escape| escape.split_once(')')) else { break };
        for code in codes.split(',') {
            match code.trim() {
                "lf" => plain.push('\n'),
                "cr" => plain.push('\r'),
                "tab" => plain.push('\t'),
                "#" => plain.push('#'),
                hex => plain.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)),
            }
        }
        rest = behind;
    }
    plain.push_str(&rest.replace("\"\"", "\""));
    plain
}
