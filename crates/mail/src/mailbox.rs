//! Addresses in header fields (RFC 5322 3.4), read as tolerantly as mail programs read them: groups, comments, quoted
//! strings, routes (4.4), encoded words, missing commas. What stands in a display name stays in the name, an address too.

use std::ops::Range;

use memchr::{memchr2, memmem};

use crate::address::Address;
use crate::cursor::Cursor;
use crate::decode::{charset, words};
use crate::limits;
use crate::lines::{is_space, slice};

/// One mailbox of an address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, decoded; the comment where there is no name; empty where there is neither.
    pub name: String,
    /// The address as written, without angle brackets and comments; empty where there is only a name.
    pub text: String,
    /// The address, if it is one by RFC 5321.
    pub address: Option<Address>,
    /// Where the mailbox stands in the raw message.
    pub range: Range<usize>,
    /// The decoded name of the group that this is the first of; else empty. Of a group of one, programs show it as the name.
    pub group: String,
    /// A route stood before the address (`<@a,@b:c@d>`, RFC 5322 4.4). Programs differ in which of the domains they show.
    pub has_route: bool,
    /// White space parted the host (`<a@b .c>`). Some programs take what is before it, others all of it.
    pub is_parted: bool,
}

/// An address field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressList {
    /// At most [`limits::MAILBOXES_MAX`].
    pub mailboxes: Vec<Mailbox>,
    /// Something in it is not by the standard: it was read as well as it goes.
    pub is_bad: bool,
    /// There are more, or one has more than [`limits::MAILBOX_WORDS_MAX`] words.
    pub is_cut: bool,
}

/// Reads the value of an address field that stands at `offset` in the message. Never fails.
#[must_use]
pub fn parse(value: &[u8], offset: usize) -> AddressList {
    let mut reader = Reader {
        value,
        offset,
        cursor: Cursor::new(value),
        pending: Pending::default(),
        list: AddressList::default(),
        word_end: None,
        group: Vec::new(),
    };
    while reader.cursor.peek().is_some() {
        reader.step();
    }
    reader.flush();
    reader.list.is_bad |= reader.cursor.is_unclosed();
    reader.list
}

// What was read of the mailbox that is not finished.
#[derive(Default)]
struct Pending {
    words: Vec<Word>,
    comment: Vec<u8>,
    angle: Option<Angle>,
    range: Option<Range<usize>>,
    // A word outside of quotes holds one.
    has_at: bool,
    // White space stands before what comes next.
    is_spaced: bool,
}

#[derive(Default)]
struct Angle {
    text: Vec<u8>,
    has_route: bool,
    is_parted: bool,
}

struct Word {
    // As written, quotes included: an address keeps them.
    raw: Range<usize>,
    text: Vec<u8>,
    is_quoted: bool,
    is_spaced: bool,
}

struct Reader<'a> {
    value: &'a [u8],
    offset: usize,
    cursor: Cursor<'a>,
    pending: Pending,
    list: AddressList,
    // Where the next encoded word ends, as far as it was looked for; the length of the value if there is none.
    word_end: Option<usize>,
    // Of a group that has begun, until a mailbox has taken it.
    group: Vec<u8>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let Some(byte) = self.cursor.peek() else {
            return;
        };
        let start = self.cursor.at;
        match byte {
            byte if is_space(byte) => {
                self.cursor.take_while(is_space);
                self.pending.is_spaced = true;
            }
            b',' | b';' => {
                self.cursor.advance(1);
                self.flush();
                if byte == b';' {
                    self.group.clear();
                }
            }
            b'<' => self.angle(),
            b':' if self.ends_group_name() => {
                self.cursor.advance(1);
                self.group = phrase(&std::mem::take(&mut self.pending).words);
            }
            b'(' => match self.cursor.comment() {
                Some(comment) => {
                    self.pending.comment.extend_from_slice(comment);
                    self.pending.is_spaced = true;
                    self.extend_range(start);
                }
                None => self.atom(),
            },
            b'"' => match self.cursor.quoted() {
                Some(text) => self.push_word(start, text, true),
                None => self.atom(),
            },
            _ => self.atom(),
        }
    }

    fn ends_group_name(&self) -> bool {
        self.pending.angle.is_none() && !self.pending.has_at
    }

    fn extend_range(&mut self, start: usize) {
        let end = self.cursor.at;
        self.pending.range.get_or_insert(start..end).end = end;
    }

    fn push_word(&mut self, start: usize, text: Vec<u8>, is_quoted: bool) {
        if self.pending.words.len() >= limits::MAILBOX_WORDS_MAX {
            self.list.is_cut = true;
            return;
        }
        self.pending.has_at |= !is_quoted && text.contains(&b'@');
        let word = Word { raw: start..self.cursor.at, text, is_quoted, is_spaced: self.pending.is_spaced };
        self.pending.words.push(word);
        self.pending.is_spaced = false;
        self.extend_range(start);
    }

    fn atom(&mut self) {
        let start = self.cursor.at;
        if let Some(length) = self.encoded_word() {
            self.cursor.advance(length);
        } else {
            // The first byte may be a sign without its counterpart.
            let first = self.cursor.peek();
            self.cursor.advance(1);
            let in_literal = first == Some(b'[');
            self.cursor.take_while(|byte| {
                !is_space(byte) && !matches!(byte, b',' | b';' | b'<' | b'(' | b'"') && (in_literal || byte != b':')
            });
            self.list.is_bad |= matches!(first, Some(b'>' | b')' | b'"' | b'('));
        }
        let text = slice(self.value, start..self.cursor.at).to_vec();
        // A quoted pair outside of quotes (RFC 5322 4.4 has it no more).
        self.list.is_bad |= text.contains(&b'\\');
        self.push_word(start, text, false);
    }

    // An encoded word may hold commas and brackets that senders forgot to encode.
    fn encoded_word(&mut self) -> Option<usize> {
        let rest = self.cursor.rest();
        if !rest.starts_with(b"=?") {
            return None;
        }
        let at = self.cursor.at;
        let known = self.word_end.filter(|end| *end > at.saturating_add(5));
        let end = known.unwrap_or_else(|| {
            // `=?x?Q?`: behind the third question mark.
            let marks = rest.iter().enumerate().filter(|(_, byte)| **byte == b'?').map(|(mark, _)| mark);
            let behind = marks.take(3).last().unwrap_or(0).saturating_add(1);
            let length = memmem::find(rest.get(behind..).unwrap_or_default(), b"?=");
            length.map_or(self.value.len(), |length| at.saturating_add(behind).saturating_add(length))
        });
        self.word_end = Some(end);
        let length = end.saturating_sub(at).saturating_add(2);
        let word = rest.get(..length).filter(|_| length <= limits::ENCODED_WORD_BYTES_MAX)?;
        memchr2(b' ', b'\n', word).is_none().then_some(length)
    }

    // RFC 5322 3.4 angle-addr, 4.4 obs-angle-addr.
    fn angle(&mut self) {
        if self.pending.angle.is_some() {
            self.list.is_bad = true;
            self.flush();
        }
        let start = self.cursor.at;
        self.cursor.advance(1);
        let Angle { mut text, mut has_route, mut is_parted } = Angle::default();
        let (mut is_closed, mut is_spaced, mut has_at) = (false, false, false);
        while let Some(byte) = self.cursor.peek() {
            let from = self.cursor.at;
            // White space around `@` itself parts nothing.
            let is_inside_host = has_at && !text.starts_with(b"@") && !text.ends_with(b"@");
            is_parted |= is_inside_host && is_spaced && !matches!(byte, b'>' | b'(') && !is_space(byte);
            is_spaced = is_space(byte);
            match byte {
                b'>' => is_closed = true,
                b'(' if self.cursor.comment().is_some() => continue,
                b'"' if self.cursor.quoted().is_some() => {
                    let quoted = slice(self.value, from..self.cursor.at);
                    has_at |= quoted.contains(&b'@');
                    text.extend_from_slice(quoted);
                    continue;
                }
                b':' if text.starts_with(b"@") => {
                    has_route = true;
                    (is_parted, has_at) = (false, false);
                    text.clear();
                }
                b',' if !text.starts_with(b"@") => break,
                // `<a@b<c@d>`: mail programs show the last one.
                b'<' => {
                    self.list.is_bad = true;
                    has_at = false;
                    text.clear();
                }
                byte if is_space(byte) => {}
                byte => {
                    has_at |= byte == b'@' && !text.is_empty();
                    text.push(byte);
                }
            }
            self.cursor.advance(1);
            if is_closed {
                break;
            }
        }
        self.list.is_bad |= !is_closed;
        self.pending.angle = Some(Angle { text, has_route, is_parted });
        self.extend_range(start);
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let Some(range) = pending.range else {
            return;
        };
        if self.list.mailboxes.len() >= limits::MAILBOXES_MAX {
            self.list.is_cut = true;
            return;
        }
        let (phrase, angle) = match pending.angle {
            Some(angle) => (phrase(&pending.words), angle),
            None => {
                let (phrase, text) = self.bare(&pending.words);
                let has_route = text.starts_with(b"@") && text.contains(&b':');
                (phrase, Angle { text, has_route, is_parted: false })
            }
        };
        let name = if phrase.is_empty() { pending.comment } else { phrase };
        let text = charset::guess(&angle.text);
        let address = Address::parse(&text).ok();
        self.list.is_bad |= address.is_none();
        self.list.mailboxes.push(Mailbox {
            name: decoded(name),
            text,
            address,
            group: decoded(std::mem::take(&mut self.group)),
            has_route: angle.has_route,
            is_parted: angle.is_parted,
            range: self.offset.saturating_add(range.start)..self.offset.saturating_add(range.end),
        });
    }

    // Without angle brackets: the last run with an unquoted @ is the address, the rest is a name.
    fn bare(&self, words: &[Word]) -> (Vec<u8>, Vec<u8>) {
        let mut runs: Vec<(Vec<u8>, bool, &[Word])> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let raw = slice(self.value, word.raw.clone());
            let has_at = !word.is_quoted && raw.contains(&b'@');
            let one = words.get(at..at.saturating_add(1)).unwrap_or_default();
            match runs.last_mut() {
                Some((run, run_has_at, group)) if !word.is_spaced || raw.starts_with(b"@") || run.ends_with(b"@") => {
                    run.extend_from_slice(raw);
                    *run_has_at |= has_at;
                    *group = words.get(at.saturating_sub(group.len())..=at).unwrap_or(group);
                }
                _ => runs.push((raw.to_vec(), has_at, one)),
            }
        }
        let Some(chosen) = runs.iter().rposition(|(_, has_at, _)| *has_at) else {
            return (phrase(words), Vec::new());
        };
        let text = runs.get(chosen).map(|(run, _, _)| run.clone()).unwrap_or_default();
        let others = runs.iter().enumerate().filter(|(at, _)| *at != chosen).flat_map(|(_, (_, _, group))| *group);
        (join(others), text)
    }
}

fn decoded(phrase: Vec<u8>) -> String {
    words::decode(&phrase.into_iter().filter(|b| !matches!(b, b'\r' | b'\n')).collect::<Vec<_>>()).text
}

fn phrase(words: &[Word]) -> Vec<u8> {
    join(words.iter())
}

fn join<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<u8> {
    let mut phrase = Vec::new();
    for word in words {
        if word.is_spaced && !phrase.is_empty() {
            phrase.push(b' ');
        }
        phrase.extend_from_slice(&word.text);
    }
    phrase
}

#[cfg(test)]
mod tests;
