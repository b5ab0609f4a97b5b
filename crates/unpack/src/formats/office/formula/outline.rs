//! A formula in pieces as its own quotes part it: code, texts in `"…"`, names in `'…'`. What is said of a formula by its signs is
//! asked here, where a sign within a text is none: calls of functions, links to other programs (`service|topic!item`), names of
//! other books.

use std::borrow::Cow;

/// A piece; those in quotes without them, and with quotes that are doubled still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'f> {
    Code(&'f str),
    Text(&'f str),
    Name(&'f str),
}

fn pieces(mut rest: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let quote = rest.chars().next()?;
        if !matches!(quote, '"' | '\'') {
            let end = rest.find(['"', '\'']).unwrap_or(rest.len());
            let (code, behind) = rest.split_at_checked(end)?;
            rest = behind;
            return Some(Piece::Code(code));
        }
        let quoted = rest.get(1..)?;
        let end = closing(quoted, quote);
        rest = quoted.get(end.saturating_add(1)..).unwrap_or_default();
        let inside = quoted.get(..end)?;
        Some(if quote == '"' { Piece::Text(inside) } else { Piece::Name(inside) })
    })
}

/// Where the quote ends: a doubled one stands for one.
fn closing(quoted: &str, quote: char) -> usize {
    let mut from = 0_usize;
    while let Some(at) = quoted.get(from..).and_then(|rest| rest.find(quote)) {
        let at = from.saturating_add(at);
        let behind = at.saturating_add(1);
        if !quoted.get(behind..).is_some_and(|rest| rest.starts_with(quote)) {
            return at;
        }
        from = behind.saturating_add(1);
    }
    quoted.len()
}

/// The texts of a formula, at most so many.
pub(super) fn texts(formula: &str, most: usize) -> Vec<String> {
    let texts = pieces(formula).filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.replace("\"\"", "\"")),
        _ => None,
    });
    texts.take(most).collect()
}

/// What stands in front of each call of a function, and what stands behind its bracket. `upper` is the formula in capitals.
pub(super) fn calls<'f>(
    name: &'static str,
    upper: &'f str,
    formula: &'f str,
) -> impl Iterator<Item = (Option<char>, &'f str)> {
    upper.match_indices(name).filter_map(move |(at, _)| {
        let before = upper.get(..at)?.chars().next_back();
        let rest = formula.get(at.saturating_add(name.len())..)?.trim_start().strip_prefix('(')?;
        let begins = before.is_none_or(|before| !(before.is_alphanumeric() || before == '_'));
        begins.then_some((before, rest))
    })
}

/// Does it ask another program, as `service|topic!item` or by the function of that name?
pub(crate) fn is_dde(formula: &str) -> bool {
    let has = |sign: u8| memchr::memchr(sign, formula.as_bytes()).is_some();
    let has_bar = has(b'|') && has(b'!');
    if !has_bar && memchr::memchr2(b'd', b'D', formula.as_bytes()).is_none() {
        return false;
    }
    // Characters that nobody sees are passed over by the program.
    let is_unseen = |c: char| (c.is_control() && !c.is_whitespace()) || mail::links::is_invisible(c);
    let formula: Cow<'_, str> = match formula.contains(is_unseen) {
        true => Cow::Owned(formula.chars().filter(|c| !is_unseen(*c)).collect()),
        false => Cow::Borrowed(formula),
    };
    let upper = formula.to_ascii_uppercase();
    if !has_bar && memchr::memmem::find(upper.as_bytes(), b"DDE").is_none() {
        return false;
    }
    let pieces: Vec<Piece<'_>> = pieces(&upper).collect();
    pieces.iter().enumerate().any(|(number, piece)| {
        let Piece::Code(code) = piece else { return false };
        let asks = || {
            code.match_indices('|').any(|(at, _)| {
                let (before, behind) = (code.get(..at).unwrap_or_default(), code.get(at.saturating_add(1)..));
                is_service(before, number.checked_sub(1).and_then(|number| pieces.get(number)))
                    && is_topic(behind.unwrap_or_default(), pieces.get(number.saturating_add(1)..).unwrap_or_default())
            })
        };
        calls("DDE", code, code).next().is_some() || asks()
    })
}

const fn is_operator(character: char) -> bool {
    matches!(
        character,
        '=' | '+' | '-' | '*' | '/' | '^' | '&' | ',' | ';' | '(' | ')' | '<' | '>' | '{' | '}' | '%' | '@' | '['
    )
}

/// Does a word end here, behind an operator or at the start; or a name in quotes?
fn is_service(before: &str, quoted: Option<&Piece<'_>>) -> bool {
    let trimmed = before.trim_end();
    if trimmed.is_empty() {
        return matches!(quoted, Some(Piece::Name(_) | Piece::Text(_)));
    }
    let start = trimmed.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_')));
    let start = start.map_or(0, |at| trimmed.ceil_char_boundary(at.saturating_add(1)));
    let (front, word) = trimmed.split_at_checked(start).unwrap_or(("", trimmed));
    let front = front.trim_end();
    let is_apart = if front.is_empty() { quoted.is_none() } else { front.ends_with(is_operator) };
    is_apart && word.contains(char::is_alphabetic)
}

/// Does a topic stand here, `!`, and an item? A topic without quotes is one word, as it is in no sentence.
fn is_topic(behind: &str, rest: &[Piece<'_>]) -> bool {
    if !behind.trim_start().is_empty() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '\\' | '/' | ':' | '-' | '$' | '%');
        let end = behind.find(|c: char| !is_word(c)).unwrap_or(behind.len());
        let item = behind.get(end..).and_then(|rest| rest.strip_prefix('!'));
        return end > 0 && item.is_some_and(|item| !item.starts_with(char::is_whitespace) && is_item(item, rest));
    }
    let [Piece::Name(_) | Piece::Text(_), Piece::Code(code), rest @ ..] = rest else { return false };
    code.trim_start().strip_prefix('!').is_some_and(|item| is_item(item, rest))
}

/// A word or a name in quotes, with the end of the formula or an operator behind it.
fn is_item(text: &str, rest: &[Piece<'_>]) -> bool {
    let text = text.trim_start();
    if text.is_empty() {
        return matches!(rest.first(), Some(Piece::Name(_) | Piece::Text(_)));
    }
    let is_of_it = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | ':' | '!' | '#' | '\\');
    let end = text.find(|c: char| !is_of_it(c)).unwrap_or(text.len());
    let behind = text.get(end..).unwrap_or_default().trim_start();
    end > 0 && if behind.is_empty() { rest.is_empty() } else { behind.starts_with(is_operator) }
}

/// The books on other machines that a formula refers to: `'\\host\share\[book.xlsx]Sheet'!A1`, `'https://host/x.ods'#$S.A1`, and
/// the same without quotes.
pub(super) fn other_books(formula: &str) -> Vec<String> {
    let mut books = Vec::new();
    if !formula.contains(['\\', '/']) || !formula.contains(['!', '#']) {
        return books;
    }
    let mut pieces = pieces(formula).peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Name(name) => {
                let refers =
                    matches!(pieces.peek(), Some(Piece::Code(code)) if code.trim_start().starts_with(['!', '#']));
                if refers && name.contains(['\\', '/']) {
                    books.push(name.replace("''", "'").replace(['[', ']'], ""));
                }
            }
            Piece::Code(code) => books.extend(bare_books(code)),
            Piece::Text(_) => {}
        }
        books.truncate(BOOKS_MAX);
    }
    books
}

/// Books that one formula refers to.
const BOOKS_MAX: usize = 64;

fn bare_books(code: &str) -> impl Iterator<Item = String> {
    let words = code.split(|c: char| c.is_whitespace() || matches!(c, '=' | '(' | ',' | ';' | '&' | '+' | '*' | '{'));
    words.filter_map(|word| {
        let (book, _) = word.rsplit_once('!')?;
        let starts = ["\\\\", "http", "HTTP", "file:", "ftp"];
        let at = starts.iter().filter_map(|start| book.find(start)).min()?;
        Some(book.get(at..)?.replace(['[', ']'], ""))
    })
}

#[cfg(test)]
mod tests;
