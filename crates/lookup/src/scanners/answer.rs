//! What a scanner says of a file. Names and words of a scanner are cut and made printable before they stand here.

use scan::facts::UnknownReason;

/// Names that are kept of one answer.
const NAMES_MAX: usize = 16;
/// Bytes of a name, or of what a scanner says of its trouble.
const NAME_BYTES_MAX: usize = 200;

/// The answer about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerAnswer {
    /// It looked into the whole file and found nothing.
    Clean,
    /// It knows the file for malware.
    Infected {
        /// What it calls it, at least one name.
        names: Vec<String>,
    },
    /// A heuristic, something encrypted, something unwanted but not harmful by itself.
    Suspicious {
        /// What it calls it, at least one name.
        names: Vec<String>,
    },
    /// It did not look into the file, or not into all of it, by its rules or ours: not clean.
    Skipped(WhySkipped),
    /// It could not be asked, or its answer is none: not clean.
    Failed(ScanTrouble),
}

/// Why a scanner did not look into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhySkipped {
    /// The file is larger than it takes.
    TooLarge,
    /// It gave up inside: too deep, too many files, too large once unpacked.
    OverItsLimits,
    /// By its settings it does not want files like this one: it answered on the beginning alone, or excludes the type.
    NotWanted,
    /// It had the file as long as a message may wait for it, and has no verdict: another try would take as long again.
    NotInTime,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ScanTrouble {
    /// Nobody listens, no such name, no such socket, or not for us: why, in words.
    Unreachable(String),
    /// Too slow, or silent.
    TimedOut,
    /// It takes no more work now: its queue is full, or ours.
    Busy,
    /// It closed the connection.
    Closed {
        /// Bytes of the file that were sent by then.
        sent_bytes: u64,
        /// Bytes of an answer that had come by then.
        read_bytes: u64,
    },
    /// What came is no answer in its language.
    Garbage,
    /// Its signatures are older than it is believed with.
    OldSignatures,
    /// It says that it failed, in its own words.
    Said(String),
}

impl ScannerAnswer {
    /// It looked into the whole file.
    #[must_use]
    pub const fn is_definite(&self) -> bool {
        matches!(self, Self::Clean | Self::Infected { .. } | Self::Suspicious { .. })
    }

    /// Stable snake_case word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Infected { .. } => "infected",
            Self::Suspicious { .. } => "suspicious",
            Self::Skipped(why) => why.word(),
            Self::Failed(trouble) => trouble.word(),
        }
    }

    /// The names that were found; none where nothing was.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::Infected { names } | Self::Suspicious { names } => names,
            Self::Clean | Self::Skipped(_) | Self::Failed(_) => &[],
        }
    }

    pub(crate) fn infected<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Infected { names: printable_names(names) }
    }

    pub(crate) fn suspicious<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Suspicious { names: printable_names(names) }
    }
}

impl WhySkipped {
    /// Stable snake_case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::OverItsLimits => "over_its_limits",
            Self::NotWanted => "not_wanted",
            Self::NotInTime => "not_in_time",
        }
    }
}

impl ScanTrouble {
    /// Stable snake_case word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Busy => "busy",
            Self::Closed { .. } => "closed",
            Self::Garbage => "garbage",
            Self::OldSignatures => "old_signatures",
            Self::Said(_) => "said_error",
        }
    }

    /// The same among the reasons of facts.
    #[must_use]
    pub const fn reason(&self) -> UnknownReason {
        match self {
            Self::TimedOut => UnknownReason::TimedOut,
            Self::Busy => UnknownReason::Refused,
            Self::Unreachable(_) | Self::Closed { .. } | Self::Garbage | Self::OldSignatures | Self::Said(_) => {
                UnknownReason::Failed
            }
        }
    }

    /// What it says, or what the system says of it; none where the word says all.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Said(text) | Self::Unreachable(text) => {
                Some(text).filter(|text| !text.is_empty()).map(String::as_str)
            }
            _ => None,
        }
    }

    pub(crate) fn said(text: &str) -> Self {
        Self::Said(printable(text))
    }

    pub(crate) fn unreachable(why: impl std::fmt::Display) -> Self {
        Self::Unreachable(printable(&why.to_string()))
    }
}

/// For people: the word, and what is known of it.
impl std::fmt::Display for ScanTrouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.detail() {
            Some(detail) => write!(f, "{}: {detail}", self.word()),
            None => f.write_str(self.word()),
        }
    }
}

/// Each once, at most so many, and never none: a finding without a name is a finding.
fn printable_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let name = printable(name);
        if kept.len() < NAMES_MAX && !name.is_empty() && !kept.contains(&name) {
            kept.push(name);
        }
    }
    if kept.is_empty() {
        kept.push("unnamed".to_owned());
    }
    kept
}

/// Printable ASCII, the rest as `?`, cut.
fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    text.trim().chars().take(NAME_BYTES_MAX).map(shown).collect()
}
