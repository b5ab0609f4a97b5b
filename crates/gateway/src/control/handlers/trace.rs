//! `postern trace`: where is my mail?

use std::collections::HashSet;

use mail::envelope::TenantId;
use scan::evidence::{Arg, Place};
use serde_json::{Value, json};
use store::journal::{Event, JournalRow, Query, Trace};
use store::record::JudgedRecord;
use store::record::judged::ScannerRecord;

use super::queue::time;
use super::{Handlers, check_length, known, reference};
use crate::control::protocol::{Fault, TraceSelection};

/// Evidence that names a file first.
const NAMING: [&str; 7] = [
    "antivirus_found",
    "antivirus_suspicious",
    "detonation_found",
    "signature_malware",
    "executable_attachment",
    "macro_attachment",
    "encrypted_archive",
];

/// Searches the journal, newest first, with the refusals before a recipient was known.
pub(super) async fn search(handlers: &Handlers, selection: TraceSelection) -> Result<Value, Fault> {
    handlers.journal.settle().await?;
    let (rows, next) = rows(handlers, selection).await?;
    let rows: Vec<Value> = rows.iter().map(|found| row(handlers, found)).collect();
    Ok(json!({ "rows": rows, "next": next }))
}

/// The rows of one page.
pub(super) async fn rows(
    handlers: &Handlers,
    selection: TraceSelection,
) -> Result<(Vec<JournalRow>, Option<String>), Fault> {
    super::check_page(selection.after.as_deref())?;
    let query = query(selection);
    let page = handlers.journal.search(TenantId::DEFAULT, query).await?;
    Ok((page.rows, page.next))
}

fn query(selection: TraceSelection) -> Query {
    Query {
        sender: selection.sender,
        recipient: selection.recipient,
        subject: selection.subject,
        since: selection.since,
        until: selection.until,
        verdict: selection.verdict,
        decision: selection.decision,
        id: selection.id.map(|id| reference::id(&id)),
        client: selection.client,
        refused: selection.refused,
        reason: selection.reason,
        with_gateway: true,
        limit: selection.limit,
        after: selection.after,
    }
}

fn row(handlers: &Handlers, row: &JournalRow) -> Value {
    let (status, changed_for) = status(handlers, row);
    json!({
        "id": row.id, "at": time(row.at), "sender": row.sender, "recipients": each_once(&row.recipients), "subject": row.subject,
        "verdict": row.verdict, "decision": row.decision, "status": status, "original_kept": !changed_for.is_empty(), "client": row.client, "size": row.size,
    })
}

/// What became of a message, and for whom the original of a changed copy is kept.
pub(super) fn status<'a>(handlers: &Handlers, row: &'a JournalRow) -> (&'a str, Vec<String>) {
    match row.id.parse().ok().and_then(|id| handlers.mails.state(TenantId::DEFAULT, id)) {
        Some(mail) => {
            let originals = mail.recipients.iter().filter(|recipient| mail.is_kept_original(recipient));
            (mail.status(), originals.map(|recipient| recipient.address.clone()).collect())
        }
        None => (row.status.as_str(), Vec::new()),
    }
}

/// The original of a copy that a rule changed has an entry of its own, for the same address.
pub(super) fn each_once(recipients: &[String]) -> Vec<&String> {
    let mut seen = HashSet::new();
    recipients.iter().filter(|recipient| seen.insert(recipient.as_str())).collect()
}

/// One message: row, events, judgements with their reasons in words.
pub(super) async fn show(handlers: &Handlers, id: &str) -> Result<Value, Fault> {
    handlers.journal.settle().await?;
    let trace = find(handlers, id).await?;
    let events: Vec<Value> = trace
        .events
        .iter()
        .map(|event| {
            json!({
                "sequence": event.sequence, "at": time(event.at), "event": event.event, "recipient": event.recipient,
                "detail": detail(event, &trace.judged), "by": event.by,
            })
        })
        .collect();
    let judgements = trace.judged.iter().enumerate().map(|(at, record)| {
        let mut value = judged(record);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("occasion".to_owned(), occasion(record, &trace.events).into());
            fields.insert("in_force".to_owned(), (at + 1 == trace.judged.len()).into());
        }
        value
    });
    let judged: Vec<Value> = judgements.collect();
    Ok(json!({ "message": row(handlers, &trace.row), "events": events, "judged": judged }))
}

// A mail is stopped by a rule, which the event itself does not name. Of a copy that a rule changed the original is kept: the copy
// goes on.
fn detail(event: &Event, judged: &[JudgedRecord]) -> String {
    let by_rule = event.detail.is_empty() && event.by.is_empty();
    if !by_rule || !["quarantined", "discarded"].contains(&event.event.as_str()) {
        return event.detail.clone();
    }
    let rule = known::rule(judged, &event.recipient, event.at);
    let is_original = event.event == "quarantined" && known::is_changed(judged, &event.recipient, event.at);
    if is_original { format!("the original; {rule}") } else { rule }
}

/// The trace of an id, of the tenant or of the gateway itself.
pub(super) async fn find(handlers: &Handlers, id: &str) -> Result<Trace, Fault> {
    let wanted = reference::id(id);
    check_length(&wanted)?;
    for tenant in [TenantId::DEFAULT, TenantId::GATEWAY] {
        if let Some(trace) = handlers.journal.show(tenant, &wanted).await? {
            return Ok(trace);
        }
    }
    Err(Fault::not_found(&wanted))
}

// What it was judged for: `session` before the reply, `opened` by a password, `later` while it was held.
fn occasion(record: &JudgedRecord, events: &[Event]) -> &'static str {
    let is_of_opening = |event: &Event| event.event == "opened" && event.at == record.at;
    match (record.after_accept, events.iter().any(is_of_opening)) {
        (_, true) => "opened",
        (true, false) => "later",
        (false, false) => "session",
    }
}

// The name of the file at a place, where a piece of evidence about it says it.
fn name_at(record: &JudgedRecord, place: &str) -> String {
    let all = 0..u32::try_from(record.evidence.len()).unwrap_or(u32::MAX);
    let mut evidence = all.filter_map(|index| pipeline::record::evidence_at(record, index));
    let named = evidence
        .find(|one| NAMING.contains(&one.id.name()) && matches!(&one.place, Place::Part(part) if part == place));
    match named.as_ref().and_then(|one| one.detail.args.first()) {
        Some(Arg::Content(name)) => name.clone(),
        _ => String::new(),
    }
}

// What an outside scanner said; of clean files only how many there were.
fn scanner(record: &ScannerRecord, judged: &JudgedRecord) -> Value {
    let file = |(place, said, words): &(String, String, Vec<String>)| json!({ "place": place, "name": name_at(judged, place), "said": said, "words": words });
    json!({
        "name": record.scanner, "kind": record.kind, "need": record.need, "version": record.version, "asked": record.asked,
        "not_wanted": record.not_wanted, "files": record.files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn judged(record: &JudgedRecord) -> Value {
    let reasons: Vec<Value> = record
        .verdict
        .reasons
        .iter()
        .filter_map(|(index, contribution)| {
            let evidence = pipeline::record::evidence_at(record, *index)?;
            Some(json!({
                "id": evidence.id.name(),
                "contribution": contribution,
                "place": evidence.place.to_string(),
                "detail": detect::texts::render(&evidence.detail, detect::texts::Language::English),
            }))
        })
        .collect();
    let rulings: Vec<Value> = record
        .personal
        .recipients
        .iter()
        .zip(&record.rulings)
        .map(|(recipient, ruling)| {
            let actions: Vec<&str> = ruling.actions.iter().map(|action| action.word.as_str()).collect();
            json!({
                "recipient": recipient.address, "actions": actions, "because": ruling.because,
                "not_checked": ruling.not_checked, "policy": ruling.policy,
            })
        })
        .collect();
    json!({
        "scan": record.scan, "at": time(record.at), "class": record.verdict.class,
        "probability": 1.0 - record.verdict.probability.first().unwrap_or(&0.0) - record.verdict.probability.get(1).unwrap_or(&0.0),
        "calibrated": record.verdict.calibrated, "reasons": reasons, "rulings": rulings,
        "auth": { "spf": record.auth.spf, "dkim": record.auth.dkim.iter().map(|check| &check.0).collect::<Vec<_>>(), "dmarc": record.auth.dmarc, "arc": record.auth.arc },
        "failed_checks": record.failed_checks,
        "scanners": record.facts.scanners.iter().map(|one| scanner(one, record)).collect::<Vec<_>>(),
        "versions": { "weights": record.versions.weights, "knowledge": record.versions.knowledge, "policies": record.versions.policies, "signatures": record.versions.signatures, "release": record.versions.release },
    })
}
