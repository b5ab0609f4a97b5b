//! `site.db`: what is nowhere else. Settings documents now, later keys and history; every commit is flushed before the call
//! returns, and a damaged file is an error, not something to go on without.

mod documents;
mod notes;
pub mod tries;

use std::path::Path;

use sqlx::SqliteConnection;
use tokio::sync::Mutex;

use crate::error::StoreError;
use crate::search::file::{self, Access, Trouble};

/// Tables.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS documents (
    tenant INTEGER NOT NULL,
    hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT;
CREATE TABLE IF NOT EXISTS notes (
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT;
CREATE TABLE IF NOT EXISTS password_tries (
    tenant INTEGER NOT NULL,
    mail TEXT NOT NULL,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant, mail)
) STRICT;
";

/// The open file.
#[derive(Debug)]
pub struct Site {
    conn: Mutex<Option<SqliteConnection>>,
}

impl Site {
    /// Opens `site.db` in the data folder, or makes it.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        file::make_folder(folder)?;
        let path = folder.join("site.db");
        let conn = file::open(&path, Access::WriteDurable, SCHEMA).await.map_err(|trouble| match trouble {
            Trouble::Damaged(why) => StoreError::Corrupt { what: path.display().to_string(), why },
            Trouble::Other(error) => error,
        })?;
        Ok(Self { conn: Mutex::new(Some(conn)) })
    }

    /// Closes the file; afterwards all calls say [`StoreError::Closed`].
    pub async fn close(&self) {
        if let Some(conn) = self.conn.lock().await.take() {
            file::close(conn).await;
        }
    }
}
