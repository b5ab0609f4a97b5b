//! Held mail is judged again by itself: when there is room for what could not be judged in the session, every minute for a
//! failed check. After an hour an alarm, after a day it moves to quarantine as unscannable.

use std::sync::Arc;
use std::time::Duration;

use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, GroupId, Helo, Recipient, TlsSession};
use mail::timestamp::Timestamp;
use net::clock::Clock;
use policy::decide::Attempt;
use scan::ScanId;
use store::StoreError;
use store::mails::{Change, Changed, MailState, StoredMail};
use store::record::RecipientChange;
use store::record::mail::{RecipientRecord, StateRecord};
use tokio::sync::watch;

use crate::actions::{self, ALARM_AFTER, GIVE_UP_AFTER, RETRY_WAIT};
use crate::given::Given;
use crate::line::{self, Line};
use crate::process::{Incoming, Processed, process};
use crate::{record, trace_fields};

/// Between two looks at what is held.
const LOOK_TIME: Duration = Duration::from_millis(500);
/// Wait for room in memory for one message.
const ROOM_TIMEOUT: Duration = Duration::from_secs(60);

/// Judges held mail until `stop` says true.
pub async fn run(line: Arc<Line>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        for tenant in line.mails().tenants() {
            if line.mails().account(tenant).held == 0 {
                continue;
            }
            for mail in line.mails().unfinished(tenant) {
                if *stop.borrow() {
                    return;
                }
                if is_due(&mail, clock.now()) {
                    look(&line, &mail, clock.now()).await;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_TIME) => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

fn is_due(mail: &MailState, now: Timestamp) -> bool {
    mail.recipients.iter().any(|recipient| {
        matches!(&recipient.state, StateRecord::Held { next_attempt, .. } if *next_attempt <= now.unix_millis())
    })
}

async fn look(line: &Line, mail: &MailState, now: Timestamp) {
    let outcome = match held_since(mail) {
        Some(since) if now.since(since) >= GIVE_UP_AFTER => give_up(line, mail, now).await,
        since => {
            if since.is_some_and(|since| now.since(since) >= ALARM_AFTER) {
                tracing::error!(mail = %mail.id.reference(), "held for over an hour: a required check does not answer");
            }
            judge(line, mail, now).await
        }
    };
    if let Err(error) = outcome {
        tracing::error!(mail = %mail.id.reference(), %error, "a held mail could not be judged");
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
    let room = line.memory().reserve(mail.size.saturating_mul(2), ROOM_TIMEOUT).await;
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
    let processed = match process(incoming, &stations, Attempt::AfterAccept).await {
        Ok(processed) => processed,
        Err(error) => {
            tracing::error!(%error, "settings in force name a policy that is not there");
            return Ok(());
        }
    };
    settle(line, mail, processed, now).await
}

// Only copies that are held change; others have been decided already.
async fn settle(line: &Line, mail: &MailState, processed: Processed, now: Timestamp) -> Result<(), StoreError> {
    let Processed { message, gathered, concluded, policy_names } = processed;
    let stations = line.stations();
    let mut judged =
        record::judged(&gathered, &concluded.verdict, &concluded.decision, &policy_names, &stations.versions);
    judged.after_accept = true;
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
    let recipients: Vec<RecipientChange> = held.map(|(at, (before, after))| change(at, before, after, now)).collect();
    let next = Change {
        recipients,
        expect: &["held"],
        at: now.unix_millis(),
        by: String::new(),
        durable: true,
        judged: Some((judged, plan.variants, line::sender_is_genuine(&gathered))),
    };
    if let Changed::Done(state) = line.mails().change(mail.tenant, mail.id, next).await? {
        line.queue().offer(&state, None);
    }
    Ok(())
}

fn change(at: u16, before: &RecipientRecord, after: &RecipientRecord, now: Timestamp) -> RecipientChange {
    let state = match (&before.state, &after.state) {
        // Still held: since the first time, and a while until the next look.
        (StateRecord::Held { since, .. }, StateRecord::Held { why, .. }) => {
            StateRecord::Held { since: *since, next_attempt: now.plus(RETRY_WAIT).unix_millis(), why: why.clone() }
        }
        (_, state) => state.clone(),
    };
    let event = match &state {
        StateRecord::Queued { .. } => "judged",
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
        variant: after.variant,
    }
}

async fn give_up(line: &Line, mail: &MailState, now: Timestamp) -> Result<(), StoreError> {
    tracing::error!(mail = %mail.id.reference(), "held for a day: moved to quarantine as unscannable");
    let held = (0..u16::MAX).zip(&mail.recipients).filter(|(_, entry)| matches!(entry.state, StateRecord::Held { .. }));
    let recipients = held.map(|(at, entry)| RecipientChange {
        recipient: at,
        state: StateRecord::Quarantined { since: now.unix_millis() },
        event: "quarantined".to_owned(),
        peer: String::new(),
        reply: "a required check did not answer for a day".to_owned(),
        variant: entry.variant,
    });
    let change = Change {
        recipients: recipients.collect(),
        expect: &["held"],
        at: now.unix_millis(),
        by: String::new(),
        durable: true,
        judged: None,
    };
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
