//! The three presets of thresholds on the probability that a message is bad.

/// Values from which a message is suspicious, kept, refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Half of the quarantine value.
    pub tag: f64,
    /// Kept back from here.
    pub quarantine: f64,
    /// Refused from here.
    pub reject: f64,
}

/// How strict a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preset {
    /// Only what is nearly certain.
    Relaxed,
    /// The default.
    #[default]
    Standard,
    /// More is kept back.
    Strict,
}

impl Preset {
    /// All words, as written in settings.
    pub const WORDS: [&str; 3] = ["relaxed", "standard", "strict"];

    /// The preset that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "relaxed" => Some(Self::Relaxed),
            "standard" => Some(Self::Standard),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }

    /// Its thresholds.
    #[must_use]
    pub const fn thresholds(self) -> Thresholds {
        let (quarantine, reject) = match self {
            Self::Relaxed => (0.95, 0.999),
            Self::Standard => (0.80, 0.995),
            Self::Strict => (0.50, 0.98),
        };
        Thresholds { tag: quarantine / 2.0, quarantine, reject }
    }
}
