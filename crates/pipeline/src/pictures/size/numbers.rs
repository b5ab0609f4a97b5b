//! Numbers within bytes, in one of the two orders; none where there are no such bytes.

/// Bytes and the order of their numbers.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'b> {
    bytes: &'b [u8],
    is_little: bool,
}

impl<'b> Numbers<'b> {
    /// The smallest digit first.
    pub(super) const fn little(bytes: &'b [u8]) -> Self {
        Self { bytes, is_little: true }
    }

    /// The largest digit first.
    pub(super) const fn big(bytes: &'b [u8]) -> Self {
        Self { bytes, is_little: false }
    }

    /// The number of two bytes at this place.
    pub(super) fn two(self, at: usize) -> Option<u32> {
        let two = *self.bytes.get(at..)?.first_chunk::<2>()?;
        Some(u32::from(if self.is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }))
    }

    /// That of three, the smallest digit first.
    pub(super) fn three(self, at: usize) -> Option<u32> {
        let [low, middle, high] = *self.bytes.get(at..)?.first_chunk::<3>()?;
        Some(u32::from_le_bytes([low, middle, high, 0]))
    }

    /// That of four.
    pub(super) fn four(self, at: usize) -> Option<u32> {
        let four = *self.bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }
}
