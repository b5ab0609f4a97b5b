//! Rules of signatures and hash lists, read from the files that the configuration names. They come into force whole or not at
//! all: what is broken or slow is named with its place, and the set before stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signatures::hashes::hex;
use signatures::{Fault as RuleFault, HashList, Level, Rules, Source, builtin};

use crate::cli::output::counted;
use crate::config::SignaturesAsTyped;
use crate::control::protocol::Fault;

/// Endings of files with rules; others in a folder are left alone.
const RULE_ENDINGS: [&str; 2] = ["yar", "yara"];
/// Endings of files with hashes.
const LIST_ENDINGS: [&str; 5] = ["txt", "hash", "hashes", "csv", "sha256"];
/// Files of one folder.
const FOLDER_FILES_MAX: usize = 4_096;
/// Set of rules of an operator: its file name is its namespace.
const OPERATOR: &str = "operator";

/// What is looked for in every file, ready.
#[derive(Clone, Default)]
pub(crate) struct SignatureSet {
    /// What workers get before they close themselves in.
    pub(crate) for_workers: worker::Signatures,
    /// Lists that hashes of files are held against.
    pub(crate) lists: Arc<Vec<HashList>>,
    /// SHA-256 (hex) of all of it, for the journal.
    pub(crate) version: String,
    /// Number of rules.
    pub(crate) rules: usize,
    /// The files it was read from.
    pub(crate) files: Vec<PathBuf>,
    /// What is perhaps not as meant, each a sentence.
    pub(crate) notes: Vec<String>,
}

impl SignatureSet {
    /// As `postern status` says it: `version` is what a judgement names, `hashes` counts all lists together.
    pub(crate) fn shown(&self) -> Value {
        json!({ "version": self.version, "rules": self.rules, "lists": self.lists.len(), "hashes": self.hashes() })
    }

    /// `205 rules, 1 list of 3 hashes`.
    pub(crate) fn counted(&self) -> String {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        phrase(number(self.rules), number(self.lists.len()), number(self.hashes()))
    }

    fn hashes(&self) -> usize {
        self.lists.iter().map(HashList::counts).map(|(exact, near)| exact + near).sum()
    }
}

/// How many rules and lists there are, as people read it.
pub(crate) fn phrase(rules: u64, lists: u64, hashes: u64) -> String {
    let rules = counted(rules, "rule");
    match lists {
        0 => rules,
        lists => format!("{rules}, {} of {}", counted(lists, "list"), counted(hashes, "hash")),
    }
}

/// What a set is loaded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// To work with what the configuration names: a set that was only slow when it was tried may have been taken before, when the
    /// machine had less to do.
    Start,
    /// To put it into the place of what works, or to say whether that may be done.
    Change,
}

/// Reads and compiles everything; `more` are rules of this run alone. Takes a second of CPU time for a thousand rules.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub(crate) fn load(typed: &SignaturesAsTyped, more: &[PathBuf], occasion: Occasion) -> Result<SignatureSet, Fault> {
    let mut sources = if typed.builtin { builtin::sources() } else { Vec::new() };
    let mut read = Read::default();
    for path in typed.rules.iter().chain(more) {
        let files = read.files(path, &RULE_ENDINGS)?;
        // Who names a folder for one run alone waits for what its rules find.
        if files.is_empty() && more.contains(path) {
            return Err(Fault::usage(none_in(path, &RULE_ENDINGS), "name a file of rules, or a folder of such files"));
        }
        for file in files {
            let name = file.display().to_string();
            sources.push(Source { name, namespace: namespace(&file), text: text(&file)? });
        }
    }
    let mut lists = Vec::new();
    for path in &typed.hashes {
        for file in read.files(path, &LIST_ENDINGS)? {
            lists.push(list(&file)?);
        }
    }
    let (rules, faults) = Rules::compile(&sources).map_err(|error| unusable(&error, "fewer or smaller files"))?;
    let worst = if occasion == Occasion::Start { Level::Tried } else { Level::Note };
    if let Some(fault) = faults.iter().find(|fault| fault.level > worst) {
        return Err(named(&fault.source, fault));
    }
    read.notes.extend(faults.iter().map(noted));
    let version = version(&sources, &lists);
    let tlsh = lists.iter().any(HashList::wants_tlsh);
    let compiled =
        if sources.is_empty() { Vec::new() } else { rules.to_bytes().map_err(|error| unusable(&error, ""))? };
    Ok(SignatureSet {
        for_workers: worker::Signatures { rules: compiled.into(), tlsh },
        lists: Arc::new(lists),
        version,
        rules: rules.count(),
        files: read.files,
        notes: read.notes,
    })
}

// The same texts are the same set, wherever their files lie: the names that faults have are no part of it.
fn version(sources: &[Source], lists: &[HashList]) -> String {
    let mut hash = Sha256::new();
    for text in sources.iter().flat_map(|source| [&source.namespace, &source.text]) {
        // The length before each text, or two cuts of the same letters would be equal.
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text);
    }
    lists.iter().for_each(|list| hash.update(list.version()));
    hex(&hash.finalize())
}

/// What was read, and what was not.
#[derive(Default)]
struct Read {
    files: Vec<PathBuf>,
    notes: Vec<String>,
}

impl Read {
    fn files(&mut self, path: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Fault> {
        let (found, left) = files(path, endings)?;
        if found.is_empty() {
            self.notes.push(none_in(path, endings));
        }
        // A sub-folder or a link to nowhere is more likely meant than a README.
        self.notes.extend(left.iter().map(|name| {
            format!("signatures: {} is not read: it is no file, and sub-folders are not looked into", name.display())
        }));
        self.files.extend(found.iter().cloned());
        Ok(found)
    }
}

fn none_in(path: &Path, endings: &[&str]) -> String {
    format!("signatures: no file in {} ends in .{}", path.display(), endings.join(", ."))
}

/// A file itself, or the files of a folder with one of these endings, in the order of their names; and what else looks as if it
/// were to be read.
fn files(path: &Path, endings: &[&str]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Fault> {
    let unreadable = |error: std::io::Error| {
        Fault::usage(format!("signatures: {}: {error}", path.display()), "a file, or a folder of files")
    };
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok((vec![path.to_owned()], Vec::new()));
    }
    let (mut found, mut left) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let is_hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        match endings.contains(&ending.as_str()) {
            true if file.is_file() => found.push(file),
            false if file.is_file() || is_hidden => {}
            _ => left.push(file),
        }
    }
    if found.len() > FOLDER_FILES_MAX {
        let message = format!("signatures: {} holds more than {FOLDER_FILES_MAX} files", path.display());
        return Err(Fault::usage(message, "put them together"));
    }
    found.sort();
    left.sort();
    Ok((found, left))
}

fn text(file: &Path) -> Result<String, Fault> {
    let bytes = std::fs::read(file).map_err(|error| {
        Fault::usage(format!("signatures: {}: {error}", file.display()), "may the gateway read it?")
    })?;
    if bytes.is_empty() {
        let message = format!("signatures: {} is empty", file.display());
        return Err(Fault::usage(message, "was it cut while it was written? Write it beside, then rename it"));
    }
    // Comments of old rules are in any charset; a pattern that is no UTF-8 is written in hexadecimal.
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

// Its label is its file name; what is wrong in it is told with its path.
fn list(file: &Path) -> Result<HashList, Fault> {
    let place = file.display().to_string();
    let label = file.file_name().map_or_else(|| place.clone(), |name| name.to_string_lossy().into_owned());
    let (list, faults) = HashList::parse(&label, &text(file)?)
        .map_err(|error| Fault::usage(format!("signatures: {place}: {error}"), "fewer or smaller lists"))?;
    match faults.first() {
        Some(fault) => Err(named(&place, fault)),
        None => Ok(list),
    }
}

// Never that of our own rules.
fn namespace(file: &Path) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if stem.is_empty() || stem == builtin::NAMESPACE { OPERATOR.to_owned() } else { stem }
}

fn named(file: &str, fault: &RuleFault) -> Fault {
    let message = format!("signatures: {file}:{}:{}: {}", fault.line, fault.column, fault.message);
    Fault::usage(message, fault.hint.clone())
}

fn noted(fault: &RuleFault) -> String {
    let hint = if fault.hint.is_empty() { String::new() } else { format!(" ({})", fault.hint) };
    format!("signatures: {}:{}:{}: {}{hint}", fault.source, fault.line, fault.column, fault.message)
}

fn unusable(error: &signatures::Unusable, hint: &str) -> Fault {
    Fault::usage(format!("signatures: {error}"), hint)
}

#[cfg(test)]
mod tests;
