//! What an input takes: CPU time of its thread, and memory beyond what the process had.

use std::time::Duration;

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};

/// What one run took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// CPU time of the thread.
    pub(super) time: Duration,
    /// Memory at the worst moment, above what there was before, KiB.
    pub(super) memory_kib: u64,
}

/// Runs something and measures it.
pub(super) fn measured<T>(run: impl FnOnce() -> T) -> Result<(T, Usage)> {
    forget_peak()?;
    let before_kib = status_kib("VmRSS:")?;
    let start = thread_time();
    let outcome = run();
    let time = thread_time().saturating_sub(start);
    let memory_kib = status_kib("VmHWM:")?.saturating_sub(before_kib);
    Ok((outcome, Usage { time, memory_kib }))
}

/// CPU time of this thread so far.
pub(super) fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The peak of the process counts from now on (proc(5), `clear_refs`).
#[expect(clippy::disallowed_methods, reason = "a word to the kernel, not mail")]
fn forget_peak() -> Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("/proc/self/clear_refs")
}

fn status_kib(field: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).context("a line of memory")?;
    line.trim().trim_end_matches(" kB").parse().context("a number of KiB")
}
