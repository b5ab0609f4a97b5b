//! Writes what a batch means for one day, in one transaction with the file's cursor.

use std::collections::HashMap;

use minicbor::to_vec;
use sha2::{Digest, Sha256};
use sqlx::{Connection, Row, SqliteConnection};

use super::details::{Details, wipe};
use super::file::{Trouble, set_mark};
use super::schema::Kind;
use super::sql::{self, Insert, Value, signed};
use super::words;
use super::work::{DayWork, EventRow, Id, JudgedRow, MessageRow, decision_of, recipients_column, text_of};
use crate::error::StoreError;
use crate::record::JudgedRecord;
use crate::record::features::FeaturesRecord;

const MESSAGES: Insert = Insert {
    head: "INSERT OR IGNORE INTO messages (number, id, tenant, at, kind, sender, from_text, recipients, subject, \
           sender_key, recipients_key, subject_key, message_id_key, verdict, decision, reason, client, size) VALUES",
    tail: "",
    columns: 18,
};
const STATES: Insert = Insert {
    head: "INSERT INTO states (message, recipient, state, since, sequence) VALUES",
    tail: "ON CONFLICT (message, recipient) DO UPDATE SET \
           state = excluded.state, since = excluded.since, sequence = excluded.sequence \
           WHERE excluded.sequence > states.sequence",
    columns: 5,
};
const EVENTS: Insert = Insert {
    head: "INSERT OR IGNORE INTO events (message, sequence, part, at, event, recipient, detail, by_whom) VALUES",
    tail: "",
    columns: 8,
};
const JUDGED: Insert =
    Insert { head: "INSERT OR IGNORE INTO judged (sequence, message, record, sha256) VALUES", tail: "", columns: 4 };
const FEATURES: Insert =
    Insert { head: "INSERT OR REPLACE INTO features (message, record) VALUES", tail: "", columns: 2 };
/// The event of reception; it comes before those of recipients.
pub(super) const RECEIVED: &str = "received";
const RECEIVED_PART: i64 = -1;
/// Ids of one look-up.
const IDS_MAX: usize = 128;

/// Numbers that rows got other than the batch thought, since the message was there already.
pub(super) type Renumbered = HashMap<i64, i64>;

/// Writes the work and moves the cursor to `upto`. `unworded` is how many rows the index of words lacks.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    mut work: DayWork,
    upto: u64,
    unworded: &mut u64,
) -> Result<Renumbered, Trouble> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let values = work.messages.iter().flat_map(message_values).collect();
    let added = MESSAGES.run(&mut tx, values).await?;
    let mut renumbered = Renumbered::new();
    if added < u64::try_from(work.messages.len()).unwrap_or(u64::MAX) {
        renumbered = meet_present(&mut tx, &mut work).await?;
    }
    let touched_from = first_sequence(&work);
    let DayWork { states, events, judged, .. } = work;
    let values = states.into_iter().flat_map(|row| {
        [row.message.into(), row.recipient.into(), row.state.into(), row.since.into(), row.sequence.into()]
    });
    STATES.run(&mut tx, values.collect()).await?;
    let values = events.into_iter().flat_map(|row| {
        let recipient = row.recipient.map_or(Value::Null, Value::from);
        let head: [Value; 5] =
            [row.message.into(), row.sequence.into(), row.part.into(), row.at.into(), row.event.into()];
        head.into_iter().chain([recipient, row.detail.into(), row.by.into()])
    });
    EVENTS.run(&mut tx, values.collect()).await?;
    let mut values = Vec::with_capacity(judged.len() * JUDGED.columns);
    let mut features = Vec::new();
    for mut row in judged {
        // Apart from the judgement: its time is shorter.
        let own = row.record.features.take();
        if let Some(added) = row.again.take() {
            rejudge(&mut tx, &mut row, added).await?;
        }
        if let Some(own) = own.filter(|_| !row.record.personal.erased) {
            features.extend([row.message.into(), encode_features(&own)?.into()]);
        }
        let (blob, checksum) = encode(&text_of(row.id), &row.record)?;
        values.extend([row.sequence.into(), row.message.into(), blob.into(), checksum.into()]);
    }
    JUDGED.run(&mut tx, values).await?;
    FEATURES.run(&mut tx, features).await?;
    blank_erased(&mut tx, touched_from).await?;
    let unworded_now = unworded.saturating_add(added);
    let left = if unworded_now >= words::STRIDE { words::index(&mut tx).await? } else { unworded_now };
    set_mark(&mut tx, "cursor", signed(upto)).await?;
    tx.commit().await?;
    *unworded = left;
    Ok(renumbered)
}

/// A judgement as the file keeps it, and its checksum: over the mail's id too, so that no row can stand for another mail.
pub(super) fn encode(id: &str, record: &JudgedRecord) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let blob = to_vec(record).map_err(|e| StoreError::Search(format!("a judgement cannot be written: {e}")))?;
    let sum = checksum(id, &blob);
    Ok((blob, sum))
}

fn encode_features(features: &FeaturesRecord) -> Result<Vec<u8>, StoreError> {
    to_vec(features).map_err(|e| StoreError::Search(format!("features cannot be written: {e}")))
}

/// SHA-256 of a kept judgement.
pub(super) fn checksum(id: &str, blob: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(id).chain_update(blob).finalize().to_vec()
}

fn message_values(row: &MessageRow) -> impl Iterator<Item = Value> + use<> {
    let details = &row.details;
    let head: [Value; 5] =
        [row.number.into(), text_of(row.id).into(), row.tenant.into(), row.at.into(), row.kind.number().into()];
    let tail: [Value; 4] = [
        row.decision.clone().into(),
        row.reason.clone().into(),
        row.client.clone().into(),
        signed(details.size).into(),
    ];
    head.into_iter().chain(text_values(details)).chain([details.verdict.clone().into()]).chain(tail)
}

/// The eight text columns of a message in their order.
fn text_values(details: &Details) -> [Value; 8] {
    [
        details.sender.clone().into(),
        details.from.clone().into(),
        recipients_column(&details.recipients).into(),
        details.subject.clone().into(),
        details.sender_key().into(),
        details.recipients_key().into(),
        details.subject_key().into(),
        details.message_id_key().into(),
    ]
}

/// Some messages of the batch have rows already: a mail that was moved in the log, or one whose transaction had a refusal
/// under the same id. Gives the rest of the work the rows' numbers and leaves out what they have.
async fn meet_present(conn: &mut SqliteConnection, work: &mut DayWork) -> Result<Renumbered, Trouble> {
    let mut renumbered = Renumbered::new();
    let ids: Vec<Id> = work.messages.iter().map(|row| row.id).collect();
    let present = find(conn, &ids).await?;
    for row in &work.messages {
        let Some(&(number, kind)) = present.get(&text_of(row.id)) else { continue };
        if number == row.number {
            continue;
        }
        renumbered.insert(row.number, number);
        if row.kind == Kind::Mail && kind != Kind::Mail.number() {
            become_mail(conn, number, row).await?;
            work.events.push(received(row));
            continue;
        }
        let own = row.number;
        work.judged.retain(|judged| judged.sequence != own);
        if row.kind == Kind::Mail {
            work.events.retain(|event| event.sequence != own);
        }
    }
    let number = |message: &mut i64| *message = renumbered.get(message).copied().unwrap_or(*message);
    work.states.iter_mut().for_each(|row| number(&mut row.message));
    work.events.iter_mut().for_each(|row| number(&mut row.message));
    work.judged.iter_mut().for_each(|row| number(&mut row.message));
    Ok(renumbered)
}

/// Numbers and kinds of messages by the text of their ids.
pub(super) async fn find(conn: &mut SqliteConnection, ids: &[Id]) -> Result<HashMap<String, (i64, i64)>, Trouble> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(IDS_MAX) {
        let places = sql::placeholders(chunk.len());
        let values = chunk.iter().map(|id| Value::from(text_of(*id)));
        for row in
            sql::fetch(conn, format!("SELECT id, number, kind FROM messages WHERE id IN {places}"), values).await?
        {
            found.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
        }
    }
    Ok(found)
}

/// The row of a refusal becomes that of the mail; the refusal stays among its events.
async fn become_mail(conn: &mut SqliteConnection, number: i64, row: &MessageRow) -> Result<(), Trouble> {
    let statement = "UPDATE messages SET tenant = ?, at = ?, kind = ?, sender = ?, from_text = ?, recipients = ?, \
        subject = ?, sender_key = ?, recipients_key = ?, subject_key = ?, message_id_key = ?, verdict = ?, decision = ?, \
        reason = '', client = ?, size = ? WHERE number = ? AND erased = 0";
    let head: [Value; 3] = [row.tenant.into(), row.at.into(), row.kind.number().into()];
    let tail: [Value; 5] = [
        row.details.verdict.clone().into(),
        row.decision.clone().into(),
        row.client.clone().into(),
        signed(row.details.size).into(),
        number.into(),
    ];
    sql::execute(conn, statement, head.into_iter().chain(text_values(&row.details)).chain(tail)).await?;
    words::loosen(conn, number).await?;
    Ok(())
}

/// Elsewhere the row's number tells when it was received.
fn received(row: &MessageRow) -> EventRow {
    EventRow {
        message: row.number,
        sequence: row.number,
        part: RECEIVED_PART,
        at: row.at,
        event: RECEIVED.into(),
        recipient: None,
        detail: received_detail(&row.client, row.details.size),
        by: String::new(),
    }
}

/// What the event of reception tells.
pub(super) fn received_detail(client: &str, size: u64) -> String {
    let from = if client.is_empty() { String::new() } else { format!("from {client}, ") };
    format!("{from}{size} bytes")
}

/// The row shows the last judgement. One of an erased message loses what is personal before it is kept.
async fn rejudge(conn: &mut SqliteConnection, row: &mut JudgedRow, added: Vec<String>) -> Result<(), Trouble> {
    let found = sql::fetch(conn, "SELECT erased FROM messages WHERE number = ?", [row.message.into()]).await?;
    let erased: i64 = found.first().map_or(Ok(0), |r| r.try_get(0))?;
    let mut details = Details::of_judged(&row.record);
    if erased != 0 {
        wipe(&mut row.record);
        details = Details { verdict: details.verdict, ..Details::default() };
    }
    let decision = decision_of(&row.record, Kind::Mail);
    let values: [Value; 5] = [
        details.verdict.as_str().into(),
        decision.into(),
        row.message.into(),
        details.from.as_str().into(),
        details.subject.as_str().into(),
    ];
    let statement = "UPDATE messages SET verdict = ?1, decision = ?2, from_text = ?4, subject = ?5 WHERE number = ?3";
    sql::execute(conn, statement, values).await?;
    // What RCPT TO and MAIL FROM said does not change, but rules may add; a message without a beginning learns it here.
    let grows = !added.is_empty() && erased == 0;
    details.recipients.extend(added);
    if grows {
        let recipients = recipients_column(&details.recipients);
        let values: [Value; 2] = [row.message.into(), recipients.into()];
        sql::execute(conn, "UPDATE messages SET recipients = ?2 WHERE number = ?1", values).await?;
    }
    let statement = "UPDATE messages SET sender = ?2, recipients = ?3 WHERE number = ?1 AND kind = ?4";
    let recipients = recipients_column(&details.recipients);
    let values: [Value; 4] =
        [row.message.into(), details.sender.as_str().into(), recipients.into(), Kind::Beginningless.number().into()];
    sql::execute(conn, statement, values).await?;
    let statement = "UPDATE messages SET subject_key = ?2, message_id_key = ?3, sender_key = ?4 WHERE number = ?1";
    let values: [Value; 4] = [
        row.message.into(),
        details.subject_key().into(),
        details.message_id_key().into(),
        details.sender_key().into(),
    ];
    sql::execute(conn, statement, values).await?;
    words::loosen(conn, row.message).await?;
    Ok(())
}

/// Replies may name an address: events of erased messages keep none.
async fn blank_erased(conn: &mut SqliteConnection, from: Option<i64>) -> Result<(), Trouble> {
    let Some(from) = from else { return Ok(()) };
    let statement = "UPDATE events SET detail = '' WHERE detail <> '' AND sequence >= ? \
        AND message IN (SELECT number FROM messages WHERE erased = 1)";
    sql::execute(conn, statement, [from.into()]).await?;
    Ok(())
}

fn first_sequence(work: &DayWork) -> Option<i64> {
    work.events.iter().map(|event| event.sequence).min()
}
