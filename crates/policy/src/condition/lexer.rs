//! Cuts the text of a condition into tokens.

use std::ops::Range;

use crate::error::Fault;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name without dots, or a keyword.
    Word(String),
    /// A number.
    Number(f64),
    /// A text, escapes resolved.
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    /// The end.
    End,
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 17] = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".", "-", "+"];

/// What people write who come from other languages, and what it is called here.
const FOREIGN: [(&str, &str); 4] = [("=", "=="), ("&", "&&"), ("|", "||"), ("~", ".matches(r\"...\")")];

pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        at = skip_blank(text, at);
        let rest = text.get(at..).unwrap_or_default();
        let Some(first) = rest.chars().next() else {
            found.push((Token::End, text.len()..text.len()));
            return Ok(found);
        };
        let (token, bytes) = if first == '"' || first == '\'' {
            quoted(rest, at)?
        } else if rest.starts_with("r\"") || rest.starts_with("r'") {
            raw(rest, at)?
        } else if first.is_ascii_digit() {
            number(rest, at)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Token::Word(rest[..end].to_owned()), end)
        } else {
            sign(rest, at)?
        };
        found.push((token, at..at + bytes));
        at += bytes;
    }
}

fn skip_blank(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        at += blank;
        if !rest.starts_with("//") {
            return at;
        }
        at += rest.find('\n').unwrap_or(rest.len());
    }
}

fn sign(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        return Ok((Token::Sign(sign), sign.len()));
    }
    let wrong = rest.chars().next().unwrap_or_default();
    let fault = Fault::new(at, format!("unexpected character `{}`", wrong.escape_default()));
    Err(match FOREIGN.iter().find(|(foreign, _)| rest.starts_with(*foreign)) {
        Some((_, ours)) => fault.hint(format!("did you mean `{ours}`?")),
        None => fault,
    })
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let mut end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let fraction = rest[end..].strip_prefix('.').filter(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(after) = fraction {
        end += 1 + after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    }
    if rest[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Fault::new(at, "a number has digits and one dot").hint("text stands in quotes; sizes are in bytes"));
    }
    match rest[..end].parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value), end)),
        _ => Err(Fault::new(at, "this number is too large")),
    }
}

// `r"..."`: no escapes, ends at the next quote of its kind.
fn raw(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let quote = if rest[1..].starts_with('"') { '"' } else { '\'' };
    match rest[2..].find(quote) {
        Some(end) => Ok((Token::Text(rest[2..2 + end].to_owned()), end + 3)),
        None => Err(unclosed(at, quote)),
    }
}

fn unclosed(at: usize, quote: char) -> Fault {
    Fault::new(at, "this text has no end").hint(format!("close it with {quote}"))
}

fn quoted(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let quote = if rest.starts_with('"') { '"' } else { '\'' };
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((offset, c)) = chars.next() {
        match c {
            '\\' => {
                let (_, escape) = chars.next().ok_or_else(|| unclosed(at, quote))?;
                let digits = match escape {
                    'n' | 'r' | 't' | '\\' | '"' | '\'' => {
                        value.push(match escape {
                            'n' => '\n',
                            'r' => '\r',
                            't' => '\t',
                            other => other,
                        });
                        continue;
                    }
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => {
                        return Err(Fault::new(at + offset, format!("no escape `\\{}`", escape.escape_default()))
                            .hint("a backslash is written `\\\\`; for patterns r\"...\" is easier"));
                    }
                };
                let hex: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
                let code = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                value.push(code.ok_or_else(|| Fault::new(at + offset, "this escape names no character"))?);
            }
            c if c == quote => return Ok((Token::Text(value), offset + 1)),
            c => value.push(c),
        }
    }
    Err(unclosed(at, quote))
}
