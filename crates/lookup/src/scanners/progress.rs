//! How far a question has come: for the one who sees it end early, and for the one who must know whether a verdict is about
//! the whole file.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::ScanTrouble;

#[derive(Default)]
pub(crate) struct Progress {
    sent_bytes: AtomicU64,
    read_bytes: AtomicU64,
    is_all_sent: AtomicBool,
}

impl Progress {
    /// So many bytes of the file went out.
    pub(crate) fn sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// So many bytes of an answer came in.
    pub(crate) fn read(&self, bytes: usize) {
        self.read_bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The file went out whole, its end included.
    pub(crate) fn finish(&self) {
        self.is_all_sent.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_all_sent(&self) -> bool {
        self.is_all_sent.load(Ordering::Relaxed)
    }

    /// The connection ended here.
    pub(crate) fn closed(&self) -> ScanTrouble {
        ScanTrouble::Closed {
            sent_bytes: self.sent_bytes.load(Ordering::Relaxed),
            read_bytes: self.read_bytes.load(Ordering::Relaxed),
        }
    }
}
