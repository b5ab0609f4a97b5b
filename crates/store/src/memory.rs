//! One budget for everything in memory that holds message bytes. What does not fit waits, goes to disk, or is held until there is
//! room; nothing is ever refused or killed for it.
//!
//! It has lanes, since who waits for room takes what becomes free meanwhile: a message of 50 MB would else stop all small ones
//! for as long as it waits, and a slow next hop would stop judging. Of the lanes of messages one client has a share: what it sends
//! may take long to judge, and keep its room as long.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::INLINE_BODY_BYTES_MAX;

/// Unit of the budget, bytes.
const UNIT_BYTES: u64 = 4096;
/// Default size, bytes.
pub const BUDGET_BYTES_USUAL: u64 = 256 * 1024 * 1024;
/// Share of the control group's limit that the default takes at most, percent.
const GROUP_SHARE_PERCENT: u64 = 40;

/// What is larger than this is for the lane of large messages, bytes: all copies of a body that lies in the log.
const SMALL_BYTES_MAX: u64 = 4 * INLINE_BODY_BYTES_MAX;

/// What of a lane one client has at most, in quarters: for bodies that arrive or wait for delivery, and for judging.
const ARRIVING_QUARTERS: u32 = 1;
const JUDGING_SMALL_QUARTERS: u32 = 2;
const JUDGING_LARGE_QUARTERS: u32 = 3;
/// Clients that are remembered before those without room are looked for and forgotten.
const CLIENTS_KEPT_MAX: usize = 1024;

/// Bytes of memory for messages, shared by all sessions: a half for large messages, a quarter for small ones, a quarter for
/// deliveries that are read from disk again.
#[derive(Clone, Debug)]
pub struct Memory {
    small: SharedLane,
    large: SharedLane,
    deliveries: Lane,
    /// Whose share is taken from; none: our own work.
    client: Option<u64>,
}

/// By client and use.
type Shares = HashMap<(u64, Use), Weak<Semaphore>>;

/// What room is for. Bodies that arrive must not take the room in which they are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Use {
    Arriving,
    Judging,
}

#[derive(Clone, Debug)]
struct Lane {
    units: Arc<Semaphore>,
    total: u32,
}

/// A lane of which each client has a share.
#[derive(Clone, Debug)]
struct SharedLane {
    lane: Lane,
    judging_quarters: u32,
    /// What is left of the shares of each client.
    shares: Arc<Mutex<Shares>>,
}

/// A part of the budget; it goes back when this is dropped.
#[derive(Debug)]
pub struct Reserved {
    permits: Vec<OwnedSemaphorePermit>,
    bytes: u64,
}

impl Memory {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let quarter = units(bytes) / 4;
        let large = units(bytes).saturating_sub(quarter.saturating_mul(2));
        let small = SharedLane::new(quarter, JUDGING_SMALL_QUARTERS);
        let large = SharedLane::new(large, JUDGING_LARGE_QUARTERS);
        Self { small, large, deliveries: Lane::new(quarter), client: None }
    }

    /// The same budget for messages of one client, of which it has a share. Clients have numbers; those that share turns have one.
    #[must_use]
    pub fn of_client(&self, number: u64) -> Self {
        Self { client: Some(number), ..self.clone() }
    }

    /// The default: 256 MiB or 40 % of the control group's limit, whichever is smaller.
    #[must_use]
    pub fn usual_bytes() -> u64 {
        group_limit().map_or(BUDGET_BYTES_USUAL, |limit| (limit / 100 * GROUP_SHARE_PERCENT).min(BUDGET_BYTES_USUAL))
    }

    /// Takes `bytes` for a body that arrives, if they are free now.
    #[must_use]
    pub fn try_reserve(&self, bytes: u64) -> Option<Reserved> {
        self.lane(bytes).try_reserve(bytes, self.client)
    }

    /// Takes `bytes` for judging, waiting up to `patience` for them. A message larger than its whole lane, or the whole share of
    /// its client, gets all of that.
    pub async fn reserve(&self, bytes: u64, patience: Duration) -> Option<Reserved> {
        self.lane(bytes).reserve(bytes, self.client, patience).await
    }

    /// Takes `bytes` for a delivery, likewise.
    pub async fn reserve_to_deliver(&self, bytes: u64, patience: Duration) -> Option<Reserved> {
        let taken = async {
            let permits = vec![self.deliveries.take(units(bytes)).await?];
            Some(Reserved { permits, bytes })
        };
        tokio::time::timeout(patience, taken).await.ok()?
    }

    /// Half of the room of small messages is free: what was judged may stay in memory until it is delivered.
    #[must_use]
    pub fn is_roomy(&self) -> bool {
        self.small.lane.free().saturating_mul(2) >= u64::from(self.small.lane.total)
    }

    /// Bytes that are free now, all lanes together.
    #[must_use]
    pub fn free_bytes(&self) -> u64 {
        let lanes = [&self.small.lane, &self.large.lane, &self.deliveries];
        lanes.map(Lane::free).iter().sum::<u64>().saturating_mul(UNIT_BYTES)
    }

    const fn lane(&self, bytes: u64) -> &SharedLane {
        if bytes <= SMALL_BYTES_MAX { &self.small } else { &self.large }
    }
}

impl Lane {
    fn new(total: u32) -> Self {
        let total = total.max(1);
        Self { units: Arc::new(Semaphore::new(usize::try_from(total).unwrap_or(usize::MAX))), total }
    }

    async fn take(&self, units: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.units).acquire_many_owned(units.min(self.total)).await.ok()
    }

    fn try_take(&self, units: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.units).try_acquire_many_owned(units.min(self.total)).ok()
    }

    fn free(&self) -> u64 {
        u64::try_from(self.units.available_permits()).unwrap_or(0)
    }
}

impl SharedLane {
    fn new(total: u32, judging_quarters: u32) -> Self {
        Self { lane: Lane::new(total), judging_quarters, shares: Arc::default() }
    }

    fn try_reserve(&self, bytes: u64, client: Option<u64>) -> Option<Reserved> {
        let mut wanted = units(bytes);
        let mut permits = Vec::new();
        if let Some(client) = client {
            wanted = wanted.min(self.share(Use::Arriving));
            permits.push(self.share_of(client, Use::Arriving).try_acquire_many_owned(wanted).ok()?);
        }
        permits.push(self.lane.try_take(wanted)?);
        Some(Reserved { permits, bytes })
    }

    async fn reserve(&self, bytes: u64, client: Option<u64>, patience: Duration) -> Option<Reserved> {
        let taken = async {
            let mut wanted = units(bytes);
            let mut permits = Vec::new();
            // First its own: where its share is used up it waits without being in anybody's way.
            if let Some(client) = client {
                wanted = wanted.min(self.share(Use::Judging));
                permits.push(self.share_of(client, Use::Judging).acquire_many_owned(wanted).await.ok()?);
            }
            permits.push(self.lane.take(wanted).await?);
            Some(Reserved { permits, bytes })
        };
        tokio::time::timeout(patience, taken).await.ok()?
    }

    fn share_of(&self, client: u64, used: Use) -> Arc<Semaphore> {
        let mut shares = self.shares.lock();
        if let Some(known) = shares.get(&(client, used)).and_then(Weak::upgrade) {
            return known;
        }
        if shares.len() >= CLIENTS_KEPT_MAX {
            shares.retain(|_, share| share.strong_count() > 0);
        }
        let share = Arc::new(Semaphore::new(usize::try_from(self.share(used)).unwrap_or(usize::MAX)));
        shares.insert((client, used), Arc::downgrade(&share));
        share
    }

    /// Units that one client has at most.
    fn share(&self, used: Use) -> u32 {
        let quarters = match used {
            Use::Arriving => ARRIVING_QUARTERS,
            Use::Judging => self.judging_quarters,
        };
        (self.lane.total.saturating_mul(quarters) / 4).max(1)
    }
}

impl Reserved {
    /// Nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self { permits: Vec::new(), bytes: 0 }
    }

    /// Bytes that are held.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ties it to the bytes that it was taken for: it goes back with the last slice of them, wherever that lies. A session
    /// that gives up waiting leaves its message behind in the queue of a worker.
    #[must_use]
    pub fn tie_to(self, bytes: Bytes) -> Bytes {
        Bytes::from_owner(Tied { bytes, _room: self })
    }

    /// Holds what `other` held, too.
    pub fn join(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.permits.extend(other.permits);
    }
}

struct Tied {
    bytes: Bytes,
    _room: Reserved,
}

impl AsRef<[u8]> for Tied {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

// The control group of this process, version 2 or 1; `max` and the huge number of version 1 mean none.
fn group_limit() -> Option<u64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let mut least: Option<u64> = None;
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        let file = match controllers {
            "" => format!("/sys/fs/cgroup{path}/memory.max"),
            names if names.split(',').any(|name| name == "memory") => {
                format!("/sys/fs/cgroup/memory{path}/memory.limit_in_bytes")
            }
            _ => continue,
        };
        let limit = std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse::<u64>().ok());
        least = [least, limit.filter(|limit| *limit < u64::MAX / 4)].into_iter().flatten().min();
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_for_what_goes() {
        let memory = Memory::new(40 * UNIT_BYTES);
        let first = memory.try_reserve(8 * UNIT_BYTES).unwrap();
        assert!(memory.try_reserve(3 * UNIT_BYTES).is_none() && !memory.is_roomy());
        assert!(memory.reserve(3 * UNIT_BYTES, Duration::from_millis(1)).await.is_none());
        let waiting = {
            let memory = memory.clone();
            tokio::spawn(async move { memory.reserve(3 * UNIT_BYTES, Duration::from_secs(5)).await })
        };
        drop(first);
        assert!(waiting.await.unwrap().is_some());
        assert!(memory.free_bytes() == 40 * UNIT_BYTES && memory.is_roomy());
    }

    #[tokio::test]
    async fn one_message_larger_than_all_gets_its_lane() {
        let memory = Memory::new(4 * UNIT_BYTES);
        let mut held = memory.try_reserve(SMALL_BYTES_MAX + 1).unwrap();
        held.join(Reserved::none());
        assert_eq!(memory.free_bytes(), 2 * UNIT_BYTES);
        drop(held);
        assert_eq!(memory.free_bytes(), 4 * UNIT_BYTES);
    }

    #[tokio::test]
    async fn large_ones_and_deliveries_stop_no_small_one() {
        let memory = Memory::new(256 << 20);
        let _judged = memory.try_reserve(200 << 20).unwrap();
        let waiting = {
            let memory = memory.clone();
            tokio::spawn(async move { memory.reserve(200 << 20, Duration::from_secs(20)).await })
        };
        tokio::task::yield_now().await;
        let mut going_out = Vec::new();
        while let Some(one) = memory.reserve_to_deliver(1 << 20, Duration::ZERO).await {
            going_out.push(one);
        }
        assert_eq!(going_out.len(), 64, "a quarter of the budget");
        assert!(memory.reserve(4 * 1024, Duration::ZERO).await.is_some(), "a small message waits for large ones");
        waiting.abort();
    }

    #[tokio::test]
    async fn one_client_leaves_room_for_others() {
        let memory = Memory::new(256 << 20);
        let (hostile, good) = (memory.of_client(1), memory.of_client(2));
        let mut held = Vec::new();
        for bytes in [200 << 20, 60 << 20, 2 << 20] {
            while let Some(one) = hostile.reserve(bytes, Duration::ZERO).await {
                held.push(one);
            }
            let waiting = {
                let hostile = hostile.clone();
                tokio::spawn(async move { hostile.reserve(bytes, Duration::from_secs(20)).await })
            };
            tokio::task::yield_now().await;
            let room = good.reserve(bytes.min(20 << 20), Duration::ZERO).await;
            assert!(room.is_some(), "{bytes}: it waits for somebody else's messages");
            waiting.abort();
            held.clear();
        }
        assert_eq!(memory.free_bytes(), 256 << 20);
    }

    #[tokio::test]
    async fn what_arrives_leaves_room_for_judging() {
        let memory = Memory::new(256 << 20).of_client(1);
        let arriving: Vec<_> = std::iter::from_fn(|| memory.try_reserve(1 << 20)).collect();
        assert_eq!(arriving.len(), 16, "a quarter of the lane");
        assert!(memory.reserve(4 << 20, Duration::ZERO).await.is_some());
    }

    #[tokio::test]
    async fn room_goes_back_with_the_last_slice() {
        let memory = Memory::new(16 * UNIT_BYTES);
        let tied = memory.try_reserve(3 * UNIT_BYTES).unwrap().tie_to(Bytes::from_static(b"a part of it"));
        let slice = tied.slice(2..6);
        drop(tied);
        assert_eq!((&slice[..], memory.free_bytes()), (&b"part"[..], 13 * UNIT_BYTES));
        drop(slice);
        assert_eq!(memory.free_bytes(), 16 * UNIT_BYTES);
    }
}
