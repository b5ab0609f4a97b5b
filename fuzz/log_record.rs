//! Segments and records of the log as a stranger would write them.

use store::log::hostile::{read_hostile, read_hostile_fields};

/// One input.
pub(crate) fn run(data: &[u8]) {
    let _ = read_hostile(data);
    let _ = read_hostile_fields(data);
}
