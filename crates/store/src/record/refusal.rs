//! A refusal at any stage of a session.

use minicbor::{Decode, Encode};

use super::judged::JudgedRecord;

/// Something that we did not take. The sender knows `reference`; `trace search` finds it.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RefusalRecord {
    /// 16 bytes, the id whose first characters the sender was told.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// Whose; the gateway's own (0) before a recipient was accepted.
    #[n(1)]
    pub tenant: u32,
    /// When, milliseconds since the epoch.
    #[n(2)]
    pub at: i64,
    /// `connect helo mail rcpt data content`.
    #[n(3)]
    pub stage: String,
    /// SMTP code.
    #[n(4)]
    pub code: u16,
    /// Enhanced code, `5.7.1`.
    #[n(5)]
    pub enhanced: String,
    /// Why, a stable word (`relaying_denied`, `unknown_recipient` ...).
    #[n(6)]
    pub reason: String,
    /// Textual address of the client.
    #[n(7)]
    pub client_ip: String,
    /// HELO name, if it came so far.
    #[n(8)]
    pub helo: String,
    /// MAIL FROM, if it came so far.
    #[n(9)]
    pub sender: String,
    /// Recipients, as far as they came; for `rcpt` the refused one alone.
    #[n(10)]
    pub recipients: Vec<String>,
    /// What was judged, for a refusal after the data.
    #[n(11)]
    pub judged: Option<JudgedRecord>,
    /// How many like it this stands for (beyond the cap of a prefix refusals are counted, not written).
    #[n(12)]
    pub count: u32,
}
