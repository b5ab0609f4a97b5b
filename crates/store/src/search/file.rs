//! One SQLite file: opening, marks, syncing, and what to do with a damaged one.
//!
//! Commits are not flushed one by one (`synchronous = NORMAL`): the log has everything until [`sync`] made a file durable,
//! and a file that fell back to an earlier commit is caught up from its own cursor.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};

use super::sql::{self, Value};
use crate::error::StoreError;

/// How long a statement waits for another connection of ours.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pages of the write-ahead log before SQLite moves them into the file by itself (16 MiB).
const CHECKPOINT_PAGES: &str = "4096";
/// Page cache of a writing connection, in KiB (SQLite counts them negative).
const WRITER_CACHE_KIB: &str = "-4096";
/// Primary result codes (sqlite.org/rescode.html).
const SQLITE_CORRUPT: i64 = 11;
const SQLITE_FULL: i64 = 13;
const SQLITE_NOTADB: i64 = 26;

/// Why a file could not be used.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Its content is not what SQLite or we wrote: it is set aside.
    Damaged(String),
    /// Anything else.
    Other(StoreError),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => database.code().and_then(|c| c.parse::<i64>().ok()),
            _ => None,
        };
        // Extended codes carry the primary one in their low byte.
        match code.map(|c| c & 0xff) {
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => Self::Damaged(error.to_string()),
            Some(SQLITE_FULL) => Self::Other(StoreError::Full),
            _ => Self::Other(StoreError::Search(error.to_string())),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Other(error)
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Damaged(why) => Self::Corrupt { what: "a search file".into(), why },
            Trouble::Other(error) => error,
        }
    }
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Made if absent; commits are durable only after [`sync`].
    Write,
    /// Made if absent; every commit is durable.
    WriteDurable,
    /// Must exist; changes nothing.
    Read,
}

/// Opens a file; `schema` is run where it may be written.
pub(crate) async fn open(path: &Path, access: Access, schema: &'static str) -> Result<SqliteConnection, Trouble> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(access != Access::Read)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(false)
        .disable_statement_logging();
    let options = match access {
        // Not `read_only`: a reader may be the first to meet the write-ahead log of a crash.
        Access::Read => options.pragma("query_only", "ON"),
        Access::Write => options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal),
        Access::WriteDurable => options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full),
    };
    if access == Access::Read {
        return Ok(options.connect().await?);
    }
    let options = options.pragma("wal_autocheckpoint", CHECKPOINT_PAGES).pragma("cache_size", WRITER_CACHE_KIB);
    let mut conn = options.connect().await?;
    // In one transaction, which ends with the connection if the caller goes away: a file has all its tables or none.
    conn.execute("BEGIN IMMEDIATE").await?;
    conn.execute(schema).await?;
    conn.execute("PRAGMA user_version = 1; COMMIT").await?;
    Ok(conn)
}

/// The tables are made.
pub(super) async fn is_made(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let rows = sql::fetch(conn, "PRAGMA user_version", []).await?;
    let version: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
    Ok(version > 0)
}

/// The number kept under `name` in the table `meta`; 0 when there is none.
pub(super) async fn mark(conn: &mut SqliteConnection, name: &str) -> Result<i64, sqlx::Error> {
    let rows = sql::fetch(conn, "SELECT value FROM meta WHERE name = ?", [name.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get(0))
}

/// Keeps a number under `name`.
pub(super) async fn set_mark(conn: &mut SqliteConnection, name: &str, value: i64) -> Result<(), sqlx::Error> {
    let values = [Value::from(name), Value::from(value)];
    sql::execute(conn, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", values).await?;
    Ok(())
}

/// Makes every commit so far durable. A commit under `synchronous = FULL` flushes the whole write-ahead log, whoever reads
/// at the moment; a checkpoint would have to wait for readers.
pub(super) async fn sync(conn: &mut SqliteConnection, cursor: u64) -> Result<(), sqlx::Error> {
    sql::execute(conn, "PRAGMA synchronous = FULL", []).await?;
    let marked = set_mark(conn, "synced", sql::signed(cursor)).await;
    sql::execute(conn, "PRAGMA synchronous = NORMAL", []).await?;
    marked
}

/// Moves the write-ahead log into the file and empties it, as far as readers let it.
pub(super) async fn checkpoint(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sql::fetch(conn, "PRAGMA wal_checkpoint(TRUNCATE)", []).await.map(|_| ())
}

/// Closes a connection; the last one removes the write-ahead log.
pub(crate) async fn close(conn: SqliteConnection) {
    if let Err(error) = conn.close().await {
        tracing::warn!(stage = "store", %error, "closing a search file failed");
    }
}

/// Names of a file and its companions.
fn family(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

/// Removes a file and its companions. No connection may be open.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    for member in family(path) {
        match std::fs::remove_file(&member) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(trouble(&member, &error)),
            _ => {}
        }
    }
    Ok(())
}

/// Renames a damaged file to `NAME.corrupt` (`NAME.corrupt.2` ... if there is one already), for whoever wants to look at it,
/// and raises the alarm. No connection may be open.
pub(super) fn set_aside(path: &Path, why: &str) -> Result<PathBuf, StoreError> {
    let mut target = path.with_extension("db.corrupt");
    let mut count = 1_u32;
    while target.exists() {
        count = count.saturating_add(1);
        target = path.with_extension(format!("db.corrupt.{count}"));
    }
    for (from, to) in family(path).iter().zip(family(&target)) {
        match std::fs::rename(from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(trouble(from, &error)),
            _ => {}
        }
    }
    metrics::counter!("postern_store_damaged_files_total").increment(1);
    tracing::error!(stage = "store", file = %path.display(), kept_as = %target.display(), why, "a search file is damaged");
    Ok(target)
}

/// Makes a folder readable by its owner alone.
pub(crate) fn make_folder(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| trouble(path, &error))
}

/// An error of the file system in our words.
pub(super) fn trouble(path: &Path, error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Search(format!("{}: {error}", path.display())),
    }
}
