//! What an attempt brought becomes states in the store, and a notice to the sender where one is due.

use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use futures_util::FutureExt as _;
use mail::envelope::TenantId;
use mail::timestamp::Timestamp;
use mail::visible::visible;
use store::StoreError;
use store::mails::{Body, Change, Changed, MailState, NewBody, NewMail};
use store::record::RecipientChange;
use store::record::mail::{EnvelopeRecord, RecipientRecord, StateRecord};

use super::Queue;
use crate::dsn::{self, Failure, Kind, Notification, QUOTED_HEADER_BYTES_MAX};
use crate::job::Job;
use crate::outcome::{Delivery, Outcome};
use crate::schedule;

impl Queue {
    /// Writes the outcomes down.
    pub(super) async fn finish(&self, job: &Job, mut outcomes: Vec<Outcome>) -> Result<(), StoreError> {
        // Finished meanwhile: a person deleted it.
        let Some(mail) = self.mails.state(job.tenant, job.mail) else { return Ok(()) };
        outcomes.retain(|outcome| is_queued(&mail, outcome.recipient));
        let now = self.clock.now();
        let received = Timestamp::from_unix_millis(mail.received_at);
        let attempts = job.attempts.saturating_add(1);
        // Nobody gives up by a clock that has just jumped, and nobody is told that it is late.
        let is_sound = self.trust().is_sound();
        let expired = is_sound
            && attempts >= schedule::ATTEMPTS_MIN
            && schedule::is_expired(received, now, mail.sender.is_empty());
        let next = schedule::next_attempt(received, now, attempts, net::random::fraction()).unix_millis();
        let gives_up = |outcome: &Outcome| match outcome.result {
            Delivery::Done => false,
            Delivery::Transient => expired,
            Delivery::Permanent => true,
        };
        // The notice first: if we die between the two, the sender is told twice, never not at all. What nobody could be told of
        // waits, and is tried and told later.
        let told = self.told(&mail, Kind::Failed, &failures(job, &outcomes, gives_up), now).await;
        let fate = |outcome: &Outcome| match outcome.result {
            Delivery::Done => StateRecord::Delivered,
            _ if gives_up(outcome) && told => StateRecord::Bounced,
            _ => StateRecord::Queued { attempts, next_attempt: next },
        };
        let changes: Vec<_> = outcomes.iter().map(|outcome| change(outcome, fate(outcome))).collect();
        for (outcome, change) in outcomes.iter().zip(&changes) {
            log(job, &mail, outcome, change);
        }
        let late = failures(job, &outcomes, |outcome| outcome.result == Delivery::Transient && !expired);
        if is_sound && schedule::warns(received, Timestamp::from_unix_millis(job.due), now) {
            // A warning that cannot be written is one less; the mail waits all the same.
            self.told(&mail, Kind::Delayed, &late, now).await;
        }
        self.write(job, changes, now).await
    }

    async fn write(&self, job: &Job, mut recipients: Vec<RecipientChange>, now: Timestamp) -> Result<(), StoreError> {
        while !recipients.is_empty() {
            let change = Change {
                recipients: recipients.clone(),
                expect: &["queued"],
                at: now.unix_millis(),
                by: String::new(),
                durable: false,
                judged: None,
            };
            match self.mails.change(job.tenant, job.mail, change).await {
                Ok(Changed::Done(_)) | Err(StoreError::NoMail(_)) => break,
                // A person deleted a copy while the attempt ran (the peer may have it all the same): what became of the
                // others is still written, or they would be sent twice.
                Ok(Changed::Conflict(mail)) => {
                    let before = recipients.len();
                    recipients.retain(|change| is_queued(&mail, change.recipient));
                    if recipients.len() == before {
                        break;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    // Whether the sender is told, or nobody need be. Never the null sender, and only a sender that was verified (REL-06): a
    // notice to a forged one is spam of ours.
    async fn told(&self, mail: &MailState, kind: Kind, failures: &[Failure], now: Timestamp) -> bool {
        if failures.is_empty() || mail.sender.is_empty() {
            return true;
        }
        if !mail.sender_genuine {
            tracing::info!(mail = %mail.id.reference(), "no notice: the sender was not verified");
            return true;
        }
        // Made of what strangers wrote. A bug that shows there must not cost the other recipients their outcomes.
        match AssertUnwindSafe(self.notify(mail, kind, failures, now)).catch_unwind().await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::error!(mail = %mail.id.reference(), %error, "a notice to the sender could not be written");
                false
            }
            Err(_) => {
                super::panicked(mail.id);
                false
            }
        }
    }

    async fn notify(
        &self,
        mail: &MailState,
        kind: Kind,
        failures: &[Failure],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let header = match self.mails.load(mail.tenant, mail.id).await {
            Ok(stored) => header(&stored.body).await,
            Err(_) => Bytes::new(),
        };
        let received = Timestamp::from_unix_millis(mail.received_at);
        let id = net::random::mail_id();
        let message = dsn::write(&Notification {
            kind,
            hostname: &self.hostname,
            id,
            about: mail.id,
            sender: &mail.sender,
            arrived: received,
            now,
            until: received.plus(schedule::lifetime(false)),
            failures,
            header: &header,
        });
        let notice = own_mail(mail.tenant, id, &mail.sender, message, now);
        self.mails.accept(notice).await?;
        if let Some(state) = self.mails.state(mail.tenant, id) {
            self.offer(&state, None);
        }
        Ok(())
    }
}

fn is_queued(mail: &MailState, recipient: u16) -> bool {
    let entry = mail.recipients.get(usize::from(recipient));
    entry.is_some_and(|entry| matches!(entry.state, StateRecord::Queued { .. }))
}

// The header of the original, as far as a notice quotes it.
async fn header(body: &Body) -> Bytes {
    let start = match body {
        Body::Inline(raw) => raw.clone(),
        Body::File(file) => file.read(0, QUOTED_HEADER_BYTES_MAX).await.unwrap_or_default(),
    };
    let end = memchr::memmem::find(&start, b"\r\n\r\n").map_or(start.len(), |at| at + 2);
    start.slice(..end.min(QUOTED_HEADER_BYTES_MAX))
}

/// A mail of our own making: null sender, one recipient, counted as added.
fn own_mail(tenant: TenantId, id: mail::id::MailId, to: &str, message: Bytes, now: Timestamp) -> NewMail {
    let state = StateRecord::Queued { attempts: 0, next_attempt: now.unix_millis() };
    NewMail {
        id,
        tenant,
        received_at: now.unix_millis(),
        sender: String::new(),
        recipients: vec![RecipientRecord {
            address: to.to_owned(),
            outbound: true,
            state,
            variant: None,
            groups: Vec::new(),
            added: false,
        }],
        body: NewBody::Inline(message),
        variants: Vec::new(),
        judged: None,
        sender_genuine: false,
        envelope: EnvelopeRecord { eight_bit: true, ..EnvelopeRecord::default() },
    }
}

fn change(outcome: &Outcome, state: StateRecord) -> RecipientChange {
    let event = match &state {
        StateRecord::Queued { .. } => "deferred",
        ended => ended.word(),
    };
    RecipientChange {
        recipient: outcome.recipient,
        event: event.to_owned(),
        state,
        peer: outcome.peer.clone(),
        reply: outcome.reply.clone(),
        variant: None,
    }
}

fn failures(job: &Job, outcomes: &[Outcome], is_one: impl Fn(&Outcome) -> bool) -> Vec<Failure> {
    let failed = outcomes.iter().filter(|outcome| is_one(outcome));
    failed
        .map(|outcome| Failure {
            recipient: job
                .recipients
                .iter()
                .find(|(recipient, _)| *recipient == outcome.recipient)
                .map_or_else(String::new, |(_, address)| address.clone()),
            status: outcome.status.clone(),
            reply: outcome.reply.clone(),
            peer: outcome.peer.clone(),
        })
        .collect()
}

fn log(job: &Job, mail: &MailState, outcome: &Outcome, change: &RecipientChange) {
    let recipient = job.recipients.iter().find(|(at, _)| *at == outcome.recipient).map_or("", |(_, address)| address);
    tracing::info!(
        stage = "deliver",
        mail = %mail.id.reference(),
        recipient = &*visible(recipient),
        event = change.event,
        attempt = job.attempts.saturating_add(1),
        peer = &*visible(&outcome.peer),
        reply = &*visible(&outcome.reply),
    );
    metrics::counter!("postern_deliveries_total", "event" => change.event.clone()).increment(1);
}
