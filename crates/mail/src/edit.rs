//! Changes to a message as a list of replaced byte ranges: what no edit names stays byte for byte as it came.

use std::ops::Range;

use bytes::Bytes;

/// Replace these bytes (an empty range inserts) by those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Byte offsets in the raw message.
    pub range: Range<usize>,
    /// What stands there instead.
    pub replacement: Bytes,
}
