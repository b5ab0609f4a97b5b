//! Verdicts that are remembered. In memory they are gone with the process; a store that keeps them is another
//! implementation.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use moka::sync::Cache;

use crate::scanners::ScannerAnswer;

/// Verdicts that are remembered in memory.
const VERDICTS_MAX: u64 = 20_000;
/// Days that they are remembered.
const LIFE_D: u64 = 30;

/// Where verdicts are kept, by service and hash of the file. Only definite ones are given to it.
pub trait KnownVerdicts: Send + Sync {
    /// The verdict, if there is one that is young enough.
    fn verdict<'a>(&'a self, service: &'a str, sha256: &'a [u8; 32]) -> BoxFuture<'a, Option<ScannerAnswer>>;

    /// Keeps a verdict. Where that fails the file is detonated again some day.
    fn keep<'a>(&'a self, service: &'a str, sha256: &'a [u8; 32], answer: &'a ScannerAnswer) -> BoxFuture<'a, ()>;
}

/// Verdicts in memory, for 30 days, the least used go first.
pub struct MemoryVerdicts {
    verdicts: Cache<(Arc<str>, [u8; 32]), ScannerAnswer>,
}

impl MemoryVerdicts {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let life = Duration::from_secs(LIFE_D * 86_400);
        Self { verdicts: Cache::builder().max_capacity(VERDICTS_MAX).time_to_live(life).build() }
    }
}

impl Default for MemoryVerdicts {
    fn default() -> Self {
        Self::new()
    }
}

impl KnownVerdicts for MemoryVerdicts {
    fn verdict<'a>(&'a self, service: &'a str, sha256: &'a [u8; 32]) -> BoxFuture<'a, Option<ScannerAnswer>> {
        std::future::ready(self.verdicts.get(&(Arc::from(service), *sha256))).boxed()
    }

    fn keep<'a>(&'a self, service: &'a str, sha256: &'a [u8; 32], answer: &'a ScannerAnswer) -> BoxFuture<'a, ()> {
        self.verdicts.insert((Arc::from(service), *sha256), answer.clone());
        std::future::ready(()).boxed()
    }
}
