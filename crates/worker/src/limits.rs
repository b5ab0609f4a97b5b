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
/// Open descriptors of a worker: its socket, twice /dev/null, and the file that came with the request.
pub const WORKER_DESCRIPTORS_MAX: u64 = 4;
/// Bytes of the file that takes what came out of one message's containers. Pages of such a file count in no limit of the
/// process; it can make none, so what it can fill is this, for each file that it was given.
pub const FILES_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Bytes of all such files that are held at a time; beyond it reading them fails, and what was to read them waits.
pub const FILES_HELD_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Unit of what is held, bytes.
pub const FILES_UNIT_BYTES: u64 = 4096;
/// Attempts to seal a file: now and then the kernel is not done with the last write.
pub const SEAL_TRIES_MAX: u32 = 5;
/// Settings of the allocator in a worker, which has one thread: address space that is free is not kept, it counts.
pub const ALLOCATOR_SETTINGS: &str = "narenas:1,retain:false,dirty_decay_ms:500,muzzy_decay_ms:0";
