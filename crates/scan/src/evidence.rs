//! What a detector says: this pattern, this strongly, here. No weight in it: weights are data with a version.

/// Name of a pattern, `snake_case`; the weights file and the journal use it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EvidenceId(pub std::borrow::Cow<'static, str>);

impl EvidenceId {
    /// For the constant of a detector.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(name))
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// How clearly the pattern shows, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Strength(f32);

impl Strength {
    /// Beyond doubt.
    pub const FULL: Self = Self(1.0);
    /// Clear.
    pub const HALF: Self = Self(0.5);
    /// A hint.
    pub const LOW: Self = Self(0.25);

    /// Bounded to 0..=1; not a number becomes 0.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self(0.0) } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> f32 {
        self.0
    }
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Which pattern.
    pub id: EvidenceId,
    /// How clearly.
    pub strength: Strength,
    /// Where.
    pub place: Place,
    /// What to tell people.
    pub detail: Detail,
}

/// Where in the message or around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The SMTP envelope.
    Envelope,
    /// A header field, by name (lower case).
    Header(String),
    /// A part or something inside it, as `Item::place`.
    Part(String),
    /// A link, by the place of its part and its number there.
    Link {
        /// As `Item::place`.
        part: String,
        /// Number in that item, from 0.
        number: u32,
    },
    /// Authentication results.
    Authentication,
    /// A fact that a lookup fetched, by name.
    Fact(String),
    /// The message as a whole.
    Message,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Envelope => f.write_str("envelope"),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Part(part) => write!(f, "part:{part}"),
            Self::Link { part, number } => write!(f, "part:{part}#link{number}"),
            Self::Authentication => f.write_str("authentication"),
            Self::Fact(name) => write!(f, "fact:{name}"),
            Self::Message => f.write_str("message"),
        }
    }
}

/// Words for people: a text of the message catalogue and what to put into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Which text.
    pub text: TextId,
    /// What fills its holes `{0}`, `{1}` ...
    pub args: Vec<Arg>,
}

/// Name of a text in the catalogue; for evidence it is the evidence's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextId(pub std::borrow::Cow<'static, str>);

/// Something in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// A fact about the message that everybody who sees the trace may see (a type, a domain of a list, a number).
    Meta(String),
    /// Words of the message itself (addresses, names, subject): shown and kept as bodies are.
    Content(String),
}

impl Arg {
    /// The text, whichever it is.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Meta(text) | Self::Content(text) => text,
        }
    }
}
