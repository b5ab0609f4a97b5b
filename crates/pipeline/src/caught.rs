//! A bug of ours in judging one message must cost nobody else anything: a panic is caught once around the message. It is
//! held and tried once more; the second time it lies in quarantine as unscannable.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use policy::decide::Attempt;

use crate::conclude::NoPolicy;
use crate::process::{Incoming, Processed, process};
use crate::stations::Stations;

/// Why a message was not processed.
#[derive(Debug, thiserror::Error)]
pub enum NotProcessed {
    /// Settings in force name a policy that is not there.
    #[error(transparent)]
    NoPolicy(#[from] NoPolicy),
    /// A panic.
    #[error("a bug of ours stopped the judging of this message")]
    Panicked,
}

/// [`process`], with panics caught.
///
/// # Errors
/// [`NotProcessed`].
pub async fn process_caught(
    incoming: Incoming,
    stations: &Stations,
    attempt: Attempt,
) -> Result<Processed, NotProcessed> {
    let mail = incoming.mail;
    // Nothing that `process` changes outlives it.
    match AssertUnwindSafe(process(incoming, stations, attempt)).catch_unwind().await {
        Ok(processed) => Ok(processed?),
        Err(_) => {
            metrics::counter!("postern_panics_total").increment(1);
            tracing::error!(mail = %mail.reference(), "a panic while a message was judged; it waits and is tried once more");
            Err(NotProcessed::Panicked)
        }
    }
}

/// What `work` brings; none if it panics.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).ok()
}
