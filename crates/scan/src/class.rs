//! What a message can be.

/// The classes, benign first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Wanted mail.
    Clean,
    /// Sent to many, wanted by some: newsletters, marketing.
    Bulk,
    /// Unwanted offers.
    Spam,
    /// Wants credentials, money or trust by pretending.
    Phishing,
    /// Carries or fetches hostile code.
    Malware,
    /// Against a rule of the site or of the standards, whatever its intent.
    Policy,
    /// Could not be looked into: certain, no probability.
    Unscannable,
}

impl Class {
    /// All, in order.
    pub const ALL: [Self; 7] =
        [Self::Clean, Self::Bulk, Self::Spam, Self::Phishing, Self::Malware, Self::Policy, Self::Unscannable];

    /// Stable lower-case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Bulk => "bulk",
            Self::Spam => "spam",
            Self::Phishing => "phishing",
            Self::Malware => "malware",
            Self::Policy => "policy",
            Self::Unscannable => "unscannable",
        }
    }

    /// The class that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Neither clean nor bulk.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        !matches!(self, Self::Clean | Self::Bulk)
    }

    /// Its place in [`PerClass`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Clean => 0,
            Self::Bulk => 1,
            Self::Spam => 2,
            Self::Phishing => 3,
            Self::Malware => 4,
            Self::Policy => 5,
            Self::Unscannable => 6,
        }
    }
}

/// One value for each class.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct PerClass<T>(pub [T; 7]);

impl<T: Copy> PerClass<T> {
    /// The value of one class.
    #[must_use]
    pub fn of(&self, class: Class) -> T {
        // `index` is below 7 by its own match.
        self.0[class.index()]
    }
}
