//! What is done every hour: quarantine and journal give back what has had its time, and the time is kept for the next start.

mod last_time;

use std::sync::Arc;
use std::time::Duration;

use net::clock::Clock;
use pipeline::actions::QUARANTINE_TIME;
use queue::jump::Jumps;
use store::mails::Change;
use store::record::RecipientChange;
use store::record::mail::StateRecord;
use store::search::Purge;
use store::{Mails, StoreError};
use tokio::sync::watch;

use crate::data::Data;

/// Between two rounds.
const ROUND_TIME: Duration = Duration::from_secs(3600);
/// Journal of messages.
const JOURNAL_TIME: Duration = Duration::from_secs(90 * 24 * 3600);
/// Journal of refusals before the data.
const REFUSALS_TIME: Duration = Duration::from_secs(30 * 24 * 3600);
/// Tries to open mail with a password: longer than anything lies in quarantine.
const TRIES_TIME: Duration = Duration::from_secs(90 * 24 * 3600);
/// What delivered mail is found again by.
const FEATURES_TIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is not done by age while the clock is doubted, for the log.
const STOPS: &str = "expiry in quarantine, removal of the old journal";

/// Tells all who look at the clock what it showed when the last run ended. To be called before anybody looks.
pub(super) async fn resume(data: &Data, clock: &dyn Clock, jumps: &Jumps) -> Result<(), StoreError> {
    if let Some(kept) = last_time::read(&data.site).await? {
        jumps.resume(clock, kept);
    }
    Ok(())
}

/// Runs until `stop` says true.
pub(super) async fn run(data: Data, clock: Arc<dyn Clock>, jumps: Jumps, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        look(&data, clock.as_ref(), &jumps).await;
        tokio::select! {
            () = tokio::time::sleep(ROUND_TIME) => {}
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    jumps.look(clock.as_ref(), STOPS);
    last_time::keep(&data.site, jumps.kept()).await;
}

// By a clock that has just jumped everything could look old, and what is removed is gone for good.
async fn look(data: &Data, clock: &dyn Clock, jumps: &Jumps) {
    let trust = jumps.look(clock, STOPS);
    last_time::keep(&data.site, jumps.kept()).await;
    if trust.is_sound() {
        round(data, clock).await;
    }
}

async fn round(data: &Data, clock: &dyn Clock) {
    let now = clock.now();
    let purge = Purge {
        journal_before: now.minus(JOURNAL_TIME).unix_millis(),
        refusals_before: now.minus(REFUSALS_TIME).unix_millis(),
        features_before: now.minus(FEATURES_TIME).unix_millis(),
    };
    if let Err(error) = data.search.purge(purge).await {
        tracing::error!(%error, "old journal files could not be removed");
    }
    if let Err(error) = data.site.forget_tries(now.minus(TRIES_TIME).unix_millis()).await {
        tracing::error!(%error, "old tries of passwords could not be removed");
    }
    let before = now.minus(QUARANTINE_TIME).unix_millis();
    for tenant in data.mails.tenants() {
        for mail in data.mails.unfinished(tenant) {
            let expired = (0..u16::MAX).zip(&mail.recipients).filter(|(_, entry)| {
                matches!(entry.state, StateRecord::Quarantined { since } if since < before) //
            });
            let recipients: Vec<RecipientChange> = expired
                .map(|(at, _)| RecipientChange {
                    recipient: at,
                    state: StateRecord::Expired,
                    event: "expired".to_owned(),
                    peer: String::new(),
                    reply: "30 days in quarantine".to_owned(),
                    variant: None,
                })
                .collect();
            if recipients.is_empty() {
                continue;
            }
            let change = Change {
                recipients,
                expect: &["quarantined"],
                at: now.unix_millis(),
                by: String::new(),
                durable: false,
                judged: None,
            };
            if let Err(error) = data.mails.change(tenant, mail.id, change).await {
                tracing::error!(mail = %mail.id.reference(), %error, "an old quarantined mail could not be removed");
            }
        }
    }
}

#[cfg(test)]
mod tests;
