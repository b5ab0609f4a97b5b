//! Every limit of the worker, with its unit.

use std::time::Duration;

/// CPU time for one message in the quick lane.
pub const QUICK_CPU_MAX: Duration = Duration::from_millis(50);
/// CPU time after which a worker of the quick lane that has not noticed is killed.
pub const QUICK_CPU_KILL: Duration = Duration::from_millis(200);
/// From the first byte of a request to the last of its answer in the quick lane, on a machine that has no time for it.
pub const QUICK_DEADLINE: Duration = Duration::from_secs(20);
/// Larger requests go to the slow lane at once, bytes: their hashes alone would be late in the quick one.
pub const QUICK_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// CPU time for one message in the slow lane: that of `unpack`'s budget.
pub const SLOW_CPU_MAX: Duration = unpack::budget::CPU_MAX;
/// CPU time after which a worker of the slow lane that has not noticed is killed.
pub const SLOW_CPU_KILL: Duration = Duration::from_secs(22);
/// As [`QUICK_DEADLINE`] in the slow lane, whose workers yield to everybody.
pub const SLOW_DEADLINE: Duration = Duration::from_secs(90);
/// How nice the workers of the slow lane are.
pub const SLOW_NICE: i32 = 10;
/// A process of the slow lane that has nothing to do ends after this.
pub const SLOW_IDLE_MAX: Duration = Duration::from_secs(30);
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
/// Requests waiting for a worker of the quick lane.
pub const QUICK_WAITING_MAX: usize = 10_000;
/// Requests waiting for a worker of the slow lane; for what is late beyond it there is no room now.
pub const SLOW_WAITING_MAX: usize = 256;
/// The same of one client's prefix.
pub const SLOW_WAITING_PER_CLIENT_MAX: usize = 32;
/// Clients whose use of the workers is remembered.
pub const CLIENTS_KEPT_MAX: usize = 4_096;
/// What a client is charged for a request at least, and for its first before it is known better.
pub const FIRST_CHARGE: Duration = Duration::from_millis(1);
/// Time of the quick lane that a client is forgiven: now and then a message is dear, and the next one of its sender should not
/// wait until all others have used as much. Twice what the lane gives one message.
pub const FORGIVEN_MAX: Duration = Duration::from_millis(100);
/// Of the time that passes, this part can be forgiven again.
pub const FORGIVEN_PART: u32 = 20;
/// Bytes of one request, all parts: the largest message in several readings.
pub const REQUEST_BYTES_MAX: usize = 160 * 1024 * 1024;
/// Bytes of what a worker is set up with: compiled rules.
pub const SETUP_BYTES_MAX: usize = signatures::limits::COMPILED_BYTES_MAX + 4096;
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
/// Unit of what is held, bytes.
pub const FILES_UNIT_BYTES: u64 = 4096;
/// Attempts to seal a file: now and then the kernel is not done with the last write.
pub const SEAL_TRIES_MAX: u32 = 5;
/// Settings of the allocator in a worker, which has one thread: address space that is free is not kept, it counts.
pub const ALLOCATOR_SETTINGS: &str = "narenas:1,retain:false,dirty_decay_ms:500,muzzy_decay_ms:0";
/// Address space of a process that reads a picture, bytes.
pub const OCR_MEMORY_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// CPU seconds of such a process, should nobody be left to kill it.
pub const OCR_CPU_SECONDS_MAX: u64 = 30;
/// Its open descriptors.
pub const OCR_DESCRIPTORS_MAX: u64 = 32;
/// Bytes of text that it may say.
pub const OCR_TEXT_BYTES_MAX: u64 = 256 * 1024;
