//! The boundary of a multipart (RFC 2046 5.1.1) as one reader or another takes it from the Content-Type field. Which one a
//! program takes is how attachments were carried past scanners (CVE-2024-28054; "Inbox Invasion", CCS 2024, section 4).

use std::collections::HashSet;

use memchr::memmem;

use crate::decode::words;
use crate::defect::AmbiguityKind;
use crate::encoding::without_comments;
use crate::header::unfold;
use crate::limits;
use crate::lines::is_blank;
use crate::media_type::{self, MediaType};

/// The word that is looked for.
const WORD: &[u8] = b"boundary";
/// What stands behind two hyphens between the parts of [`media_type::SUN`].
const SUN: &[u8] = b"--------";

/// A boundary, or that there is none, with what makes it differ from the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) kind: AmbiguityKind,
    /// Only few readers take it so, and honest boundaries have such signs: it counts where those readers see something else.
    pub(crate) is_rare: bool,
}

impl Candidate {
    fn usual(value: Option<Vec<u8>>, kind: AmbiguityKind) -> Self {
        Self { value, kind, is_rare: false }
    }
}

/// Every candidate once, first the usual one: the first parameter of the name. Empty if nobody sees any. `value` is what
/// `media_type` was read from.
pub(crate) fn candidates(value: &[u8], media_type: &MediaType) -> Vec<Candidate> {
    if media_type.is("multipart", media_type::SUN) {
        return vec![Candidate::usual(Some(SUN.to_vec()), AmbiguityKind::BoundarySpelling)];
    }
    let value = unfold(value);
    let mut found = Found::default();
    for text in media_type.all("boundary") {
        let is_blank_at_end = text.ends_with([' ', '\t']);
        found.add(text.trim_end_matches([' ', '\t']).as_bytes(), AmbiguityKind::DuplicateBoundary);
        if is_blank_at_end {
            found.add(text.as_bytes(), AmbiguityKind::BoundarySpelling);
        }
    }
    let mut plain = 0_usize;
    for written in occurrences(&value) {
        plain = plain.saturating_add(usize::from(!written.is_extended));
        spellings(&written, &mut found);
    }
    if memchr::memchr(b'(', &value).is_some() {
        behind_comments(&value, &mut found);
    }
    for value in found.candidates.iter().filter_map(|each| each.value.clone()).collect::<Vec<_>>() {
        found.add(&with_single_blanks(&value), AmbiguityKind::BoundarySpelling);
        found.add(without_blanks_around(&value), AmbiguityKind::BoundarySpelling);
    }
    // A reader that does not know RFC 2231 sees no boundary at all.
    if plain == 0 && !found.candidates.is_empty() {
        found.candidates.push(Candidate::usual(None, AmbiguityKind::EncodedBoundary));
    }
    with_empty_ones_marked(found.candidates)
}

// RFC 2046 5.1.1 asks for a character at least: an empty one is none, and for some readers every line of `--` a delimiter.
fn with_empty_ones_marked(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let is_empty = |candidate: &Candidate| candidate.value.as_ref().is_some_and(Vec::is_empty);
    for candidate in candidates.iter_mut().filter(|candidate| is_empty(candidate)) {
        candidate.kind = AmbiguityKind::EmptyBoundary;
    }
    if candidates.first().is_some_and(is_empty) {
        candidates.insert(0, Candidate::usual(None, AmbiguityKind::EmptyBoundary));
    }
    candidates
}

#[derive(Default)]
struct Found {
    candidates: Vec<Candidate>,
}

impl Found {
    fn add(&mut self, value: &[u8], kind: AmbiguityKind) {
        let is_known = self.candidates.iter().any(|each| each.value.as_deref() == Some(value));
        if !is_known {
            self.candidates.push(Candidate::usual(Some(value.to_vec()), kind));
        }
    }
}

// Some take comments out before they look for the word (MIME-tools). Those that stand there without that are known: in them the
// parentheses may be signs of the boundary itself.
fn behind_comments(value: &[u8], found: &mut Found) {
    let bare = |text: &[u8]| without_comments(text).split(|byte| is_blank(*byte)).collect::<Vec<_>>().concat();
    // As far as they go themselves: behind each stands all the rest of the value.
    let own = |written: &Written<'_>| written.text.get(..extent(written.text)).map(bare).unwrap_or_default();
    let known: HashSet<Vec<u8>> = occurrences(value).iter().map(own).collect();
    let value = bare(value);
    let hidden = occurrences(&value);
    let hidden = hidden.iter().filter(|written| !known.contains(&own(written)));
    hidden.for_each(|written| spellings(written, found));
}

/// The word, and what stands behind its equals sign.
struct Written<'a> {
    text: &'a [u8],
    // `boundary*=`, `boundary*0=`: RFC 2231.
    is_extended: bool,
}

// Wherever the word stands: some programs look for it and for nothing else, also inside quotes and comments. Not inside of
// a boundary that they have found.
fn occurrences(value: &[u8]) -> Vec<Written<'_>> {
    let lower = value.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut behind_last = 0_usize;
    for at in memmem::find_iter(&lower, WORD).take(limits::PARAMETERS_MAX) {
        let start = at.saturating_add(WORD.len());
        let Some(written) = value.get(start..).filter(|_| at >= behind_last).and_then(occurrence) else {
            continue;
        };
        behind_last = value.len().saturating_sub(written.text.len()).saturating_add(extent(written.text));
        found.push(written);
    }
    found
}

// Up to the closing quote, or to the semicolon.
fn extent(text: &[u8]) -> usize {
    match text.strip_prefix(b"\"") {
        Some(quoted) => memchr::memchr(b'"', quoted).map_or(text.len(), |end| end.saturating_add(2)),
        None => memchr::memchr(b';', text).unwrap_or(text.len()),
    }
}

fn occurrence(behind: &[u8]) -> Option<Written<'_>> {
    let is_extended = behind.first() == Some(&b'*');
    let name_end = behind.iter().position(|byte| !matches!(byte, b'*' | b'0'..=b'9' | b' ' | b'\t'))?;
    let text = behind.get(name_end..)?.strip_prefix(b"=")?;
    Some(Written { text: text.trim_ascii_start(), is_extended })
}

// What readers take that know neither quoted pairs nor comments, or cut the field at every semicolon.
fn spellings(written: &Written<'_>, found: &mut Found) {
    if written.is_extended {
        return;
    }
    let text = written.text;
    if let Some(quoted) = text.strip_prefix(b"\"") {
        let end = memchr::memchr(b'"', quoted);
        let (inside, behind) = quoted.split_at_checked(end.unwrap_or(quoted.len())).unwrap_or((quoted, b""));
        if end.is_none() {
            // Quotes that do not close belong to it for some.
            found.add_spelling(text);
        }
        let junk = up_to(behind.get(1..).unwrap_or_default(), |byte| byte == b';');
        if !inside.ends_with(b"\\") && junk.first().is_some_and(|byte| !is_blank(*byte) && *byte != b'(') {
            found.add_spelling(&[inside, junk].concat());
        }
        found.add_spelling(inside);
        found.add_inner(inside);
        if memchr::memchr(b';', inside).is_some() {
            found.add_spelling(up_to(inside, |byte| byte == b';'));
        }
        encoded(inside, found);
        return;
    }
    let segment = up_to(text, |byte| byte == b';').trim_ascii_end();
    found.add_spelling(up_to(segment, is_blank));
    found.add_inner(segment);
    if let Some(behind) = segment.strip_prefix(b"=") {
        found.add_rare(behind);
    }
    if memchr::memchr2(b'(', b'"', segment).is_some() {
        let before_comment = up_to(segment, |byte| byte == b'(');
        if !before_comment.is_empty() {
            found.add_spelling(before_comment);
        }
        let unquoted: Vec<u8> = segment.iter().copied().filter(|byte| *byte != b'"').collect();
        found.add_spelling(&unquoted);
    }
    if segment.iter().any(|byte| is_blank(*byte)) && memchr::memchr(b'(', segment).is_none() {
        found.add_spelling(segment);
    }
    encoded(segment, found);
}

fn encoded(text: &[u8], found: &mut Found) {
    if memmem::find(text, b"=?").is_none() {
        return;
    }
    let decoded = words::decode(text);
    if decoded.text.as_bytes() != text {
        found.add(decoded.text.as_bytes(), AmbiguityKind::EncodedBoundary);
    }
}

impl Found {
    // Trailing blanks are not part of it (RFC 2046 5.1.1): that they are for some is another candidate.
    fn add_spelling(&mut self, value: &[u8]) {
        let trimmed = value.trim_ascii_end();
        let is_known = self.candidates.iter().any(|each| each.value.as_deref() == Some(trimmed));
        if !is_known {
            self.add(trimmed, AmbiguityKind::BoundarySpelling);
        }
    }
}

impl Found {
    // Signs around it are quotes for some (Python takes off angle brackets).
    fn add_inner(&mut self, value: &[u8]) {
        let signs = [("'", "'"), ("<", ">")];
        let inner = |(first, last): &(&str, &str)| value.strip_prefix(first.as_bytes())?.strip_suffix(last.as_bytes());
        let inner = signs.iter().find_map(inner);
        if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
            self.add_rare(inner);
        }
    }

    fn add_rare(&mut self, value: &[u8]) {
        let known = self.candidates.len();
        self.add_spelling(value);
        if let Some(new) = self.candidates.get_mut(known) {
            new.is_rare = true;
        }
    }
}

// For readers that unfold a line end with the blanks behind it to one blank (mailparser, Email::MIME).
fn with_single_blanks(text: &[u8]) -> Vec<u8> {
    let mut single = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b' ' | b'\t' if single.ends_with(b" ") => {}
            b'\t' => single.push(b' '),
            byte => single.push(*byte),
        }
    }
    single
}

// For readers that trim what JavaScript or Python takes for white space.
fn without_blanks_around(text: &[u8]) -> &[u8] {
    let Ok(text) = std::str::from_utf8(text) else {
        let is_other = |byte: &u8| !byte.is_ascii_whitespace() && *byte != b'\xa0';
        let start = text.iter().position(is_other).unwrap_or(text.len());
        let end = text.iter().rposition(is_other).map_or(start, |last| last.saturating_add(1));
        return text.get(start..end).unwrap_or_default();
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').as_bytes()
}

fn up_to(text: &[u8], is_end: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| is_end(*byte)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
