//! `postern queue`.

use std::sync::Arc;

use mail::address::Domain;
use mail::envelope::TenantId;
use mail::timestamp::Timestamp;
use pipeline::replay::InForce;
use queue::paused::{ALL, Destination};
use serde_json::{Value, json};
use store::StoreError;
use store::journal::Trace;
use store::mails::{Change, Changed, MailState};
use store::record::RecipientChange;
use store::record::mail::{RecipientRecord, StateRecord};

use super::{Handlers, chosen, find, known, no_page, reference};
use crate::control::protocol::{Fault, QueueSelection};
use crate::paused::{Set, Stopped};

/// Rows of a page when none is asked for.
const PAGE_ROWS_USUAL: u32 = 50;

/// Lists recipients that wait, oldest first.
pub(super) async fn list(handlers: &Handlers, selection: &QueueSelection) -> Result<Value, Fault> {
    let limit = if selection.limit == 0 { PAGE_ROWS_USUAL } else { selection.limit };
    let limit = usize::try_from(limit.min(store::limits::PAGE_ROWS_MAX)).unwrap_or(1);
    let skip: usize = match &selection.after {
        Some(after) => after.parse().map_err(|_| no_page())?,
        None => 0,
    };
    let mails = handlers.mails.unfinished(TenantId::DEFAULT);
    let id = selection.id.as_deref().map(reference::id);
    let all = mails.iter().flat_map(|mail| mail.recipients.iter().map(move |recipient| (mail, recipient)));
    let fitting = all.filter(|(mail, recipient)| fits(selection, id.as_deref(), mail, recipient));
    let mut page: Vec<(&MailState, &RecipientRecord)> = fitting.skip(skip).take(limit + 1).collect();
    let next = (page.len() > limit).then(|| {
        page.truncate(limit);
        (skip + limit).to_string()
    });
    let tried = page.iter().filter(|(_, recipient)| is_tried(recipient)).map(|(mail, _)| mail.id.to_string());
    let tried: Vec<String> = tried.collect();
    if !tried.is_empty() {
        // The list is right without the reasons, too: what the journal cannot tell is left out.
        let _ = handlers.journal.settle().await;
    }
    let traces = known::traces(handlers, tried.into_iter()).await;
    let rows = page.into_iter().map(|(mail, recipient)| row(mail, recipient, traces.get(&mail.id.to_string())));
    Ok(json!({ "rows": rows.collect::<Vec<_>>(), "next": next }))
}

fn is_tried(recipient: &RecipientRecord) -> bool {
    matches!(recipient.state, StateRecord::Queued { attempts, .. } if attempts > 0)
}

fn fits(selection: &QueueSelection, id: Option<&str>, mail: &MailState, recipient: &RecipientRecord) -> bool {
    let waits = matches!(recipient.state, StateRecord::Queued { .. } | StateRecord::Held { .. });
    let domain = recipient.address.rsplit('@').next().unwrap_or("");
    waits
        && selection.state.as_ref().is_none_or(|state| recipient.state.word() == state)
        && selection.destination.as_ref().is_none_or(|wanted| domain.eq_ignore_ascii_case(wanted))
        && id.is_none_or(|id| mail.id.to_string().starts_with(id))
}

fn row(mail: &MailState, recipient: &RecipientRecord, trace: Option<&Trace>) -> Value {
    let (attempts, next_attempt, why) = match &recipient.state {
        StateRecord::Queued { attempts, next_attempt } => {
            let tried = trace.filter(|_| is_tried(recipient));
            (*attempts, Some(*next_attempt), tried.map_or("", |trace| known::last_error(trace, &recipient.address)))
        }
        StateRecord::Held { next_attempt, why, .. } => (0, Some(*next_attempt), why.as_str()),
        _ => (0, None, ""),
    };
    json!({
        "id": mail.id.to_string(),
        "state": recipient.state.word(),
        "received_at": time(mail.received_at),
        "sender": mail.sender,
        "recipient": recipient.address,
        "size": mail.size,
        "attempts": attempts,
        "next_attempt": next_attempt.map(time),
        "why": why,
    })
}

pub(super) fn time(millis: i64) -> String {
    Timestamp::from_unix_millis(millis).to_string()
}

/// One mail with all its recipients and its events.
pub(super) async fn show(handlers: &Handlers, id: &str) -> Result<Value, Fault> {
    let mail = find(handlers, id).await?;
    let id = mail.id.to_string();
    let trace = super::trace::show(handlers, &id).await.ok();
    let traces = known::traces(handlers, std::iter::once(id.clone())).await;
    let rows: Vec<Value> = mail.recipients.iter().map(|recipient| row(&mail, recipient, traces.get(&id))).collect();
    Ok(json!({
        "id": mail.id.to_string(),
        "received_at": time(mail.received_at),
        "sender": mail.sender,
        "size": mail.size,
        "recipients": rows,
        "events": trace.and_then(|trace| trace.get("events").cloned()),
    }))
}

/// Tries now: the next attempt of everything chosen is due.
pub(super) async fn retry(handlers: &Handlers, selection: &QueueSelection, by: &str) -> Result<Value, Fault> {
    let now = handlers.clock.now().unix_millis();
    let mails = match &selection.id {
        Some(id) => vec![find(handlers, id).await?],
        None => handlers.mails.unfinished(TenantId::DEFAULT),
    };
    let mut retried = 0_usize;
    for mail in mails {
        // A change for each state that it starts from: what was held and is judged meanwhile must not be held again.
        for state in [&["queued"], &["held"]] {
            let recipients = due_now(selection, &mail, state, now);
            let count = recipients.len();
            if count == 0 {
                continue;
            }
            let change = Change { recipients, expect: state, at: now, by: by.to_owned(), durable: false, judged: None };
            match handlers.mails.change(TenantId::DEFAULT, mail.id, change).await {
                Ok(Changed::Done(_)) => retried += count,
                // It was judged, delivered or deleted meanwhile.
                Ok(Changed::Conflict(_)) | Err(StoreError::NoMail(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    if let Some(daemon) = &handlers.daemon {
        daemon.wake_queue();
    }
    Ok(json!({ "retried": retried, "running": handlers.daemon.is_some() }))
}

fn due_now(selection: &QueueSelection, mail: &MailState, state: &[&str; 1], now: i64) -> Vec<RecipientChange> {
    let chosen = QueueSelection { id: None, ..selection.clone() };
    let mut recipients = Vec::new();
    for (at, recipient) in (0..u16::MAX).zip(&mail.recipients) {
        if !state.contains(&recipient.state.word()) || !fits(&chosen, None, mail, recipient) {
            continue;
        }
        let (state, event) = match &recipient.state {
            StateRecord::Queued { attempts, .. } => {
                (StateRecord::Queued { attempts: *attempts, next_attempt: now }, "deferred")
            }
            StateRecord::Held { since, why, .. } => {
                (StateRecord::Held { since: *since, next_attempt: now, why: why.clone() }, "held")
            }
            _ => continue,
        };
        recipients.push(RecipientChange {
            recipient: at,
            state,
            event: event.into(),
            peer: String::new(),
            reply: "retry was asked for".into(),
            variant: None,
        });
    }
    recipients
}

/// Stops deliveries to a destination.
pub(super) async fn pause(handlers: &Handlers, destination: &str, by: &str) -> Result<Value, Fault> {
    let destination = parse(destination)?;
    let stopped = Stopped { by: by.to_owned(), at: handlers.clock.now().unix_millis() };
    let set = handlers.paused.pause(&destination, stopped).await?;
    tracing::info!(event = "paused", destination = destination.word(), by);
    let mut value = paused(&set);
    if let (Destination::Domain(domain), Some(fields)) = (&destination, value.as_object_mut())
        && !is_known(handlers, domain)
    {
        fields.insert(
            "warning".into(),
            format!("no mail waits for {domain}, and no domain of the settings is it").into(),
        );
    }
    Ok(value)
}

/// Goes on with them.
pub(super) async fn resume(handlers: &Handlers, destination: &str, by: &str) -> Result<Value, Fault> {
    let destination = parse(destination)?;
    if let Destination::Domain(domain) = &destination
        && handlers.paused.all().await.contains_key(ALL)
    {
        let message = format!("all deliveries are paused: to resume {domain} alone changes nothing");
        return Err(Fault::unavailable(message, "`postern queue resume` without a domain goes on with all"));
    }
    let set = handlers.paused.resume(&destination).await?;
    tracing::info!(event = "resumed", destination = destination.word(), by);
    if let Some(daemon) = &handlers.daemon {
        daemon.wake_queue();
    }
    let mut value = paused(&set);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("resumed".into(), destination.word().into());
    }
    Ok(value)
}

fn parse(destination: &str) -> Result<Destination, Fault> {
    let wrong = |error| Fault::usage(format!("{destination:?} is no domain: {error}"), "a recipient domain, or `all`");
    Destination::parse(destination).map_err(wrong)
}

fn paused(set: &Set) -> Value {
    let details =
        set.iter().map(|(word, stopped)| json!({ "destination": word, "by": stopped.by, "since": time(stopped.at) }));
    json!({ "paused": set.keys().collect::<Vec<_>>(), "details": details.collect::<Vec<_>>() })
}

// Mail waits for it, or it is one of ours.
fn is_known(handlers: &Handlers, domain: &Domain) -> bool {
    let is_ours =
        |current: &Arc<arc_swap::ArcSwap<InForce>>| current.load().policies.by_domain.contains_key(domain.as_str());
    let is_it = |recipient: &RecipientRecord| {
        recipient.address.rsplit('@').next().is_some_and(|name| name.eq_ignore_ascii_case(domain.as_str()))
    };
    handlers.current.as_ref().is_some_and(is_ours)
        || handlers.mails.unfinished(TenantId::DEFAULT).iter().any(|mail| mail.recipients.iter().any(is_it))
}

/// Deletes recipients that wait.
pub(super) async fn delete(handlers: &Handlers, id: &str, recipient: Option<&str>, by: &str) -> Result<Value, Fault> {
    let mail = find(handlers, id).await?;
    let waiting = |at: &u16| {
        let entry = mail.recipients.get(usize::from(*at));
        entry.is_some_and(|entry| matches!(entry.state, StateRecord::Queued { .. } | StateRecord::Held { .. }))
    };
    let chosen: Vec<u16> = chosen(&mail, recipient)?.into_iter().filter(waiting).collect();
    if chosen.is_empty() {
        let message = format!("no recipient of {} waits in the queue", mail.id);
        let hint = format!("`postern trace show {}` says what became of it", mail.id.reference());
        return Err(Fault::unavailable(message, hint));
    }
    let changes = chosen.iter().map(|at| RecipientChange {
        recipient: *at,
        state: StateRecord::Deleted,
        event: "deleted".into(),
        peer: String::new(),
        reply: "deleted from the queue".into(),
        variant: None,
    });
    let change = Change {
        recipients: changes.collect(),
        expect: &["queued", "held"],
        at: handlers.clock.now().unix_millis(),
        by: by.to_owned(),
        durable: true,
        judged: None,
    };
    match handlers.mails.change(TenantId::DEFAULT, mail.id, change).await? {
        Changed::Done(_) => Ok(json!({ "id": mail.id.to_string(), "deleted": chosen.len() })),
        Changed::Conflict(_) => {
            Err(Fault::unavailable("it changed meanwhile; nothing was deleted", "look again and repeat"))
        }
    }
}
