//! Large bodies for asynchronous callers: each read and write of the disk happens on a thread for blocking work.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::turns::BodyTurns;
use crate::bodies::BodyWriter;
use crate::disk::{DiskFile, is_full};
use crate::error::StoreError;
use crate::log::Log;
use crate::mails::{BodyFile, SpoolWriter, SpooledBody};

/// Runs something that waits for the disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(StoreError::Closed))
}

/// A body on its way. Without a writer an earlier call failed or was given up.
pub(super) struct Spool {
    pub(super) log: Arc<Log>,
    pub(super) turns: BodyTurns,
    pub(super) writer: Option<BodyWriter>,
}

impl SpoolWriter for Spool {
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let mut writer = self.writer.take().ok_or(StoreError::Closed)?;
            if writer.take(chunk) {
                let log = Arc::clone(&self.log);
                let turn = self.turns.piece().await?;
                writer = blocking(move || {
                    let _turn = turn;
                    writer.flush().map_err(|error| trouble(&log, "writing a body", &error))?;
                    Ok(writer)
                })
                .await?;
            }
            self.writer = Some(writer);
            Ok(())
        }
        .boxed()
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<SpooledBody, StoreError>> {
        async move {
            let Self { log, turns, writer } = *self;
            let mut writer = writer.ok_or(StoreError::Closed)?;
            let turn = turns.piece().await?;
            let (log, writer) = blocking(move || {
                let _turn = turn;
                writer.flush().map_err(|error| trouble(&log, "writing a body", &error))?;
                Ok((log, writer))
            })
            .await?;
            let turn = turns.flush(writer.length()).await?;
            blocking(move || {
                let _turn = turn;
                writer.finish().map_err(|error| trouble(&log, "flushing a body", &error))
            })
            .await
        }
        .boxed()
    }
}

/// No space passes; any other failure of a write closes the log, for the same disk lies under both.
pub(super) fn trouble(log: &Log, what: &str, error: &io::Error) -> StoreError {
    if is_full(error) { StoreError::Full } else { log.core.fail(what, error) }
}

/// A body of a file whose checksum was right when it was opened.
pub(super) struct StoredBody {
    pub(super) file: Arc<dyn DiskFile>,
    pub(super) length: u64,
}

impl std::fmt::Debug for StoredBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredBody").field("length", &self.length).finish_non_exhaustive()
    }
}

impl BodyFile for StoredBody {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: usize) -> BoxFuture<'_, Result<Bytes, StoreError>> {
        let file = Arc::clone(&self.file);
        let rest = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let work = move || {
            let mut bytes = vec![0; length.min(rest)];
            let read = file.read_at(offset, &mut bytes).map_err(|error| unreadable("a body", &error))?;
            bytes.truncate(read);
            Ok(bytes.into())
        };
        blocking(work).boxed()
    }
}

/// The disk would not read: this says nothing of writing, and the mail stays where it is.
pub(super) fn unreadable(what: &str, error: &io::Error) -> StoreError {
    StoreError::Corrupt { what: what.to_owned(), why: format!("the disk does not read it: {error}") }
}
