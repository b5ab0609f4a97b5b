//! What stands inside the parts of a message: text, links, children. Made by the worker from untrusted bytes, so
//! everything here is data of the attacker's choosing, bounded in size. Encoded for the worker's frames only.

use minicbor::{Decode, Encode};

/// Everything that was found inside a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Content {
    /// One for each leaf part and each child of a container, parents before children.
    #[n(0)]
    pub items: Vec<Item>,
    /// Why something could not be opened; empty means that all was.
    #[n(1)]
    pub unopened: Vec<Unopened>,
}

/// A leaf part of the message, or something inside one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// Where: the MIME part (`1.2`) and, inside a container, the way down (`1.2/zip:0`).
    #[n(0)]
    pub place: String,
    /// Every name it could be saved under.
    #[n(1)]
    pub names: Vec<String>,
    /// True type by content, a short word of `unpack::sniff` (`zip`, `pdf`, `exe`, `html`, `text`, `unknown` ...).
    #[n(2)]
    pub kind: String,
    /// `type/subtype` as the message declares it, lower case; empty inside containers.
    #[n(3)]
    pub declared: String,
    /// Size after decoding, bytes.
    #[n(4)]
    pub size: u64,
    /// SHA-256 of the decoded bytes, 32 bytes.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub sha256: Vec<u8>,
    /// Visible text, UTF-8.
    #[n(6)]
    pub text: String,
    /// Text that a reader does not see (hidden by style, zero size, same colour).
    #[n(7)]
    pub hidden_text: String,
    /// Links, in order.
    #[n(8)]
    pub links: Vec<Link>,
    /// What was noticed about it: words of [`crate::marks::ALL`].
    #[n(9)]
    pub marks: Vec<String>,
    /// It is shown as part of the message, not offered as a file.
    #[n(10)]
    pub inline: bool,
    /// Text as other readers would see it: in other plausible charsets. Searched for words, never shown.
    #[n(11)]
    pub other_text: String,
    /// Rules of signatures that match its bytes.
    #[n(12)]
    pub matches: Vec<RuleMatch>,
    /// TLSH of its bytes (`T1` and 70 hexadecimal digits), for near copies; empty where it has none (too short or too even).
    #[n(13)]
    pub tlsh: String,
}

impl Item {
    /// Its text in every reading that has one: as it is seen, as other programs would see it, hidden.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [self.text.as_str(), &self.other_text, &self.hidden_text].into_iter().filter(|text| !text.is_empty())
    }
}

/// A rule of signatures that matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RuleMatch {
    /// Its name.
    #[n(0)]
    pub rule: String,
    /// The set it is of: `postern`, or the file name of an operator's set.
    #[n(1)]
    pub set: String,
    /// `malware`, `suspicious` or `info`.
    #[n(2)]
    pub severity: String,
    /// What the rule says that it finds, one sentence; empty where it says nothing.
    #[n(3)]
    pub reason: String,
    /// It is no rule but an entry of a hash list: `rule` is its label, `set` the list.
    #[n(4)]
    pub is_listed: bool,
}

/// A link with what it shows and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Link {
    /// The target as written, entities decoded.
    #[n(0)]
    pub target: String,
    /// The visible text, white space folded; empty for a bare link.
    #[n(1)]
    pub text: String,
    /// Where it stands.
    #[n(2)]
    pub kind: LinkKind,
}

/// Where a link stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum LinkKind {
    /// In running text.
    #[default]
    #[n(0)]
    Text,
    /// `a href`, `area href`.
    #[n(1)]
    Anchor,
    /// `img src` and the like.
    #[n(2)]
    Image,
    /// `form action`.
    #[n(3)]
    Form,
    /// Other attributes.
    #[n(4)]
    Other,
    /// The target of a `meta` refresh, or of a script that goes there by itself.
    #[n(5)]
    Redirect,
    /// Written in a script or a macro.
    #[n(6)]
    Script,
    /// What a document fetches when it is opened: remote template, linked object, external data.
    #[n(7)]
    Fetched,
    /// In a picture: QR code.
    #[n(8)]
    Code,
    /// In fields that are not part of the page: properties, calendar and contact fields, the target of a shortcut.
    #[n(9)]
    Field,
}

/// Something that could not be looked into. Never called clean.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Unopened {
    /// Where, as [`Item::place`].
    #[n(0)]
    pub place: String,
    /// Why.
    #[n(1)]
    pub why: WhyUnopened,
}

/// Why something could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum WhyUnopened {
    /// Encrypted, and no password is known.
    #[n(0)]
    Encrypted,
    /// The container contradicts itself or is cut short.
    #[n(1)]
    Broken,
    /// A limit of the budget was reached: bytes, files, depth, ratio.
    #[n(2)]
    OverBudget,
    /// The worker died, hung or lied twice over this message.
    #[n(3)]
    WorkerFailed,
    /// A container of a kind that cannot be opened.
    #[n(4)]
    Unsupported,
    /// It uses what no honest file of its kind does and what would harm its reader (a document type definition in XML).
    #[n(5)]
    Refused,
    /// Its time ran out.
    #[n(6)]
    OverTime,
}

impl WhyUnopened {
    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Broken => "broken",
            Self::OverBudget => "over_budget",
            Self::WorkerFailed => "worker_failed",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
            Self::OverTime => "over_time",
        }
    }
}
