//! The list of quarantined mail. Release and deletion are changes of state (`Mails::change`), so that however often and
//! wherever a release is asked for, one queue entry per recipient arises.

use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use serde::Serialize;

use crate::error::StoreError;
use crate::journal::Page;

/// One quarantined recipient's copy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuarantineRow {
    /// Mail id.
    pub id: String,
    /// Quarantined at, milliseconds since the epoch.
    pub since: i64,
    /// Sender.
    pub sender: String,
    /// Recipient.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Class word.
    pub verdict: String,
    /// The strongest reasons, names of evidence.
    pub reasons: Vec<String>,
    /// Bytes.
    pub size: u64,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct QuarantineQuery {
    /// Part of the sender.
    pub sender: Option<String>,
    /// Part of the recipient.
    pub recipient: Option<String>,
    /// Words of the subject.
    pub subject: Option<String>,
    /// Class word.
    pub verdict: Option<String>,
    /// Rows of a page; 0 means 50.
    pub limit: u32,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// Lists quarantine.
pub trait Quarantine: Send + Sync {
    /// Newest first.
    fn list(&self, tenant: TenantId, query: QuarantineQuery) -> BoxFuture<'_, Result<Page<QuarantineRow>, StoreError>>;
}
