//! What a program of Power Query (the M language) fetches, as far as its constants tell. Source: the M language's specification,
//! lexical structure (comments, `#"names"`, `#(0068)` in texts) and operators.
//!
//! Texts joined by `&`, names for such, and a few functions of texts are followed; a function that fetches and whose address is
//! not known so is said to be computed.

use std::collections::{HashMap, HashSet};

use crate::formats::connection;
use crate::formats::office::is_remote;

/// A program that is read, bytes.
const PROGRAM_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A text that is put together, bytes; no address is longer.
const VALUE_BYTES_MAX: usize = 2 * 1024;
/// Bytes that are put together for one program.
const COPIED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Brackets within brackets of a text that is put together.
const DEPTH_MAX: u32 = 8;
/// Times that names are looked for: one may stand for others further on.
const ROUNDS: usize = 3;

/// Families of functions that fetch.
const FAMILIES: [&str; 29] = [
    "OData.",
    "Odbc.",
    "OleDb.",
    "AdoDotNet.",
    "SharePoint.",
    "Exchange.",
    "ActiveDirectory.",
    "AzureStorage.",
    "AzureDataExplorer.",
    "Hdfs.",
    "HdInsight.",
    "Salesforce.",
    "GoogleAnalytics.",
    "GoogleBigQuery.",
    "Facebook.",
    "AnalysisServices.",
    "SapHana.",
    "SapBusinessWarehouse.",
    "Essbase.",
    "Soda.",
    "DataLake.",
    "PowerBI.",
    "PowerPlatform.",
    "CommonDataService.",
    "Snowflake.",
    "Databricks.",
    "AmazonRedshift.",
    "Python.",
    "R.",
];
/// Functions that fetch, whatever their family.
const FETCHING: [&str; 4] = ["Web.Contents", "Web.BrowserContents", "Web.Headers", "Expression.Evaluate"];
/// How functions of many families that fetch end.
const ENDINGS: [&str; 5] = [".Database", ".Databases", ".Feed", ".DataSource", ".Catalogs"];
/// Functions that read files: of this machine, or of a share.
const OF_FILES: [&str; 3] = ["File.Contents", "Folder.Contents", "Folder.Files"];
/// Functions whose first argument is a connection text.
const BY_CONNECTION: [&str; 3] = ["Odbc.", "OleDb.", "AdoDotNet."];

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'p> {
    Name(&'p str),
    /// Without its quotes, with escapes.
    Text(&'p str),
    Sign(char),
}

/// Reads a program.
pub(super) fn read(program: &str) -> Program {
    let kept = program.get(..program.floor_char_boundary(PROGRAM_BYTES_MAX)).unwrap_or_default();
    let mut reader = Reader { tokens: tokens(kept), known: HashMap::new(), before: HashMap::new(), copied: 0 };
    for _ in 0..ROUNDS {
        reader.find_names();
    }
    let mut read = Program { is_cut: kept.len() < program.len(), ..Program::default() };
    reader.find_targets(&mut read);
    read.is_cut |= reader.copied > COPIED_BYTES_MAX;
    let mut seen = HashSet::new();
    read.targets.retain(|target| seen.insert(target.clone()));
    read
}

fn tokens(mut rest: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let size = if rest.starts_with("//") {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at.saturating_add(2))
        } else if first == '"' || rest.starts_with("#\"") {
            let from = if first == '"' { 1 } else { 2_usize };
            let quoted = rest.get(from..).unwrap_or_default();
            let end = closing(quoted);
            let inside = quoted.get(..end).unwrap_or_default();
            tokens.push(if first == '"' { Token::Text(inside) } else { Token::Name(inside) });
            from.saturating_add(end).saturating_add(1)
        } else if is_name(first) {
            let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
            tokens.push(Token::Name(rest.get(..end).unwrap_or_default()));
            end
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = rest.get(size..).unwrap_or_default();
    }
    tokens
}

/// Where the quotes end; doubled ones stand for one.
fn closing(quoted: &str) -> usize {
    let mut from = 0_usize;
    while let Some(at) = quoted.get(from..).and_then(|rest| rest.find('"')) {
        let at = from.saturating_add(at);
        if quoted.as_bytes().get(at.saturating_add(1)) != Some(&b'"') {
            return at;
        }
        from = at.saturating_add(2);
    }
    quoted.len()
}

/// A text with its escapes undone: `""`, `#(lf)`, `#(0068,0000FFE0)`.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("#(") {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        let Some((codes, behind)) = escape.get(2..).and_then(|escape| escape.split_once(')')) else { break };
        for code in codes.split(',') {
            match code.trim() {
                "lf" => plain.push('\n'),
                "cr" => plain.push('\r'),
                "tab" => plain.push('\t'),
                "#" => plain.push('#'),
                hex => plain.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)),
            }
        }
        rest = behind;
    }
    plain.push_str(rest);
    plain.replace("\"\"", "\"")
}

struct Reader<'p> {
    tokens: Vec<Token<'p>>,
    /// Names for texts, of this round and of the one before; none: the name stands for two.
    known: HashMap<&'p str, Option<String>>,
    before: HashMap<&'p str, Option<String>>,
    copied: usize,
}

/// Texts joined by `&`: the pieces that are known, whether that is all, and the place behind.
struct Joined {
    pieces: Vec<String>,
    is_known: bool,
    next: usize,
}

impl<'p> Reader<'p> {
    fn token(&self, at: usize) -> Option<Token<'p>> {
        self.tokens.get(at).copied()
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.token(at) == Some(Token::Sign(sign))
    }

    fn find_names(&mut self) {
        self.before = std::mem::take(&mut self.known);
        for at in 0..self.tokens.len() {
            let Some(Token::Name(name)) = self.token(at) else { continue };
            let behind = at.saturating_add(2);
            if !self.is_sign(at.saturating_add(1), '=') || self.is_sign(behind, '>') {
                continue;
            }
            let joined = self.joined(behind, 0);
            let ends = match self.token(joined.next) {
                None | Some(Token::Sign(',' | ';' | ']' | ')')) => true,
                Some(Token::Name(word)) => matches!(word, "in" | "meta"),
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
        let mut at = 0_usize;
        while let Some(token) = self.token(at) {
            match token {
                Token::Name(name) if is_fetching(name) => {
                    self.see_call(name, at.saturating_add(1), read);
                    at = at.saturating_add(1);
                }
                Token::Text(_) | Token::Name(_) | Token::Sign('(') => {
                    let joined = self.joined(at, 0);
                    read.targets.extend(joined.pieces.into_iter().filter(|piece| is_remote(piece)));
                    at = joined.next.max(at.saturating_add(1));
                }
                Token::Sign(_) => at = at.saturating_add(1),
            }
        }
    }

    /// A function that fetches: called here, or handed on.
    fn see_call(&mut self, name: &str, at: usize, read: &mut Program) {
        let is_called = self.is_sign(at, '(');
        let joined = self.joined(at.saturating_add(1), 0);
        let ends = matches!(self.token(joined.next), Some(Token::Sign(',' | ')')));
        let first = joined.pieces.into_iter().next().filter(|_| is_called && joined.is_known && ends);
        let Some(first) = first.filter(|_| name != "Expression.Evaluate") else {
            read.fetches = true;
            read.is_computed = true;
            return;
        };
        if OF_FILES.contains(&name) {
            // A path of this machine is no news; what is remote is told where the text stands.
            read.fetches |= is_remote(&first);
            return;
        }
        read.fetches = true;
        if is_remote(&first) {
            read.targets.push(first);
        } else if BY_CONNECTION.iter().any(|family| name.starts_with(family)) {
            read.targets.extend(connection::servers(&first));
        } else if first.contains('.') {
            let host = first.rsplit("://").next().unwrap_or_default();
            read.targets.push(format!("http://{}/", host.split([',', '\\', '/']).next().unwrap_or_default()));
        }
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
            if !self.is_sign(joined.next, '&') {
                return joined;
            }
            joined.next = joined.next.saturating_add(1);
        }
    }

    /// A text, as far as it is known, and the place behind it.
    fn operand(&mut self, at: usize, depth: u32) -> (Option<String>, usize) {
        let behind = at.saturating_add(1);
        let unknown = (None, behind);
        if depth >= DEPTH_MAX || self.copied > COPIED_BYTES_MAX {
            return unknown;
        }
        match self.token(at) {
            Some(Token::Text(text)) => (Some(plain(text)), behind),
            Some(Token::Sign('(')) => self.within(behind, ')', depth).unwrap_or(unknown),
            Some(Token::Name(name)) if self.is_sign(behind, '(') => {
                let inside = behind.saturating_add(1);
                let number = self.token(inside).zip(self.token(inside.saturating_add(1)));
                match (name, number) {
                    ("Character.FromNumber", Some((Token::Name(code), Token::Sign(')')))) => {
                        let hex = code.strip_prefix("0x").or_else(|| code.strip_prefix("0X"));
                        let code = hex.map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
                        (code.and_then(char::from_u32).map(String::from), inside.saturating_add(2))
                    }
                    ("Text.Combine", Some((Token::Sign('{'), _))) => {
                        self.list(inside.saturating_add(1), depth).unwrap_or(unknown)
                    }
                    ("Text.From" | "Text.Trim" | "Text.Lower", _) => self.within(inside, ')', depth).unwrap_or(unknown),
                    _ => unknown,
                }
            }
            Some(Token::Name(name)) => {
                let value = self.known.get(name).or_else(|| self.before.get(name)).cloned().flatten();
                (value, behind)
            }
            _ => (None, at),
        }
    }

    /// One text up to a bracket.
    fn within(&mut self, from: usize, end: char, depth: u32) -> Option<(Option<String>, usize)> {
        let joined = self.joined(from, depth.saturating_add(1));
        let is_whole = joined.is_known && joined.pieces.len() == 1 && self.is_sign(joined.next, end);
        is_whole.then(|| (joined.pieces.into_iter().next(), joined.next.saturating_add(1)))
    }

    /// `{"a", b, "c"})`, without anything between.
    fn list(&mut self, from: usize, depth: u32) -> Option<(Option<String>, usize)> {
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
                return Some((Some(whole), behind.saturating_add(1)));
            }
            if !self.is_sign(joined.next, ',') {
                return None;
            }
            at = behind;
        }
    }
}

fn is_fetching(name: &str) -> bool {
    let is_of_family = FAMILIES.iter().any(|family| name.starts_with(family));
    // That of Access takes the bytes of a file.
    let ends = ENDINGS.iter().any(|ending| name.ends_with(ending)) && name != "Access.Database";
    is_of_family || ends || FETCHING.contains(&name) || OF_FILES.contains(&name)
}
