//! A formula in pieces as its own quotes part it: code, texts in `"…"`, names in `'…'`. What is said of a formula by its signs is
//! asked here, where a sign within a text is none: calls of functions, links to other programs (`service|topic!item`), names of
//! other books.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::formats::office::is_remote;

/// Books on other machines that are told of one formula, different ones.
const BOOKS_MAX: usize = 64;
/// Arguments of the function of that name: service, topic, item.
const DDE_ARGUMENTS: usize = 3;
/// Signs of such a call, without its texts, among which its arguments are sought: what has more is taken for one.
const ARGUMENT_SIGNS_MAX: usize = 512;
/// Programs that are asked by a word, in capitals.
const PROGRAMS: [&str; 20] = [
    "BITSADMIN",
    "CERTUTIL",
    "CMD",
    "CSCRIPT",
    "EXCEL",
    "EXPLORER",
    "IEXPLORE",
    "MSACCESS",
    "MSEXCEL",
    "MSHTA",
    "OUTLOOK",
    "POWERPNT",
    "POWERSHELL",
    "PROGMAN",
    "PWSH",
    "REGSVR32",
    "RUNDLL32",
    "WINWORD",
    "WORD",
    "WSCRIPT",
];

/// Where a formula stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// As one.
    Formula,
    /// In a cell that begins as one may, and may be prose: `@nick|user!host`, `- DDE (total)`.
    Prose,
}

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
pub(crate) fn closing(quoted: &str, quote: char) -> usize {
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

/// Does it end as a formula does: each bracket closed, and nothing parted outside of them?
pub(crate) fn is_whole(formula: &str) -> bool {
    let mut depth = 0_i64;
    let is_parted = pieces(formula).any(|piece| {
        let Piece::Code(code) = piece else { return false };
        code.chars().any(|sign| {
            match sign {
                '(' | '{' => depth = depth.saturating_add(1),
                ')' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth < 0 || (depth == 0 && matches!(sign, ',' | ';' | '\t'))
        })
    });
    !is_parted && depth == 0
}

/// Does it ask another program, as `service|topic!item` or by the function of that name?
pub(crate) fn is_dde(formula: &str) -> bool {
    asks(formula, Written::Formula)
}

/// As [`is_dde`]. What may be prose asks only where it says something that prose does not: a topic in quotes or with the signs of a
/// path, or the name of a program.
pub(crate) fn asks(formula: &str, written: Written) -> bool {
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
        let behind = pieces.get(number.saturating_add(1)..).unwrap_or_default();
        code.match_indices('|').any(|(at, _)| {
            let (before, topic) = (code.get(..at).unwrap_or_default(), code.get(at.saturating_add(1)..));
            let topic = topic.unwrap_or_default();
            is_service(before, number.checked_sub(1).and_then(|number| pieces.get(number)))
                && is_topic(topic, behind)
                && (written == Written::Formula || is_no_prose(before, topic))
        }) || calls_dde(code, behind, written)
    })
}

/// A call with its arguments. What stands in brackets is the name of a column: DDE is also a substance (`Table1[DDE (ng/g)]`).
fn calls_dde(code: &str, behind: &[Piece<'_>], written: Written) -> bool {
    if memchr::memmem::find(code.as_bytes(), b"DDE").is_none() {
        return false;
    }
    let code = without_columns(code);
    calls("DDE", &code, &code).any(|(_, rest)| {
        let is_at_once = || {
            let call = code.get(..code.len().saturating_sub(rest.len()));
            call.is_some_and(|call| call.ends_with("DDE("))
        };
        has_arguments(rest, behind) && (written == Written::Formula || is_at_once())
    })
}

/// Names of columns within their brackets, which may stand in each other, blanked out up to the end of this piece.
fn without_columns(code: &str) -> Cow<'_, str> {
    if !code.contains('[') {
        return Cow::Borrowed(code);
    }
    let mut depth = 0_u32;
    let blanked = code.chars().map(|character| {
        match character {
            '[' => depth = depth.saturating_add(1),
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 { ' ' } else { character }
    });
    Cow::Owned(blanked.collect())
}

/// Are there as many arguments as that function has, or more than stands here? A table may be parted within them.
fn has_arguments(rest: &str, behind: &[Piece<'_>]) -> bool {
    let of_others = behind.iter().filter_map(|piece| match piece {
        Piece::Code(code) => Some(*code),
        _ => None,
    });
    let (mut depth, mut count) = (0_u32, 1_usize);
    for (number, sign) in std::iter::once(rest).chain(of_others).flat_map(str::chars).enumerate() {
        if number >= ARGUMENT_SIGNS_MAX {
            return true;
        }
        match sign {
            '(' | '{' => depth = depth.saturating_add(1),
            ')' | '}' if depth == 0 => return false,
            ')' | '}' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => count = count.saturating_add(1),
            _ => {}
        }
        if count >= DDE_ARGUMENTS {
            return true;
        }
    }
    true
}

/// A topic in quotes or with the signs of a path, or a service that is a program.
fn is_no_prose(before: &str, topic: &str) -> bool {
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let bare = topic.split('!').next().unwrap_or_default();
    topic.trim_start().is_empty() || bare.contains(['\\', '/', '.']) || PROGRAMS.contains(&word)
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

/// A word or a name in quotes, with the end of the formula, of its brackets or an operator behind it.
fn is_item(text: &str, rest: &[Piece<'_>]) -> bool {
    let text = text.trim_start();
    if text.is_empty() {
        return matches!(rest.first(), Some(Piece::Name(_) | Piece::Text(_)));
    }
    let is_of_it = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | ':' | '!' | '#' | '\\');
    let end = text.find(|c: char| !is_of_it(c)).unwrap_or(text.len());
    let behind = text.get(end..).unwrap_or_default().trim_start();
    let is_end = |c: char| is_operator(c) || matches!(c, ')' | '}');
    end > 0 && if behind.is_empty() { rest.is_empty() } else { behind.starts_with(is_end) }
}

/// Books that a formula refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Books {
    /// Those on other machines, each once.
    pub(super) remote: Vec<String>,
    /// There are more.
    pub(super) is_cut: bool,
}

/// The books on other machines that a formula refers to: `'\\host\share\[book.xlsx]Sheet'!A1`, `'https://host/x.ods'#$S.A1`, and
/// the same without quotes.
pub(super) fn other_books(formula: &str) -> Books {
    let mut books = Books::default();
    if !formula.contains(['\\', '/']) || !formula.contains(['!', '#']) {
        return books;
    }
    let mut seen = HashSet::new();
    let mut pieces = pieces(formula).peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Name(name) => {
                let refers =
                    matches!(pieces.peek(), Some(Piece::Code(code)) if code.trim_start().starts_with(['!', '#']));
                if refers && name.contains(['\\', '/']) {
                    books.add(book(&name.replace("''", "'")), &mut seen);
                }
            }
            Piece::Code(code) => bare_books(code).for_each(|book| books.add(book, &mut seen)),
            Piece::Text(_) => {}
        }
    }
    books
}

impl Books {
    fn add(&mut self, book: String, seen: &mut HashSet<String>) {
        if !is_remote(&book) || seen.contains(&book) {
            return;
        }
        if self.remote.len() >= BOOKS_MAX {
            self.is_cut = true;
            return;
        }
        seen.insert(book.clone());
        self.remote.push(book);
    }
}

/// The address of a book, without the sheet that stands behind its brackets.
fn book(reference: &str) -> String {
    match reference.split_once('[') {
        Some((folder, rest)) => format!("{folder}{}", rest.split(']').next().unwrap_or_default()),
        None => reference.to_owned(),
    }
}

fn bare_books(code: &str) -> impl Iterator<Item = String> {
    let words = code.split(|c: char| c.is_whitespace() || matches!(c, '=' | '(' | ',' | ';' | '&' | '+' | '*' | '{'));
    words.filter_map(|word| {
        let (reference, _) = word.rsplit_once('!')?;
        let starts = ["\\\\", "http", "HTTP", "file:", "ftp"];
        let at = starts.iter().filter_map(|start| reference.find(start)).min()?;
        Some(book(reference.get(at..)?))
    })
}

#[cfg(test)]
mod tests;
