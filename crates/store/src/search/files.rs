//! Which days have files, and when a file's name may change hands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use sqlx::SqliteConnection;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::day::Day;
use super::file::{self, Access, Trouble};
use crate::error::StoreError;

/// The search files of a data folder.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    journal: PathBuf,
    days: Mutex<BTreeSet<Day>>,
    /// Readers hold it while a connection is open; who removes or renames a file holds it alone. The last connection to
    /// close removes the write-ahead log by its name, which must not be that of a new file by then.
    names: RwLock<()>,
    generation: AtomicU64,
}

impl Files {
    /// Makes the folders and lists the days.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let journal = folder.join("journal");
        file::make_folder(&journal)?;
        let mut days = BTreeSet::new();
        for entry in std::fs::read_dir(&journal).map_err(|error| file::trouble(&journal, &error))? {
            let name = entry.map_err(|error| file::trouble(&journal, &error))?.file_name();
            days.extend(name.to_str().and_then(|name| name.strip_suffix(".db")).and_then(Day::named));
        }
        Ok(Self {
            folder: folder.to_owned(),
            journal,
            days: Mutex::new(days),
            names: RwLock::new(()),
            generation: AtomicU64::new(0),
        })
    }

    /// The file of a day.
    pub(super) fn path(&self, day: Day) -> PathBuf {
        self.journal.join(format!("{}.db", day.name()))
    }

    /// The quarantine list.
    pub(super) fn copies_path(&self) -> PathBuf {
        self.folder.join("quarantine.db")
    }

    /// Days that have a file.
    pub(super) fn newest_first(&self) -> Vec<Day> {
        self.days.lock().iter().rev().copied().collect()
    }

    /// A file was made.
    pub(super) fn add(&self, day: Day) {
        self.days.lock().insert(day);
    }

    /// A file is gone.
    pub(super) fn forget(&self, day: Day) {
        self.days.lock().remove(&day);
    }

    /// Counts the times that names changed hands.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Nobody reads while this is held.
    pub(super) async fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        let guard = self.names.write().await;
        self.generation.fetch_add(1, Ordering::AcqRel);
        guard
    }

    /// Reads a day's file; none if it was removed meanwhile.
    pub(super) async fn reading(&self, day: Day) -> Result<Option<Reading<'_>>, Trouble> {
        let steady = self.names.read().await;
        Ok(self.reader(day).await?.map(|conn| Reading { conn, steady }))
    }

    /// Reads the quarantine list.
    pub(super) async fn reading_copies(&self) -> Result<Reading<'_>, Trouble> {
        let steady = self.names.read().await;
        Ok(Reading { conn: file::open(&self.copies_path(), Access::Read, "").await?, steady })
    }

    /// Opens a day's file for reading; none if it was removed meanwhile or is only
    /// being made. Only for the writer, who alone changes names.
    pub(super) async fn reader(&self, day: Day) -> Result<Option<SqliteConnection>, Trouble> {
        let path = self.path(day);
        let mut conn = match file::open(&path, Access::Read, "").await {
            Err(_) if !path.exists() => return Ok(None),
            other => other?,
        };
        match file::is_made(&mut conn).await {
            Ok(true) => Ok(Some(conn)),
            Ok(false) => {
                file::close(conn).await;
                Ok(None)
            }
            Err(error) => {
                file::close(conn).await;
                Err(error.into())
            }
        }
    }
}

/// A connection for reading; the file keeps its name until the end.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) conn: SqliteConnection,
    steady: RwLockReadGuard<'a, ()>,
}

impl Reading<'_> {
    /// Closes the connection, then lets go of the name.
    pub(super) async fn end(self) {
        file::close(self.conn).await;
        drop(self.steady);
    }
}
