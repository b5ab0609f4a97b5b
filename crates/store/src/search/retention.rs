//! What goes: days whose time is over, refusals whose time is over, and what is personal in messages of an address.

use sqlx::{Connection, Row, SqliteConnection};

use super::apply::encode;
use super::day::Day;
use super::details::{names_address, wipe};
use super::file::{self, Trouble, mark, set_mark};
use super::fold::fold;
use super::schema::Kind;
use super::sql::{self, Value};
use super::words;
use super::writer::Writer;
use crate::error::StoreError;
use crate::record::JudgedRecord;

/// Part number of the event `erased`: past those of recipients.
const ERASED_PART: i64 = 1 << 16;

/// What is older than its time. Whole days only: a day goes when its last moment is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purge {
    /// Journal of before this moment, milliseconds since the epoch (90 days ago by default).
    pub journal_before: i64,
    /// Refusals before the data, of before this moment (30 days ago by default).
    pub refusals_before: i64,
    /// Features of messages of before this moment (30 days ago by default).
    pub features_before: i64,
}

/// What a purge removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Files of days.
    pub days: u64,
    /// Refusals out of files that stay.
    pub refusals: u64,
    /// Messages whose features went.
    pub features: u64,
}

/// A wish that what is personal goes.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// Whose address.
    pub address: String,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// Who asked.
    pub by: String,
}

/// Removes what is over.
pub(super) async fn purge(writer: &mut Writer, purge: Purge) -> Result<Purged, StoreError> {
    let mut purged = Purged::default();
    let is_over = |day: &Day| day.end() <= purge.refusals_before.max(purge.features_before).max(purge.journal_before);
    for day in writer.files().newest_first().into_iter().filter(is_over) {
        if day.end() <= purge.journal_before {
            writer.remove_day(day).await?;
            purged.days += 1;
            continue;
        }
        let removed = match writer.open_day(day).await {
            Ok(open) => remove_in_day(open.conn_to_change(), (day, purge)).await,
            Err(trouble) => Err(trouble),
        };
        match removed {
            Ok((refusals, features)) => {
                purged.refusals += refusals;
                purged.features += features;
            }
            Err(Trouble::Damaged(why)) => writer.set_day_aside(day, &why).await?,
            Err(Trouble::Other(error)) => return Err(error),
        }
    }
    Ok(purged)
}

/// What of a day is over while its file stays: refusals, features.
async fn remove_in_day(conn: &mut SqliteConnection, (day, purge): (Day, Purge)) -> Result<(u64, u64), Trouble> {
    let mut removed = (0, 0);
    if day.end() <= purge.refusals_before {
        removed.0 = remove_refusals(conn).await?;
    }
    if day.end() <= purge.features_before {
        removed.1 = remove_features(conn).await?;
    }
    Ok(removed)
}

/// Deletes the features of a day, and gives the space back.
async fn remove_features(conn: &mut SqliteConnection) -> Result<u64, Trouble> {
    let count = sql::execute(conn, "DELETE FROM features", []).await?;
    if count > 0 {
        sql::execute(conn, "VACUUM", []).await?;
        file::checkpoint(conn).await?;
    }
    Ok(count)
}

/// Deletes the refusals of a day, once, and gives the space back.
async fn remove_refusals(conn: &mut SqliteConnection) -> Result<u64, Trouble> {
    if mark(conn, "refusals_removed").await? != 0 {
        return Ok(0);
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let early = Value::Int(Kind::RefusedEarly.number());
    let of_early = "message IN (SELECT number FROM messages WHERE kind = ?)";
    for table in ["events", "judged", "states", "features"] {
        sql::execute(&mut tx, format!("DELETE FROM {table} WHERE {of_early}"), [early.clone()]).await?;
    }
    let count = sql::execute(&mut tx, "DELETE FROM messages WHERE kind = ?", [early]).await?;
    if count > 0 {
        words::rebuild(&mut tx).await?;
    }
    set_mark(&mut tx, "refusals_removed", 1).await?;
    tx.commit().await?;
    if count > 0 {
        sql::execute(conn, "VACUUM", []).await?;
        file::checkpoint(conn).await?;
    }
    Ok(count)
}

/// Wipes all messages of a tenant that the address sent or got; returns how many.
pub(super) async fn erase(writer: &mut Writer, tenant: u32, erasure: &Erasure) -> Result<u64, StoreError> {
    let address = erasure.address.trim().to_lowercase();
    if address.is_empty() {
        return Ok(0);
    }
    let mut wiped = Vec::new();
    let sequence = writer.position();
    for day in writer.files().newest_first() {
        let outcome = match writer.open_day(day).await {
            Ok(open) => erase_day(open.conn_to_change(), tenant, (&address, erasure), sql::signed(sequence)).await,
            Err(trouble) => Err(trouble),
        };
        match outcome {
            Ok(ids) => wiped.extend(ids),
            Err(Trouble::Damaged(why)) => writer.set_day_aside(day, &why).await?,
            Err(Trouble::Other(error)) => return Err(error),
        }
    }
    match writer.copies().erase(tenant, &address, &wiped).await {
        Err(Trouble::Damaged(why)) => writer.set_copies_aside(&why).await?,
        other => other?,
    }
    writer.sync().await?;
    Ok(u64::try_from(wiped.len()).unwrap_or(u64::MAX))
}

/// Wipes one day's messages; returns their ids.
async fn erase_day(
    conn: &mut SqliteConnection,
    tenant: u32,
    (address, erasure): (&str, &Erasure),
    sequence: i64,
) -> Result<Vec<String>, Trouble> {
    let found = named(conn, tenant, address).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    // What is deleted is overwritten in the file.
    sql::execute(conn, "PRAGMA secure_delete = ON", []).await?;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    for (number, id) in &found {
        let statement = "UPDATE messages SET sender = '', from_text = '', recipients = '', subject = '', sender_key = '', \
            recipients_key = '', subject_key = '', message_id_key = '', erased = 1 WHERE number = ?";
        sql::execute(&mut tx, statement, [Value::Int(*number)]).await?;
        sql::execute(&mut tx, "UPDATE events SET detail = '' WHERE message = ?", [Value::Int(*number)]).await?;
        let statement = "INSERT OR IGNORE INTO events (message, sequence, part, at, event, recipient, detail, by_whom) \
            VALUES (?, ?, ?, ?, 'erased', NULL, '', ?)";
        let values: [Value; 5] =
            [(*number).into(), sequence.into(), ERASED_PART.into(), erasure.at.into(), erasure.by.as_str().into()];
        sql::execute(&mut tx, statement, values).await?;
        wipe_judged(&mut tx, *number, id).await?;
        sql::execute(&mut tx, "DELETE FROM features WHERE message = ?", [Value::Int(*number)]).await?;
    }
    words::rebuild(&mut tx).await?;
    tx.commit().await?;
    file::checkpoint(conn).await?;
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

/// Messages that the address sent or got.
async fn named(conn: &mut SqliteConnection, tenant: u32, address: &str) -> Result<Vec<(i64, String)>, Trouble> {
    let key = fold(address);
    let statement = "SELECT number, id, sender, from_text, recipients FROM messages \
        WHERE tenant = ? AND erased = 0 AND (instr(sender_key, ?) > 0 OR instr(recipients_key, ?) > 0)";
    let values: [Value; 3] = [tenant.into(), key.as_str().into(), key.into()];
    let mut found = Vec::new();
    for row in sql::fetch(conn, statement, values).await? {
        let texts: [String; 3] = [row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
        if texts.iter().any(|text| names_address(text, address)) {
            found.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(found)
}

async fn wipe_judged(conn: &mut SqliteConnection, number: i64, id: &str) -> Result<(), Trouble> {
    let rows = sql::fetch(conn, "SELECT sequence, record FROM judged WHERE message = ?", [number.into()]).await?;
    for row in rows {
        let sequence: i64 = row.try_get(0)?;
        let blob: Vec<u8> = row.try_get(1)?;
        let Ok(mut judged) = minicbor::decode::<JudgedRecord>(&blob) else {
            // What cannot be read cannot be wiped in part.
            sql::execute(conn, "DELETE FROM judged WHERE sequence = ?", [sequence.into()]).await?;
            continue;
        };
        wipe(&mut judged);
        let (blob, sum) = encode(id, &judged)?;
        let values: [Value; 3] = [blob.into(), sum.into(), sequence.into()];
        sql::execute(conn, "UPDATE judged SET record = ?, sha256 = ? WHERE sequence = ?", values).await?;
    }
    Ok(())
}
