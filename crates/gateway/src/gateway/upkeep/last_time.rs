//! The newest time that a run has seen, in the site file: the next start compares its clock with it.

use std::time::Duration;

use mail::envelope::TenantId;
use mail::timestamp::Timestamp;
use queue::jump::Kept;
use store::StoreError;
use store::site::Site;

/// Name of the note: the time and what is left of a doubt, in milliseconds.
const NOTE: &str = "last_time";

/// What the last run kept; none at the first start.
pub(super) async fn read(site: &Site) -> Result<Option<Kept>, StoreError> {
    Ok(site.note(TenantId::DEFAULT, NOTE).await?.and_then(|note| parse(&note)))
}

/// Keeps it for the next start.
pub(super) async fn keep(site: &Site, kept: Kept) {
    let note = format!("{} {}", kept.wall.unix_millis(), kept.doubt_left.as_millis());
    if let Err(error) = site.set_note(TenantId::DEFAULT, NOTE, &note).await {
        tracing::warn!(%error, "the time could not be kept: the next start compares its clock with an older one");
    }
}

fn parse(note: &str) -> Option<Kept> {
    let (wall, left) = note.split_once(' ')?;
    let wall = Timestamp::from_unix_millis(wall.parse().ok()?);
    Some(Kept { wall, doubt_left: Duration::from_millis(left.parse().ok()?) })
}
