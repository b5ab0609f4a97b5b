//! The data folder, open: log, search files, site file. One process at a time.

use std::path::Path;
use std::sync::Arc;

use mail::envelope::TenantId;
use store::backends::embedded::{Embedded, OpenOptions};
use store::search::{Search, SearchOptions};
use store::site::Site;
use store::{Documents, StoreError};

use crate::settings::Settings;

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

impl Data {
    /// Opens it, or makes it.
    pub(crate) async fn open(folder: &Path) -> Result<Self, StoreError> {
        let mails = Embedded::open(OpenOptions::new(folder)).await?;
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
