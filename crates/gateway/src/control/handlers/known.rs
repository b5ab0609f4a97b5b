//! What the journal knows of mail that a list shows: why it waits, which rule stopped it. A list must not fail for it.

use std::collections::BTreeMap;

use mail::envelope::TenantId;
use store::journal::{Event, Trace};
use store::record::JudgedRecord;

use super::Handlers;

/// Events of a copy whose content a rule changed.
const CHANGES: [&str; 3] = ["disarmed", "removed", "rebuilt"];

/// Traces of the mails of a page, by id; those that cannot be read are left out.
pub(super) async fn traces(handlers: &Handlers, ids: impl Iterator<Item = String> + Send) -> BTreeMap<String, Trace> {
    let mut traces = BTreeMap::new();
    for id in ids {
        if traces.contains_key(&id) {
            continue;
        }
        if let Ok(Some(trace)) = handlers.journal.show(TenantId::DEFAULT, &id).await {
            traces.insert(id, trace);
        }
    }
    traces
}

/// What the last attempt for a recipient brought; an operator's wish is none.
pub(super) fn last_error<'a>(trace: &'a Trace, recipient: &str) -> &'a str {
    let is_attempt = |event: &&Event| {
        event.event == "deferred" && event.by.is_empty() && event.recipient == recipient && !event.detail.is_empty()
    };
    trace.events.iter().rev().find(is_attempt).map_or("", |event| event.detail.as_str())
}

/// The rules that decided for a recipient, by the last judgement up to `at`, milliseconds.
pub(super) fn rule(judged: &[JudgedRecord], recipient: &str, at: i64) -> String {
    let Some(record) = record_at(judged, at) else { return String::new() };
    let mut rulings = record.personal.recipients.iter().zip(&record.rulings);
    let ruling = rulings.find(|(note, _)| note.address == recipient);
    ruling.map(|(_, ruling)| ruling.because.join(", ")).unwrap_or_default()
}

/// By the last judgement up to `at`, milliseconds, a recipient's copy was changed and goes on: what is quarantined is its original.
pub(super) fn is_changed(judged: &[JudgedRecord], recipient: &str, at: i64) -> bool {
    let Some(record) = record_at(judged, at) else { return false };
    let is_own =
        |at: u16| record.personal.recipients.get(usize::from(at)).is_some_and(|note| note.address == recipient);
    record.personal.done.iter().any(|done| CHANGES.contains(&done.event.as_str()) && is_own(done.recipient))
}

fn record_at(judged: &[JudgedRecord], at: i64) -> Option<&JudgedRecord> {
    judged.iter().rev().find(|record| record.at <= at).or_else(|| judged.first())
}
