//! The journal: what happened to every message, found by anything a person may know of it.

use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use serde::Serialize;

use crate::error::StoreError;
use crate::record::JudgedRecord;
use crate::record::features::FeaturesRecord;

/// What to look for; all given conditions must hold. Text is compared without case and accents; `sender` and `recipient` are
/// a part of the field, of `subject` each word is. No character has a meaning of its own.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Part of MAIL FROM or From.
    pub sender: Option<String>,
    /// Part of a recipient.
    pub recipient: Option<String>,
    /// Words of the subject.
    pub subject: Option<String>,
    /// Not before, milliseconds since the epoch.
    pub since: Option<i64>,
    /// Before, milliseconds since the epoch.
    pub until: Option<i64>,
    /// Class word.
    pub verdict: Option<String>,
    /// Weightiest action word or state of a recipient.
    pub decision: Option<String>,
    /// Beginning of the mail id (a reference id), or part of the Message-ID.
    pub id: Option<String>,
    /// Beginning of the client's address.
    pub client: Option<String>,
    /// Only refusals.
    pub refused: bool,
    /// Refusal reason, a stable word.
    pub reason: Option<String>,
    /// Also what the gateway itself did before a recipient's tenant was known: for operators of the whole gateway.
    pub with_gateway: bool,
    /// Rows of a page; 0 means 50.
    pub limit: u32,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// One page of a list, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Give this as `after` for the next page; none at the end.
    pub next: Option<String>,
}

/// One message in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JournalRow {
    /// Mail id.
    pub id: String,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// MAIL FROM.
    pub sender: String,
    /// Recipients.
    pub recipients: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Class word; empty when it was not judged.
    pub verdict: String,
    /// Weightiest action word, or `refused`.
    pub decision: String,
    /// The weightiest present state of its recipients, in this order: `queued held quarantined bounced expired deleted
    /// discarded delivered`; for a refusal its reason. Empty for a message of which only an event without recipient is known.
    pub status: String,
    /// Client address.
    pub client: String,
    /// Bytes.
    pub size: u64,
}

/// All that is known of one message, events in order.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The row of the list.
    pub row: JournalRow,
    /// Events.
    pub events: Vec<Event>,
    /// Each judgement, first to last.
    pub judged: Vec<JudgedRecord>,
}

/// One event of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// (node, sequence): the order of all events of this store.
    pub sequence: u64,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// `refused received judged delivered deferred bounced discarded quarantined opened password_wrong locked released held
    /// deleted expired erased`.
    pub event: String,
    /// Recipient, where it is one's.
    pub recipient: String,
    /// What to tell: reply, peer, reason.
    pub detail: String,
    /// Who asked for it; empty for the gateway.
    pub by: String,
}

/// A message with what its content is found again by.
#[derive(Clone, Debug)]
pub struct FeaturesRow {
    /// The row of the list.
    pub row: JournalRow,
    /// Recipients whose copy was delivered.
    pub delivered: Vec<String>,
    /// The features.
    pub features: FeaturesRecord,
}

/// Reads what the log brought. Writing is the log's: see `Mails`.
pub trait Journal: Send + Sync {
    /// Newest first.
    fn search(&self, tenant: TenantId, query: Query) -> BoxFuture<'_, Result<Page<JournalRow>, StoreError>>;

    /// By full id or a beginning of at least 6 characters that only one message has; several are an error that says so. A
    /// judgement that was changed on disk is [`StoreError::Corrupt`].
    fn show(&self, tenant: TenantId, id: &str) -> BoxFuture<'_, Result<Option<Trace>, StoreError>>;

    /// Messages with features that came at `since` (milliseconds since the epoch) or later, newest first, a page at a time: give
    /// `next` of the page before as `after`.
    fn features(
        &self,
        tenant: TenantId,
        since: i64,
        after: Option<String>,
    ) -> BoxFuture<'_, Result<Page<FeaturesRow>, StoreError>>;

    /// Waits until everything in the log up to now can be found.
    fn settle(&self) -> BoxFuture<'_, Result<(), StoreError>>;
}
