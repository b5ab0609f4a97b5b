//! All that is known of one message.

use sqlx::{Row, SqliteConnection};

use super::apply::{RECEIVED, checksum, received_detail};
use super::file::Trouble;
use super::find::{COLUMNS, row_of};
use super::schema::Kind;
use super::sql::{self, Value, unsigned};
use crate::error::StoreError;
use crate::journal::{Event, JournalRow, Trace};
use crate::record::JudgedRecord;

/// What a beginning of an id found in one file.
#[derive(Debug, Default)]
pub(super) enum Found {
    /// Nothing.
    #[default]
    None,
    /// One message.
    One(Box<Trace>),
    /// More than one.
    Many,
}

/// Looks in one file.
pub(super) async fn show(
    conn: &mut SqliteConnection,
    tenant: u32,
    (from, to): &(String, String),
) -> Result<Found, Trouble> {
    let statement = format!("SELECT {COLUMNS} FROM messages m WHERE m.tenant = ? AND m.id BETWEEN ? AND ? LIMIT 2");
    let values: [Value; 3] = [tenant.into(), from.as_str().into(), to.as_str().into()];
    let rows = sql::fetch(conn, statement, values).await?;
    let [found] = rows.as_slice() else {
        return Ok(if rows.is_empty() { Found::None } else { Found::Many });
    };
    let number: i64 = found.try_get(0)?;
    let kind: i64 = found.try_get(8)?;
    let row = row_of(found)?;
    let judged = judged_of(conn, number, &row.id).await?;
    let mut events = events_of(conn, number, &row).await?;
    if kind == Kind::Mail.number() && !events.iter().any(|(_, event)| event.event == RECEIVED) {
        events.push((0, received(number, &row)));
    }
    for (sequence, record) in &judged {
        events.push((1, judged_event(*sequence, record)));
    }
    // Within one record of the log: received, judged, then what came of it.
    events.sort_by_key(|(rank, event)| (event.sequence, *rank));
    let events = events.into_iter().map(|(_, event)| event).collect();
    let judged = judged.into_iter().map(|(_, record)| record).collect();
    Ok(Found::One(Box::new(Trace { row, events, judged })))
}

async fn judged_of(conn: &mut SqliteConnection, number: i64, id: &str) -> Result<Vec<(i64, JudgedRecord)>, Trouble> {
    let statement = "SELECT sequence, record, sha256 FROM judged WHERE message = ? ORDER BY sequence";
    let mut judged = Vec::new();
    for row in sql::fetch(conn, statement, [number.into()]).await? {
        let (sequence, blob, sum): (i64, Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let damaged = |why: String| StoreError::Corrupt { what: format!("the judgement of mail {id}"), why };
        if checksum(id, &blob) != sum {
            return Err(damaged("it does not match its checksum: it was changed after it was written".into()).into());
        }
        let record = minicbor::decode(&blob).map_err(|error| damaged(error.to_string()))?;
        judged.push((sequence, record));
    }
    Ok(judged)
}

async fn events_of(
    conn: &mut SqliteConnection,
    number: i64,
    message: &JournalRow,
) -> Result<Vec<(u8, Event)>, Trouble> {
    let statement = "SELECT sequence, at, event, recipient, detail, by_whom FROM events WHERE message = ? \
        ORDER BY sequence, part";
    let mut events = Vec::new();
    for row in sql::fetch(conn, statement, [number.into()]).await? {
        let recipient: Option<i64> = row.try_get(3)?;
        let recipient = recipient.and_then(|index| message.recipients.get(usize::try_from(index).ok()?));
        let event = Event {
            sequence: unsigned(row.try_get(0)?),
            at: row.try_get(1)?,
            event: row.try_get(2)?,
            recipient: recipient.cloned().unwrap_or_default(),
            detail: row.try_get(4)?,
            by: row.try_get(5)?,
        };
        events.push((if event.event == RECEIVED { 0 } else { 2 }, event));
    }
    Ok(events)
}

fn received(number: i64, row: &JournalRow) -> Event {
    Event {
        sequence: unsigned(number),
        at: row.at,
        event: RECEIVED.into(),
        recipient: String::new(),
        detail: received_detail(&row.client, row.size),
        by: String::new(),
    }
}

fn judged_event(sequence: i64, record: &JudgedRecord) -> Event {
    Event {
        sequence: unsigned(sequence),
        at: record.at,
        event: "judged".into(),
        recipient: String::new(),
        detail: record.verdict.class.clone(),
        by: String::new(),
    }
}
