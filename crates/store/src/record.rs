//! What is written to disk: records of the log, and the judged record that the journal keeps. Structs of their own, apart
//! from the types of the line, since what is on disk outlives a release. Every struct is a CBOR map with integer keys:
//! adding a field needs no new version, an older release skips it; a number is never used again for something else.
//!
//! Personal fields (addresses, subject, words of the message) stand apart in [`judged::PersonalRecord`], so that erasure
//! removes them and the record stays.

pub mod change;
pub mod features;
pub mod judged;
pub mod mail;
pub mod refusal;

use minicbor::{Decode, Encode};

pub use change::{ChangeRecord, RecipientChange};
pub use judged::JudgedRecord;
pub use mail::MailRecord;
pub use refusal::RefusalRecord;

/// Everything that can stand in the log.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Record {
    /// A mail that we took responsibility for: written once, before the reply.
    #[n(0)]
    Mail(#[n(0)] Box<MailRecord>),
    /// What became of a recipient of such a mail.
    #[n(1)]
    Change(#[n(0)] ChangeRecord),
    /// Something that was refused, before or after its data; kept in the journal only, written without a flush.
    #[n(2)]
    Refusal(#[n(0)] Box<RefusalRecord>),
    /// A mail was judged again.
    #[n(3)]
    Judged(#[n(0)] Box<JudgedAgain>),
}

/// A later scan of a mail that is already in the log.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct JudgedAgain {
    /// The mail, 16 bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub mail: [u8; 16],
    /// Whose.
    #[n(1)]
    pub tenant: u32,
    /// What was judged.
    #[n(2)]
    pub judged: JudgedRecord,
    /// All changed forms of the message from now on; the change beside it says who gets which.
    #[n(3)]
    pub variants: Option<Vec<mail::VariantRecord>>,
    /// A bounce may be sent to the sender.
    #[n(4)]
    pub sender_genuine: Option<bool>,
    /// All recipients that rules have added, from now on; they stand behind those of the envelope.
    #[cbor(n(5), default)]
    pub added: Vec<mail::RecipientRecord>,
}
