//! Held mail is judged again by itself: when there is room for what could not be judged in the session, every minute for a
//! failed check. After an hour an alarm, after a day it moves to quarantine as unscannable.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, GroupId, Helo, Recipient, TlsSession};
use mail::id::MailId;
use mail::timestamp::Timestamp;
use net::clock::Clock;
use policy::decide::Attempt;
use scan::ScanId;
use store::StoreError;
use store::mails::{Change, Changed, MailState, StoredMail};
use store::record::RecipientChange;
use store::record::mail::{RecipientRecord, StateRecord, VariantRecord};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::actions::{self, ALARM_AFTER, GIVE_UP_AFTER, RETRY_WAIT, RETRY_WAIT_LONGEST};
use crate::caught::{NotProcessed, process_caught};
use crate::given::Given;
use crate::line::{self, Line};
use crate::process::{Incoming, Processed};
use crate::{record, trace_fields};

/// Between two looks at what is held.
const LOOK_TIME: Duration = Duration::from_millis(500);
/// Wait for room in memory for one message.
const ROOM_TIMEOUT: Duration = Duration::from_secs(60);
/// Mails that are judged at a time: a slow check must not let the others wait behind it.
const AT_A_TIME_MAX: usize = 16;

/// Judges held mail until `stop` says true.
pub async fn run(line: Arc<Line>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    let mut in_flight = HashSet::new();
    while !*stop.borrow() {
        for mail in due(&line, clock.now(), &in_flight) {
            if running.len() >= AT_A_TIME_MAX {
                break;
            }
            in_flight.insert(mail.id);
            let (line, clock) = (Arc::clone(&line), Arc::clone(&clock));
            running.spawn(async move {
                look(&line, &mail, clock.now()).await;
                mail.id
            });
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_TIME) => {}
            Some(Ok(id)) = running.join_next(), if !running.is_empty() => { in_flight.remove(&id); }
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    running.shutdown().await;
}

fn due(line: &Line, now: Timestamp, in_flight: &HashSet<MailId>) -> Vec<MailState> {
    let mut due = Vec::new();
    for tenant in line.mails().tenants() {
        if line.mails().account(tenant).held > 0 {
            due.extend(line.mails().held(tenant, now.unix_millis(), AT_A_TIME_MAX + in_flight.len()));
        }
    }
    due.retain(|mail| !in_flight.contains(&mail.id));
    due
}

async fn look(line: &Line, mail: &MailState, now: Timestamp) {
    let outcome = match held_since(mail) {
        Some(since) if now.since(since) >= GIVE_UP_AFTER => {
            give_up(line, mail, now, "a required check did not answer for a day").await
        }
        since => {
            if since.is_some_and(|since| now.since(since) >= ALARM_AFTER) {
                tracing::error!(mail = %mail.id.reference(), "held for over an hour: a required check does not answer");
            }
            judge(line, mail, now).await
        }
    };
    if let Err(error) = outcome {
        tracing::error!(mail = %mail.id.reference(), %error, "a held mail could not be judged");
        postpone(line, mail, now).await;
    }
}

// Not again at once: the next look is a while from now.
async fn postpone(line: &Line, mail: &MailState, now: Timestamp) {
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
fn of_held(
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

async fn judge(line: &Line, mail: &MailState, now: Timestamp) -> Result<(), StoreError> {
    let room = line.memory().reserve(mail.size.saturating_mul(line::COPIES_OF_A_MESSAGE), ROOM_TIMEOUT).await;
    if room.is_none() {
        return Ok(());
    }
    let stored = line.mails().load(mail.tenant, mail.id).await?;
    let scan = ScanId(stored.judged.as_ref().map_or(0, |judged| judged.scan.saturating_add(1)));
    let raw = line::whole_body(&stored.body).await?;
    let Some(envelope) = envelope(&stored) else {
        return Err(StoreError::Corrupt {
            what: format!("mail {}", mail.id),
            why: "its envelope does not read".to_owned(),
        });
    };
    let stations = line.stations();
    let incoming = Incoming { mail: mail.id, scan, envelope, raw, given: Given::default() };
    match process_caught(incoming, &stations, Attempt::AfterAccept).await {
        Ok(processed) => settle(line, (mail, stored.variants), processed, now).await,
        Err(NotProcessed::Panicked) => give_up(line, mail, now, "it could not be judged: a bug of ours, twice").await,
        Err(NotProcessed::NoPolicy(error)) => {
            tracing::error!(mail = %mail.id.reference(), %error, "not judged");
            postpone(line, mail, now).await;
            Ok(())
        }
    }
}

// Only copies that are held change; others have been decided already and keep their forms, so new forms come behind the
// old ones.
async fn settle(
    line: &Line,
    (mail, mut variants): (&MailState, Vec<VariantRecord>),
    processed: Processed,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Processed { message, gathered, concluded, policy_names, versions } = processed;
    let mut judged = record::judged(&gathered, &concluded.verdict, &concluded.decision, &policy_names, &versions);
    judged.after_accept = true;
    judged.received_at = Some(judged.at);
    judged.at = now.unix_millis();
    line::log_verdict(mail.id, &gathered, &concluded.verdict, &concluded.decision);
    let arrival = trace_fields::arrival_edits(
        &message,
        &gathered.envelope,
        mail.id,
        line::auth_shown(&gathered),
        line.identity(),
    );
    let plan = actions::plan(&concluded.decision, &message, &arrival, now, &gathered.failed_checks);
    let pairs = (0..u16::MAX).zip(mail.recipients.iter().zip(&plan.recipients));
    let held = pairs.filter(|(_, (before, _))| matches!(before.state, StateRecord::Held { .. }));
    let still_held = |(_, (_, after)): &(u16, (_, &RecipientRecord))| matches!(after.state, StateRecord::Held { .. });
    let held: Vec<_> = held.collect();
    if held.iter().all(still_held) {
        postpone(line, mail, now).await;
        return Ok(());
    }
    let known = u16::try_from(variants.len()).unwrap_or(u16::MAX);
    let recipients: Vec<RecipientChange> =
        held.into_iter().map(|(at, (before, after))| change(at, before, (after, known), now)).collect();
    variants.extend(plan.variants);
    let next = Change {
        recipients,
        expect: &["held"],
        at: now.unix_millis(),
        by: String::new(),
        durable: true,
        judged: Some((judged, variants, line::sender_is_genuine(&gathered))),
    };
    if let Changed::Done(state) = line.mails().change(mail.tenant, mail.id, next).await? {
        line.queue().offer(&state, None);
    }
    Ok(())
}

// A copy that is still held stays so since the first time; its form comes behind the `known` ones.
fn change(
    at: u16,
    before: &RecipientRecord,
    (after, known): (&RecipientRecord, u16),
    now: Timestamp,
) -> RecipientChange {
    let state = match (&before.state, &after.state) {
        (StateRecord::Held { since, .. }, StateRecord::Held { why, .. }) => {
            StateRecord::Held { since: *since, next_attempt: next_look(*since, now), why: why.clone() }
        }
        (_, state) => state.clone(),
    };
    let event = match &state {
        StateRecord::Quarantined { .. } => "quarantined",
        StateRecord::Held { .. } => "held",
        StateRecord::Discarded => "discarded",
        _ => "judged",
    };
    RecipientChange {
        recipient: at,
        state,
        event: event.to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: after.variant.map(|variant| variant.saturating_add(known)),
    }
}

// The longer it is held, the longer the wait, up to a quarter of an hour.
fn next_look(since: i64, now: Timestamp) -> i64 {
    let held_for = now.since(Timestamp::from_unix_millis(since));
    now.plus((held_for / 4).clamp(RETRY_WAIT, RETRY_WAIT_LONGEST)).unix_millis()
}

async fn give_up(line: &Line, mail: &MailState, now: Timestamp, why: &str) -> Result<(), StoreError> {
    tracing::error!(mail = %mail.id.reference(), why, "moved to quarantine as unscannable");
    let quarantined = StateRecord::Quarantined { since: now.unix_millis() };
    let change = of_held(mail, now, "quarantined", why, |_| quarantined.clone());
    line.mails().change(mail.tenant, mail.id, change).await.map(drop)
}

fn envelope(stored: &StoredMail) -> Option<Envelope> {
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
        recipients: stored.state.recipients.iter().map(recipient).collect::<Option<_>>()?,
        received_at: Timestamp::from_unix_millis(stored.state.received_at),
        body: if session.eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
    })
}
