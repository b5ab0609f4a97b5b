//! What became of recipients.

use minicbor::{Decode, Encode};

use super::mail::StateRecord;

/// One or more recipients of one mail changed their state, in one step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChangeRecord {
    /// The mail, 16 bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub mail: [u8; 16],
    /// Whose.
    #[n(1)]
    pub tenant: u32,
    /// When, milliseconds since the epoch.
    #[n(2)]
    pub at: i64,
    /// The changes.
    #[n(3)]
    pub recipients: Vec<RecipientChange>,
    /// Who asked for it: empty for the gateway itself, else a name (`root@console`).
    #[n(4)]
    pub by: String,
}

/// One recipient's new state and what led to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecipientChange {
    /// Index in the mail's recipients.
    #[n(0)]
    pub recipient: u16,
    /// The state from now on.
    #[n(1)]
    pub state: StateRecord,
    /// Journal event: `delivered deferred bounced quarantined opened password_wrong locked released held deleted expired`.
    #[n(2)]
    pub event: String,
    /// Host and address that we spoke to; empty for none.
    #[n(3)]
    pub peer: String,
    /// Its reply, one line, escaped; or our own reason.
    #[n(4)]
    pub reply: String,
    /// Index into the variants of a later judgement, none for the message as it came. Counts only in a change that brings
    /// such a judgement; any other leaves the recipient's variant as it is.
    #[n(5)]
    pub variant: Option<u16>,
}
