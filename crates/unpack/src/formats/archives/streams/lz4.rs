//! LZ4 frames (format 1.6.x, in two kinds) and the blocks in them. Documented limits: dictionaries from outside are not known,
//! sums are not compared.

use crate::bounded::End;
use crate::budget::Budget;
use crate::formats::archives::bytes::u32_le;

/// How far back a match reaches, bytes: of linked blocks into those before.
const WINDOW_BYTES: usize = 64 * 1024;
/// Blocks between two looks at the clock.
const CLOCK_EVERY_BLOCKS: u32 = 16;

/// What begins a frame, what begins one of the old kind.
const FRAME: u32 = 0x184d_2204;
const OLD_FRAME: u32 = 0x184c_2102;
/// The first of sixteen that begin what is to be skipped.
const SKIPPED: u32 = 0x184d_2a50;

/// What came out of the first frame, how it ended, and what stands behind it; none where no frame begins.
pub(super) fn frame<'b>(bytes: &'b [u8], most: usize, budget: &Budget) -> Option<(Vec<u8>, End, &'b [u8])> {
    let magic = u32_le(bytes, 0)?;
    let rest = bytes.get(4..)?;
    if is_skipped(magic) {
        let size = usize::try_from(u32_le(rest, 0)?).ok()?;
        return Some((Vec::new(), End::Whole, rest.get(size.saturating_add(4)..).unwrap_or_default()));
    }
    let mut frame = Frame { out: Vec::new(), rest, most, is_old: magic == OLD_FRAME, has_sums: false };
    match magic {
        FRAME => match frame.head() {
            Some(true) => {}
            Some(false) => return Some((Vec::new(), End::Unsupported, &[])),
            None => return Some((Vec::new(), End::Broken, &[])),
        },
        OLD_FRAME => {}
        _ => return None,
    }
    let has_sum = magic == FRAME && rest.first().is_some_and(|flags| flags & 0x04 != 0);
    let end = frame.blocks(budget);
    let Frame { out, mut rest, .. } = frame;
    if has_sum && end == End::Whole {
        rest = rest.get(4..).unwrap_or_default();
    }
    Some((out, end, rest))
}

const fn is_skipped(magic: u32) -> bool {
    magic & 0xffff_fff0 == SKIPPED
}

struct Frame<'b> {
    out: Vec<u8>,
    rest: &'b [u8],
    most: usize,
    is_old: bool,
    /// A sum stands behind each block.
    has_sums: bool,
}

impl Frame<'_> {
    /// Reads the descriptor; false where the frame needs a dictionary.
    fn head(&mut self) -> Option<bool> {
        let flags = *self.rest.first()?;
        self.has_sums = flags & 0x10 != 0;
        let has_dictionary = flags & 0x01 != 0;
        let size = if flags & 0x08 != 0 { 8_usize } else { 0 };
        let dictionary = if has_dictionary { 4 } else { 0 };
        // Flags, the largest size of blocks, and a sum of these.
        self.rest = self.rest.get(size.saturating_add(dictionary).saturating_add(3)..)?;
        Some(!has_dictionary)
    }

    fn blocks(&mut self, budget: &Budget) -> End {
        let mut count = 0_u32;
        loop {
            count = count.wrapping_add(1);
            if count.checked_rem(CLOCK_EVERY_BLOCKS) == Some(0) && budget.is_late() {
                return End::OverTime;
            }
            let Some(size) = u32_le(self.rest, 0) else {
                // The old kind ends where the file does.
                return if self.is_old && self.rest.is_empty() { End::Whole } else { End::Broken };
            };
            if self.is_old && (size == FRAME || size == OLD_FRAME || is_skipped(size)) {
                return End::Whole;
            }
            self.rest = self.rest.get(4..).unwrap_or_default();
            if size == 0 && !self.is_old {
                return End::Whole;
            }
            let is_stored = !self.is_old && size & 0x8000_0000 != 0;
            let size = usize::try_from(size & 0x7fff_ffff).unwrap_or(usize::MAX);
            let Some((block, behind)) = self.rest.split_at_checked(size) else { return End::Broken };
            self.rest = if self.has_sums { behind.get(4..).unwrap_or_default() } else { behind };
            let end = if is_stored { self.push(block) } else { self.block(block) };
            if end != End::Whole {
                return end;
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) -> End {
        let room = self.most.saturating_sub(self.out.len());
        self.out.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if bytes.len() > room { End::OverBudget } else { End::Whole }
    }

    /// Literals and matches in turn; the last sequence has no match.
    fn block(&mut self, mut block: &[u8]) -> End {
        while let Some((token, rest)) = block.split_first() {
            block = rest;
            let Some(literals) = length(token >> 4, &mut block) else { return End::Broken };
            let Some((bytes, rest)) = block.split_at_checked(literals) else { return End::Broken };
            block = rest;
            let end = self.push(bytes);
            if end != End::Whole || block.is_empty() {
                return end;
            }
            let Some((distance, rest)) = block.split_first_chunk::<2>() else { return End::Broken };
            block = rest;
            let distance = usize::from(u16::from_le_bytes(*distance));
            let Some(count) = length(token & 0x0f, &mut block) else { return End::Broken };
            let end = self.repeat(distance, count.saturating_add(4));
            if end != End::Whole {
                return end;
            }
        }
        End::Whole
    }

    /// Bytes that came out before, also those that this very match makes.
    fn repeat(&mut self, distance: usize, count: usize) -> End {
        let from = self.out.len().checked_sub(distance).filter(|_| (1..WINDOW_BYTES).contains(&distance));
        let Some(from) = from else { return End::Broken };
        let room = self.most.saturating_sub(self.out.len());
        let mut left = count.min(room);
        while left > 0 {
            let step = left.min(self.out.len().saturating_sub(from));
            self.out.extend_from_within(from..from.saturating_add(step));
            left = left.saturating_sub(step);
        }
        if count > room { End::OverBudget } else { End::Whole }
    }
}

/// A length of four bits, and as many bytes more as it takes.
fn length(bits: u8, block: &mut &[u8]) -> Option<usize> {
    let mut length = usize::from(bits);
    if bits < 15 {
        return Some(length);
    }
    loop {
        let (more, rest) = block.split_first()?;
        *block = rest;
        length = length.checked_add(usize::from(*more))?;
        if *more != u8::MAX {
            return Some(length);
        }
    }
}
