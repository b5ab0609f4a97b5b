//! A stop without warning: what was on its way then may have arrived without our knowing, and goes out once more. Nothing can be
//! done about that (RFC 1047); it is counted and said.

use mail::envelope::TenantId;
use net::clock::Clock;
use store::record::mail::StateRecord;
use store::{Mails, StoreError};

use crate::data::Data;
use crate::gateway::DELIVERIES_MAX;

/// Name of the note, and its two values.
const NOTE: &str = "running";
const RUNNING: &str = "yes";
const ENDED: &str = "no";

/// Looks how the last run ended and notes that this one has begun.
pub(super) async fn begin(data: &Data, clock: &dyn Clock) -> Result<(), StoreError> {
    if data.site.note(TenantId::DEFAULT, NOTE).await?.as_deref() == Some(RUNNING) {
        let copies = on_their_way(data, clock.now().unix_millis());
        tracing::warn!(
            event = "unclean_stop",
            copies,
            "the last run ended without warning: copies that were on their way may arrive a second time"
        );
        let copies = u64::try_from(copies).unwrap_or(u64::MAX);
        metrics::counter!("postern_deliveries_maybe_repeated_total", "why" => "unclean_stop").increment(copies);
    }
    data.site.set_note(TenantId::DEFAULT, NOTE, RUNNING).await
}

/// Notes that nothing is on its way any more.
pub(super) async fn end(data: &Data) {
    if let Err(error) = data.site.set_note(TenantId::DEFAULT, NOTE, ENDED).await {
        tracing::warn!(%error, "the next start will take this stop for one without warning");
    }
}

// Copies whose time had come, at most as many as go out at a time.
fn on_their_way(data: &Data, now: i64) -> usize {
    let mails = data.mails.tenants().into_iter().flat_map(|tenant| data.mails.unfinished(tenant));
    let copies = mails.map(|mail| {
        let is_due =
            |state: &StateRecord| matches!(state, StateRecord::Queued { next_attempt, .. } if *next_attempt <= now);
        mail.recipients.iter().filter(|recipient| is_due(&recipient.state)).count()
    });
    copies.sum::<usize>().min(DELIVERIES_MAX)
}
