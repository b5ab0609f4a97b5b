//! One look at one held mail.

use std::time::Duration;

use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, GroupId, Helo, Recipient, TlsSession};
use mail::timestamp::Timestamp;
use policy::decide::Attempt;
use queue::jump::Trust;
use scan::ScanId;
use store::mails::{Change, MailState, StoredMail};
use store::record::RecipientChange;
use store::record::mail::{RecipientRecord, StateRecord};
use store::{Journal, StoreError};

use super::HELD_MAIL;
use super::give_up::give_up;
use super::other_words::{OtherMail, encrypted, is_opened};
use super::settle::{Before, next_look, settle};
use crate::actions::{ALARM_AFTER, GIVE_UP_AFTER};
use crate::caught::{NotProcessed, process_caught};
use crate::given::{Given, Passwords};
use crate::line::{self, Line};
use crate::process::{Incoming, Processed};
use crate::read_back;
use crate::stations::Stations;

/// What a look goes by.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// For words of other mail.
    pub(super) journal: &'a dyn Journal,
    pub(super) now: Timestamp,
    pub(super) trust: Trust,
    /// Wait for room in memory.
    pub(super) room_timeout: Duration,
}

pub(super) async fn look(line: &Line, mail: &MailState, terms: Terms<'_>) {
    let Terms { now, trust, .. } = terms;
    // By a clock that has just jumped nobody knows how long it is held.
    let outcome = match held_since(mail).filter(|_| trust.is_sound()) {
        Some(since) if now.since(since) >= GIVE_UP_AFTER => {
            give_up(line, mail, now, "a required check did not answer for a day").await
        }
        since => {
            if since.is_some_and(|since| now.since(since) >= ALARM_AFTER) {
                tracing::error!(mail = %mail.id.reference(), "held for over an hour: a required check does not answer");
            }
            judge(line, mail, terms).await
        }
    };
    if let Err(error) = outcome {
        tracing::error!(mail = %mail.id.reference(), %error, "a held mail could not be judged");
        postpone(line, mail, now).await;
    }
}

// Not again at once: the next look is a while from now.
pub(super) async fn postpone(line: &Line, mail: &MailState, now: Timestamp) {
    let change = of_held(mail, now, "held", "", |state| match state {
        StateRecord::Held { since, why, .. } => {
            StateRecord::Held { since: *since, next_attempt: next_look(*since, now), why: why.clone() }
        }
        other => other.clone(),
    });
    if let Err(error) = line.mails().change(mail.tenant, mail.id, change).await {
        tracing::error!(mail = %mail.id.reference(), %error, "a held mail could not be postponed");
    }
}

// One change of all copies that are held.
pub(super) fn of_held(
    mail: &MailState,
    now: Timestamp,
    event: &str,
    why: &str,
    to: impl Fn(&StateRecord) -> StateRecord,
) -> Change {
    let held = (0..u16::MAX).zip(&mail.recipients).filter(|(_, entry)| matches!(entry.state, StateRecord::Held { .. }));
    let recipients = held.map(|(at, entry)| RecipientChange {
        recipient: at,
        state: to(&entry.state),
        event: event.to_owned(),
        peer: String::new(),
        reply: why.to_owned(),
        variant: entry.variant,
    });
    Change {
        recipients: recipients.collect(),
        expect: &["held"],
        at: now.unix_millis(),
        by: String::new(),
        durable: true,
        judged: None,
    }
}

fn held_since(mail: &MailState) -> Option<Timestamp> {
    let since = mail.recipients.iter().filter_map(|recipient| match &recipient.state {
        StateRecord::Held { since, .. } => Some(*since),
        _ => None,
    });
    since.min().map(Timestamp::from_unix_millis)
}

async fn judge(line: &Line, mail: &MailState, terms: Terms<'_>) -> Result<(), StoreError> {
    let Terms { now, room_timeout, journal, .. } = terms;
    // Held mail is as one client: what comes in is not to wait for all of it.
    let memory = line.memory().of_client(HELD_MAIL);
    let needed = mail.size.saturating_mul(line::COPIES_OF_A_MESSAGE);
    let Some(room) = memory.reserve(needed, room_timeout).await else {
        // Else it would stand in line again at once, and others behind it.
        postpone(line, mail, now).await;
        return Ok(());
    };
    let stored = line.mails().load(mail.tenant, mail.id).await?;
    let scan = ScanId(stored.judged.as_ref().map_or(0, |judged| judged.scan.saturating_add(1)));
    let raw = read_back::whole_body(room, &stored.body).await?;
    let Some(envelope) = envelope(&stored) else {
        return Err(StoreError::Corrupt {
            what: format!("mail {}", mail.id),
            why: "its envelope does not read".to_owned(),
        });
    };
    let stations = line.stations();
    let incoming = Incoming { mail: mail.id, scan, envelope, raw, given: Given::default() };
    // As it is now: somebody may have opened it since it was listed.
    let before = Before { mail: stored.state, variants: stored.variants, judgements: stored.judgements };
    let other = OtherMail { journal, mails: line.mails().as_ref() };
    match process_with_words(incoming, &stations, other).await {
        Ok(processed) => settle(line, before, processed, now).await,
        Err(NotProcessed::Panicked) => give_up(line, mail, now, "it could not be judged: a bug of ours").await,
        Err(NotProcessed::NoPolicy(error)) => {
            tracing::error!(mail = %mail.id.reference(), %error, "not judged");
            postpone(line, mail, now).await;
            Ok(())
        }
    }
}

// What stays encrypted is tried once more with words of the sender's other mail.
async fn process_with_words(
    mut incoming: Incoming,
    stations: &Stations,
    other: OtherMail<'_>,
) -> Result<Processed, NotProcessed> {
    let processed = process_caught(incoming.clone(), stations, Attempt::AfterAccept).await?;
    let closed = encrypted(&processed.content);
    if closed.is_empty() {
        return Ok(processed);
    }
    let words = other.words(incoming.mail, &incoming.envelope, stations).await;
    if words.is_empty() {
        return Ok(processed);
    }
    incoming.given.passwords = Passwords(words);
    let again = process_caught(incoming, stations, Attempt::AfterAccept).await?;
    let has_opened = again.wait.is_none() && is_opened(&closed, &again.content);
    Ok(if has_opened { again } else { processed })
}

pub(super) fn envelope(stored: &StoredMail) -> Option<Envelope> {
    let session = &stored.envelope;
    let tls = (!session.tls_version.is_empty())
        .then(|| TlsSession { version: session.tls_version.clone(), cipher: session.tls_cipher.clone() });
    let recipient = |entry: &RecipientRecord| {
        Some(Recipient {
            address: Address::parse(&entry.address).ok()?,
            tenant: stored.state.tenant,
            direction: if entry.outbound { Direction::Outbound } else { Direction::Inbound },
            groups: entry.groups.iter().cloned().map(GroupId).collect(),
        })
    };
    let sender = match stored.state.sender.as_str() {
        "" => ReversePath::Null,
        text => ReversePath::Address(Address::parse(text).ok()?),
    };
    Some(Envelope {
        client: Client { ip: session.client_ip.parse().ok()?, port: session.client_port, tls },
        helo: Helo { name: session.helo.clone(), extended: session.extended },
        sender,
        // Not those that a rule added: they stand behind the others.
        recipients: stored
            .state
            .recipients
            .iter()
            .filter(|entry| !entry.added)
            .map(recipient)
            .collect::<Option<_>>()?,
        received_at: Timestamp::from_unix_millis(stored.state.received_at),
        body: if session.eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
    })
}
