//! What stands behind the traits of the store.

pub mod embedded;
