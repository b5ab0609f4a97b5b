//! Style sheets and declarations as they are written: comments, strings, escapes (CSS Syntax 3, 4), and the addresses in them.

use std::borrow::Cow;

/// Sets of pictures of one style that are read, and bytes of each.
const SETS_MAX: usize = 100;
const SET_BYTES_MAX: usize = 4096;

/// Declarations in lower case, without comments and escapes.
pub(in crate::formats::html) fn plain(style: &str) -> String {
    let style = if style.contains("/*") { without_comments(style) } else { style.to_owned() };
    let style = if style.contains('\\') { unescaped(&style) } else { style };
    style.to_ascii_lowercase()
}

pub(super) fn without_comments(style: &str) -> String {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// A sheet without comments and without what stands in quotes: neither is a rule.
pub(in crate::formats::html) fn without_strings(css: &str) -> Cow<'_, str> {
    if memchr::memchr3(b'"', b'\'', b'\\', css.as_bytes()).is_none() && !css.contains("/*") {
        return css.into();
    }
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '\\', '/']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        kept.push_str(before);
        let inner = from.get(1..).unwrap_or_default();
        rest = match from.bytes().next() {
            Some(b'/') if inner.starts_with('*') => {
                kept.push(' ');
                inner.get(1..).and_then(|inner| inner.split_once("*/")).map_or("", |(_, after)| after)
            }
            Some(b'\\') => {
                let next = inner.chars().next().map_or(0, char::len_utf8);
                kept.push_str(from.get(..next.saturating_add(1)).unwrap_or_default());
                inner.get(next..).unwrap_or_default()
            }
            Some(quote @ (b'"' | b'\'')) => inner.get(quoted(inner, quote)..).unwrap_or_default(),
            _ => {
                kept.push('/');
                inner
            }
        };
    }
    kept.push_str(rest);
    kept.into()
}

/// How many bytes belong to a string after its first quote: up to the second, or to the end of the line.
fn quoted(inner: &str, quote: u8) -> usize {
    let mut is_escaped = false;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'\n' => return at,
            _ if byte == quote => return at.saturating_add(1),
            _ => {}
        }
    }
    inner.len()
}

/// Targets of `url(…)`, `@import "…"` and sets of pictures in a style, with escapes of CSS decoded.
pub(in crate::formats::html) fn addresses(style: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut rest, mut sets) = (style, 0_usize);
    while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"(").filter(|_| found.len() < 1000) {
        let ends_with =
            |word: &str| rest.get(at.saturating_sub(word.len())..at).is_some_and(|own| own.eq_ignore_ascii_case(word));
        let (is_url, is_set) = (ends_with("url"), ends_with("image-set"));
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if is_url {
            let end = rest.find(')').unwrap_or(rest.len());
            let value = rest.get(..end).unwrap_or_default();
            found.push(unescaped(value.trim_matches([' ', '"', '\'', '\n', '\r', '\t'])));
        } else if is_set && sets < SETS_MAX {
            sets = sets.saturating_add(1);
            found.extend(strings(rest));
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
