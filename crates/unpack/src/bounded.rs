//! Bytes out of a decompressor: never more than the budget of the message allows, and never longer than its time, whatever a
//! header says.

use std::io::{ErrorKind, Read};

use crate::budget::Budget;
use crate::unpack::Walk;

/// Buffer made at once, bytes; more only as bytes come.
const FIRST_BYTES: usize = 64 * 1024;
/// So many bytes come out between two looks at the clock.
const CLOCK_EVERY_BYTES: u64 = 4 * 1024 * 1024;

/// What came out, and why it ended.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// Why the reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All is there.
    Whole,
    /// The data ends early, or is not what is said of it.
    Broken,
    /// A method that we do not know.
    Unsupported,
    /// There is more than allowed.
    OverBudget,
    /// The time of the message ran out.
    OverTime,
}

/// Reads to the end, at most so many bytes.
pub(crate) fn read(from: impl Read, most: u64) -> Taken {
    read_while(from, most, || true)
}

/// Reads to the end, at most so many bytes, as long as there is time.
pub(crate) fn read_in_time(from: impl Read, most: u64, budget: &Budget) -> Taken {
    read_while(from, most, || !budget.is_late())
}

fn read_while(mut from: impl Read, most: u64, goes_on: impl Fn() -> bool) -> Taken {
    let mut bytes = Vec::with_capacity(FIRST_BYTES.min(usize::try_from(most).unwrap_or(FIRST_BYTES)));
    let mut left = most.saturating_add(1);
    let end = loop {
        let step = left.min(CLOCK_EVERY_BYTES);
        let before = bytes.len();
        let result = (&mut from).take(step).read_to_end(&mut bytes);
        let came = u64::try_from(bytes.len().saturating_sub(before)).unwrap_or(u64::MAX);
        left = left.saturating_sub(came);
        match result {
            Err(error) if error.kind() == ErrorKind::Unsupported => break End::Unsupported,
            Err(_) => break End::Broken,
            Ok(_) if left == 0 => break End::OverBudget,
            Ok(_) if came < step => break End::Whole,
            Ok(_) if !goes_on() => break End::OverTime,
            Ok(_) => {}
        }
    };
    bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Taken { bytes, end }
}

impl Walk<'_> {
    /// Reads to the end, and takes what came from the budget.
    pub(crate) fn take(&mut self, from: impl Read) -> Taken {
        let taken = read_in_time(from, self.budget.unpacked_bytes_left(), self.budget);
        self.budget.spend_unpacked(taken.bytes.len());
        taken
    }
}
