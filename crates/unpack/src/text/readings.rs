//! The text of some bytes in each plausible charset: the one that most programs show, and others where they show other words
//! or links. Mail programs differ in whom they believe: the label, the byte order mark, the page's own declaration, the looks.

use std::borrow::Cow;
use std::collections::HashSet;

use encoding_rs::{ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use crate::text::charset::{Charset, Named, by_mark, named};
use crate::text::{declared_in_page, decode_undeclared, shape, utf7};
use mail::decode::shifted;
use mail::links::{find, host};

/// Other readings that are kept: of each way to read a text, of which there are not more.
const OTHERS_MAX: usize = 8;
/// Letters of a word that makes a reading another one.
const WORD_LETTERS_MIN: usize = 4;

/// Every plausible text.
#[derive(Debug, Default)]
pub(crate) struct Readings<'b> {
    pub(crate) main: Cow<'b, str>,
    /// Each with words or markup that stand in no reading before it.
    pub(crate) others: Vec<String>,
    /// Words of `scan::marks::ALL`.
    pub(crate) marks: Vec<&'static str>,
}

/// The reading that most programs show, and its charset (none: UTF-8, else Windows-1252).
pub(crate) fn main<'b>(bytes: &'b [u8], label: Named) -> (Option<Charset>, Cow<'b, str>) {
    if let Some((charset, mark)) = by_mark(bytes) {
        let text = charset.decode(bytes.get(mark..).unwrap_or_default());
        return (Some(charset), without_mark(text));
    }
    let by_shape = shape::guess(bytes);
    let charset = match label {
        // Its letters have bytes over 0x7f.
        Named::Known(Charset::Ebcdic(_)) if bytes.is_ascii() => by_shape,
        Named::Known(charset) if !charset.is_wide() && by_shape.is_none() => Some(charset),
        Named::Known(Charset::Utf16) => by_shape.or_else(|| Some(Charset::Web(shape::utf16(bytes)))),
        Named::Known(charset) if charset.is_wide() => by_shape.or(Some(charset)),
        _ => by_shape,
    };
    let text = charset.map_or_else(|| decode_undeclared(bytes), |charset| charset.decode(bytes));
    (charset, text)
}

fn without_mark(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
    }
}

/// A blank for each escape sequence (ECMA-35 13.2). Who does not know them shows `(B`, but not as a part of the word behind it: honest
/// Japanese has addresses right there.
fn without_escapes(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some((before, rest)) = text.split_once('\u{1b}') else { return text };
    let mut plain = before.to_owned();
    for piece in rest.split('\u{1b}') {
        let behind = piece.trim_start_matches(|c| matches!(c, ' '..='/'));
        plain.push(' ');
        plain.push_str(behind.strip_prefix(|c| matches!(c, '0'..='~')).unwrap_or(behind));
    }
    plain.into()
}

/// Every plausible reading of a text, or of a page, which may declare its charset itself.
pub(crate) fn readings<'b>(bytes: &'b [u8], label: &str, is_page: bool) -> Readings<'b> {
    let by_label = named(label);
    let in_page =
        if is_page { declared_in_page(bytes).map_or(Named::Nothing, |label| named(&label)) } else { Named::Nothing };
    let chosen = if matches!(by_label, Named::Nothing | Named::Unknown) { in_page } else { by_label };
    let (charset, main) = main(bytes, chosen);
    let mut readings = Readings { main, ..Readings::default() };
    if by_label == Named::Unknown || in_page == Named::Unknown {
        readings.marks.push("unknown_charset");
    }
    for other in candidates(bytes, charset, [by_label, in_page]) {
        let text = match other {
            Some(other) => other.decode(bytes),
            None => without_escapes(decode_undeclared(bytes)),
        };
        readings.add(text);
    }
    if charset.is_some_and(Charset::is_wide) && is_wide_by_shape(bytes, chosen) {
        readings.add_narrow(bytes);
    }
    if charset.is_none_or(|charset| !charset.is_wide()) {
        readings.add_utf8(bytes, charset);
    }
    readings
}

/// Other charsets that some program would use and that can show other ASCII than the main one; nearly always none.
fn candidates(bytes: &[u8], main: Option<Charset>, labels: [Named; 2]) -> Vec<Option<Charset>> {
    let is = |charset| main == Some(charset);
    let named = labels.into_iter().flat_map(|label| orders(label, bytes));
    let mut others: Vec<Option<Charset>> =
        named.filter(|label| !is(*label) && can_differ(*label, main)).map(Some).collect();
    if main.is_some_and(|main| main.is_shifted() || (main.is_wide() && !bytes.contains(&0))) {
        others.push(None);
    }
    if memchr::memchr(0x1b, bytes).is_some() && main.is_none_or(|main| !main.is_wide()) {
        if !is(Charset::Iso2022Jp) && has_escape(bytes, &[b"\x1b(", b"\x1b$"]) {
            others.push(Some(Charset::Iso2022Jp));
        }
        if shifted::has_empty_escape(bytes) {
            others.push(Some(Charset::Web(ISO_2022_JP)));
        }
        if !is(Charset::Iso2022Kr) && has_escape(bytes, &[b"\x1b$)C"]) {
            others.push(Some(Charset::Iso2022Kr));
        }
        if !is(Charset::Iso2022Cn) && has_escape(bytes, &[b"\x1b$)A", b"\x1b$)G", b"\x1b$*H"]) {
            others.push(Some(Charset::Iso2022Cn));
        }
    }
    if !is(Charset::Utf7) && utf7::has_coded_ascii(bytes) {
        others.push(Some(Charset::Utf7));
    }
    if !is(Charset::Hz) && has_escape(bytes, &[b"~{"]) && has_escape(bytes, &[b"~}", b"~\n"]) {
        others.push(Some(Charset::Hz));
    }
    others
}

/// The charset of a label; of UTF-16 whose order nothing says each order (RFC 2781 4.3).
fn orders(label: Named, bytes: &[u8]) -> Vec<Charset> {
    match label {
        Named::Known(Charset::Utf16) if by_mark(bytes).is_some() => vec![Charset::Web(UTF_16LE)],
        Named::Known(Charset::Utf16) => vec![Charset::Web(UTF_16LE), Charset::Web(UTF_16BE)],
        Named::Known(charset) => vec![charset],
        Named::Nothing | Named::Unknown => Vec::new(),
    }
}

/// Does nothing but the zeros among its first bytes say that it is of two or four bytes a character? Who does not ask them shows all
/// the other bytes, also those behind.
fn is_wide_by_shape(bytes: &[u8], label: Named) -> bool {
    by_mark(bytes).is_none() && !matches!(label, Named::Known(charset) if charset.is_wide())
}

/// Charsets in which ASCII is ASCII differ in other letters only.
fn can_differ(one: Charset, other: Option<Charset>) -> bool {
    let moves_ascii = |charset: Charset| charset.is_wide() || charset.is_shifted() || charset.eats_letters();
    moves_ascii(one) || other.is_some_and(moves_ascii)
}

fn has_escape(bytes: &[u8], escapes: &[&[u8]]) -> bool {
    escapes.iter().any(|escape| memchr::memmem::find(bytes, escape).is_some())
}

impl Readings<'_> {
    /// Keeps a reading that has words or markup of its own.
    fn add(&mut self, text: Cow<'_, str>) {
        if self.others.len() >= OTHERS_MAX || !shows_more(&self.main, &text) {
            return;
        }
        self.mark("charset_conflict");
        if links_differ(&self.main, &text) {
            self.mark("charset_hides_link");
        }
        self.others.push(text.into_owned());
    }

    /// A text as who overlooks its zeros shows it. Letters that have none are other letters there, which is no conflict: honest text
    /// has such letters.
    fn add_narrow(&mut self, bytes: &[u8]) {
        let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        let text = without_escapes(decode_undeclared(&bytes));
        if shows_link(&self.main, &text) {
            self.add(text);
        } else if has_more(&self.main, &text) && self.others.len() < OTHERS_MAX {
            self.others.push(text.into_owned());
        }
    }

    fn mark(&mut self, word: &'static str) {
        if !self.marks.contains(&word) {
            self.marks.push(word);
        }
    }

    /// A text that is UTF-8 and declared otherwise: letters outside ASCII are words too. Senders do that, so it is no conflict.
    fn add_utf8(&mut self, bytes: &[u8], main: Option<Charset>) {
        let is_other = main.is_some_and(|main| main != Charset::Web(UTF_8) && !main.is_shifted());
        if !is_other || bytes.is_ascii() {
            return;
        }
        if let Ok(text) = std::str::from_utf8(bytes)
            && self.others.len() < OTHERS_MAX
        {
            self.others.push(text.to_owned());
        }
    }
}

/// Does the other text show words or links that the main one does not show?
pub(crate) fn shows_more(main: &str, other: &str) -> bool {
    has_more(main, other) || shows_link(main, other)
}

/// Does the other text have a word of ASCII, or a tag, that the main one has not?
fn has_more(main: &str, other: &str) -> bool {
    let known: HashSet<&str> = words(main).collect();
    words(other).any(|word| !known.contains(word)) || tags(other) > tags(main)
}

/// Does one of the two show a link that the other does not show?
fn links_differ(one: &str, other: &str) -> bool {
    let (one, other) = (find::links(one), find::links(other));
    places(&one) != places(&other)
}

/// Does the other text show a link that the main one does not show, however short its words are?
fn shows_link(main: &str, other: &str) -> bool {
    let (main, other) = (find::links(main), find::links(other));
    let known = places(&main);
    places(&other).iter().any(|place| !known.contains(place))
}

/// What links have in common in every charset: up to the first letter outside ASCII. Where words follow without a blank, as in
/// Japanese, they are taken for a part of the link in one reading and not in another.
fn places<'l>(links: &'l [Cow<'_, str>]) -> HashSet<&'l str> {
    let place = |link: &'l Cow<'_, str>| {
        let plain = link.split_once(|c: char| !c.is_ascii()).map_or(&**link, |(plain, _)| plain);
        let is_whole = host(plain).is_some() && host(plain) == host(link);
        if is_whole { plain } else { link }
    };
    links.iter().map(place).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= WORD_LETTERS_MIN)
}

fn tags(text: &str) -> usize {
    memchr::memchr_iter(b'<', text.as_bytes()).count()
}
