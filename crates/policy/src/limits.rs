//! Every limit of settings and conditions, with its unit.

/// Nested parentheses, negations, calls and lists of one condition.
pub const CONDITION_DEPTH_MAX: usize = 32;
/// Bytes of one condition.
pub const CONDITION_BYTES_MAX: usize = 64 * 1024;
/// Bytes that one compiled regular expression may take.
pub const REGEX_BYTES_MAX: usize = 1024 * 1024;
/// Rules of one policy.
pub const RULES_MAX: usize = 10_000;
/// Bytes of one settings file.
pub const SETTINGS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Edits between a wrong name and the one that is proposed.
pub const NEAR_EDITS_MAX: usize = 3;
