//! A compiled set of rules: made from texts, with a version, and carried to the worker as bytes.
//!
//! A set is always made of everything that could be compiled; the faults say what could not. Whether a set with faults comes into
//! force is the caller's decision (a running set is kept when a fault is above [`Level::Note`]).

use std::{cmp::Reverse, collections::HashMap, time::Duration};

use sha2::{Digest, Sha256};
use yara_x::{Compiler, SourceCode, errors::CompileError, warnings::Warning};

use crate::{
    builtin,
    fault::{Fault, Level, Source},
    limits::{COMPILED_BYTES_MAX, FAULTS_MAX, PROBE_MS_MAX, RULES_MAX, SOURCE_BYTES_MAX, SOURCES_MAX},
    loops, probe,
    scanner::Severity,
    trial,
};

/// Head of a set in bytes.
const MAGIC: &[u8; 8] = b"PSTNSIG1";
/// Bytes of a SHA-256.
const SHA256_BYTES: usize = 32;
/// Names that rules may use for what they look at: its file name, again under the name that other scanners give it, its last
/// extension with the dot, and its true type as a short word.
pub(crate) const GLOBALS: [&str; 4] = ["filename", "filepath", "extension", "filetype"];

/// Why there is no set at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A limit of the set, with its name.
    #[error("{what}: {found}, at most {max}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// The compiler cannot take this at all.
    #[error("the rules cannot be compiled: {0}")]
    Compiler(String),
    /// Not made by [`Rules::to_bytes`] of this program, or damaged.
    #[error("not a compiled set of rules of this program: {0}")]
    Bytes(String),
}

/// A compiled set of rules.
pub struct Rules {
    compiled: yara_x::Rules,
    version: [u8; SHA256_BYTES],
}

impl Rules {
    /// Compiles the texts in order. Includes are refused; what is broken is left out and named; the rest is in the set.
    ///
    /// # Errors
    /// A limit of [`crate::limits`] was passed.
    pub fn compile(sources: &[Source]) -> Result<(Self, Vec<Fault>), Unusable> {
        Self::compile_within(sources, Duration::from_millis(PROBE_MS_MAX))
    }

    /// The same, with so much time for the trial.
    pub(crate) fn compile_within(sources: &[Source], trial: Duration) -> Result<(Self, Vec<Fault>), Unusable> {
        Self::compile_at_most(sources, (RULES_MAX, trial))
    }

    fn compile_at_most(
        sources: &[Source],
        (rules_max, trial): (usize, Duration),
    ) -> Result<(Self, Vec<Fault>), Unusable> {
        at_most("texts of rules", sources.len(), SOURCES_MAX)?;
        at_most("bytes of rules", sources.iter().map(|source| source.text.len()).sum(), SOURCE_BYTES_MAX)?;
        let mut compiler = compiler()?;
        let mut faults = Vec::new();
        for source in sources {
            add(&mut compiler, source, &mut faults);
        }
        let compiled = compiler.build();
        at_most("rules", compiled.iter().len(), rules_max)?;
        without_severity(&compiled, sources, &mut faults);
        probe::slow_rules(&compiled, sources, &mut faults);
        loops::long_loops(sources, &mut faults);
        // What is slow by its text needs no trial, and would only make it long; ours are tried when they are written.
        let is_ours = sources.iter().all(|source| source.namespace == builtin::NAMESPACE);
        if !is_ours && faults.iter().all(|fault| fault.level == Level::Note) {
            trial::slow_texts(&compiled, sources, trial, &mut faults);
        }
        faults.sort_by_key(|fault| Reverse(fault.level));
        faults.truncate(FAULTS_MAX);
        Ok((Self { compiled, version: version(sources) }, faults))
    }

    /// SHA-256 over names and texts in order; equal sets have equal versions.
    #[must_use]
    pub const fn version(&self) -> [u8; SHA256_BYTES] {
        self.version
    }

    /// How many rules there are, private ones included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.compiled.iter().len()
    }

    /// The set with its native code, for [`Rules::from_bytes`] of the same program on the same machine.
    ///
    /// # Errors
    /// The set is too large.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Unusable> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.version);
        bytes.extend_from_slice(&[0; SHA256_BYTES]);
        let head = bytes.len();
        self.compiled.serialize_into(&mut bytes).map_err(|error| Unusable::Compiler(error.to_string()))?;
        at_most("bytes of compiled rules", bytes.len(), COMPILED_BYTES_MAX)?;
        let (front, body) = bytes.split_at_mut(head);
        if let Some(checksum) = front.get_mut(head.saturating_sub(SHA256_BYTES)..) {
            checksum.copy_from_slice(&Sha256::digest(&*body));
        }
        Ok(bytes)
    }

    /// A set from the bytes that [`Rules::to_bytes`] made. They hold native code, so they are **only** for bytes of our own
    /// making that nobody else could change; the checksum finds damage, not malice.
    ///
    /// # Errors
    /// Not such bytes, damaged, or of another release or machine.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unusable> {
        at_most("bytes of compiled rules", bytes.len(), COMPILED_BYTES_MAX)?;
        let refuse = |why: &str| Unusable::Bytes(why.to_owned());
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| refuse("other bytes"))?;
        let (version, rest) = rest.split_first_chunk::<SHA256_BYTES>().ok_or_else(|| refuse("cut short"))?;
        let (checksum, body) = rest.split_first_chunk::<SHA256_BYTES>().ok_or_else(|| refuse("cut short"))?;
        if Sha256::digest(body).as_slice() != checksum {
            return Err(refuse("the checksum is wrong"));
        }
        let compiled = yara_x::Rules::deserialize(body).map_err(|error| Unusable::Bytes(error.to_string()))?;
        Ok(Self { compiled, version: *version })
    }

    pub(crate) const fn compiled(&self) -> &yara_x::Rules {
        &self.compiled
    }
}

fn at_most(what: &'static str, found: usize, max: usize) -> Result<(), Unusable> {
    if found > max { Err(Unusable::TooMuch { what, found, max }) } else { Ok(()) }
}

pub(crate) fn compiler() -> Result<Compiler<'static>, Unusable> {
    let mut compiler = Compiler::new();
    compiler
        .enable_includes(false)
        // Rules written for the older YARA have escapes that are errors in the strict syntax.
        .relaxed_re_syntax(true)
        .colorize_errors(false)
        .max_warnings(FAULTS_MAX);
    for name in GLOBALS {
        compiler.define_global(name, "").map_err(|error| Unusable::Compiler(error.to_string()))?;
    }
    Ok(compiler)
}

pub(crate) fn add(compiler: &mut Compiler<'_>, source: &Source, faults: &mut Vec<Fault>) {
    let (errors, warnings) = (compiler.errors().len(), compiler.warnings().len());
    compiler.new_namespace(&source.namespace);
    let code = SourceCode::from(source.text.as_str()).with_origin(source.name.as_str());
    // Its first error is among `errors` as well.
    drop(compiler.add_source(code));
    for error in compiler.errors().iter().skip(errors) {
        let label = error.labels().next().map(|label| (label.span().start(), label.text().to_owned()));
        let (offset, message) = words(error.title(), label);
        faults.push(Fault::at(&source.name, &source.text, offset, Level::Broken, (message, hint(error).to_owned())));
    }
    for warning in compiler.warnings().iter().skip(warnings) {
        let label = warning.labels().next().map(|label| (label.span().range(), label.text().to_owned()));
        let span = label.as_ref().and_then(|(span, _)| source.text.get(span.clone())).unwrap_or("");
        let (level, hint) = match warning {
            Warning::SlowPattern(_) => (Level::Slow, "give it at least three fixed bytes in a row that are not common"),
            // A loop over the matches of a pattern ends at MATCHES_PER_PATTERN_MAX.
            Warning::PotentiallySlowLoop(_) if span.contains('#') && !span.contains("filesize") => continue,
            Warning::PotentiallySlowLoop(_) => {
                (Level::Slow, "loop over matches or a small range, not over the whole file")
            }
            _ => (Level::Note, ""),
        };
        let (offset, message) = words(warning.title(), label.map(|(span, text)| (span.start, text)));
        faults.push(Fault::at(&source.name, &source.text, offset, level, (message, hint.to_owned())));
    }
}

/// Place and words of what the compiler says: its title and the first label.
fn words(title: &str, label: Option<(usize, String)>) -> (usize, String) {
    match label {
        Some((offset, text)) if text.is_empty() => (offset, title.to_owned()),
        Some((offset, text)) => (offset, format!("{title}: {text}")),
        None => (0, title.to_owned()),
    }
}

/// What a person can do about an error of the compiler.
fn hint(error: &CompileError) -> &'static str {
    match error {
        CompileError::IncludeNotAllowed(_) | CompileError::IncludeError(_) | CompileError::IncludeNotFound(_) => {
            "put the other file into the folder itself"
        }
        CompileError::UnknownModule(_) => "modules here: pe elf dotnet lnk math hash string",
        CompileError::UnknownIdentifier(_) => "names from outside: filename filepath extension filetype",
        CompileError::DuplicateRule(_) => "rename one of them",
        CompileError::SyntaxError(_) => "the line before it may be the unfinished one",
        CompileError::InvalidRegexp(_) => "no look-around and no back references",
        CompileError::UnusedPattern(_) => "use it in the condition, or begin its name with $_",
        CompileError::TooManyPatterns(_) | CompileError::ConditionTooLarge(_) => "split the rule",
        _ => "",
    }
}

/// Rules that do not say how bad their finding is, as one note for each text.
fn without_severity(compiled: &yara_x::Rules, sources: &[Source], faults: &mut Vec<Fault>) {
    let mut silent = HashMap::<&str, Vec<&str>>::new();
    for rule in compiled.iter().filter(|rule| !rule.is_private() && Severity::named(rule).is_none()) {
        silent.entry(rule.namespace()).or_default().push(rule.identifier());
    }
    for source in sources {
        let Some(names) = silent.remove(source.namespace.as_str()) else { continue };
        let first = names.first().copied().unwrap_or("");
        let offset = declaration(&source.text, first).unwrap_or(0);
        let message = format!(
            "{} of {:?} without a known `severity`, the first {first:?}",
            counted(names.len()),
            source.namespace
        );
        let hint = "counted as malware; meta: severity = \"malware\", \"suspicious\" or \"info\"".to_owned();
        faults.push(Fault::at(&source.name, &source.text, offset, Level::Note, (message, hint)));
    }
}

fn counted(rules: usize) -> String {
    format!("{rules} {}", if rules == 1 { "rule" } else { "rules" })
}

/// Where a rule is declared in its text.
pub(crate) fn declaration(text: &str, rule: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = from + text.get(from..)?.find(rule)?;
        let before = text.get(..found)?.trim_end();
        let after = text.get(found + rule.len()..)?.chars().next();
        if before.ends_with("rule") && !after.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return Some(found);
        }
        from = found + rule.len().max(1);
    }
}

fn version(sources: &[Source]) -> [u8; SHA256_BYTES] {
    let mut hash = Sha256::new();
    for text in sources.iter().flat_map(|source| [&source.name, &source.namespace, &source.text]) {
        // The length before each text, or two cuts of the same letters would be equal.
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
