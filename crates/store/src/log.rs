//! The log: append-only segments, one record a mail, one flush for all who wait.

pub mod feed;
