//! The data folder, open: log, search files, site file. One process at a time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mail::envelope::TenantId;
use store::backends::embedded::{Embedded, OpenOptions};
use store::search::{Search, SearchOptions};
use store::site::Site;
use store::{Documents, StoreError};

use crate::control::protocol::Fault;
use crate::settings::Settings;

/// How long a folder that is in use is waited for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two tries.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// An open data folder.
#[derive(Clone)]
pub(crate) struct Data {
    /// The log and its index.
    pub(crate) mails: Arc<Embedded>,
    /// What people search.
    pub(crate) search: Arc<Search>,
    /// Documents and notes.
    pub(crate) site: Arc<Site>,
}

/// A folder that does not open: things of another user in it are the usual reason.
pub(crate) fn fault(error: StoreError, folder: &Path) -> Fault {
    let fault = Fault::from(error);
    let hint =
        if fault.hint.is_empty() { crate::privileges::hint_to_own(folder).unwrap_or_default() } else { fault.hint };
    Fault { hint, ..fault }
}

impl Data {
    /// Opens it, or makes it.
    /// Waits a little for a command that has it open just now.
    pub(crate) async fn open(folder: &Path) -> Result<Self, StoreError> {
        let mut waited = Duration::ZERO;
        loop {
            match Self::open_now(folder).await {
                Err(StoreError::Locked(_)) if waited < LOCK_TIMEOUT => {}
                opened => return opened,
            }
            tokio::time::sleep(LOCK_PAUSE).await;
            waited += LOCK_PAUSE;
        }
    }

    /// The same without waiting.
    pub(crate) async fn open_now(folder: &Path) -> Result<Self, StoreError> {
        // Half of the machine is there for others.
        let bodies_at_a_time = (crate::cores() / 2).max(1);
        let mails = Embedded::open(OpenOptions { bodies_at_a_time, ..OpenOptions::new(folder) }).await?;
        let search = Search::open(SearchOptions { folder: folder.to_owned() }, mails.feed()).await?;
        let site = Arc::new(Site::open(folder).await?);
        Ok(Self { mails, search, site })
    }

    /// Keeps what settings are made of, before anything is decided with them.
    pub(crate) async fn remember(&self, settings: &Settings) -> Result<(), StoreError> {
        for document in &settings.documents {
            let content = document.text.as_bytes();
            self.site.remember(TenantId::DEFAULT, document.kind, &document.name, content).await?;
        }
        Ok(())
    }

    /// Writes what waits and closes everything, in this order: search follows the log.
    pub(crate) async fn close(&self) {
        self.mails.close().await;
        self.search.close().await;
        self.site.close().await;
    }
}
