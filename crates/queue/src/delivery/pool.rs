//! Connections that are still open after a delivery, for the next one to the same address.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use net::clock::Clock;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::connection::Connection;

/// An idle connection is kept this long.
const IDLE_TIME: Duration = Duration::from_secs(2);
/// Between two sweeps.
const SWEEP_TIME: Duration = Duration::from_millis(500);
/// Idle connections of one address.
const IDLE_PER_ADDRESS_MAX: usize = 20;

pub(super) struct Pool {
    clock: Arc<dyn Clock>,
    idle: Mutex<HashMap<SocketAddr, Vec<(Duration, Connection)>>>,
}

impl Pool {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, idle: Mutex::new(HashMap::new()) }
    }

    /// The connection that was used last.
    pub(super) fn take(&self, address: SocketAddr) -> Option<Connection> {
        let mut idle = self.idle.lock();
        let connections = idle.get_mut(&address)?;
        let (since, connection) = connections.pop()?;
        // An older one has probably been closed by the server, too.
        if self.clock.monotonic().saturating_sub(since) > IDLE_TIME {
            return None;
        }
        Some(connection)
    }

    pub(super) fn keep(&self, address: SocketAddr, connection: Connection) {
        let mut idle = self.idle.lock();
        let connections = idle.entry(address).or_default();
        if connections.len() < IDLE_PER_ADDRESS_MAX {
            connections.push((self.clock.monotonic(), connection));
        }
    }

    /// Ends what is idle for too long, and everything at the end.
    pub(super) async fn sweep(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(SWEEP_TIME) => self.end_idle(IDLE_TIME).await,
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        self.end_idle(Duration::ZERO).await;
    }

    async fn end_idle(&self, longer_than: Duration) {
        let now = self.clock.monotonic();
        let mut ended = Vec::new();
        self.idle.lock().retain(|_, connections| {
            let old = connections.iter().take_while(|(since, _)| now.saturating_sub(*since) >= longer_than).count();
            ended.extend(connections.drain(..old).map(|(_, connection)| connection));
            !connections.is_empty()
        });
        futures_util::future::join_all(ended.into_iter().map(Connection::quit)).await;
    }
}
