//! Two lanes: nearly all messages are done within a blink in the quick one; what needs longer is started again in the slow
//! one, behind others of its kind, where it costs nobody else their turn.

use std::time::Duration;

use minicbor::{Decode, Encode};

use crate::limits;

/// The kind of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Lane {
    /// For every message first.
    #[n(0)]
    Quick,
    /// For what was late in the quick one.
    #[n(1)]
    Slow,
}

/// How long a request may take in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneTimes {
    /// CPU time after which the worker itself ends what it does.
    pub cpu: Duration,
    /// CPU time after which it is killed: it did not notice.
    pub cpu_kill: Duration,
    /// From the first byte of the request to the last of the answer, whatever it does.
    pub deadline: Duration,
}

/// The times of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// In the quick lane.
    pub quick: LaneTimes,
    /// In the slow lane.
    pub slow: LaneTimes,
    /// A process of the slow lane that has nothing to do ends after this.
    pub slow_idle: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            quick: LaneTimes {
                cpu: limits::QUICK_CPU_MAX,
                cpu_kill: limits::QUICK_CPU_KILL,
                deadline: limits::QUICK_DEADLINE,
            },
            slow: LaneTimes {
                cpu: limits::SLOW_CPU_MAX,
                cpu_kill: limits::SLOW_CPU_KILL,
                deadline: limits::SLOW_DEADLINE,
            },
            slow_idle: limits::SLOW_IDLE_MAX,
        }
    }
}

impl Times {
    pub(crate) const fn of(&self, lane: Lane) -> &LaneTimes {
        match lane {
            Lane::Quick => &self.quick,
            Lane::Slow => &self.slow,
        }
    }
}
