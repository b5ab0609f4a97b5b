//! Every limit of this crate.

/// Texts in one set of rules.
pub const SOURCES_MAX: usize = 4_096;
/// Bytes of all texts of one set of rules.
pub const SOURCE_BYTES_MAX: usize = 32 << 20;
/// Rules in one set.
pub const RULES_MAX: usize = 20_000;
/// Bytes of a compiled set, native code included.
pub const COMPILED_BYTES_MAX: usize = 256 << 20;
/// Faults reported for one set of rules or one list; what is wrong after that goes unsaid until these are mended.
pub const FAULTS_MAX: usize = 200;
/// Bytes of one message of a fault; compilers quote what they read.
pub const FAULT_TEXT_BYTES_MAX: usize = 400;
/// Places in one megabyte of ordinary data at which one rule may ask for a closer look before it is called slow.
pub const LOOKS_PER_MEGABYTE_MAX: usize = 100_000;

/// Times that a rule's loops over numbers are gone round for one file.
pub const LOOP_STEPS_MAX: u64 = 200_000;
/// Time that a set may take for a megabyte of ordinary data before it is called slow, milliseconds; ours take about ten.
pub const PROBE_MS_MAX: u64 = 2_000;

/// Bytes of one item that are scanned, from its start. [`crate::Scanned::whole`] says when there were more.
pub const SCAN_BYTES_MAX: usize = 64 << 20;
/// Places at which one pattern is remembered; a rule that counts sees no more of them.
pub const MATCHES_PER_PATTERN_MAX: usize = 1_000;
/// Rules reported for one item, the worst first.
pub const MATCHES_MAX: usize = 64;
/// Bytes of a name that rules can see.
pub const NAME_BYTES_MAX: usize = 255;

/// Bytes of one hash list.
pub const LIST_BYTES_MAX: usize = 128 << 20;
/// SHA-256 entries in one list.
pub const SHA256_ENTRIES_MAX: usize = 1_000_000;
/// TLSH entries in one list: those of about the item's length are compared one by one.
pub const TLSH_ENTRIES_MAX: usize = 10_000;
/// Bytes of a label in a list; longer ones are cut.
pub const LABEL_BYTES_MAX: usize = 128;
/// Distance up to which a TLSH is near when the list does not say.
pub const TLSH_DISTANCE_DEFAULT: u16 = 30;
/// Largest distance that a list may ask for: beyond it unrelated files are near.
pub const TLSH_DISTANCE_MAX: u16 = 100;
/// Bytes below which no TLSH is made: short texts are near to each other without meaning.
pub const TLSH_BYTES_MIN: usize = 256;
/// Bytes above which no TLSH is made: it costs as much as several scans.
pub const TLSH_BYTES_MAX: usize = 8 << 20;
