//! One budget for everything in memory that holds message bytes. What does not fit waits, goes to disk, or is held until there is
//! room; nothing is ever refused or killed for it.
//!
//! It has lanes, since who waits for room takes what becomes free meanwhile: a message of 50 MB would else stop all small ones
//! for as long as it waits, and a slow next hop would stop judging.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
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

/// Bytes of memory for messages, shared by all sessions: a half for large messages, a quarter for small ones, a quarter for
/// deliveries that are read from disk again.
#[derive(Clone, Debug)]
pub struct Memory {
    small: Lane,
    large: Lane,
    deliveries: Lane,
}

#[derive(Clone, Debug)]
struct Lane {
    units: Arc<Semaphore>,
    total: u32,
}

/// A part of the budget; it goes back when this is dropped.
#[derive(Debug)]
pub struct Reserved {
    permit: Option<OwnedSemaphorePermit>,
    bytes: u64,
}

impl Memory {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let quarter = units(bytes) / 4;
        let large = units(bytes).saturating_sub(quarter.saturating_mul(2));
        Self { small: Lane::new(quarter), large: Lane::new(large), deliveries: Lane::new(quarter) }
    }

    /// The default: 256 MiB or 40 % of the control group's limit, whichever is smaller.
    #[must_use]
    pub fn usual_bytes() -> u64 {
        group_limit().map_or(BUDGET_BYTES_USUAL, |limit| (limit / 100 * GROUP_SHARE_PERCENT).min(BUDGET_BYTES_USUAL))
    }

    /// Takes `bytes` if they are free now.
    #[must_use]
    pub fn try_reserve(&self, bytes: u64) -> Option<Reserved> {
        let lane = self.lane(bytes);
        let permit = Arc::clone(&lane.units).try_acquire_many_owned(lane.clamp(bytes)).ok()?;
        Some(Reserved { permit: Some(permit), bytes })
    }

    /// Takes `bytes` for judging, waiting up to `patience` for them. A message larger than its whole lane gets all of that.
    pub async fn reserve(&self, bytes: u64, patience: Duration) -> Option<Reserved> {
        self.lane(bytes).reserve(bytes, patience).await
    }

    /// Takes `bytes` for a delivery, likewise.
    pub async fn reserve_to_deliver(&self, bytes: u64, patience: Duration) -> Option<Reserved> {
        self.deliveries.reserve(bytes, patience).await
    }

    /// Half of the room of small messages is free: what was judged may stay in memory until it is delivered.
    #[must_use]
    pub fn is_roomy(&self) -> bool {
        self.small.free().saturating_mul(2) >= u64::from(self.small.total)
    }

    /// Bytes that are free now, all lanes together.
    #[must_use]
    pub fn free_bytes(&self) -> u64 {
        let lanes = [&self.small, &self.large, &self.deliveries];
        lanes.map(Lane::free).iter().sum::<u64>().saturating_mul(UNIT_BYTES)
    }

    const fn lane(&self, bytes: u64) -> &Lane {
        if bytes <= SMALL_BYTES_MAX { &self.small } else { &self.large }
    }
}

impl Lane {
    fn new(total: u32) -> Self {
        let total = total.max(1);
        Self { units: Arc::new(Semaphore::new(usize::try_from(total).unwrap_or(usize::MAX))), total }
    }

    async fn reserve(&self, bytes: u64, patience: Duration) -> Option<Reserved> {
        let wanted = Arc::clone(&self.units).acquire_many_owned(self.clamp(bytes));
        let permit = tokio::time::timeout(patience, wanted).await.ok()?.ok()?;
        Some(Reserved { permit: Some(permit), bytes })
    }

    fn free(&self) -> u64 {
        u64::try_from(self.units.available_permits()).unwrap_or(0)
    }

    fn clamp(&self, bytes: u64) -> u32 {
        units(bytes).min(self.total)
    }
}

impl Reserved {
    /// Nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self { permit: None, bytes: 0 }
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
        match (&mut self.permit, other.permit) {
            (Some(own), Some(other)) => own.merge(other),
            (own, other) => *own = own.take().or(other),
        }
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
