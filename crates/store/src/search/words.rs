//! The index of words: trigrams of sender, recipients, subject and Message-ID. It is brought up to date a few thousand rows at
//! a time, which costs a fraction of doing it with each batch; rows it lacks are compared without it.

use sqlx::{Row, SqliteConnection};

use super::file::{mark, set_mark};
use super::sql;

/// Rows that the index may lack before it is brought up to date.
pub(super) const STRIDE: u64 = 2_000;

/// Takes all rows in that are missing; returns how many are missing afterwards: none.
pub(super) async fn index(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let worded = mark(conn, "worded").await?;
    let statement = "INSERT INTO words (rowid, text) \
        SELECT number, sender_key || char(10) || recipients_key || char(10) || subject_key || char(10) || message_id_key \
        FROM messages WHERE number > ? ORDER BY number";
    sql::execute(conn, statement, [worded.into()]).await?;
    let rows = sql::fetch(conn, "SELECT coalesce(max(number), 0) FROM messages", []).await?;
    let last: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
    set_mark(conn, "worded", last.max(worded)).await?;
    Ok(0)
}

/// How many rows the index lacks.
pub(super) async fn missing(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let worded = mark(conn, "worded").await?;
    let rows = sql::fetch(conn, "SELECT count(*) FROM messages WHERE number > ?", [worded.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get(0)).map(sql::unsigned)
}

/// The text of a row changed: it is compared without the index from now on.
pub(super) async fn loosen(conn: &mut SqliteConnection, number: i64) -> Result<(), sqlx::Error> {
    sql::execute(conn, "INSERT OR IGNORE INTO loose (number) VALUES (?)", [number.into()]).await.map(|_| ())
}

/// Makes the index anew, so that nothing of what was taken out of the rows stays in it.
pub(super) async fn rebuild(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sql::execute(conn, "INSERT INTO words (words) VALUES ('delete-all')", []).await?;
    sql::execute(conn, "DELETE FROM loose", []).await?;
    set_mark(conn, "worded", 0).await?;
    index(conn).await.map(|_| ())
}
