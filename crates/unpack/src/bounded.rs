//! Bytes out of a decompressor: never more than the budget of the message allows, whatever a header says.

use std::io::{ErrorKind, Read};

use crate::unpack::Walk;

/// Buffer made at once, bytes; more only as bytes come.
const FIRST_BYTES: usize = 64 * 1024;

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
}

/// Reads to the end, at most so many bytes.
pub(crate) fn read(from: impl Read, most: u64) -> Taken {
    let mut bytes = Vec::with_capacity(FIRST_BYTES.min(usize::try_from(most).unwrap_or(FIRST_BYTES)));
    let end = match from.take(most.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) => End::Whole,
        Err(error) if error.kind() == ErrorKind::Unsupported => End::Unsupported,
        Err(_) => End::Broken,
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if bytes.len() > most {
        bytes.truncate(most);
        return Taken { bytes, end: End::OverBudget };
    }
    Taken { bytes, end }
}

impl Walk<'_> {
    /// Reads to the end, and takes what came from the budget.
    pub(crate) fn take(&mut self, from: impl Read) -> Taken {
        let taken = read(from, self.budget.unpacked_bytes_left());
        self.budget.spend_unpacked(taken.bytes.len());
        taken
    }
}
