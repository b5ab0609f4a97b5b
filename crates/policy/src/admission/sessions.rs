//! How many sessions are open, for each prefix and in all. Plain arithmetic: the caller says when one opens and closes.

use std::collections::HashMap;
use std::net::IpAddr;

use super::prefix::{Prefix, prefix};
use super::refusal::{Refusal, Refused};

/// Caps of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Open at a time from one /24 or /64.
    pub of_prefix_max: u32,
    /// Open at a time in all.
    pub total_max: u32,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { of_prefix_max: 50, total_max: 20_000 }
    }
}

/// Open sessions.
#[derive(Clone, Debug, Default)]
pub struct SessionCounts {
    limits: SessionLimits,
    total: u32,
    of_prefix: HashMap<Prefix, u32>,
}

impl SessionCounts {
    /// None open.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// A cap is reached: the 421 to say. Nothing was counted then, so it is not to be closed.
    pub fn open(&mut self, client: IpAddr) -> Result<(), Refused> {
        if self.total >= self.limits.total_max {
            return Err(Refusal::TooManySessions.reply());
        }
        let prefix = prefix(client);
        let open = self.of_prefix(prefix);
        if open >= self.limits.of_prefix_max {
            return Err(Refusal::TooManySessionsOfPrefix.reply());
        }
        self.of_prefix.insert(prefix, open + 1);
        self.total += 1;
        Ok(())
    }

    /// Counts one less; for each that [`Self::open`] counted, once.
    pub fn close(&mut self, client: IpAddr) {
        let prefix = prefix(client);
        match self.of_prefix(prefix) {
            0 => return,
            // What is empty goes, or the table would grow with every network that ever called.
            1 => {
                self.of_prefix.remove(&prefix);
            }
            open => {
                self.of_prefix.insert(prefix, open - 1);
            }
        }
        self.total = self.total.saturating_sub(1);
    }

    /// Changes the caps; sessions that are open stay.
    pub const fn limit(&mut self, limits: SessionLimits) {
        self.limits = limits;
    }

    /// Open sessions of a prefix.
    #[must_use]
    pub fn of_prefix(&self, prefix: Prefix) -> u32 {
        self.of_prefix.get(&prefix).copied().unwrap_or(0)
    }

    /// Open sessions.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.total
    }

    /// Prefixes with open sessions.
    #[must_use]
    pub fn prefixes(&self) -> usize {
        self.of_prefix.len()
    }
}
