//! Mail that is not finished: accepting it, changing its state, reading its bytes.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;

use crate::error::StoreError;
use crate::record::mail::{EnvelopeRecord, RecipientRecord, StateRecord, VariantRecord};
use crate::record::{ChangeRecord, JudgedRecord, RecipientChange, RefusalRecord};
use crate::search::weightiest_state;

/// A next look at held mail lies this far ahead at most, milliseconds; four times the longest wait that anybody writes.
pub const HELD_AHEAD_MAX_MS: i64 = 3_600_000;

/// A mail to take responsibility for.
#[derive(Debug)]
pub struct NewMail {
    /// Its name.
    pub id: MailId,
    /// Whose.
    pub tenant: TenantId,
    /// Milliseconds since the epoch.
    pub received_at: i64,
    /// MAIL FROM without brackets.
    pub sender: String,
    /// Recipients with their first states.
    pub recipients: Vec<RecipientRecord>,
    /// The bytes.
    pub body: NewBody,
    /// Changed forms.
    pub variants: Vec<VariantRecord>,
    /// What was judged.
    pub judged: Option<JudgedRecord>,
    /// A bounce may go to the sender.
    pub sender_genuine: bool,
    /// The session's part of the envelope.
    pub envelope: EnvelopeRecord,
}

/// The bytes of a new mail.
#[derive(Debug)]
pub enum NewBody {
    /// In memory, up to [`crate::limits::INLINE_BODY_BYTES_MAX`].
    Inline(Bytes),
    /// In a file that [`Mails::spool`] opened and [`SpoolWriter::finish`] synced.
    Spooled(SpooledBody),
}

/// A synced file of the bodies folder that no record names yet. Dropped without a record it is removed.
#[derive(Debug)]
pub struct SpooledBody {
    /// Name in the bodies folder.
    pub name: String,
    /// Bytes.
    pub length: u64,
    /// SHA-256, 32 bytes.
    pub sha256: [u8; 32],
    /// Removes the file when the last handle goes before a record names it.
    pub guard: Arc<dyn std::any::Any + Send + Sync>,
}

impl std::fmt::Debug for dyn SpoolWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpoolWriter")
    }
}

/// A large body on its way to disk.
pub trait SpoolWriter: Send {
    /// Appends.
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), StoreError>>;
    /// Syncs, so that a record may name it.
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<SpooledBody, StoreError>>;
}

/// A mail in the index: what queue, quarantine and hold know without reading the log.
#[derive(Clone, Debug, PartialEq)]
pub struct MailState {
    /// Its name.
    pub id: MailId,
    /// Whose.
    pub tenant: TenantId,
    /// Milliseconds since the epoch.
    pub received_at: i64,
    /// MAIL FROM without brackets.
    pub sender: String,
    /// Recipients with their present states.
    pub recipients: Vec<RecipientRecord>,
    /// Bytes as received.
    pub size: u64,
    /// A bounce may go to the sender.
    pub sender_genuine: bool,
    /// BODY=8BITMIME.
    pub eight_bit: bool,
}

impl MailState {
    /// A copy is held, and it is time to look at it again. A next look that lies too far ahead was written by a clock that was
    /// wrong: it is due now, or it would be forgotten until then.
    #[must_use]
    pub fn is_held_and_due(&self, now: i64) -> bool {
        let is_due = |at: i64| at <= now || at > now.saturating_add(HELD_AHEAD_MAX_MS);
        self.recipients.iter().any(
            |recipient| matches!(&recipient.state, StateRecord::Held { next_attempt, .. } if is_due(*next_attempt)),
        )
    }

    /// Where this entry is the original of a copy that was changed and delivered instead: its recipient lacks nothing.
    #[must_use]
    pub fn is_kept_original(&self, recipient: &RecipientRecord) -> bool {
        let is_copy = |other: &RecipientRecord| {
            !other.added
                && other.address == recipient.address
                && !matches!(other.state, StateRecord::Quarantined { .. })
        };
        recipient.added && self.recipients.iter().any(is_copy)
    }

    /// The weightiest state of what its recipients wait for, as [`crate::journal::JournalRow::status`] says it: not that of
    /// originals kept beside a changed copy.
    #[must_use]
    pub fn status(&self) -> &'static str {
        let own = self.recipients.iter().filter(|recipient| !self.is_kept_original(recipient));
        weightiest_state(own.map(|recipient| &recipient.state))
    }

    /// Nothing more will happen to any recipient.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.recipients.iter().all(|recipient| recipient.state.is_final())
    }

    /// Gives recipients their new states; what is final stays. With a later judgement that says whether the sender is
    /// genuine they get their variants too.
    pub(crate) fn change(&mut self, changes: &[RecipientChange], rejudged: Option<(bool, &[RecipientRecord])>) {
        let known = self.recipients.iter().filter(|recipient| recipient.added).count();
        self.recipients.extend(rejudged.iter().flat_map(|(_, added)| added.iter().skip(known).cloned()));
        for change in changes {
            if let Some(recipient) = self.recipients.get_mut(usize::from(change.recipient))
                && !recipient.state.is_final()
            {
                recipient.state = change.state.clone();
                if rejudged.is_some() {
                    recipient.variant = change.variant;
                }
            }
        }
        self.sender_genuine = rejudged.map_or(self.sender_genuine, |(genuine, _)| genuine);
    }
}

/// What [`Mails::change`] brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// All of it was done and is durable if that was asked.
    Done(MailState),
    /// Nothing was done: a recipient was not in an expected state any more, or the mail was judged meanwhile. The present state.
    Conflict(MailState),
}

/// A wish to change recipients' states, all or none.
#[derive(Clone, Debug)]
pub struct Change {
    /// Each new state.
    pub recipients: Vec<RecipientChange>,
    /// Words of the states that each of them must be in now ([`StateRecord::word`]); else nothing happens.
    pub expect: &'static [&'static str],
    /// Milliseconds since the epoch.
    pub at: i64,
    /// Who asks; empty for the gateway itself.
    pub by: String,
    /// Wait until it is on disk. A delivery need not: its loss doubles a mail, it never loses one.
    pub durable: bool,
    /// A held or quarantined mail was judged again. Then each changed recipient gets the variant that its change names.
    pub judged: Option<Rejudged>,
}

/// What a later judgement replaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejudged {
    /// What it was made of: [`StoredMail::judgements`]. Where another judgement came meanwhile nothing is changed, for what is
    /// replaced here would be that one's.
    pub after: u32,
    /// The judgement.
    pub judged: JudgedRecord,
    /// All changed forms.
    pub variants: Vec<VariantRecord>,
    /// Whether the sender is genuine.
    pub sender_genuine: bool,
    /// All recipients that rules have added ([`RecipientRecord::added`]). New ones take the next numbers; the change names
    /// them too, with the same state.
    pub added: Vec<RecipientRecord>,
}

/// Bytes of a mail.
#[derive(Clone, Debug)]
pub enum Body {
    /// In memory.
    Inline(Bytes),
    /// In a file, to be read in pieces.
    File(Arc<dyn BodyFile>),
}

/// A body on disk.
pub trait BodyFile: Send + Sync + std::fmt::Debug {
    /// Bytes.
    fn length(&self) -> u64;
    /// Reads up to `length` bytes at `offset`; fewer only at the end.
    fn read(&self, offset: u64, length: usize) -> BoxFuture<'_, Result<Bytes, StoreError>>;
}

/// All that is needed to deliver or judge a mail again.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// Index entry.
    pub state: MailState,
    /// The session's part of the envelope.
    pub envelope: EnvelopeRecord,
    /// Changed forms.
    pub variants: Vec<VariantRecord>,
    /// The last judgement.
    pub judged: Option<JudgedRecord>,
    /// How many later judgements the index knows of: tells whether the above is still the last.
    pub judgements: u32,
    /// The bytes.
    pub body: Body,
}

/// How many (mail, recipient) pairs are in which state: the account. `accepted + added == the sum of the others`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Taken since the data folder was made.
    pub accepted: u64,
    /// Of our own making: DSNs, copies. Such a mail has no client address in its envelope.
    pub added: u64,
    /// Waiting for delivery.
    pub queued: u64,
    /// Waiting for a check.
    pub held: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// A next hop took it.
    pub delivered: u64,
    /// Given up.
    pub bounced: u64,
    /// Dropped by rule.
    pub discarded: u64,
    /// Deleted by a person, or its time in quarantine ended.
    pub deleted: u64,
    /// Set aside in the folder `corrupt`, since its record or body cannot be read.
    pub damaged: u64,
}

impl Account {
    /// What came in less what it became: 0, or the account is wrong.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let sum = |counts: &[u64]| {
            counts.iter().fold(0_i64, |sum, count| sum.saturating_add(i64::try_from(*count).unwrap_or(i64::MAX)))
        };
        let became = [
            self.queued,
            self.held,
            self.quarantined,
            self.delivered,
            self.bounced,
            self.discarded,
            self.deleted,
            self.damaged,
        ];
        sum(&[self.accepted, self.added]).saturating_sub(sum(&became))
    }
}

/// Mail that is not finished.
pub trait Mails: Send + Sync {
    /// Opens a file for a body over [`crate::limits::INLINE_BODY_BYTES_MAX`].
    fn spool(&self) -> BoxFuture<'_, Result<Box<dyn SpoolWriter>, StoreError>>;

    /// A spooled body for reading, before a record names it.
    fn spooled(&self, body: &SpooledBody) -> BoxFuture<'_, Result<Arc<dyn BodyFile>, StoreError>>;

    /// Takes a mail: returns when record and body are on disk. One append, one flush, shared with who waits.
    fn accept(&self, mail: NewMail) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Notes a refusal in the journal; without a flush.
    fn refuse(&self, refusal: RefusalRecord) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Changes states, all or none, in one step that no other change can come between.
    fn change(&self, tenant: TenantId, mail: MailId, change: Change) -> BoxFuture<'_, Result<Changed, StoreError>>;

    /// The index entry, if the mail is not finished.
    fn state(&self, tenant: TenantId, mail: MailId) -> Option<MailState>;

    /// The mail whole.
    fn load(&self, tenant: TenantId, mail: MailId) -> BoxFuture<'_, Result<StoredMail, StoreError>>;

    /// All unfinished mail of a tenant, oldest first.
    fn unfinished(&self, tenant: TenantId) -> Vec<MailState>;

    /// Mail with a copy that is held and due to be looked at, oldest first, at most `limit`.
    fn held(&self, tenant: TenantId, now: i64, limit: usize) -> Vec<MailState>;

    /// Tenants with unfinished mail.
    fn tenants(&self) -> Vec<TenantId>;

    /// The account of one tenant.
    fn account(&self, tenant: TenantId) -> Account;

    /// There is room for a message of this size and half as much again, in bytes and inodes.
    fn has_room(&self, message_bytes_max: u64) -> bool;

    /// No write has failed: mail can be accepted.
    fn is_healthy(&self) -> bool;
}

/// Helper for implementors: the record of a change.
#[must_use]
pub fn change_record(tenant: TenantId, mail: MailId, change: &Change) -> ChangeRecord {
    ChangeRecord {
        mail: *mail.as_bytes(),
        tenant: tenant.0,
        at: change.at,
        recipients: change.recipients.clone(),
        by: change.by.clone(),
    }
}

/// Whether `state` is one of the expected words.
#[must_use]
pub fn is_expected(state: &StateRecord, expect: &[&str]) -> bool {
    expect.contains(&state.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_lies_too_far_ahead_is_due() {
        let held = |next_attempt| MailState {
            id: MailId::from_bytes([1; 16]),
            tenant: TenantId::DEFAULT,
            received_at: 0,
            sender: String::new(),
            recipients: vec![RecipientRecord {
                address: "bob@corp.example".to_owned(),
                outbound: false,
                state: StateRecord::Held { since: 0, next_attempt, why: "not_judged".to_owned() },
                variant: None,
                groups: Vec::new(),
                added: false,
            }],
            size: 0,
            sender_genuine: false,
            eight_bit: false,
        };
        let now = 1_795_000_000_000;
        let year = 365 * 24 * 3_600_000;
        for (at, is_due) in [
            (0, true),
            (now, true),
            (now + 1, false),
            (now + HELD_AHEAD_MAX_MS, false),
            (now + HELD_AHEAD_MAX_MS + 1, true),
            (now + year, true),
            (i64::MAX, true),
        ] {
            assert_eq!(held(at).is_held_and_due(now), is_due, "{at}");
        }
    }
}
