//! Destinations that an operator stopped, kept in the site file so that a restart does not start them again.

use std::sync::Arc;

use mail::envelope::TenantId;
use queue::paused::Paused;
use store::StoreError;
use store::site::Site;

/// Name of the note.
const NOTE: &str = "paused_destinations";

/// The set in force and where it is kept.
pub(crate) struct KeptPaused {
    site: Arc<Site>,
    in_force: Arc<Paused>,
}

impl KeptPaused {
    /// Reads what was kept.
    pub(crate) async fn load(site: Arc<Site>) -> Result<Arc<Self>, StoreError> {
        let kept = site.note(TenantId::DEFAULT, NOTE).await?.unwrap_or_default();
        let in_force = Arc::new(Paused::new(kept.lines().map(str::to_owned)));
        Ok(Arc::new(Self { site, in_force }))
    }

    /// For the queue.
    pub(crate) fn in_force(&self) -> &Arc<Paused> {
        &self.in_force
    }

    /// Stops a destination or goes on with it; the whole set afterwards.
    pub(crate) async fn set(&self, destination: &str, pause: bool) -> Result<Vec<String>, StoreError> {
        let set = self.in_force.with(destination, pause);
        self.site.set_note(TenantId::DEFAULT, NOTE, &set.join("\n")).await?;
        self.in_force.replace(&set);
        Ok(set)
    }
}
