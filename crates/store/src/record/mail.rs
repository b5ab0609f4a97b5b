//! The record of an accepted mail.

use minicbor::{Decode, Encode};

use super::judged::JudgedRecord;

/// A mail, its first state and its judgement.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct MailRecord {
    /// 16 bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// Whose. One transaction has one tenant.
    #[n(1)]
    pub tenant: u32,
    /// Milliseconds since the epoch.
    #[n(2)]
    pub received_at: i64,
    /// MAIL FROM without brackets; empty for the null sender.
    #[n(3)]
    pub sender: String,
    /// Each recipient with its first state. The index in this list is the recipient's number in later records.
    #[n(4)]
    pub recipients: Vec<RecipientRecord>,
    /// The message as it came, or where it lies.
    #[n(5)]
    pub body: BodyRecord,
    /// What deliveries send instead of the message as it came; recipients name one by index.
    #[n(6)]
    pub variants: Vec<VariantRecord>,
    /// What was known and decided; none for mail of our own making (a DSN) and for mail held before it was judged.
    #[n(7)]
    pub judged: Option<JudgedRecord>,
    /// A bounce may be sent to the sender: SPF passed or DKIM is aligned (or we are the submission server).
    #[n(8)]
    pub sender_genuine: bool,
    /// The envelope as the session gave it, for a scan that comes later.
    #[n(9)]
    pub envelope: EnvelopeRecord,
}

/// The session's part of the envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnvelopeRecord {
    /// Textual address of the client.
    #[n(0)]
    pub client_ip: String,
    /// Port of the client.
    #[n(1)]
    pub client_port: u16,
    /// HELO name.
    #[n(2)]
    pub helo: String,
    /// EHLO was used.
    #[n(3)]
    pub extended: bool,
    /// TLS version; empty for none.
    #[n(4)]
    pub tls_version: String,
    /// TLS cipher suite.
    #[n(5)]
    pub tls_cipher: String,
    /// BODY=8BITMIME was said.
    #[n(6)]
    pub eight_bit: bool,
}

/// One recipient and its first state.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RecipientRecord {
    /// RCPT TO without brackets.
    #[n(0)]
    pub address: String,
    /// `inbound` or `outbound`.
    #[n(1)]
    pub outbound: bool,
    /// Its state when the mail was accepted.
    #[n(2)]
    pub state: StateRecord,
    /// Index into the variants; none: the message as it came.
    #[n(3)]
    pub variant: Option<u16>,
    /// Groups of the directory.
    #[n(4)]
    pub groups: Vec<String>,
    /// Nobody named it in the envelope: a rule put it there, for the original of a copy that was changed.
    #[cbor(n(5), default)]
    pub added: bool,
}

/// The state of one recipient's copy. Each accepted (mail, recipient) is in exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum StateRecord {
    /// Waits for a delivery attempt.
    #[n(0)]
    Queued {
        /// Attempts made.
        #[n(0)]
        attempts: u16,
        /// Not before this time, milliseconds since the epoch.
        #[n(1)]
        next_attempt: i64,
    },
    /// Waits for a check that is retried by itself.
    #[n(1)]
    Held {
        /// Held since, milliseconds.
        #[n(0)]
        since: i64,
        /// Judge again at, milliseconds.
        #[n(1)]
        next_attempt: i64,
        /// Why, a stable word.
        #[n(2)]
        why: String,
    },
    /// Lies where people find it.
    #[n(2)]
    Quarantined {
        /// Since, milliseconds.
        #[n(0)]
        since: i64,
    },
    /// A next hop took it.
    #[n(3)]
    Delivered,
    /// Given up; a DSN was made or, for an unverified sender, only this was noted.
    #[n(4)]
    Bounced,
    /// Dropped by rule.
    #[n(5)]
    Discarded,
    /// Deleted from quarantine or queue by a person.
    #[n(6)]
    Deleted,
    /// Its time in quarantine ended.
    #[n(7)]
    Expired,
}

impl StateRecord {
    /// Nothing more will happen to it.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Delivered | Self::Bounced | Self::Discarded | Self::Deleted | Self::Expired)
    }

    /// Stable lower-case word of lists and JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Held { .. } => "held",
            Self::Quarantined { .. } => "quarantined",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Discarded => "discarded",
            Self::Deleted => "deleted",
            Self::Expired => "expired",
        }
    }
}

/// Where the message's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum BodyRecord {
    /// Behind the tagged fields in this record, this many bytes (up to [`crate::limits::INLINE_BODY_BYTES_MAX`]).
    #[n(0)]
    Inline {
        /// Bytes.
        #[n(0)]
        length: u64,
    },
    /// In a file of its own, synced before this record was written.
    #[n(1)]
    File {
        /// Name in the bodies folder.
        #[n(0)]
        name: String,
        /// Bytes.
        #[n(1)]
        length: u64,
        /// SHA-256 of the file, 32 bytes.
        #[cbor(n(2), with = "minicbor::bytes")]
        sha256: Vec<u8>,
    },
}

/// A changed form of the message: edits against the original, sorted, not overlapping.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct VariantRecord {
    /// The edits.
    #[n(0)]
    pub edits: Vec<EditRecord>,
}

/// Bytes `start..end` of the original are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EditRecord {
    /// First byte.
    #[n(0)]
    pub start: u64,
    /// One past the last byte.
    #[n(1)]
    pub end: u64,
    /// What stands there instead.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub replacement: Vec<u8>,
}
