//! What a program of Power Query (the M language) fetches, as far as its constants tell. Source: the M language's specification,
//! operators and functions of texts.
//!
//! Texts joined by `&`, names for such, and a few functions of texts are followed; a function that fetches and whose address is
//! not known so is said to be computed.

use std::collections::{HashMap, HashSet};

use crate::formats::connection;
use crate::formats::office::is_remote;
use crate::formats::office::ooxml::mashup::families::{self, Origin, Use};
use crate::formats::office::ooxml::mashup::scopes::{self, Scopes};
use crate::formats::office::ooxml::mashup::words::{Token, plain, tokens};

/// A program that is read, bytes.
const PROGRAM_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Names, texts and signs of one program.
const TOKENS_MAX: usize = 500_000;
/// Pieces of texts that are looked at, for each of these and besides: each is in the way of few others.
const PIECES_PER_TOKEN: usize = 16;
/// See [`PIECES_PER_TOKEN`].
const PIECES_BESIDES: usize = 10_000;
/// A text that is put together, bytes; no address is longer.
const VALUE_BYTES_MAX: usize = 2 * 1024;
/// Bytes that are put together for one program.
const COPIED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Brackets within brackets of a text that is put together.
const DEPTH_MAX: u32 = 8;
/// Times that names are looked for: one may stand for others further on.
const ROUNDS: usize = 3;

/// What a program does.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// Where it fetches from, each once.
    pub(super) targets: Vec<String>,
    pub(super) fetches: bool,
    /// Something is fetched, and it is not known from where.
    pub(super) is_computed: bool,
    /// There is more than is read.
    pub(super) is_cut: bool,
}

/// Reads a program.
pub(super) fn read(program: &str) -> Program {
    let kept = program.get(..program.floor_char_boundary(PROGRAM_BYTES_MAX)).unwrap_or_default();
    let (tokens, is_whole) = tokens(kept, TOKENS_MAX);
    let mut reader = Reader::new(&tokens);
    for _ in 0..ROUNDS {
        reader.find_names();
    }
    let mut read = Program { is_cut: kept.len() < program.len() || !is_whole, ..Program::default() };
    reader.find_targets(&mut read);
    read.is_cut |= reader.copied > COPIED_BYTES_MAX || reader.pieces_left == 0;
    let mut seen = HashSet::new();
    read.targets.retain(|target| seen.insert(target.clone()));
    read
}

struct Reader<'t, 'p> {
    tokens: &'t [Token<'p>],
    /// Names for texts, of this round and of the one before; none: the name stands for two.
    known: HashMap<&'t str, Option<String>>,
    before: HashMap<&'t str, Option<String>>,
    /// Names that the program defines.
    own: Scopes<'t>,
    /// Brackets that hold no known text, and how deep they were then: deeper they do not either.
    failed: HashMap<usize, u32>,
    copied: usize,
    pieces_left: usize,
}

/// Texts joined by `&`: the pieces that are known, whether that is all, and the place behind.
struct Joined {
    pieces: Vec<String>,
    is_known: bool,
    next: usize,
}

impl<'t, 'p> Reader<'t, 'p> {
    fn new(tokens: &'t [Token<'p>]) -> Self {
        Self {
            tokens,
            known: HashMap::new(),
            before: HashMap::new(),
            own: Scopes::of(tokens),
            failed: HashMap::new(),
            copied: 0,
            pieces_left: tokens.len().saturating_mul(PIECES_PER_TOKEN).saturating_add(PIECES_BESIDES),
        }
    }

    fn token(&self, at: usize) -> Option<&'t Token<'p>> {
        self.tokens.get(at)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        matches!(self.token(at), Some(Token::Sign(own)) if *own == sign)
    }

    fn is_definition(&self, at: usize) -> bool {
        scopes::is_definition(self.tokens, at)
    }

    fn find_names(&mut self) {
        self.before = std::mem::take(&mut self.known);
        self.failed.clear();
        for at in 0..self.tokens.len() {
            let Some(Token::Name(name)) = self.token(at) else { continue };
            if !self.is_definition(at) {
                continue;
            }
            let name: &'t str = name;
            let joined = self.joined(at.saturating_add(2), 0);
            let ends = match self.token(joined.next) {
                None | Some(Token::Sign(',' | ';' | ']' | ')')) => true,
                Some(Token::Keyword(word)) => *word == "in",
                Some(Token::Name(word)) => word == "meta",
                _ => false,
            };
            if let [value] = joined.pieces.as_slice()
                && joined.is_known
                && ends
            {
                let value = Some(value.clone());
                match self.known.get_mut(name) {
                    Some(own) if *own != value => *own = None,
                    Some(_) => {}
                    None => drop(self.known.insert(name, value)),
                }
            }
        }
    }

    fn find_targets(&mut self, read: &mut Program) {
        self.failed.clear();
        let mut at = 0_usize;
        while let Some(token) = self.token(at) {
            let used = if let Token::Name(name) = token { self.used(name, at) } else { Use::Computes };
            let next = at.saturating_add(1);
            if used != Use::Computes {
                self.see_call(used, next, read);
            } else if !matches!(token, Token::Sign(sign) if *sign != '(') {
                let joined = self.joined(at, 0);
                read.targets.extend(joined.pieces.into_iter().filter(|piece| is_remote(piece)));
                at = joined.next.max(next);
                continue;
            }
            at = next;
        }
    }

    /// What a name does here: as the name of a field (`[Customer.Name]`), or where it is defined, nothing.
    fn used(&self, name: &str, at: usize) -> Use {
        let behind = at.saturating_add(1);
        let is_field = at.checked_sub(1).is_some_and(|before| self.is_sign(before, '[')) && self.is_sign(behind, ']');
        if is_field || self.is_definition(at) {
            return Use::Computes;
        }
        families::of(name, if self.own.defines(name, at) { Origin::Own } else { Origin::Library })
    }

    /// A function that fetches: called here, or handed on.
    fn see_call(&mut self, used: Use, at: usize, read: &mut Program) {
        let first =
            if used != Use::Anything && self.is_sign(at, '(') { self.argument(at.saturating_add(1)) } else { None };
        let Some(first) = first else {
            read.fetches = true;
            read.is_computed = true;
            return;
        };
        if used == Use::ReadsFile {
            // A path of this machine is no news; what is remote is told where the text stands.
            read.fetches |= is_remote(&first);
            return;
        }
        read.fetches = true;
        if is_remote(&first) {
            read.targets.push(first);
        } else if used == Use::Connects {
            read.targets.extend(connection::servers(&first));
        } else if first.contains('.') {
            let host = first.rsplit("://").next().unwrap_or_default();
            read.targets.push(format!("http://{}/", host.split([',', '\\', '/']).next().unwrap_or_default()));
        }
    }

    /// The argument that begins here, if it is a text that is known.
    fn argument(&mut self, at: usize) -> Option<String> {
        let joined = self.joined(at, 0);
        let ends = matches!(self.token(joined.next), Some(Token::Sign(',' | ')')));
        joined.pieces.into_iter().next().filter(|_| joined.is_known && ends)
    }

    fn joined(&mut self, from: usize, depth: u32) -> Joined {
        let mut joined = Joined { pieces: Vec::new(), is_known: true, next: from };
        let mut is_apart = true;
        loop {
            let (value, next) = self.operand(joined.next, depth);
            joined.next = next;
            self.copied = self.copied.saturating_add(value.as_ref().map_or(0, String::len));
            match (value, joined.pieces.last_mut()) {
                (Some(value), Some(last)) if !is_apart && last.len().saturating_add(value.len()) <= VALUE_BYTES_MAX => {
                    last.push_str(&value);
                }
                (Some(value), last) => {
                    // What is too long is no address, and not known.
                    joined.is_known &= last.is_none();
                    joined.pieces.push(value);
                    is_apart = false;
                }
                (None, _) => (joined.is_known, is_apart) = (false, true),
            }
            // Within brackets a part alone helps nobody.
            let is_lost = depth > 0 && !joined.is_known;
            if is_lost || !self.is_sign(joined.next, '&') || self.pieces_left == 0 {
                return joined;
            }
            joined.next = joined.next.saturating_add(1);
        }
    }

    /// A text, as far as it is known, and the place behind it.
    fn operand(&mut self, at: usize, depth: u32) -> (Option<String>, usize) {
        let behind = at.saturating_add(1);
        let unknown = (None, behind);
        self.pieces_left = self.pieces_left.saturating_sub(1);
        if depth >= DEPTH_MAX || self.copied > COPIED_BYTES_MAX || self.pieces_left == 0 {
            return unknown;
        }
        match self.token(at) {
            Some(Token::Text(text)) => (Some(plain(text)), behind),
            Some(Token::Sign('(')) => self.within(behind, ')', depth).unwrap_or(unknown),
            // What fetches is no text, and is looked at by itself.
            Some(Token::Name(name)) if self.used(name, at) != Use::Computes => (None, at),
            Some(Token::Name(name)) if self.is_sign(behind, '(') => {
                let inside = behind.saturating_add(1);
                let number = self.token(inside).zip(self.token(inside.saturating_add(1)));
                match (&**name, number) {
                    ("Character.FromNumber", Some((Token::Name(code), Token::Sign(')')))) => {
                        let hex = code.strip_prefix("0x").or_else(|| code.strip_prefix("0X"));
                        let code = hex.map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
                        (code.and_then(char::from_u32).map(String::from), inside.saturating_add(2))
                    }
                    ("Text.Combine", Some((Token::Sign('{'), _))) => {
                        self.list(inside.saturating_add(1), depth).unwrap_or(unknown)
                    }
                    ("Text.From" | "Text.Trim" | "Text.Lower", _) => {
                        let (value, behind) = self.within(inside, ')', depth).unwrap_or(unknown);
                        let value = value.map(|value| match &**name {
                            "Text.Trim" => value.trim().to_owned(),
                            "Text.Lower" => value.to_lowercase(),
                            _ => value,
                        });
                        (value, behind)
                    }
                    _ => unknown,
                }
            }
            Some(Token::Name(name)) => {
                let value = self.known.get(&**name).or_else(|| self.before.get(&**name)).cloned().flatten();
                (value, behind)
            }
            _ => (None, at),
        }
    }

    /// One text up to a bracket. What failed once is not read again, however many brackets around it ask.
    fn within(&mut self, from: usize, end: char, depth: u32) -> Option<(Option<String>, usize)> {
        if self.has_failed(from, depth) {
            return None;
        }
        let joined = self.joined(from, depth.saturating_add(1));
        let is_whole = joined.is_known && joined.pieces.len() == 1 && self.is_sign(joined.next, end);
        if !is_whole {
            self.failed.insert(from, depth);
            return None;
        }
        Some((joined.pieces.into_iter().next(), joined.next.saturating_add(1)))
    }

    fn has_failed(&self, from: usize, depth: u32) -> bool {
        self.failed.get(&from).is_some_and(|failed| *failed <= depth)
    }

    /// `{"a", b, "c"})`, without anything between.
    fn list(&mut self, from: usize, depth: u32) -> Option<(Option<String>, usize)> {
        if self.has_failed(from, depth) {
            return None;
        }
        let whole = self.listed(from, depth);
        if whole.is_none() {
            self.failed.insert(from, depth);
        }
        whole.map(|(whole, next)| (Some(whole), next))
    }

    fn listed(&mut self, from: usize, depth: u32) -> Option<(String, usize)> {
        let mut whole = String::new();
        let mut at = from;
        loop {
            let joined = self.joined(at, depth.saturating_add(1));
            whole.push_str(joined.pieces.first().filter(|_| joined.is_known)?);
            if whole.len() > VALUE_BYTES_MAX {
                return None;
            }
            let behind = joined.next.saturating_add(1);
            if self.is_sign(joined.next, '}') && self.is_sign(behind, ')') {
                return Some((whole, behind.saturating_add(1)));
            }
            if !self.is_sign(joined.next, ',') {
                return None;
            }
            at = behind;
        }
    }
}
