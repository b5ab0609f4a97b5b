//! How many connections a server takes at a time (`Max-Connections`, RFC 3507 4.10.2); it may change its mind.

use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Connections where the server does not say. How many are used at all is decided where scanners are asked.
const CONNECTIONS_MAX: usize = 256;

pub(super) struct Room {
    places: Semaphore,
    count: Mutex<usize>,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { places: Semaphore::new(CONNECTIONS_MAX), count: Mutex::new(CONNECTIONS_MAX) }
    }

    /// The server takes so many. Places that are taken now are taken away the next time.
    pub(super) fn resize(&self, connections_max: Option<usize>) {
        let wanted = connections_max.unwrap_or(CONNECTIONS_MAX).clamp(1, CONNECTIONS_MAX);
        let mut count = self.count.lock();
        if wanted > *count {
            self.places.add_permits(wanted.saturating_sub(*count));
            *count = wanted;
        } else {
            let forgotten = self.places.forget_permits(count.saturating_sub(wanted));
            *count = count.saturating_sub(forgotten);
        }
    }

    /// Waits for a place. None only if nobody could ever get one, which does not happen.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        self.places.acquire().await.ok()
    }
}
