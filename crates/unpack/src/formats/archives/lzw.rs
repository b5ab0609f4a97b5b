//! LZW as `compress` writes it: codes of 9 to 16 bits, low bits first, in groups of eight; code 256 begins anew when the
//! head says so.

use crate::bounded::{End, Taken};
use crate::budget::Budget;

/// Bits of a code at first and at most.
const BITS_FIRST: u32 = 9;
const BITS_MAX: u32 = 16;
/// Begins anew.
const CLEAR: u16 = 256;
/// So many codes between two looks at the clock.
const CLOCK_EVERY_CODES: u32 = 1 << 20;

/// What is known of each code: the one before it, and its last byte.
struct Table {
    before: Vec<u16>,
    last: Vec<u8>,
}

impl Table {
    /// The bytes of a code, last first, onto a stack; false if it is none.
    fn spell(&self, code: u16, stack: &mut Vec<u8>) -> bool {
        let mut code = code;
        // A chain is never longer than the table.
        for _ in 0..=self.before.len() {
            if let Ok(byte) = u8::try_from(code) {
                stack.push(byte);
                return true;
            }
            let at = usize::from(code);
            let (Some(before), Some(last)) = (self.before.get(at), self.last.get(at)) else { return false };
            stack.push(*last);
            code = *before;
        }
        false
    }

    fn clear(&mut self, first_free: usize) {
        self.before.truncate(first_free);
        self.last.truncate(first_free);
    }
}

/// Codes out of bytes.
struct Codes<'b> {
    bytes: &'b [u8],
    bits: u32,
    /// Bits read of the present group, which has eight codes.
    at_bit: usize,
    group_from: usize,
}

impl Codes<'_> {
    fn next(&mut self) -> Option<u16> {
        let from = self.group_from.checked_mul(8)?.checked_add(self.at_bit)?;
        let at = from >> 3;
        let shift = from & 7;
        let bytes = self.bytes.get(at..)?;
        let has_bits = bytes.len().checked_mul(8)?.checked_sub(shift)? >= usize::try_from(self.bits).ok()?;
        if !has_bits {
            return None;
        }
        let word = bytes.iter().take(3).rev().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
        let mask = 1_u32.checked_shl(self.bits)?.checked_sub(1)?;
        self.at_bit = self.at_bit.checked_add(usize::try_from(self.bits).ok()?)?;
        if self.at_bit == self.group_bits() {
            self.next_group(self.bits);
        }
        u16::try_from((word >> shift) & mask).ok()
    }

    fn group_bits(&self) -> usize {
        usize::try_from(self.bits.saturating_mul(8)).unwrap_or(usize::MAX)
    }

    /// When the width changes, the rest of the group is padding.
    fn next_group(&mut self, bits: u32) {
        if self.at_bit > 0 {
            self.group_from = self.group_from.saturating_add(usize::try_from(self.bits).unwrap_or(0));
        }
        self.at_bit = 0;
        self.bits = bits;
    }
}

/// Unpacks what stands behind the magic: a byte of flags, then codes.
pub(super) fn unpack(data: &[u8], most: u64, budget: &Budget) -> Taken {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let flags = data.first().copied().unwrap_or(0);
    let bits_max = u32::from(flags & 0x1f);
    let mut out = Vec::new();
    if !(BITS_FIRST..=BITS_MAX).contains(&bits_max) {
        return Taken { bytes: out, end: End::Broken };
    }
    let has_clear = flags & 0x80 != 0;
    let first_free = if has_clear { 257 } else { 256 };
    let codes_max = 1_usize.checked_shl(bits_max).unwrap_or(0);
    let mut table = Table { before: vec![0; first_free], last: vec![0; first_free] };
    let mut codes = Codes { bytes: data.get(1..).unwrap_or_default(), bits: BITS_FIRST, at_bit: 0, group_from: 0 };
    let mut stack = Vec::new();
    let mut previous: Option<(u16, u8)> = None;
    let mut count = 0_u32;
    while let Some(code) = codes.next() {
        count = count.wrapping_add(1);
        if count.checked_rem(CLOCK_EVERY_CODES) == Some(0) && budget.is_late() {
            return Taken { bytes: out, end: End::OverTime };
        }
        if code == CLEAR && has_clear {
            table.clear(first_free);
            codes.next_group(BITS_FIRST);
            previous = None;
            continue;
        }
        stack.clear();
        let is_next = usize::from(code) == table.before.len();
        let spelled = match previous {
            // The code that is made by this very step: what came before, and its own first byte again.
            Some((before, first)) if is_next => {
                stack.push(first);
                table.spell(before, &mut stack)
            }
            _ => usize::from(code) < table.before.len() && table.spell(code, &mut stack),
        };
        let Some(first) = stack.last().copied().filter(|_| spelled) else {
            return Taken { bytes: out, end: End::Broken };
        };
        if out.len().saturating_add(stack.len()) > most {
            out.extend(stack.iter().rev().take(most.saturating_sub(out.len())));
            return Taken { bytes: out, end: End::OverBudget };
        }
        out.extend(stack.iter().rev());
        if let Some((before, _)) = previous
            && table.before.len() < codes_max
        {
            table.before.push(before);
            table.last.push(first);
            let is_full = 1_usize.checked_shl(codes.bits).is_some_and(|full| table.before.len() >= full);
            if is_full && codes.bits < bits_max {
                codes.next_group(codes.bits.saturating_add(1));
            }
        }
        previous = Some((code, first));
    }
    Taken { bytes: out, end: End::Whole }
}
