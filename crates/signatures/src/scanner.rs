//! Looking at one item with a set of rules. What a scan may cost is bounded by bytes and by matches, not by a clock: the worker's
//! parent has the clock, and a timeout inside would need a thread, which the sandbox forbids.

use std::cmp::Reverse;

use mail::names;
use yara_x::{MetaValue, Rule};

use crate::{
    fault::cut,
    limits::{MATCHES_MAX, MATCHES_PER_PATTERN_MAX, NAME_BYTES_MAX, SCAN_BYTES_MAX},
    rules::{GLOBALS, Rules},
};

/// How bad a finding is. `severity` in the metadata of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, nothing by itself.
    Info,
    /// Seldom in honest mail.
    Suspicious,
    /// Never in honest mail. Also what a rule counts for that does not say: whoever adds one wants it to stop mail.
    Malware,
}

impl Severity {
    /// Stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Suspicious => "suspicious",
            Self::Malware => "malware",
        }
    }

    /// What the word means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Info, Self::Suspicious, Self::Malware].into_iter().find(|severity| severity.word() == word)
    }

    /// What the rule says of itself.
    pub(crate) fn named(rule: &Rule<'_, '_>) -> Option<Self> {
        Self::from_word(meta(rule, "severity")?)
    }
}

/// A text in the metadata of a rule.
pub(crate) fn meta<'r>(rule: &Rule<'_, 'r>, name: &str) -> Option<&'r str> {
    rule.metadata().find_map(|(key, value)| match value {
        MetaValue::String(text) if key == name => Some(text),
        _ => None,
    })
}

/// A rule that found something. All its texts come from the rules, none from the item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'r> {
    /// The rule's name.
    pub rule: &'r str,
    /// Whose rule it is.
    pub namespace: &'r str,
    /// How bad it is.
    pub severity: Severity,
    /// `reason` in its metadata, else its `description`, else empty.
    pub reason: &'r str,
    /// `reference` in its metadata, else empty.
    pub reference: &'r str,
    /// Its tags.
    pub tags: Vec<&'r str>,
}

/// What a scan brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned<'r> {
    /// What was found, the worst first.
    pub matches: Vec<Match<'r>>,
    /// Every byte was looked at. If not (the item is over [`SCAN_BYTES_MAX`], or a module gave up), no match does not mean clean.
    pub whole: bool,
}

/// Looks at items one after the other with the same rules. Making one costs more than many scans: keep it.
pub struct Scanner<'r> {
    scanner: yara_x::Scanner<'r>,
    /// What rules were told of the last item, to say only what is new.
    named: [String; GLOBALS.len()],
}

impl<'r> Scanner<'r> {
    /// A scanner for these rules.
    #[must_use]
    pub fn new(rules: &'r Rules) -> Self {
        let mut scanner = yara_x::Scanner::new(rules.compiled());
        scanner.max_scan_size(SCAN_BYTES_MAX).max_matches_per_pattern(MATCHES_PER_PATTERN_MAX).fast_scan(true);
        Self { scanner, named: Default::default() }
    }

    /// Does whatever the first scans would do only once (tables of modules, memory of the compiled conditions), so that after the
    /// sandbox has closed a scan asks the system for nothing but memory that is not executable.
    pub fn warm_up(&mut self) {
        let kinds: [&[u8]; 7] =
            [b"", b"MZ", b"\x7fELF\x02\x01\x01", b"L\0\0\0\x01\x14\x02\0", b"%PDF-1.7\n", b"PK\x03\x04", b"text"];
        for start in kinds {
            let mut sample = start.to_vec();
            self.scan(&sample);
            sample.resize(1 << 16, b' ');
            self.scan(&sample);
        }
    }

    /// Looks at bytes of which nothing else is known.
    pub fn scan(&mut self, bytes: &[u8]) -> Scanned<'r> {
        self.scan_named(bytes, "", "")
    }

    /// Looks at bytes, and tells rules what they are called and what they are (a word of `unpack::sniff`, or `vba`).
    pub fn scan_named(&mut self, bytes: &[u8], name: &str, kind: &str) -> Scanned<'r> {
        self.tell(name, kind);
        let Ok(results) = self.scanner.scan(bytes) else { return Scanned::default() };
        let mut matches: Vec<Match<'r>> = results.matching_rules().map(|rule| found(&rule)).collect();
        matches.sort_by_key(|found| Reverse(found.severity));
        matches.truncate(MATCHES_MAX);
        Scanned { matches, whole: bytes.len() <= SCAN_BYTES_MAX }
    }

    fn tell(&mut self, name: &str, kind: &str) {
        let extension = names::endings(name).pop().map(|ending| format!(".{ending}")).unwrap_or_default();
        let name = cut(name, NAME_BYTES_MAX);
        let values = [name, name, &extension, cut(kind, NAME_BYTES_MAX)];
        for ((global, value), last) in GLOBALS.into_iter().zip(values).zip(&mut self.named) {
            // Defined for every set, with texts: it cannot fail, and a rule without it only knows less.
            if last != value && self.scanner.set_global(global, value).is_ok() {
                value.clone_into(last);
            }
        }
    }
}

fn found<'r>(rule: &Rule<'_, 'r>) -> Match<'r> {
    Match {
        rule: rule.identifier(),
        namespace: rule.namespace(),
        severity: Severity::named(rule).unwrap_or(Severity::Malware),
        reason: meta(rule, "reason").or_else(|| meta(rule, "description")).unwrap_or(""),
        reference: meta(rule, "reference").unwrap_or(""),
        tags: rule.tags().map(|tag| tag.identifier()).collect(),
    }
}

#[cfg(test)]
mod tests;
