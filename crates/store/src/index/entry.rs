//! One mail of the index, and what an entry of the log does to it.

use mail::envelope::TenantId;
use mail::id::MailId;

use crate::mails::{Account, MailState};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which segment.
    pub(crate) generation: u64,
    /// First byte.
    pub(crate) offset: u64,
    /// Bytes with head and padding.
    pub(crate) length: u64,
}

/// One unfinished mail.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) state: MailState,
    /// Of our own making: a DSN, a copy.
    pub(crate) own: bool,
    /// Its record, or the newest copy of it.
    pub(crate) place: Place,
    /// Where its later judgement stands.
    pub(crate) rejudged: Option<Place>,
    /// How many there were.
    pub(crate) judgements: u32,
    /// The name of its body, if that is a file.
    pub(crate) body_file: Option<String>,
    /// Segments, other than the record's, with changes that count.
    pub(crate) pins: Vec<u64>,
    /// Segments with older copies of its record.
    pub(crate) copies: Vec<u64>,
    /// A durable change is on its way to disk: other changes wait for it.
    pub(crate) busy: bool,
    /// All recipients ended; only the record of that is on its way.
    pub(crate) finished: bool,
}

impl Entry {
    pub(crate) fn new(state: MailState, own: bool, body_file: Option<String>) -> Self {
        Self {
            state,
            own,
            place: Place::default(),
            rejudged: None,
            judgements: 0,
            body_file,
            pins: Vec::new(),
            copies: Vec::new(),
            busy: false,
            finished: false,
        }
    }
}

/// What an entry of the log does to the index once it is written.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Nothing: a refusal, the checkpoint of a new segment.
    None,
    /// Nothing, but the writer puts the account in.
    Checkpoint,
    /// A mail is there.
    Accept(Box<Entry>),
    /// States changed.
    Change {
        mail: MailId,
        tenant: TenantId,
        /// The new state, unless it holds already.
        next: Option<Box<MailState>>,
        /// What it adds to the totals.
        delta: Box<Account>,
        /// All recipients ended.
        finishes: bool,
        /// It brings a judgement.
        rejudged: bool,
    },
    /// The mail's record stands here now.
    Copy { mail: MailId },
    /// All states of these mails stand here now.
    States { mails: Vec<MailId> },
    /// That these mails are finished stands here now.
    Finished { mails: Vec<MailId> },
}
