//! What a script does, as far as it can be read without running it: where it leads, what it puts on the clipboard, files that
//! it puts together (HTML smuggling, MITRE ATT&CK T1027.006), and pages and scripts that it holds in coded strings.
//!
//! Documented limit: nothing is run. Strings are put together over `+`, decoded by `atob`, `unescape`, `fromCharCode` and the
//! escapes of the language; a loop with a key of its own is not undone.

use crate::formats::html::attributes::leads_away;
use crate::formats::html::data::from_base64;
use crate::sniff::sniff;
use mail::links::inner::{clean_end, is_away};
use mail::links::{find, hex_pair, percent_decoded};

/// Strings looked at in one script.
const STRINGS_MAX: usize = 400_000;
/// Characters of a coded string that may hold something.
const CODED_MIN: usize = 24;
/// Characters of a coded text in the page that may hold a file.
const PAGE_CODED_MIN: usize = 256;
/// Things taken out of one script.
const HELD_MAX: usize = 128;
/// Numbers in a list that may be the bytes of something.
const NUMBERS_MIN: usize = 12;
/// Bytes before a string that say what it is for.
const BEFORE_BYTES: usize = 48;

/// Words that put a file together; each alone is enough.
const SMUGGLING: [&str; 6] = [
    "createObjectURL",
    "msSaveOrOpenBlob",
    "msSaveBlob",
    "application/octet-stream",
    "showSaveFilePicker",
    "webkitURL",
];
/// Words of a file's content and of its name: together they are a file put together too.
const CONTENT: [&str; 5] = ["atob(", "fromCharCode", "Uint8Array", "new Blob(", "data:application"];
/// See [`CONTENT`].
const NAMED: [&str; 3] = [".download", "download=", "'download'"];
/// Words that write to the clipboard.
const CLIPBOARD: [&str; 6] = [
    "clipboard.writeText",
    "clipboard.write(",
    "execCommand('copy'",
    "execCommand(\"copy\"",
    "clipboardData.setData",
    "ClipboardItem(",
];
/// What stands before a string that the page leads to.
const LEADING: [&str; 10] = [
    "location=",
    "location.href=",
    "location.replace(",
    "location.assign(",
    "window.open(",
    ".navigate(",
    "location[\"href\"]=",
    "location['href']=",
    "window.location=",
    "history.pushstate(",
];
/// Decodes a string.
type Decode = fn(&str) -> Vec<u8>;
/// What decodes the string behind it.
const DECODERS: [(&str, Decode); 5] = [
    ("atob(", from_base64),
    ("unescape(", unescape),
    ("decodeuricomponent(", |text| percent_decoded(text).into_bytes()),
    ("decodeuri(", |text| percent_decoded(text).into_bytes()),
    ("frombase64(", from_base64),
];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) marks: Vec<&'static str>,
    /// Where the page leads by itself.
    pub(super) redirects: Vec<String>,
    /// Other addresses in it.
    pub(super) links: Vec<String>,
    /// Files, pages and scripts in coded strings.
    pub(super) held: Vec<Vec<u8>>,
    /// A limit ended the reading.
    pub(super) is_cut: bool,
    strings: usize,
}

/// Reads a script.
pub(super) fn read(script: &str) -> Found {
    let mut found = Found::default();
    let has =
        |words: &[&str]| words.iter().any(|word| memchr::memmem::find(script.as_bytes(), word.as_bytes()).is_some());
    if has(&SMUGGLING) || (has(&CONTENT) && has(&NAMED)) {
        found.marks.push("smuggling");
    }
    if has(&CLIPBOARD) {
        found.marks.push("clipboard_write");
    }
    found.read_strings(script);
    found.read_numbers(script);
    for link in find::links(&unescaped(script)).into_iter().filter(|link| is_away(link)) {
        found.add_link(clean_end(&link));
    }
    found
}

impl Found {
    /// Every string, put together with its neighbours over `+`.
    fn read_strings(&mut self, script: &str) {
        let mut strings = Strings { rest: script, place: 0 };
        let mut whole = String::new();
        let mut whole_at = 0_usize;
        let mut end = 0_usize;
        while let Some((at, string, after)) = strings.next() {
            self.strings = self.strings.saturating_add(1);
            if self.strings > STRINGS_MAX {
                self.is_cut = true;
                break;
            }
            let between = script.get(end..at).unwrap_or_default();
            let is_more = !whole.is_empty() && between.len() < 64 && between.trim() == "+";
            if !is_more {
                self.take_string(script.get(..whole_at).unwrap_or_default(), &whole);
                whole.clear();
                whole_at = at;
            }
            whole.push_str(&unescaped(string));
            end = after;
        }
        self.take_string(script.get(..whole_at).unwrap_or_default(), &whole);
    }

    fn take_string(&mut self, before: &str, string: &str) {
        if string.len() < 2 {
            return;
        }
        let from = before.len().saturating_sub(BEFORE_BYTES);
        let before: String = before
            .get(before.ceil_char_boundary(from)..)
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        if LEADING.iter().any(|word| before.ends_with(word)) {
            self.redirects.push(string.to_owned());
        } else {
            for link in find::links(string).into_iter().filter(|link| is_away(link) || leads_away(link)) {
                self.add_link(link.into_owned());
            }
        }
        if let Some((before, decode)) =
            DECODERS.iter().find_map(|(word, decode)| Some((before.strip_suffix(word)?, decode)))
        {
            let bytes = decode(string);
            let before = before.trim_end_matches("window.").trim_end_matches("self.");
            let leads = LEADING.iter().any(|word| before.ends_with(word));
            match std::str::from_utf8(&bytes) {
                Ok(text) if leads => self.redirects.push(text.to_owned()),
                _ => self.hold(bytes, true),
            }
        } else if string.len() >= CODED_MIN {
            self.take_coded(string);
        }
    }

    /// A long string without a decoder before it: what it is decoded to says whether it was coded.
    fn take_coded(&mut self, string: &str) {
        if string.bytes().all(is_base64) {
            if string.len() >= 48 && string.bytes().all(|b| b.is_ascii_hexdigit()) {
                let bytes = string.as_bytes().as_chunks::<2>().0.iter().filter_map(|pair| hex_pair(*pair)).collect();
                self.hold(bytes, false);
            }
            self.hold(from_base64(string), false);
        } else if string.contains("%3C") || string.contains("%3c") || string.contains("%u00") {
            self.hold(unescape(string), false);
        } else if string.contains('<') && string.contains('>') && has_tag(string) {
            // Written into the page by the script: a page of its own.
            self.hold(string.as_bytes().to_vec(), false);
        }
    }

    /// `[77, 90, 144, …]`, `fromCharCode(60, 115, …)`.
    fn read_numbers(&mut self, script: &str) {
        let mut rest = script;
        while let Some(at) = rest.find(['[', '(']) {
            rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
            let end = rest
                .find(|c: char| !(c.is_ascii_hexdigit() || c.is_whitespace() || matches!(c, ',' | 'x')))
                .unwrap_or(rest.len());
            let list = rest.get(..end).unwrap_or_default();
            rest = rest.get(end..).unwrap_or_default();
            if list.len() < NUMBERS_MIN.saturating_mul(2) {
                continue;
            }
            let numbers: Option<Vec<u8>> = list.split(',').filter(|one| !one.trim().is_empty()).map(byte).collect();
            if let Some(numbers) = numbers.filter(|numbers| numbers.len() >= NUMBERS_MIN) {
                self.hold(numbers, false);
            }
        }
    }

    /// Keeps what can be a file, a page or a script; with `is_sure` also a text.
    fn hold(&mut self, bytes: Vec<u8>, is_sure: bool) {
        if bytes.len() < 2 {
            return;
        }
        let kind = sniff(&bytes);
        let is_text = matches!(kind, "text" | "xml" | "unknown" | "empty");
        if !is_text || (is_sure && kind != "unknown") || std::str::from_utf8(&bytes).is_ok_and(has_tag) {
            if !is_text && kind != "html" && !self.marks.contains(&"smuggling") {
                self.marks.push("smuggling");
            }
            if self.held.len() < HELD_MAX { self.held.push(bytes) } else { self.is_cut = true }
        }
    }

    fn add_link(&mut self, link: String) {
        if link.len() > 8 && !self.redirects.contains(&link) && self.links.last() != Some(&link) {
            self.links.push(link);
        }
    }
}

/// The file that a long text in base64 holds, for a script to take it from the page; none where it is none.
pub(super) fn file_in(coded: &str) -> Option<Vec<u8>> {
    let is_coded = coded.len() >= PAGE_CODED_MIN && coded.bytes().all(is_base64);
    let bytes = is_coded.then(|| from_base64(coded))?;
    (!matches!(sniff(&bytes), "text" | "xml" | "unknown" | "empty")).then_some(bytes)
}

const fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'\n' | b'\r')
}

fn byte(word: &str) -> Option<u8> {
    let word = word.trim();
    word.strip_prefix("0x").map_or_else(|| word.parse().ok(), |hex| u8::from_str_radix(hex, 16).ok())
}

fn has_tag(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<script", "<a ", "<iframe", "<form", "<html", "<meta", "<img", "<svg", "<body", "<input", "<div"]
        .iter()
        .any(|tag| lower.contains(tag))
}

/// `%uXXXX` and `%XX` (ECMA-262 B.2.1.2).
fn unescape(text: &str) -> Vec<u8> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let (digits, skip) = match after.strip_prefix('u') {
            Some(wide) => (wide.get(..4), 5),
            None => (after.get(..2), 2),
        };
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        decoded.push(code.unwrap_or('%'));
        rest = if code.is_some() { after.get(skip..).unwrap_or_default() } else { after };
    }
    decoded.push_str(rest);
    decoded.into_bytes()
}

/// `\x41`, `\u0041`, `\u{41}`, `\/`, `\n`.
fn unescaped(string: &str) -> String {
    if !string.contains('\\') {
        return string.to_owned();
    }
    let mut text = String::with_capacity(string.len());
    let mut rest = string;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let Some(first) = after.chars().next() else { return text };
        let after_first = after.get(first.len_utf8()..).unwrap_or_default();
        let number = |length: usize| u32::from_str_radix(after_first.get(..length)?, 16).ok().and_then(char::from_u32);
        let (letter, used) = match first {
            'x' => (number(2), 2),
            'u' if after_first.starts_with('{') => {
                let end = after_first.find('}').unwrap_or(0);
                let code = after_first.get(1..end).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (code.and_then(char::from_u32), end.saturating_add(1))
            }
            'u' => (number(4), 4),
            'n' => (Some('\n'), 0),
            't' => (Some('\t'), 0),
            'r' => (Some('\r'), 0),
            '\n' => (None, 0),
            other => (Some(other), 0),
        };
        text.extend(letter);
        rest = if letter.is_some() { after_first.get(used..).unwrap_or_default() } else { after_first };
    }
    text.push_str(rest);
    text
}

/// The strings of a script one after the other: where each begins, its content, where it ends.
struct Strings<'s> {
    rest: &'s str,
    place: usize,
}

impl<'s> Strings<'s> {
    fn next(&mut self) -> Option<(usize, &'s str, usize)> {
        loop {
            let at = self.rest.find(['"', '\'', '`', '/'])?;
            let quote = self.rest.get(at..)?.chars().next()?;
            if quote == '/' {
                self.skip_comment(at);
                continue;
            }
            let begin = self.place.saturating_add(at);
            let body = self.rest.get(at.saturating_add(1)..)?;
            let length = string_length(body, quote);
            let string = body.get(..length)?;
            let used = at.saturating_add(length).saturating_add(2).min(self.rest.len());
            self.advance(used);
            return Some((begin, string, begin.saturating_add(length).saturating_add(2)));
        }
    }

    fn skip_comment(&mut self, at: usize) {
        let rest = self.rest.get(at..).unwrap_or_default();
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end.saturating_add(2))
        } else {
            1
        };
        self.advance(at.saturating_add(length));
    }

    fn advance(&mut self, used: usize) {
        let used = self.rest.ceil_char_boundary(used);
        self.rest = self.rest.get(used..).unwrap_or_default();
        self.place = self.place.saturating_add(used);
    }
}

/// A string ends at its quote, and at the end of the line unless it is a template.
fn string_length(body: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in body.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if c == quote || (c == '\n' && quote != '`') {
            return at;
        }
    }
    body.len()
}
