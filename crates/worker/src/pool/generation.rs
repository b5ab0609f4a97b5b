//! Generations of workers: rules of signatures are loaded before a worker closes itself in, so that other rules are other
//! workers.

use bytes::Bytes;

/// What workers look for besides opening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatures {
    /// Compiled rules, as [`signatures::Rules::to_bytes`] makes them; empty: none. They hold native code: only ever what this
    /// very program has compiled itself.
    pub rules: Bytes,
    /// A TLSH is made of each item: somebody has a list of near copies.
    pub tlsh: bool,
}

/// The signatures in force and their number; later ones have higher numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Generation {
    pub(super) number: u64,
    pub(super) signatures: Signatures,
}
