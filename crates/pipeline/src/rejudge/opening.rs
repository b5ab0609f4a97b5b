//! A person opens a mail in quarantine: with a password, or with words of the sender's other mail. It is judged anew with all
//! that was in it, and policy says for each recipient whether the copy may go now. What may not stays where it is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mail::envelope::Envelope;
use mail::message::Message;
use mail::timestamp::Timestamp;
use policy::decide::Attempt;
use scan::ScanId;
use scan::action::Action;
use scan::content::Content;
use scan::decision::{RuleId, Ruling};
use store::mails::{Change, MailState, Rejudged, StoredMail};
use store::memory::Memory;
use store::record::mail::StateRecord;
use store::record::{JudgedRecord, RecipientChange};
use store::{Mails, StoreError};
use worker::FairKey;

use super::OPENED_MAIL;
use super::look::envelope;
use super::other_words::{OtherMail, encrypted, is_opened};
use super::settle::place_of;
use crate::caught::{NotProcessed, process_caught};
use crate::given::{Given, Passwords};
use crate::line;
use crate::open::Wait;
use crate::process::{Incoming, Processed};
use crate::stations::Stations;
use crate::trace_fields::{self, Identity};
use crate::{actions, features, open, read_back, record, scan_files};

/// Wait for room in memory.
const ROOM_TIMEOUT: Duration = Duration::from_secs(20);
/// True types of what is encrypted for who reads it, words of `unpack::sniff`: only his key opens it.
const FOR_ITS_READER: [&str; 2] = ["pgp", "p7m"];
/// How such a message begins within a text, which has no type of its own then.
const PGP_IN_TEXT: &str = "-----BEGIN PGP MESSAGE";

/// What a mail is opened with.
#[derive(Clone)]
pub struct Bench {
    /// What judges.
    pub stations: Arc<Stations>,
    /// Room for it.
    pub memory: Memory,
    /// Who we are.
    pub identity: Identity,
}

/// A mail that holds something encrypted.
pub struct Sealed {
    mail: StoredMail,
    envelope: Envelope,
    raw: Bytes,
    /// Places that are encrypted and that no word of the mail itself opens.
    closed: Vec<String>,
    is_for_its_reader: bool,
}

/// Why nobody looked at it.
#[derive(Debug, thiserror::Error)]
pub enum NotLooked {
    /// There is too much to do, or no worker.
    #[error("there is too much to do just now")]
    Busy,
    /// A sandbox looks at what is in it.
    #[error("a sandbox looks at what is in it, which takes some minutes")]
    Sandbox,
    /// Required checks that do not work.
    #[error("a check that is required does not work: {0}")]
    Check(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A panic, or settings without the policy.
    #[error(transparent)]
    Judging(#[from] NotProcessed),
}

/// What becomes of one copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Number of the recipient.
    pub recipient: u16,
    /// Policy lets it go.
    pub is_released: bool,
    /// Rules that said so.
    pub because: Vec<RuleId>,
    /// Why it stays, in words; empty where it goes.
    pub why: String,
}

/// A mail that was opened and judged: what to write, and what it means.
pub struct Settled {
    /// Brings the new judgement; every copy stays in quarantine.
    pub change: Change,
    /// One for each chosen recipient.
    pub fates: Vec<Fate>,
}

impl Sealed {
    /// All that is closed in it is encrypted for who reads it (OpenPGP, S/MIME): no password opens it here.
    #[must_use]
    pub const fn is_for_its_reader(&self) -> bool {
        self.is_for_its_reader
    }
}

impl Bench {
    /// Looks at a mail without a password from outside; none if nothing in it is closed for the lack of one.
    ///
    /// # Errors
    /// [`NotLooked`].
    pub async fn sealed(&self, mails: &dyn Mails, mail: &MailState) -> Result<Option<Sealed>, NotLooked> {
        let needed = mail.size.saturating_mul(line::COPIES_OF_A_MESSAGE);
        let memory = self.memory.of_client(OPENED_MAIL);
        let room = memory.reserve(needed, ROOM_TIMEOUT).await.ok_or(NotLooked::Busy)?;
        let stored = mails.load(mail.tenant, mail.id).await?;
        let raw = read_back::whole_body(room, &stored.body).await?;
        let Some(envelope) = envelope(&stored) else {
            let (what, why) = (format!("mail {}", mail.id), "its envelope does not read".to_owned());
            return Err(StoreError::Corrupt { what, why }.into());
        };
        let message =
            self.stations.aside.run(FairKey::of(envelope.client.ip), raw.len(), || Message::parse(raw.clone())).await;
        let (opened, wait) = open::open(&message, &envelope, &Passwords::default(), &self.stations).await;
        if wait.is_some() {
            return Err(NotLooked::Busy);
        }
        let closed = encrypted(&opened.content);
        let is_for_its_reader = closed.iter().all(|place| only_a_key_opens(place, &opened.content));
        Ok((!closed.is_empty()).then_some(Sealed { mail: stored, envelope, raw, closed, is_for_its_reader }))
    }

    /// The likeliest passwords among the words of other mail of its sender.
    pub async fn other_words(&self, sealed: &Sealed, other: OtherMail<'_>) -> Passwords {
        Passwords(other.words(sealed.mail.state.id, &sealed.envelope, &self.stations).await)
    }

    /// Opens it with passwords and judges it; none if none of them opens anything.
    ///
    /// # Errors
    /// [`NotLooked`].
    pub async fn open(&self, sealed: &Sealed, passwords: Passwords) -> Result<Option<Processed>, NotLooked> {
        let scan = sealed.mail.judged.as_ref().map_or(0, |judged| judged.scan.saturating_add(1));
        let incoming = Incoming {
            mail: sealed.mail.state.id,
            scan: ScanId(scan),
            envelope: sealed.envelope.clone(),
            raw: sealed.raw.clone(),
            given: Given { passwords, ..Given::default() },
        };
        let processed = process_caught(incoming, &self.stations, Attempt::AfterAccept).await?;
        match processed.wait {
            Some(Wait::ForSandbox) => return Err(NotLooked::Sandbox),
            Some(Wait::ForCheck | Wait::ForOthers) => return Err(NotLooked::Busy),
            None => {}
        }
        if !is_opened(&sealed.closed, &processed.content) {
            return Ok(None);
        }
        match processed.gathered.failed_checks.as_slice() {
            [] => Ok(Some(processed)),
            failed => Err(NotLooked::Check(failed.join(", "))),
        }
    }

    /// What a judgement means for the chosen recipients, asked for by somebody.
    #[must_use]
    pub fn settle(
        &self,
        sealed: Sealed,
        processed: Processed,
        chosen: &[u16],
        (now, by): (Timestamp, &str),
    ) -> Settled {
        let Processed { message, content, gathered, concluded, policy_names, versions, .. } = processed;
        let StoredMail { state, mut variants, judged: last, judgements, .. } = sealed.mail;
        let mut judged = record::judged(&gathered, &concluded.verdict, &concluded.decision, &policy_names, &versions);
        judged.features = features::of(&content);
        judged.after_accept = true;
        judged.received_at = Some(judged.at);
        judged.at = now.unix_millis();
        line::log_verdict(state.id, &gathered, &concluded.verdict, &concluded.decision);
        let shown = line::auth_shown(&gathered);
        let arrival = trace_fields::arrival_edits(&message, &gathered.envelope, state.id, shown, &self.identity);
        let plan = actions::plan(&concluded.decision, &message, &arrival, now, &scan_files::waits_for(&gathered));
        let forms: Vec<u16> = plan.variants.into_iter().map(|form| place_of(form, &mut variants)).collect();
        let (mut fates, mut recipients) = (Vec::new(), Vec::new());
        for &recipient in chosen {
            let at = usize::from(recipient);
            let Some(before) = state.recipients.get(at) else { continue };
            let after = plan.recipients.get(at);
            let is_released = after.is_some_and(|after| matches!(after.state, StateRecord::Queued { .. }));
            let ruling = concluded.decision.per_recipient.get(at);
            let because = ruling.map(|ruling| ruling.because.clone()).unwrap_or_default();
            let why =
                if is_released { String::new() } else { why_it_stays(ruling, not_changed(last.as_ref(), recipient)) };
            let form = after.and_then(|after| after.variant).and_then(|form| forms.get(usize::from(form)).copied());
            recipients.push(RecipientChange {
                recipient,
                state: before.state.clone(),
                event: "opened".to_owned(),
                peer: String::new(),
                reply: concluded.verdict.class.word().to_owned(),
                variant: form.or(before.variant),
            });
            fates.push(Fate { recipient, is_released, because, why });
        }
        let sender_genuine = line::sender_is_genuine(&gathered);
        let added = state.recipients.iter().filter(|recipient| recipient.added).cloned().collect();
        let change = Change {
            recipients,
            expect: &["quarantined"],
            at: now.unix_millis(),
            by: by.to_owned(),
            durable: true,
            judged: Some(Rejudged { after: judgements, judged, variants, sender_genuine, added }),
        };
        Settled { change, fates }
    }
}

fn only_a_key_opens(place: &str, content: &Content) -> bool {
    let mut items = content.items.iter().filter(|item| item.place == place);
    items.any(|item| FOR_ITS_READER.contains(&item.kind.as_str()) || item.text.contains(PGP_IN_TEXT))
}

// Why a copy could not be changed, by the judgement before.
fn not_changed(last: Option<&JudgedRecord>, recipient: u16) -> Option<&str> {
    let mut done = last?.personal.done.iter();
    let found = done.find(|done| done.recipient == recipient && done.event == actions::changed::event::NOT_CHANGED)?;
    Some(found.detail.as_str())
}

// A worker changes what it opens without a password, so no changed copy is made of mail that a person opened.
fn why_it_stays(ruling: Option<&Ruling>, not_changed: Option<&str>) -> String {
    let Some(ruling) = ruling else {
        return "it is the original of a changed copy, about which no rule decides: `release` delivers it".to_owned();
    };
    let is_stopped = ruling.actions.iter().any(|action| action.rank() < Action::Junk.rank());
    let changing = ruling.actions.iter().filter(|action| action.changes_content());
    let mut changes: Vec<&str> = changing.map(Action::word).collect();
    changes.sort_unstable();
    changes.dedup();
    if is_stopped || changes.is_empty() {
        return format!("the rules say {}", ruling.word());
    }
    let before = not_changed.map(|why| format!(", nor before: {why}")).unwrap_or_default();
    let changes = changes.join(", ");
    format!(
        "a rule changes the copy ({changes}), which is not done to opened mail{before}; `release` delivers it as it came"
    )
}

#[cfg(test)]
mod tests;
