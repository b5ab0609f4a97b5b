//! What lookups fetched: each field one fact, or why it is not known. Detectors read it, policy may ask it, the journal
//! keeps it. "Could not ask" is never "no".

/// A fact, or the reason why we have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is so.
    Known(T),
    /// We could not tell.
    Unknown(UnknownReason),
}

/// Why a fact is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnknownReason {
    /// No lookup is configured for it.
    NotAsked,
    /// The source answered with an error or not at all.
    Failed,
    /// The deadline passed first.
    TimedOut,
    /// The source answers, but not us: a public resolver is blocked, the list's self-test fails (RFC 5782 5).
    Refused,
}

impl UnknownReason {
    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
        }
    }

    /// The reason that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "not_asked" => Some(Self::NotAsked),
            "failed" => Some(Self::Failed),
            "timed_out" => Some(Self::TimedOut),
            "refused" => Some(Self::Refused),
            _ => None,
        }
    }
}

impl<T> Fact<T> {
    /// The value, if known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// All facts about one message. A new source adds a field here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Reverse DNS of the client.
    pub reverse_dns: Fact<ReverseDns>,
    /// Each configured DNS list, in the order of settings.
    pub dns_lists: Vec<DnsListFact>,
    /// Each outside scanner that was asked about files of the message, in the order of settings.
    pub scanners: Vec<ScannerFact>,
    /// Pictures whose text was read; not known where some that are likely to hold text were not read.
    pub ocr: Fact<u32>,
}

impl Facts {
    /// Nothing was asked.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            reverse_dns: Fact::Unknown(UnknownReason::NotAsked),
            dns_lists: Vec::new(),
            scanners: Vec::new(),
            ocr: Fact::Known(0),
        }
    }
}

/// PTR names of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseDns {
    /// The first name, lower case; none where the address has no name.
    pub name: Option<String>,
    /// The name leads back to the address.
    pub confirmed: bool,
}

/// What one DNS list says of the client or of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsListFact {
    /// Zone of the list.
    pub list: String,
    /// What was asked: the client's address or a domain.
    pub subject: String,
    /// Listed, with the return codes (127.0.0.x); an empty list of codes is "not listed".
    pub codes: Fact<Vec<std::net::Ipv4Addr>>,
}

/// What one outside scanner says of the files of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannerFact {
    /// Its name in settings.
    pub scanner: String,
    /// What it is.
    pub kind: ScannerKind,
    /// What follows where it says nothing.
    pub need: ScannerNeed,
    /// Its program and signatures in its own words; empty where it does not say.
    pub version: String,
    /// Files that it was asked about.
    pub asked: u32,
    /// Of these, files that by its own settings it does not look into: neither clean nor a failure.
    pub not_wanted: u32,
    /// What it did not call clean, the worst first, at most [`SCANNED_FILES_MAX`].
    pub files: Vec<ScannedFile>,
}

/// Files of one scanner's answer that are kept.
pub const SCANNED_FILES_MAX: usize = 16;

/// What an outside scanner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScannerKind {
    /// It looks into a file.
    AntiVirus,
    /// It runs a file.
    Sandbox,
}

/// What follows where an outside scanner says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScannerNeed {
    /// Nothing is delivered without it.
    Required,
    /// It is required, and the operator has written that mail is let through without it: that is alarmed.
    FailOpen,
    /// The message is judged without it.
    Advisory,
}

/// A file that a scanner did not call clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedFile {
    /// Where, as `Item::place`; `message` is the message as it came.
    pub place: String,
    /// What it said.
    pub said: Said,
    /// What it calls it, or how it failed; its own words, printable.
    pub words: Vec<String>,
}

/// What a scanner said of a file that it did not call clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Said {
    /// Known malware.
    Malware,
    /// A heuristic, something encrypted, something unwanted.
    Suspicious,
    /// It does not take files of this size, or gave up inside: it will not another time either.
    OverLimits,
    /// The sandbox has it; there is no answer yet.
    Running,
    /// No answer.
    Unknown(UnknownReason),
}

impl ScannerKind {
    /// Stable snake_case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AntiVirus => "anti_virus",
            Self::Sandbox => "sandbox",
        }
    }

    /// The kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::AntiVirus, Self::Sandbox].into_iter().find(|kind| kind.word() == word)
    }
}

impl ScannerNeed {
    /// Stable snake_case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::FailOpen => "fail_open",
            Self::Advisory => "advisory",
        }
    }

    /// The need that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Required, Self::FailOpen, Self::Advisory].into_iter().find(|need| need.word() == word)
    }
}

impl Said {
    /// Stable snake_case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Malware => "malware",
            Self::Suspicious => "suspicious",
            Self::OverLimits => "over_limits",
            Self::Running => "running",
            Self::Unknown(reason) => reason.word(),
        }
    }

    /// What `word` means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let known = [Self::Malware, Self::Suspicious, Self::OverLimits, Self::Running];
        let found = known.into_iter().find(|said| said.word() == word);
        found.or_else(|| UnknownReason::from_word(word).map(Self::Unknown))
    }
}

impl ScannerFact {
    /// Name of this check: `scanner:clamav`.
    #[must_use]
    pub fn check(&self) -> String {
        format!("scanner:{}", self.scanner)
    }

    /// It said this of a file at least.
    #[must_use]
    pub fn has(&self, is_it: impl Fn(Said) -> bool) -> bool {
        self.files.iter().any(|file| is_it(file.said))
    }

    /// A file has no answer, and another try may bring one.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.has(|said| matches!(said, Said::Unknown(_)))
    }

    /// A file is beyond what it takes, and nothing is to be delivered that it has not seen.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        self.need != ScannerNeed::Advisory && self.has(|said| said == Said::OverLimits)
    }

    /// The sandbox has a file still.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.has(|said| said == Said::Running)
    }
}

impl Facts {
    /// Checks that the message is judged without, for its trace: scanners that did not answer, or that do not look into files
    /// like these, and pictures that nobody read.
    #[must_use]
    pub fn not_checked(&self) -> Vec<String> {
        let mut names = Vec::new();
        for fact in &self.scanners {
            let is_open = |said| matches!(said, Said::Unknown(_) | Said::Running | Said::OverLimits);
            if fact.has(is_open) {
                names.push(fact.check());
            }
            if fact.not_wanted > 0 {
                names.push(format!("{} (does not want {} of {} files)", fact.check(), fact.not_wanted, fact.asked));
            }
        }
        if self.ocr.known().is_none() {
            names.push("ocr".to_owned());
        }
        names
    }
}
