//! Every limit of the worker, with its unit.

use std::time::Duration;

/// From the first byte of a request to the last of its answer.
pub const OPEN_DEADLINE: Duration = Duration::from_secs(20);
/// From the start of a process until it says that it is closed in.
pub const START_DEADLINE: Duration = Duration::from_secs(10);
/// For a process in place of one that ended.
pub const SPARE_DEADLINE: Duration = Duration::from_secs(30);
/// For a process to end once its socket is closed; then it is killed.
pub const END_DEADLINE: Duration = Duration::from_secs(1);
/// Between two attempts to start a process, at first and at most.
pub const START_PAUSE_MIN: Duration = Duration::from_millis(100);
/// See [`START_PAUSE_MIN`].
pub const START_PAUSE_MAX: Duration = Duration::from_secs(5);
/// Workers that one request is given to.
pub const TRIES_MAX: u32 = 2;
/// Requests waiting for a worker.
pub const WAITING_MAX: usize = 10_000;
/// Bytes of one request, all parts: the largest message in several readings.
pub const REQUEST_BYTES_MAX: usize = 160 * 1024 * 1024;
/// Bytes of one answer. `unpack`'s budget stays far below.
pub const ANSWER_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Requests up to this size are sent in one piece, bytes.
pub const ONE_PIECE_BYTES_MAX: usize = 256 * 1024;
/// Address space that a worker may add to what it has when it closes itself in, bytes.
pub const WORKER_MEMORY_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// Open descriptors of a worker: its socket and twice /dev/null.
pub const WORKER_DESCRIPTORS_MAX: u64 = 3;
/// Settings of the allocator in a worker, which has one thread: address space that is free is not kept, it counts.
pub const ALLOCATOR_SETTINGS: &str = "narenas:1,retain:false,dirty_decay_ms:500,muzzy_decay_ms:0";
