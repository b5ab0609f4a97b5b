//! Numbers for what is long, to know it again. The key is drawn once for each process: what an attacker sends has the same number as
//! something else only by chance.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::LazyLock;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

pub(crate) fn of(value: impl Hash) -> u64 {
    KEY.hash_one(value)
}
