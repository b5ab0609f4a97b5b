//! The log's own notes: what must outlive the segments that it was read from.

use minicbor::{Decode, Encode};

use crate::record::mail::StateRecord;

/// A note of the log to itself.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) enum Upkeep {
    /// Stands first in each segment: the account up to here.
    #[n(0)]
    Checkpoint(#[n(0)] Checkpoint),
    /// Present states of mails whose changes stood in a segment that goes.
    #[n(1)]
    States(#[n(0)] Vec<MailStates>),
    /// Mails that are finished though their records still stand in older segments.
    #[n(2)]
    Finished(#[n(0)] Vec<MailName>),
}

/// The account, and where the log was.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Checkpoint {
    /// Generation of the segment before this one; 0 for none in this run.
    #[n(0)]
    pub(crate) before: u64,
    /// The last sequence in it.
    #[n(1)]
    pub(crate) last_sequence: u64,
    /// What ended, tenant by tenant.
    #[n(2)]
    pub(crate) totals: Vec<Totals>,
}

/// How many (mail, recipient) pairs of one tenant came and how they ended.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Totals {
    #[n(0)]
    pub(crate) tenant: u32,
    #[n(1)]
    pub(crate) accepted: u64,
    #[n(2)]
    pub(crate) added: u64,
    #[n(3)]
    pub(crate) delivered: u64,
    #[n(4)]
    pub(crate) bounced: u64,
    #[n(5)]
    pub(crate) discarded: u64,
    #[n(6)]
    pub(crate) deleted: u64,
}

/// The states of all recipients of one mail.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct MailStates {
    #[n(0)]
    pub(crate) mail: MailName,
    #[n(1)]
    pub(crate) states: Vec<StateRecord>,
}

/// The 16 bytes of a mail's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct MailName(#[cbor(n(0), with = "minicbor::bytes")] pub(crate) [u8; 16]);
