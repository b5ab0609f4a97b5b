//! Everything that verdict and decision were made from, without the body: so both can be recomputed.

use minicbor::{Decode, Encode};

/// One judgement of one mail.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct JudgedRecord {
    /// Which scan of the mail.
    #[n(0)]
    pub scan: u32,
    /// When it was judged, milliseconds since the epoch.
    #[n(1)]
    pub at: i64,
    /// Addresses, subject, words of the message.
    #[n(2)]
    pub personal: PersonalRecord,
    /// Client, HELO, TLS.
    #[n(3)]
    pub envelope: super::mail::EnvelopeRecord,
    /// Size of the message in bytes.
    #[n(4)]
    pub size: u64,
    /// Kinds of ambiguity, stable words.
    #[n(5)]
    pub ambiguities: Vec<String>,
    /// Authentication.
    #[n(6)]
    pub auth: AuthRecord,
    /// What lookups fetched.
    #[n(7)]
    pub facts: FactsRecord,
    /// Answers to policy's questions: key and `yes`, `no` or `unknown`.
    #[n(8)]
    pub findings: Vec<(String, String)>,
    /// What detectors saw, in their order.
    #[n(9)]
    pub evidence: Vec<EvidenceRecord>,
    /// Required checks that failed.
    #[n(10)]
    pub failed_checks: Vec<String>,
    /// The verdict as given.
    #[n(11)]
    pub verdict: VerdictRecord,
    /// The decision as taken, one ruling a recipient.
    #[n(12)]
    pub rulings: Vec<RulingRecord>,
    /// Content hashes of what was in force.
    #[n(13)]
    pub versions: VersionsRecord,
    /// The decision was taken after the reply (a held mail): reject means quarantine then.
    #[n(14)]
    pub after_accept: bool,
    /// When the message arrived, "now" of the line, where it was judged later than that; milliseconds since the epoch.
    #[n(15)]
    pub received_at: Option<i64>,
    /// What its content is found again by. Kept apart from the judgement, and for a shorter time: never in what a trace shows.
    #[n(16)]
    pub features: Option<super::features::FeaturesRecord>,
}

/// What erasure removes. The rest of the record names its entries by index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersonalRecord {
    /// MAIL FROM without brackets.
    #[n(0)]
    pub sender: String,
    /// RCPT TO, in order.
    #[n(1)]
    pub recipients: Vec<RecipientNote>,
    /// Subject, decoded.
    #[n(2)]
    pub subject: String,
    /// From, decoded.
    #[n(3)]
    pub from: String,
    /// Message-ID.
    #[n(4)]
    pub message_id: String,
    /// Words of the message in evidence, named by index.
    #[n(5)]
    pub words: Vec<String>,
    /// Erased on request; all other fields are empty then.
    #[n(6)]
    pub erased: bool,
    /// Domain of the From address.
    #[n(7)]
    pub from_domain: String,
    /// What rules did to the content of copies, or why they could not; it names files of the message.
    #[cbor(n(8), default)]
    pub done: Vec<DoneRecord>,
}

/// What a rule did to the content of one copy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DoneRecord {
    /// Whose: index into [`PersonalRecord::recipients`].
    #[n(0)]
    pub recipient: u16,
    /// Event of the journal: `disarmed removed rebuilt not_changed`.
    #[n(1)]
    pub event: String,
    /// In words.
    #[n(2)]
    pub detail: String,
}

/// A recipient as policy saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecipientNote {
    /// RCPT TO without brackets.
    #[n(0)]
    pub address: String,
    /// Outbound.
    #[n(1)]
    pub outbound: bool,
    /// Groups.
    #[n(2)]
    pub groups: Vec<String>,
}

/// Authentication in RFC words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AuthRecord {
    /// SPF result.
    #[n(0)]
    pub spf: String,
    /// SPF domain; empty for none.
    #[n(1)]
    pub spf_domain: String,
    /// SPF was of HELO.
    #[n(2)]
    pub spf_of_helo: bool,
    /// Each signature: result, domain, selector, comment.
    #[n(3)]
    pub dkim: Vec<(String, String, String, String)>,
    /// DMARC result.
    #[n(4)]
    pub dmarc: String,
    /// From domain; empty for none.
    #[n(5)]
    pub dmarc_from: String,
    /// Policy word; empty for none.
    #[n(6)]
    pub dmarc_policy: String,
    /// SPF is aligned.
    #[n(7)]
    pub spf_aligned: bool,
    /// DKIM is aligned.
    #[n(8)]
    pub dkim_aligned: bool,
    /// ARC result.
    #[n(9)]
    pub arc: String,
    /// ARC sealer; empty for none.
    #[n(10)]
    pub arc_sealer: String,
}

/// Facts; an unknown one has its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FactsRecord {
    /// Reason why reverse DNS is unknown; empty when known.
    #[n(0)]
    pub reverse_dns_unknown: String,
    /// Name; empty where the address has none.
    #[n(1)]
    pub reverse_dns_name: String,
    /// Forward-confirmed.
    #[n(2)]
    pub reverse_dns_confirmed: bool,
    /// DNS lists: zone, subject, unknown reason (empty when known), codes.
    #[n(3)]
    pub dns_lists: Vec<(String, String, String, Vec<String>)>,
    /// Outside scanners; none in records of before they were there.
    #[cbor(n(4), default)]
    pub scanners: Vec<ScannerRecord>,
    /// Reason why pictures were not read; empty where they were.
    #[cbor(n(5), default)]
    pub ocr_unknown: String,
    /// Pictures whose text was read.
    #[cbor(n(6), default)]
    pub ocr_pictures: u32,
}

/// What an outside scanner said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScannerRecord {
    /// Its name in settings.
    #[n(0)]
    pub scanner: String,
    /// What it is, a word.
    #[n(1)]
    pub kind: String,
    /// What follows where it says nothing, a word.
    #[n(2)]
    pub need: String,
    /// Its program and signatures in its own words.
    #[n(3)]
    pub version: String,
    /// Files that it was asked about.
    #[n(4)]
    pub asked: u32,
    /// What it did not call clean: place, word, its own words.
    #[n(5)]
    pub files: Vec<(String, String, Vec<String>)>,
    /// Files that it does not look into.
    #[n(6)]
    pub not_wanted: u32,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct EvidenceRecord {
    /// Name of the pattern.
    #[n(0)]
    pub id: String,
    /// 0 to 1.
    #[n(1)]
    pub strength: f32,
    /// Where: kind and text (`header`, `from`), as `pipeline::record` writes them.
    #[n(2)]
    pub place: (String, String, u32),
    /// Text of the catalogue.
    #[n(3)]
    pub text: String,
    /// What fills it.
    #[n(4)]
    pub args: Vec<ArgRecord>,
}

/// An argument of a text.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ArgRecord {
    /// A fact that everybody may see.
    #[n(0)]
    Meta(#[n(0)] String),
    /// Index into [`PersonalRecord::words`].
    #[n(1)]
    Word(#[n(0)] u32),
}

/// The verdict as it was given.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct VerdictRecord {
    /// Class word.
    #[n(0)]
    pub class: String,
    /// Probability of each class, in the order of `Class::ALL`.
    #[n(1)]
    pub probability: Vec<f64>,
    /// Reasons: index into the evidence, contribution; strongest first.
    #[n(2)]
    pub reasons: Vec<(u32, f64)>,
    /// The weights were calibrated.
    #[n(3)]
    pub calibrated: bool,
}

/// What was decided for one recipient, by its index in [`PersonalRecord::recipients`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RulingRecord {
    /// Actions, as their words; a tag carries its marks.
    #[n(0)]
    pub actions: Vec<ActionRecord>,
    /// Rules that matched.
    #[n(1)]
    pub because: Vec<String>,
    /// "Not checked".
    #[n(2)]
    pub not_checked: Vec<String>,
    /// Name of the policy that decided.
    #[n(3)]
    pub policy: String,
}

/// One action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ActionRecord {
    /// The word.
    #[n(0)]
    pub word: String,
    /// Subject prefix of a tag.
    #[n(1)]
    pub subject_prefix: Option<String>,
    /// Header fields of a tag.
    #[n(2)]
    pub headers: Vec<(String, String)>,
    /// Types of what is removed.
    #[cbor(n(3), default)]
    pub types: Vec<String>,
    /// Extensions of what is removed.
    #[cbor(n(4), default)]
    pub extensions: Vec<String>,
    /// Marks of what is removed.
    #[cbor(n(5), default)]
    pub marks: Vec<String>,
}

/// SHA-256 (hex) of each document that was in force; the store keeps a document as long as a record names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct VersionsRecord {
    /// Weights.
    #[n(0)]
    pub weights: String,
    /// Knowledge (lists of the detectors).
    #[n(1)]
    pub knowledge: String,
    /// Policies by name.
    #[n(2)]
    pub policies: Vec<(String, String)>,
    /// Release of Postern.
    #[n(3)]
    pub release: String,
    /// Rules of signatures and hash lists; empty in records of before they were there.
    #[cbor(n(4), default)]
    pub signatures: String,
}

#[cfg(test)]
mod tests;
