//! damaged.
