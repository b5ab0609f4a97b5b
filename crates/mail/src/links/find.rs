//! Links in a running text: with a scheme, as people write them (`www.`, a host, a share of files), made harmless for people
//! to repair (`hxxp`, `[.]`), and broken over lines (RFC 3676 flowed text; RFC 3986 appendix C, angle brackets).
//!
//! A text is looked at once, word by word; a word without `.`, `:` or `\` is passed over at memory speed.

use std::borrow::Cow;
use std::iter::Peekable;
use std::ops::Range;
use std::vec;

use memchr::memchr3;

use crate::links::normal::{Flags, NormalLink, is_bare_host, normal};
use crate::links::user::UserLink;
use crate::links::{is_invisible, user};

/// Lines that one broken link may go over.
const LINES_MAX: usize = 8;
/// Bytes of a link that is put together of lines.
const JOINED_BYTES_MAX: usize = 4096;
/// Bytes of a word that are looked at together; a longer one is looked at in pieces.
const WORD_BYTES_MAX: usize = 64 * 1024;
/// What the pieces of a long word have in common, bytes: a host fits.
const OVERLAP_BYTES: usize = 512;
/// Bytes of one link, behind its slashes.
const LINK_BYTES_MAX: usize = 8 * 1024;
/// The same without scheme.
const BARE_BYTES_MAX: usize = 2 * 1024;
/// Bytes behind a scheme that tell whether it is one: a host, or the sign that goes with it.
const SIGN_BYTES_MAX: usize = 1024;
/// Columns from which a line may have been broken by a program.
const BROKEN_COLUMNS_MIN: usize = 60;

/// Schemes that name something without slashes.
const BARE_SCHEMES: [&str; 26] = [
    "mailto",
    "tel",
    "sms",
    "smsto",
    "callto",
    "skype",
    "sip",
    "sips",
    "magnet",
    "javascript",
    "vbscript",
    "data",
    "search-ms",
    "search",
    "jar",
    "intent",
    "facetime",
    "whatsapp",
    "bitcoin",
    "ethereum",
    "monero",
    "market",
    "http",
    "https",
    "ftp",
    "file",
];
/// Schemes that are found behind letters too.
pub(super) const GLUED_SCHEMES: [&str; 6] = ["https", "http", "hxxps", "hxxp", "ftp", "file"];

/// Brackets, commas and the like of CJK, and an apostrophe: none of them is part of an address, wherever it stands.
const ENDS: [char; 8] = ['，', '）', '》', '、', '】', '」', '；', '’'];

/// The links of a text in order, as written; those that are put together of several lines, or that programs write otherwise, are
/// owned. A link that ends within its user for some programs stands here twice.
#[must_use]
pub fn links(text: &str) -> Vec<Cow<'_, str>> {
    let mut found = Found { links: Vec::new(), users: user::links(text).into_iter().peekable() };
    let mut done = 0_usize;
    while let Some(at) = memchr3(b'.', b':', b'\\', text.as_bytes().get(done..).unwrap_or_default()) {
        let at = done.saturating_add(at);
        let begin = text.get(done..at).unwrap_or_default().rfind(is_rim).map_or(done, |rim| {
            let rim = done.saturating_add(rim);
            rim.saturating_add(text.get(rim..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8))
        });
        let end = text.get(at..).unwrap_or_default().find(is_rim).map_or(text.len(), |rim| at.saturating_add(rim));
        let word = text.get(begin..end).unwrap_or_default();
        for piece in pieces(word) {
            let begin = begin.saturating_add(piece.start);
            read_word(text, begin, word.get(piece).unwrap_or_default(), &mut found);
        }
        done = end.max(at.saturating_add(1));
    }
    found.add_users(usize::MAX);
    found.links
}

/// What was found so far, and the links with a user that are not passed yet.
struct Found<'t> {
    links: Vec<Cow<'t, str>>,
    users: Peekable<vec::IntoIter<UserLink<'t>>>,
}

impl<'t> Found<'t> {
    /// Adds a link that stands there in the text; beside it the same with its user, where it ends before that does.
    fn add(&mut self, place: Range<usize>, link: Cow<'t, str>) {
        self.add_users(place.start);
        self.links.push(link);
        while let Some(user) = self.users.next_if(|user| user.start == place.start) {
            if place.end < user.host_end {
                self.links.push(user.link);
            }
        }
    }

    /// Adds those with a user that begin before there.
    fn add_users(&mut self, end: usize) {
        while let Some(user) = self.users.next_if(|user| user.start < end) {
            self.links.push(user.link);
        }
    }
}

/// A word, whole or in pieces that overlap.
fn pieces(word: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = Some(0_usize);
    std::iter::from_fn(move || {
        let start = from?;
        let end = word.floor_char_boundary(start.saturating_add(WORD_BYTES_MAX));
        from = (end < word.len()).then(|| word.floor_char_boundary(end.saturating_sub(OVERLAP_BYTES)));
        Some(start..end)
    })
}

/// What ends a word that may hold a link.
fn is_rim(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '“' | '”' | '„' | '«' | '»' | '`' | '\u{fffd}')
}

fn read_word<'t>(text: &'t str, begin: usize, word: &'t str, found: &mut Found<'t>) {
    if !word.is_ascii() && word.contains(is_invisible) {
        return read_invisible(begin, word, found);
    }
    let mut from = 0_usize;
    while let Some((start, end)) = next_link(word, from) {
        let Some(link) = word.get(start..end).filter(|link| !link.is_empty()) else { break };
        let place = begin.saturating_add(start);
        found.add(place..begin.saturating_add(end), Cow::Borrowed(link));
        if is_in_brackets(text, place) {
            found.links.extend(in_brackets(text, place).map(Cow::Owned));
        } else if end >= trimmed_end(word) {
            let place = (place, begin.saturating_add(word.len()));
            found.links.extend(over_lines(text, place, link).map(Cow::Owned));
        }
        from = end.max(from.saturating_add(1));
    }
}

/// The same without the characters that are not seen; a link that is the whole word stays as it is written.
fn read_invisible<'t>(begin: usize, word: &'t str, found: &mut Found<'t>) {
    let seen: String = word.chars().filter(|c| !is_invisible(*c)).collect();
    let mut from = 0_usize;
    while let Some((start, end)) = next_link(&seen, from) {
        let Some(link) = seen.get(start..end).filter(|link| !link.is_empty()) else { break };
        let link = if link.len() == seen.len() { Cow::Borrowed(word) } else { Cow::Owned(link.to_owned()) };
        // Where it stands in the text is not known: of the same with its user both are kept.
        found.add(begin..begin, link);
        from = end.max(from.saturating_add(1));
    }
}

/// The first link of a word from there on: where it begins and ends.
fn next_link(word: &str, from: usize) -> Option<(usize, usize)> {
    let rest = word.get(from..)?;
    let by_scheme = with_scheme(rest);
    let bare = bare(rest).filter(|(start, _)| by_scheme.is_none_or(|(scheme, _)| *start < scheme));
    let (start, end) = bare.or(by_scheme)?;
    Some((from.saturating_add(start), from.saturating_add(end)))
}

fn with_scheme(word: &str) -> Option<(usize, usize)> {
    let mut from = 0_usize;
    while let Some(colon) = word.get(from..)?.find(':') {
        let colon = from.saturating_add(colon);
        let before = word.get(from..colon).unwrap_or_default();
        let after = word.get(colon.saturating_add(1)..).unwrap_or_default();
        if let Some(length) = scheme_length(before, after) {
            let start = colon.saturating_sub(length);
            let slashes = after.len().saturating_sub(behind_slashes(after).len());
            let end = link_end(word.get(start..).unwrap_or_default(), length.saturating_add(slashes));
            return Some((start, start.saturating_add(end)));
        }
        from = colon.saturating_add(1);
    }
    None
}

fn behind_slashes(rest: &str) -> &str {
    rest.trim_start_matches(['/', '\\', ']'])
}

/// Does a host begin behind the slashes? It may begin with a sign of letters (an emoji) and, where a host is seen behind them, with
/// others.
fn begins_host(after: &str) -> bool {
    let host = behind_slashes(after);
    let Some(first) = host.chars().next() else { return false };
    if first.is_alphanumeric() || matches!(first, '[' | '%' | '&' | '@' | '_' | '*' | '.' | '-') {
        return true;
    }
    let near = host.get(..host.floor_char_boundary(SIGN_BYTES_MAX)).unwrap_or(host);
    if first.is_ascii() {
        return is_bare_host(near.trim_start_matches(|c: char| c.is_ascii_punctuation()));
    }
    let authority = near.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    !ENDS.contains(&first) && authority.contains(['.', '。', '．', '｡'])
}

/// How many bytes before a colon are the scheme of a link.
fn scheme_length(before: &str, after: &str) -> Option<usize> {
    let run = before
        .bytes()
        .rev()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
        .count();
    let run = before.get(before.len().saturating_sub(run)..).unwrap_or_default();
    // `[://]`, `[:]//` stand in links that are made harmless.
    let run = if run.is_empty() {
        before
            .strip_suffix('[')
            .map_or("", |before| before.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default())
    } else {
        run
    };
    let extra = usize::from(before.ends_with('['));
    let lower = run.to_ascii_lowercase();
    let glued = GLUED_SCHEMES.iter().find(|scheme| lower.ends_with(**scheme));
    let is_slashed =
        after.starts_with("//") || after.starts_with("\\\\") || after.starts_with("]//") || after.starts_with("//]");
    // A word can be nothing but schemes.
    let near = after.get(..after.floor_char_boundary(SIGN_BYTES_MAX)).unwrap_or(after);
    if let Some(scheme) = glued {
        let is_web = is_slashed || after.starts_with(['/', '\\']) || (lower == **scheme && is_bare_host(near));
        return (is_web && begins_host(after)).then(|| scheme.len().saturating_add(extra));
    }
    // A single letter is a drive of Windows.
    if run.len() < 2 || !run.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let is_bare = BARE_SCHEMES.contains(&lower.as_str()) || (lower.starts_with("ms-") && lower.len() > 4);
    let known = match lower.as_str() {
        "data" => near.contains(',') && near.contains('/'),
        "tel" | "sms" | "smsto" | "callto" => {
            after.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#' | '(' | '/'))
        }
        // A word that people write: only what the shell would search for, and what an archive is fetched from.
        "search" => is_search(near),
        "jar" => near.contains(":/") && near.contains('!'),
        "mailto" => near.contains(['@', '?', '%']),
        _ => true,
    };
    ((is_slashed && begins_host(after)) || (is_bare && known && !after.is_empty()))
        .then(|| run.len().saturating_add(extra))
}

/// Has it a key that the shell searches by?
fn is_search(text: &str) -> bool {
    let keys = ["query=", "crumb=", "location:", "displayname="];
    text.match_indices(['=', ':']).any(|(at, _)| {
        let before = text.as_bytes().get(..=at).unwrap_or_default();
        keys.iter()
            .any(|key| before.rchunks(key.len()).next().is_some_and(|end| end.eq_ignore_ascii_case(key.as_bytes())))
    })
}

/// A link without scheme at the beginning of a word, behind brackets and the like.
fn bare(word: &str) -> Option<(usize, usize)> {
    let trimmed = word.trim_start_matches([
        '(', '[', '{', '\'', '*', '_', '|', '~', '-', ',', ';', '=', '（', '【', '「', '：', '，',
    ]);
    let start = word.len().saturating_sub(trimmed.len());
    let trimmed = trimmed.get(..trimmed.floor_char_boundary(BARE_BYTES_MAX))?;
    let end = link_end(trimmed, 0);
    let link = trimmed.get(..end)?;
    if let Some(share) = link.strip_prefix("\\\\") {
        return is_share(share).then_some((start, start.saturating_add(end)));
    }
    // Regular expressions, drawings in letters: nobody makes a link of these in a text.
    if link.starts_with("/\\") || link.starts_with("\\/") {
        return None;
    }
    let rest = link.strip_prefix("//").unwrap_or(link);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') && !authority.to_ascii_lowercase().contains("@ssl") {
        return None;
    }
    let is_link = if rest.len() < link.len() {
        rest.contains('/') && is_clear(link)
    } else {
        is_clear(link) && !is_sentence(authority)
    };
    is_link.then_some((start, start.saturating_add(end)))
}

/// A host and a path, as people write a share; nothing that merely begins with the two signs (`\\k:\h'-1m'`).
fn is_share(share: &str) -> bool {
    let share = share.strip_prefix("?\\UNC\\").or_else(|| share.strip_prefix(".\\UNC\\")).unwrap_or(share);
    let Some((host, path)) = share.split_once(['\\', '/']) else { return false };
    let is_host =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '$' | '@' | '[' | ']') || is_invisible(c);
    let has_port = host.starts_with('[') || host.contains('@');
    host.starts_with(|c: char| c.is_alphanumeric() || c == '[')
        && host.chars().all(|c| is_host(c) || (has_port && c == ':'))
        && path.starts_with(char::is_alphanumeric)
}

fn is_clear(link: &str) -> bool {
    if is_bare_host(link) {
        return true;
    }
    // Nothing else is clear but what begins with slashes or has its dots in brackets.
    if !link.starts_with(['/', '\\']) && !link.bytes().any(|byte| matches!(byte, b'[' | b'(' | b'{')) {
        return false;
    }
    let NormalLink { flags, .. } = match normal(link) {
        Some(link) if link.flags.has(Flags::SCHEMELESS) => link,
        _ => return false,
    };
    flags.has(Flags::DEFANGED) || flags.has(Flags::UNC) || link.starts_with("//")
}

/// `end.It` is where two sentences meet, and `os.name` is code; hosts alone are taken as links only where they look like one.
fn is_sentence(authority: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    let top = host.rsplit('.').next().unwrap_or_default();
    let is_named = host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let is_loud = !top.is_ascii() || host.bytes().all(|b| !b.is_ascii_lowercase());
    let is_title = top.starts_with(|c: char| c.is_ascii_uppercase()) && !is_loud;
    let is_word = FILES_AND_WORDS.contains(&top.to_ascii_lowercase().as_str());
    !is_named && (is_title || (is_word && host.len() == authority.len()))
}

/// Top-level domains that are also endings of files or words of code.
const FILES_AND_WORDS: [&str; 15] =
    ["zip", "mov", "md", "py", "rs", "sh", "pl", "ps", "name", "id", "host", "is", "do", "so", "js"];

/// Where a link ends in what follows its beginning: without the punctuation of the sentence around. Found in one pass, which ends
/// where the link does. So many bytes as its scheme and slashes take do not count for its length.
pub(super) fn link_end(link: &str, uncounted: usize) -> usize {
    let most = uncounted.saturating_add(LINK_BYTES_MAX);
    let link = link.get(..link.floor_char_boundary(most)).unwrap_or(link);
    // Addresses of programs part their words with bars.
    let has_bars = !link.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
    let ends = |(at, c): &(usize, char)| match c {
        '|' if has_bars => false,
        // A list's separator ends a link where the next one follows.
        ',' | ';' | '|' | ')' | ']' if *at > 8 => begins_next(link.get(at.saturating_add(1)..).unwrap_or_default(), *c),
        _ => ENDS.contains(c) || is_rim(*c),
    };
    let end = link.char_indices().find(ends).map_or(link.len(), |(at, _)| at);
    trimmed_end(link.get(..end).unwrap_or_default())
}

/// Does another link begin behind this separator?
fn begins_next(rest: &str, separator: char) -> bool {
    let begins = |with: &str| rest.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    match separator {
        ',' => begins("http") || begins("www."),
        ']' => begins("(http"),
        _ => begins("http"),
    }
}

fn trimmed_end(link: &str) -> usize {
    let mut rest = link;
    loop {
        let Some(last) = rest.chars().next_back() else { return 0 };
        let closes = match last {
            ')' => !is_balanced(rest, '(', ')'),
            ']' => !is_balanced(rest, '[', ']'),
            '}' => !is_balanced(rest, '{', '}'),
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '|' | '。' | '！' | '？' | '…' => true,
            _ => false,
        };
        if !closes {
            return rest.len();
        }
        rest = rest.get(..rest.len().saturating_sub(last.len_utf8())).unwrap_or_default();
        // A word that is nothing but brackets would be counted again and again.
        if link.len().saturating_sub(rest.len()) > 64 {
            return rest.len();
        }
    }
}

fn is_balanced(text: &str, open: char, close: char) -> bool {
    text.matches(open).count() >= text.matches(close).count()
}

/// The link as it is when the lines that it goes over are put together; none where it ends with its line.
fn over_lines(text: &str, (start, end): (usize, usize), link: &str) -> Option<String> {
    let rest = text.get(end..)?;
    // Most words end in the middle of a line: where that began is not asked.
    if !rest.strip_prefix(' ').unwrap_or(rest).starts_with(['\r', '\n']) {
        return None;
    }
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let quote = quote_of(text.get(line_start..start)?);
    let mut joined = text.get(start..end)?.to_owned();
    let mut columns = end.saturating_sub(line_start);
    let mut rest = rest;
    let mut is_more = false;
    for _ in 0..LINES_MAX {
        let (is_soft, next) = match rest.strip_prefix(' ') {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let Some(next) = next.strip_prefix("\r\n").or_else(|| next.strip_prefix('\n')) else { break };
        let next = next.strip_prefix(quote).unwrap_or(next);
        let piece_end = next.find(|c: char| is_rim(c) || !c.is_ascii()).unwrap_or(next.len());
        let (piece, after) = next.split_at_checked(piece_end)?;
        if !(is_soft || columns >= BROKEN_COLUMNS_MIN) || !continues(&joined, piece) || joined.len() > JOINED_BYTES_MAX
        {
            break;
        }
        joined.push_str(piece);
        is_more = true;
        columns = piece.len();
        rest = after;
    }
    joined.truncate(trimmed_end(&joined));
    (is_more && joined.len() > link.len()).then_some(joined)
}

fn quote_of(line: &str) -> &str {
    let end = line.find(|c| !matches!(c, '>' | ' ')).unwrap_or(line.len());
    line.get(..end).filter(|quote| quote.starts_with('>')).unwrap_or_default()
}

/// May this be the rest of a link, rather than the next word?
fn continues(link: &str, piece: &str) -> bool {
    let begins = piece.starts_with(|c: char| c.is_ascii_alphanumeric() || "/?&=#%._-~+".contains(c));
    if !begins || piece.contains("://") || piece.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        return false;
    }
    let is_wordy = piece.trim_end_matches(['.', ',', '!', '?', ';', ':']).bytes().all(|b| b.is_ascii_alphabetic());
    // A link that ends within itself, or has no whole host, goes on in any case.
    let is_open = link.ends_with(['=', '&', '/', '-', '_', '%', '?', '.']) && link.len() > 12;
    let host_is_whole = normal(link).is_some_and(|link| {
        link.path.len() > 1 || psl::suffix(link.host.as_bytes()).is_some_and(|suffix| suffix.is_known())
    });
    !is_wordy || is_open || !host_is_whole
}

fn is_in_brackets(text: &str, start: usize) -> bool {
    let before = text.get(text.floor_char_boundary(start.saturating_sub(5))..start).unwrap_or_default();
    before.ends_with('<') || before.eq_ignore_ascii_case("<URL:")
}

/// `<http://evil.example/a` line end `b>`, also behind `<URL:`: white space within the brackets is none of the link's (RFC 3986 appendix C).
fn in_brackets(text: &str, start: usize) -> Option<String> {
    let rest = text.get(start..)?;
    let window = rest.get(..rest.floor_char_boundary(JOINED_BYTES_MAX))?;
    let end = window.find(['>', '<'])?;
    let inner = window.get(..end)?;
    let is_broken = window.get(end..)?.starts_with('>') && inner.contains('\n');
    is_broken.then(|| inner.split_whitespace().collect())
}
