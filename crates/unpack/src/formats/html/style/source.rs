//! Style sheets and declarations as they are written: comments, strings, escapes (CSS Syntax 3, 4), and the addresses in them.

use std::borrow::Cow;

use crate::formats::html::data;
use crate::formats::html::style::signs::{self, Braces, Kind, Sign, Signs, quoted};

/// Sheets that one sheet imports.
const IMPORTS_MAX: usize = 64;
/// Sets of pictures of one style that are read, and bytes of each.
const SETS_MAX: usize = 100;
const SET_BYTES_MAX: usize = 4096;
/// Addresses of one style.
const ADDRESSES_MAX: usize = 1000;
/// Bytes in front of a bracket that may be the name of a function with letters that are escaped.
const NAME_BYTES_MAX: usize = 64;

/// One declaration, without escapes.
#[derive(Debug)]
pub(in crate::formats::html) struct Declaration<'s> {
    pub(in crate::formats::html) name: Cow<'s, str>,
    pub(in crate::formats::html) value: Cow<'s, str>,
    pub(in crate::formats::html) is_important: bool,
}

/// Declarations as they are written.
#[derive(Debug)]
struct Parts<'s> {
    rest: &'s str,
    has_signs: bool,
}

/// Declarations in lower case, without comments.
pub(in crate::formats::html) fn plain(style: &str) -> String {
    let mut plain = without_comments(style).into_owned();
    plain.make_ascii_lowercase();
    plain
}

/// What semicolons part outside of strings, brackets and addresses.
pub(in crate::formats::html) fn parts(style: &str) -> impl Iterator<Item = &str> {
    let has_signs = signs::is_any(style) || memchr::memchr(b'{', style.as_bytes()).is_some();
    Parts { rest: style, has_signs }
}

/// The declarations of a text that is [`plain`].
pub(in crate::formats::html) fn declarations(plain: &str) -> impl Iterator<Item = Declaration<'_>> {
    let has_escapes = plain.contains('\\');
    let bare = move |text: &str| has_escapes.then(|| unescaped(text).to_ascii_lowercase());
    let cow = move |text| bare(text).map_or(Cow::Borrowed(text), Cow::Owned);
    parts(plain).filter_map(move |part| {
        let (name, value) = part.split_once(':')?;
        let (value, is_important) = match value.rsplit_once('!') {
            Some((value, word)) if cow(word.trim()) == "important" => (value, true),
            // Part of a string, or of an address.
            Some((_, word)) if word.contains(['"', '\'', ')']) => (value, false),
            // Nothing else stands behind the sign: there is no such declaration (CSS Syntax 5.4.6).
            Some(_) => return None,
            None => (value, false),
        };
        Some(Declaration { name: cow(name.trim()), value: cow(value.trim()), is_important })
    })
}

impl<'s> Iterator for Parts<'s> {
    type Item = &'s str;

    fn next(&mut self) -> Option<&'s str> {
        if self.rest.is_empty() {
            return None;
        }
        // A block in braces ends what stands in front of it as well (CSS Nesting 1).
        let is_end = |sign: &Sign| {
            sign.depth == 0 && (sign.kind == Kind::Byte(b';') || (sign.kind == Kind::Byte(b'}') && sign.is_end))
        };
        let end = if self.has_signs {
            Signs::of(self.rest, Braces::Brackets).find(is_end).map(|sign| sign.from)
        } else {
            memchr::memchr(b';', self.rest.as_bytes())
        };
        let (part, after) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = after.get(1..).unwrap_or_default();
        Some(part)
    }
}

fn without_comments(style: &str) -> Cow<'_, str> {
    if !signs::has_comments(style) {
        return style.into();
    }
    let is_comment = |sign: &Sign| sign.kind == Kind::Comment;
    replaced(style, Signs::of(style, Braces::Brackets).filter(is_comment).map(|sign| (sign, "")))
}

/// A sheet without comments and without what stands in quotes, addresses and brackets: neither is a rule.
pub(in crate::formats::html) fn without_strings(css: &str) -> Cow<'_, str> {
    if !signs::is_any(css) {
        return css.into();
    }
    let instead = |sign: Sign| match sign.kind {
        Kind::Comment => Some((sign, " ")),
        Kind::String | Kind::Address => Some((sign, "")),
        Kind::Byte(b';' | b'{' | b'}') if sign.depth > 0 => Some((sign, " ")),
        _ => None,
    };
    replaced(css, Signs::of(css, Braces::Blocks).filter_map(instead))
}

fn replaced(text: &str, signs: impl Iterator<Item = (Sign, &'static str)>) -> Cow<'_, str> {
    let mut kept = String::with_capacity(text.len());
    let mut copied = 0_usize;
    for (sign, instead) in signs {
        kept.push_str(text.get(copied..sign.from).unwrap_or_default());
        kept.push_str(instead);
        copied = sign.to;
    }
    kept.push_str(text.get(copied..).unwrap_or_default());
    kept.into()
}

/// Targets of `url(…)`, `@import "…"` and sets of pictures in a style, with escapes of CSS decoded.
pub(in crate::formats::html) fn addresses(style: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut rest, mut sets) = (style, 0_usize);
    while let Some(at) = memchr::memchr(b'(', rest.as_bytes()).filter(|_| found.len() < ADDRESSES_MAX) {
        let before = rest.get(..at).unwrap_or_default();
        let inner = rest.get(at.saturating_add(1)..).unwrap_or_default();
        rest = inner;
        if is_function(before, "url") {
            rest = take_address(inner, &mut found);
        } else if is_function(before, "image-set") && sets < SETS_MAX {
            sets = sets.saturating_add(1);
            found.extend(strings(inner));
        }
    }
    let mut rest = style;
    while let Some((_, after)) = rest.split_once('@') {
        rest = after;
        let Some(value) = behind_import(after).map(str::trim_start) else { continue };
        if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            found.extend(value.get(1..).and_then(|value| value.split(quote).next()).map(unescaped));
        }
    }
    found.retain(|target| !target.is_empty() && !target.starts_with('#'));
    found
}

/// Ends a text with the name of a function, of which letters may be escaped (`u\72l`)?
fn is_function(text: &str, name: &str) -> bool {
    let ends = |text: &str| {
        let end = text.len().checked_sub(name.len()).and_then(|from| text.get(from..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(name))
    };
    if ends(text) {
        return true;
    }
    let near = text.get(text.ceil_char_boundary(text.len().saturating_sub(NAME_BYTES_MAX))..).unwrap_or_default();
    let own = near.rsplit([':', ';', ',', '{', '}', ')', '/', '"', '\'']).next().unwrap_or_default();
    own.contains('\\') && ends(&unescaped(own))
}

/// Takes what stands in the brackets of `url(`; gives back what stands behind. Other programs than browsers end it at the first
/// bracket, whether that is in a string or escaped.
fn take_address<'s>(inner: &'s str, found: &mut Vec<String>) -> &'s str {
    let start = inner.trim_start();
    let quote = start.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
    let string = quote.and_then(|quote| {
        let body = start.get(1..)?;
        let (string, behind) = body.split_at_checked(quoted(body, quote))?;
        // One that is not closed is none.
        Some((string.strip_suffix(char::from(quote))?, behind))
    });
    let (value, behind) =
        string.unwrap_or_else(|| start.split_at_checked(signs::address(start)).unwrap_or((start, "")));
    let bare = |value: &str| unescaped(value.trim_matches([' ', '"', '\'', '\n', '\r', '\t']));
    found.push(bare(value));
    if let Some((first, _)) = value.split_once(')').filter(|_| !data::is_data(value)) {
        found.push(bare(first));
    }
    if let Some((before, last)) = value.rsplit_once('(').filter(|_| string.is_none())
        && is_function(before, "url")
    {
        found.push(bare(last));
    }
    behind
}

/// Targets of `@import` in a sheet; none where they are too many: each may go through all that follows.
pub(in crate::formats::html) fn imported(css: &str) -> Option<Vec<String>> {
    let (mut found, mut count) = (Vec::new(), 0_usize);
    for at in memchr::memchr_iter(b'@', css.as_bytes()) {
        let after = css.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(mut value) = behind_import(after) else { continue };
        count = count.saturating_add(1);
        if count > IMPORTS_MAX {
            return None;
        }
        while let Some(comment) = value.trim_start().strip_prefix("/*") {
            value = comment.split_once("*/").map_or("", |(_, after)| after);
        }
        let value = value.trim_start();
        let is_url = value.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("url("));
        let value = if is_url { value.get(4..).unwrap_or_default().trim_start() } else { value };
        let end = match value.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.get(..quoted(inner, quote)).map(|string| string.trim_end_matches(char::from(quote)))
            }
            _ if is_url => value.split(')').next(),
            _ => None,
        };
        found.extend(end.map(|target| unescaped(target.trim())));
    }
    Some(found)
}

/// What stands behind the word `import`, of which letters may be escaped.
fn behind_import(text: &str) -> Option<&str> {
    let mut rest = text;
    for wanted in "import".chars() {
        let (letter, after) = match rest.strip_prefix('\\').map(escaped) {
            Some((Some(letter), after)) => (letter, after),
            Some((None, after)) => (after.chars().next()?, after.get(1..)?),
            None => (rest.chars().next()?, rest.get(1..)?),
        };
        if !letter.eq_ignore_ascii_case(&wanted) {
            return None;
        }
        rest = after;
    }
    Some(rest)
}

/// The strings in brackets that are open, but not those in further ones (CSS Images 4, 2.1).
fn strings(text: &str) -> Vec<String> {
    let text = text.get(..text.floor_char_boundary(SET_BYTES_MAX)).unwrap_or(text);
    let (mut found, mut depth, mut rest) = (Vec::new(), 0_usize, text);
    while let Some((sign, after)) = rest
        .find(['"', '\'', '(', ')'])
        .and_then(|at| Some((rest.as_bytes().get(at)?, rest.get(at.saturating_add(1)..)?)))
    {
        rest = after;
        match sign {
            b'(' => depth = depth.saturating_add(1),
            b')' if depth == 0 => break,
            b')' => depth = depth.saturating_sub(1),
            quote => {
                let (string, after) = after.split_at_checked(quoted(after, *quote)).unwrap_or((after, ""));
                if depth == 0 {
                    found.push(unescaped(string.trim_end_matches(char::from(*quote)).trim()));
                }
                rest = after;
            }
        }
    }
    found
}

/// `\68 ttp` (CSS Syntax 4.3.7).
pub(super) fn unescaped(value: &str) -> String {
    if !value.contains('\\') || value.starts_with("\\\\") {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let (letter, behind) = escaped(after);
        text.extend(letter);
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// What stands behind a backslash: a letter by its number, and what follows; none where the letter stands there itself.
fn escaped(after: &str) -> (Option<char>, &str) {
    let digits = after.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
    let code = after.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let after = after.get(digits..).unwrap_or_default();
    let is_blank = |c: char| c.is_ascii_whitespace();
    let behind = if digits > 0 { after.strip_prefix(is_blank).unwrap_or(after) } else { after };
    (code.and_then(char::from_u32), behind)
}

#[cfg(test)]
mod tests;
