//! What people search, in SQLite: the journal, one file a UTC day, and the list of what lies in quarantine.
//!
//! All of it is made from the log. A task follows the log in batches; a crash at any place, a file that lost its last
//! commits or was set aside as damaged only means that records are read again, and applying one twice changes nothing. It
//! owns: `journal/YYYY-MM-DD.db`, `quarantine.db`. It does not own the log, nor the decision what may go and when.
//!
//! A message stands in the file of the day on which it was received (or refused), with all its later events. Refusals stand
//! beside the mail of their day, so that one list has both in order; those before the data go earlier ([`Purge`]).

mod apply;
mod copies;
mod day;
mod details;
mod features;
pub(crate) mod file;
mod files;
mod find;
mod fold;
mod list;
mod places;
mod retention;
mod schema;
mod show;
mod sql;
mod task;
mod words;
mod work;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

pub use self::retention::{Erasure, Purge, Purged};
pub(crate) use self::schema::weightiest_state;

use self::day::Day;
use self::file::Trouble;
use self::files::Files;
use self::show::Found;
use self::task::{Link, Progress};
use self::writer::Writer;
use crate::error::StoreError;
use crate::journal::{FeaturesRow, Journal, JournalRow, Page, Query, Trace};
use crate::log::feed::Feed;
use crate::quarantine::{Quarantine, QuarantineQuery, QuarantineRow};

/// Fewest characters of an id that [`Journal::show`] looks for.
const ID_CHARS_MIN: usize = 6;

/// How the search files are opened.
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// The data folder.
    pub folder: PathBuf,
}

/// The search files and the task that fills them.
#[derive(Debug)]
pub struct Search {
    files: Arc<Files>,
    feed: FeedHandle,
    link: Arc<Link>,
    task: Mutex<Option<JoinHandle<()>>>,
}

struct FeedHandle(Arc<dyn Feed>);

impl std::fmt::Debug for FeedHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Feed")
    }
}

impl Search {
    /// Opens the files, makes what is missing, and starts to follow the log. To be called within a runtime.
    pub async fn open(options: SearchOptions, feed: Arc<dyn Feed>) -> Result<Arc<Self>, StoreError> {
        let files = Arc::new(Files::open(&options.folder)?);
        let writer = Writer::open(Arc::clone(&files)).await?;
        let link = Arc::new(Link {
            writer: tokio::sync::Mutex::new(Some(writer)),
            progress: watch::Sender::new(Progress::default()),
            hurry: Notify::new(),
            stop: Notify::new(),
        });
        let task = tokio::spawn(task::run(Arc::clone(&link), Arc::clone(&feed)));
        Ok(Arc::new(Self { files, feed: FeedHandle(feed), link, task: Mutex::new(Some(task)) }))
    }

    /// Returns when nothing follows the log any more: at [`Search::close`], or after a bug of ours.
    pub async fn ended(&self) {
        // The sender lives as long as this does.
        _ = self.link.progress.subscribe().wait_for(|progress| progress.ended).await;
    }

    /// Writes what the log has, makes it durable and closes the files. Afterwards all calls say [`StoreError::Closed`].
    pub async fn close(&self) {
        self.link.stop.notify_one();
        let task = self.task.lock().take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(stage = "store", %error, "the task of the journal ended badly");
        }
    }

    /// Removes what is older than its time, in whole days.
    pub async fn purge(&self, purge: Purge) -> Result<Purged, StoreError> {
        let mut guard = self.link.writer.lock().await;
        retention::purge(guard.as_mut().ok_or(StoreError::Closed)?, purge).await
    }

    /// Takes what is personal out of all messages that an address sent or got; the rows stay, marked. Returns how many
    /// messages. Unfinished mail keeps its addresses in the log until it is finished.
    pub async fn erase(&self, tenant: TenantId, erasure: Erasure) -> Result<u64, StoreError> {
        self.settled().await?;
        let mut guard = self.link.writer.lock().await;
        retention::erase(guard.as_mut().ok_or(StoreError::Closed)?, tenant.0, &erasure).await
    }

    async fn settled(&self) -> Result<(), StoreError> {
        let target = self.feed.0.last_sequence();
        let mut progress = self.link.progress.subscribe();
        let failures = progress.borrow().failures;
        self.link.hurry.notify_one();
        let state = progress.wait_for(|p| p.position >= target || p.failures > failures || p.ended).await;
        let state = state.map_err(|_| StoreError::Closed)?;
        match &state.trouble {
            _ if state.position >= target => Ok(()),
            Some(trouble) if state.failures > failures => Err(trouble.clone()),
            _ => Err(StoreError::Closed),
        }
    }

    fn is_open(&self) -> Result<(), StoreError> {
        if self.link.progress.borrow().ended { Err(StoreError::Closed) } else { Ok(()) }
    }

    /// What a read of one day's file gave; nothing if the file is damaged: it is set aside, unless that was done meanwhile.
    async fn unless_damaged<T: Default>(
        &self,
        (day, generation): (Day, u64),
        outcome: Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        match outcome {
            Ok(value) => Ok(value),
            Err(Trouble::Other(error)) => Err(error),
            Err(Trouble::Damaged(why)) => {
                let mut guard = self.link.writer.lock().await;
                let writer = guard.as_mut().ok_or(StoreError::Closed)?;
                if self.files.generation() == generation {
                    writer.set_day_aside(day, &why).await?;
                    self.link.goes_back_to(writer.position());
                }
                Ok(T::default())
            }
        }
    }

    async fn find(&self, tenant: TenantId, query: Query) -> Result<Page<JournalRow>, StoreError> {
        self.is_open()?;
        let wanted = find::Wanted::of(tenant.0, &query)?;
        let limit = find::page_rows(query.limit);
        let mut rows = Vec::new();
        for day in self.files.newest_first().into_iter().filter(|day| wanted.may_be_of(*day)) {
            // One more than the page holds tells whether there is another page.
            let left = limit.saturating_add(1).saturating_sub(rows.len());
            if left == 0 {
                break;
            }
            let generation = self.files.generation();
            let outcome = self.rows_of(day, &wanted, left).await;
            rows.extend(self.unless_damaged((day, generation), outcome).await?);
        }
        Ok(list::cut(rows, limit))
    }

    async fn rows_of(
        &self,
        day: Day,
        wanted: &find::Wanted,
        limit: usize,
    ) -> Result<Vec<(find::Token, JournalRow)>, Trouble> {
        let Some(mut reading) = self.files.reading(day).await? else { return Ok(Vec::new()) };
        let rows = wanted.rows(&mut reading.conn, limit).await;
        reading.end().await;
        rows
    }

    async fn features_page(
        &self,
        tenant: TenantId,
        since: i64,
        after: Option<String>,
    ) -> Result<Page<FeaturesRow>, StoreError> {
        self.is_open()?;
        let after = after.as_deref().map(find::Token::parse).transpose()?;
        let mut rows = Vec::new();
        let may_be_of = |day: &Day| day.end() > since && after.is_none_or(|token| day.start() <= token.at);
        for day in self.files.newest_first().into_iter().filter(may_be_of) {
            let left = features::PAGE_MESSAGES.saturating_add(1).saturating_sub(rows.len());
            if left == 0 {
                break;
            }
            let generation = self.files.generation();
            let outcome = self.features_of(day, tenant, (since, after), left).await;
            rows.extend(self.unless_damaged((day, generation), outcome).await?);
        }
        Ok(list::cut(rows, features::PAGE_MESSAGES))
    }

    async fn features_of(
        &self,
        day: Day,
        tenant: TenantId,
        range: (i64, Option<find::Token>),
        limit: usize,
    ) -> Result<Vec<(find::Token, FeaturesRow)>, Trouble> {
        let Some(mut reading) = self.files.reading(day).await? else { return Ok(Vec::new()) };
        let rows = features::rows(&mut reading.conn, tenant.0, range, limit).await;
        reading.end().await;
        rows
    }

    async fn trace(&self, tenant: TenantId, id: &str) -> Result<Option<Trace>, StoreError> {
        self.is_open()?;
        let id = id.trim().to_ascii_lowercase();
        let Some(range) = find::id_range(&id).filter(|_| id.len() >= ID_CHARS_MIN) else { return Ok(None) };
        let mut found = None;
        for day in self.files.newest_first() {
            let generation = self.files.generation();
            let outcome = self.trace_of(day, tenant, &range).await;
            match self.unless_damaged((day, generation), outcome).await? {
                Found::None => {}
                Found::One(trace) if found.is_none() => found = Some(*trace),
                Found::One(_) | Found::Many => {
                    return Err(StoreError::Ambiguous(id));
                }
            }
            if found.is_some() && range.0 == range.1 {
                break;
            }
        }
        Ok(found)
    }

    async fn trace_of(&self, day: Day, tenant: TenantId, range: &(String, String)) -> Result<Found, Trouble> {
        let Some(mut reading) = self.files.reading(day).await? else { return Ok(Found::None) };
        let found = show::show(&mut reading.conn, tenant.0, range).await;
        reading.end().await;
        found
    }

    async fn copies(&self, tenant: TenantId, query: QuarantineQuery) -> Result<Page<QuarantineRow>, StoreError> {
        self.is_open()?;
        let generation = self.files.generation();
        match self.copies_once(tenant, &query).await {
            Err(Trouble::Damaged(why)) => {
                let mut guard = self.link.writer.lock().await;
                let writer = guard.as_mut().ok_or(StoreError::Closed)?;
                if self.files.generation() == generation {
                    writer.set_copies_aside(&why).await?;
                    self.link.goes_back_to(writer.position());
                }
            }
            other => return Ok(other?),
        }
        Ok(self.copies_once(tenant, &query).await?)
    }

    async fn copies_once(&self, tenant: TenantId, query: &QuarantineQuery) -> Result<Page<QuarantineRow>, Trouble> {
        let mut reading = self.files.reading_copies().await?;
        let page = list::page(&mut reading.conn, tenant.0, query).await;
        reading.end().await;
        page
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().take() {
            task.abort();
        }
    }
}

impl Journal for Search {
    fn search(&self, tenant: TenantId, query: Query) -> BoxFuture<'_, Result<Page<JournalRow>, StoreError>> {
        self.find(tenant, query).boxed()
    }

    fn show(&self, tenant: TenantId, id: &str) -> BoxFuture<'_, Result<Option<Trace>, StoreError>> {
        let id = id.to_owned();
        async move { self.trace(tenant, &id).await }.boxed()
    }

    fn features(
        &self,
        tenant: TenantId,
        since: i64,
        after: Option<String>,
    ) -> BoxFuture<'_, Result<Page<FeaturesRow>, StoreError>> {
        self.features_page(tenant, since, after).boxed()
    }

    fn settle(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.settled().boxed()
    }
}

impl Quarantine for Search {
    fn list(&self, tenant: TenantId, query: QuarantineQuery) -> BoxFuture<'_, Result<Page<QuarantineRow>, StoreError>> {
        self.copies(tenant, query).boxed()
    }
}
