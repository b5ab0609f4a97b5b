//! Waiting for something that will happen, with a deadline instead of a guess.

use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(15);

/// Looks again and again until there is something.
///
/// # Panics
/// After `limit`, with what was waited for.
#[expect(clippy::panic, reason = "a test that waits in vain must stop")]
pub async fn until<T>(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = tokio::time::timeout(limit, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
    match found.await {
        Ok(found) => found,
        Err(_) => panic!("waited {limit:?} in vain for: {what}"),
    }
}

/// Looks until a condition holds.
///
/// # Panics
/// As [`until`].
pub async fn until_true(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> bool) {
    until(what, limit, async || look().await.then_some(())).await;
}
