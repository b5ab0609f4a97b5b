//! Turns of large bodies at the machine and at the disk, which they share with everything else.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::StoreError;

/// Unit of the turns at the disk, bytes.
const UNIT_BYTES: u64 = 64 * 1024;
/// What is larger than this is flushed in the lane of the largest bodies, bytes.
const MIDDLING_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// What of middling bodies is flushed at the same time, bytes.
const MIDDLING_AT_ONCE_BYTES: u64 = 16 * 1024 * 1024;
/// What of the largest is, bytes: a tenth of a second of a common disk.
const LARGEST_AT_ONCE_BYTES: u64 = 32 * 1024 * 1024;

/// See the head of this file.
#[derive(Clone)]
pub(super) struct BodyTurns {
    /// For each piece that is written and hashed: the rest of the machine is there for others.
    pieces: Arc<Semaphore>,
    middling: FlushLane,
    largest: FlushLane,
}

/// Bytes that may be on their way to the disk. A flush of the log, for which each sender waits, waits for all of them.
#[derive(Clone)]
struct FlushLane {
    units: Arc<Semaphore>,
    total: u32,
}

impl BodyTurns {
    /// With so many bodies written and hashed at a time, one at least.
    pub(super) fn new(bodies_at_a_time: usize) -> Self {
        Self {
            pieces: Arc::new(Semaphore::new(bodies_at_a_time.max(1))),
            middling: FlushLane::new(MIDDLING_AT_ONCE_BYTES),
            largest: FlushLane::new(LARGEST_AT_ONCE_BYTES),
        }
    }

    /// To write and hash a piece.
    pub(super) async fn piece(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        Arc::clone(&self.pieces).acquire_owned().await.map_err(|_| StoreError::Closed)
    }

    /// To flush a body of so many bytes. One larger than all that may be flushed at the same time is flushed alone.
    pub(super) async fn flush(&self, bytes: u64) -> Result<OwnedSemaphorePermit, StoreError> {
        let lane = if bytes <= MIDDLING_BYTES_MAX { &self.middling } else { &self.largest };
        let units = units(bytes).min(lane.total);
        Arc::clone(&lane.units).acquire_many_owned(units).await.map_err(|_| StoreError::Closed)
    }
}

impl FlushLane {
    fn new(bytes: u64) -> Self {
        let total = units(bytes);
        Self { units: Arc::new(Semaphore::new(usize::try_from(total).unwrap_or(usize::MAX))), total }
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn so_much_is_flushed_at_the_same_time_and_middling_bodies_wait_for_no_large_one() {
        let turns = BodyTurns::new(1);
        let largest = turns.flush(50 * MIB).now_or_never().unwrap().unwrap();
        assert!(turns.flush(5 * MIB).now_or_never().is_none());
        let middling: Vec<_> = std::iter::from_fn(|| turns.flush(2 * MIB).now_or_never()).collect();
        assert_eq!(middling.len(), 8);
        drop(largest);
        let more: Vec<_> = std::iter::from_fn(|| turns.flush(8 * MIB).now_or_never()).collect();
        assert_eq!(more.len(), 4);
    }
}
