//! `postern quarantine`.

use data_encoding::BASE64;
use mail::envelope::TenantId;
use mail::id::MailId;
use serde_json::{Value, json};
use store::mails::{Body, Change, Changed, MailState};
use store::quarantine::QuarantineQuery;
use store::record::RecipientChange;
use store::record::mail::StateRecord;
use store::site::tries::PASSWORD_TRIES_MAX;

use super::queue::time;
use super::{Handlers, check_page, chosen, find, known, open};
use crate::control::protocol::{Fault, QuarantineSelection};

/// Recipients whose states are said when none is in quarantine.
const STATES_SAID_MAX: usize = 5;

/// Lists quarantined copies, newest first.
pub(super) async fn list(handlers: &Handlers, selection: QuarantineSelection) -> Result<Value, Fault> {
    check_page(selection.after.as_deref())?;
    handlers.journal.settle().await?;
    let query = QuarantineQuery {
        sender: selection.sender,
        recipient: selection.recipient,
        subject: selection.subject,
        verdict: selection.verdict,
        limit: selection.limit,
        after: selection.after,
    };
    let page = handlers.quarantine.list(TenantId::DEFAULT, query).await?;
    let traces = known::traces(handlers, page.rows.iter().map(|row| row.id.clone())).await;
    let mut rows = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let judged = traces.get(&row.id).map_or(&[][..], |trace| trace.judged.as_slice());
        let (is_locked, is_original) = match row.id.parse() {
            Ok(mail) => (open::is_locked(handlers, mail).await?, is_original(handlers, mail, &row.recipient)),
            Err(_) => (false, false),
        };
        rows.push(json!({
                "id": row.id, "since": time(row.since), "sender": row.sender, "recipient": row.recipient,
                "subject": row.subject, "verdict": row.verdict, "reasons": row.reasons, "size": row.size,
                "rule": known::rule(judged, &row.recipient, row.since), "locked": is_locked,
                "kind": if is_original { "original" } else { "stopped" },
        }));
    }
    Ok(json!({ "rows": rows, "next": page.next }))
}

// Of a copy that was changed and delivered, and not stopped mail.
fn is_original(handlers: &Handlers, mail: MailId, recipient: &str) -> bool {
    let Some(mail) = handlers.mails.state(TenantId::DEFAULT, mail) else { return false };
    mail.recipients.iter().any(|entry| entry.address == recipient && mail.is_kept_original(entry))
}

/// One mail: its trace, and which recipients are quarantined now.
pub(super) async fn show(handlers: &Handlers, id: &str) -> Result<Value, Fault> {
    let mail = find(handlers, id).await?;
    let mut value = super::trace::show(handlers, &mail.id.to_string()).await?;
    let states = mail.recipients.iter().map(|entry| json!({ "recipient": entry.address, "state": entry.state.word() }));
    if let Some(fields) = value.as_object_mut() {
        fields.insert("recipients_now".into(), states.collect());
        let tries = handlers.site.tries(TenantId::DEFAULT, mail.id).await?;
        fields.insert("locked".into(), (tries >= PASSWORD_TRIES_MAX).into());
        fields.insert("password_tries_left".into(), PASSWORD_TRIES_MAX.saturating_sub(tries).into());
    }
    Ok(value)
}

/// Releases: one queue entry for each quarantined recipient, however often it is asked.
pub(super) async fn release(handlers: &Handlers, id: &str, recipient: Option<&str>, by: &str) -> Result<Value, Fault> {
    let now = handlers.clock.now().unix_millis();
    let queued = StateRecord::Queued { attempts: 0, next_attempt: now };
    transition(handlers, id, (recipient, by), &queued, "released").await
}

/// Deletes for good.
pub(super) async fn delete(handlers: &Handlers, id: &str, recipient: Option<&str>, by: &str) -> Result<Value, Fault> {
    transition(handlers, id, (recipient, by), &StateRecord::Deleted, "deleted").await
}

async fn transition(
    handlers: &Handlers,
    id: &str,
    (recipient, by): (Option<&str>, &str),
    to: &StateRecord,
    event: &'static str,
) -> Result<Value, Fault> {
    let mail = find(handlers, id).await?;
    let chosen = chosen_quarantined(&mail, recipient)?;
    let changes = chosen.iter().map(|at| RecipientChange {
        recipient: *at,
        state: to.clone(),
        event: event.into(),
        peer: String::new(),
        reply: String::new(),
        variant: None,
    });
    let change = Change {
        recipients: changes.collect(),
        expect: &["quarantined"],
        at: handlers.clock.now().unix_millis(),
        by: by.to_owned(),
        durable: true,
        judged: None,
    };
    match handlers.mails.change(TenantId::DEFAULT, mail.id, change).await? {
        Changed::Done(state) => {
            if let Some(daemon) = &handlers.daemon {
                daemon.offer(&state);
            }
            Ok(json!({ "id": mail.id.to_string(), event: chosen.len() }))
        }
        Changed::Conflict(_) => Err(too_late(&mail)),
    }
}

/// The recipients that a command names whose copies lie in quarantine; all when it names none.
///
/// # Errors
/// If none of them does.
pub(super) fn chosen_quarantined(mail: &MailState, recipient: Option<&str>) -> Result<Vec<u16>, Fault> {
    let quarantined = |at: &u16| {
        let entry = mail.recipients.get(usize::from(*at));
        entry.is_some_and(|entry| matches!(entry.state, StateRecord::Quarantined { .. }))
    };
    let chosen: Vec<u16> = chosen(mail, recipient)?.into_iter().filter(quarantined).collect();
    if chosen.is_empty() {
        let states = mail.recipients.iter().map(|entry| format!("{} is {}", entry.address, entry.state.word()));
        let states: Vec<String> = states.take(STATES_SAID_MAX).collect();
        let message = format!("no recipient of {} is in quarantine any more: {}", mail.id, states.join(", "));
        let hint = format!("`postern trace show {}` says what became of it", mail.id.reference());
        return Err(Fault::unavailable(message, hint));
    }
    Ok(chosen)
}

/// The copies were changed meanwhile.
pub(super) fn too_late(mail: &MailState) -> Fault {
    let hint = format!("`postern trace show {}` says who", mail.id.reference());
    Fault::unavailable("somebody else was quicker; nothing was done", hint)
}

/// The message as it came, base64.
pub(super) async fn raw(handlers: &Handlers, id: &str) -> Result<Value, Fault> {
    let mail = find(handlers, id).await?;
    let stored = handlers.mails.load(TenantId::DEFAULT, mail.id).await?;
    let bytes = match stored.body {
        Body::Inline(bytes) => bytes,
        Body::File(file) => {
            let length = usize::try_from(file.length()).unwrap_or(usize::MAX);
            file.read(0, length).await?
        }
    };
    Ok(json!({ "id": mail.id.to_string(), "message": BASE64.encode(&bytes) }))
}
