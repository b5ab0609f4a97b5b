//! Limits of the store, with their units.

/// Bytes of a body that stands inside its record; a larger one is a file of its own.
pub const INLINE_BODY_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of the tagged fields of one record.
pub const RECORD_FIELDS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of one segment of the log.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
/// Rows of one page of a list.
pub const PAGE_ROWS_MAX: u32 = 1_000;
/// Refusals written per client prefix and hour; beyond it they are counted.
pub const REFUSALS_PER_PREFIX_HOUR_MAX: u32 = 1_000;
