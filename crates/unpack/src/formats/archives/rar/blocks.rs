//! Where a rar archive ends, by its blocks: what stands behind the last one is a file of its own. Sources: technote.txt of
//! UnRAR (version 4), and the RAR 5.0 archive format.

use crate::formats::archives::bytes::{has, part, u16_le, u32_le};

/// The marks of the two forms.
const MARK_4: &[u8] = b"Rar!\x1a\x07\0";
const MARK_5: &[u8] = b"Rar!\x1a\x07\x01\0";
/// Types of blocks: files, services, the end; those whose data follows them; the one behind which all is encrypted.
pub(super) const FILE_4: u8 = 0x74;
pub(super) const SERVICE_4: u8 = 0x7a;
pub(super) const END_4: u8 = 0x7b;
const WITH_DATA_4: [u8; 2] = [FILE_4, SERVICE_4];
/// Services of versions before 3: signatures, owners and the like.
const SERVICES_4: [u8; 3] = [0x76, 0x77, 0x79];
const PROTECT_4: u8 = 0x78;
/// The service that is a recovery record.
const RECOVERY: &[u8] = b"RR";
/// Recovery records of one archive.
const RECOVERIES_MAX: usize = 16;
const SERVICE_5: u64 = 3;
const ENCRYPTION_5: u64 = 4;
const END_5: u64 = 5;
/// Bytes of a number of seven bits a byte.
const NUMBER_BYTES_MAX: usize = 10;

/// Behind the block that ends the archive, or behind the last one whose head has the right sum; nothing if it cannot be told.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(MARK_5) { end_5(bytes) } else { end_4(bytes) }
}

fn end_4(bytes: &[u8]) -> Option<usize> {
    let mut blocks = Blocks4::of(bytes)?;
    let mut count = 0_usize;
    while let Some(block) = blocks.next() {
        count = count.saturating_add(1);
        if block.kind == END_4 {
            return Some(block.end);
        }
    }
    (count > 0 && !blocks.is_unclear && blocks.at <= bytes.len()).then_some(blocks.at)
}

/// The archive without the blocks of old versions that say more of a file or of the archive (owner, signature): no reader needs them,
/// and ours does not know them. None where there are none.
pub(super) fn without_services(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut blocks = Blocks4::of(bytes)?;
    let mut kept = MARK_4.to_vec();
    let mut is_any = false;
    while let Some(block) = blocks.next() {
        if block.is_summed_whole {
            is_any = true;
            continue;
        }
        kept.extend_from_slice(bytes.get(block.start..block.end)?);
        if block.kind == END_4 {
            break;
        }
    }
    kept.extend_from_slice(bytes.get(blocks.at..).unwrap_or_default());
    is_any.then_some(kept)
}

/// Where data of recovery records lies: pieces of the archive itself, its mark among them. That of a small archive is all of it again.
pub(super) fn recovery(bytes: &[u8]) -> Vec<(usize, usize)> {
    if bytes.starts_with(MARK_5) { recovery_5(bytes) } else { recovery_4(bytes) }
}

fn recovery_4(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let Some(mut blocks) = Blocks4::of(bytes) else { return found };
    while let Some(block) = blocks.next() {
        let is_service =
            || block.kind == SERVICE_4 && name_4(bytes, block.start).is_some_and(|(name, _)| name == RECOVERY);
        if found.len() < RECOVERIES_MAX && (block.kind == PROTECT_4 || is_service()) {
            found.push((block.start, block.end));
        }
    }
    found
}

fn recovery_5(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let Some(mut blocks) = Blocks5::of(bytes) else { return found };
    while let Some(block) = blocks.next() {
        if block.kind == END_5 || found.len() >= RECOVERIES_MAX {
            break;
        }
        if block.kind == SERVICE_5 && name_5(bytes, block.fields_at) == Some(RECOVERY) {
            found.push((block.start, block.end));
        }
    }
    found
}

/// The name of a file or service whose head begins there, and where it ends.
pub(super) fn name_4(bytes: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let length = usize::from(u16_le(bytes, start.checked_add(26)?)?);
    // The high halves of its sizes, where it has them.
    let is_large = u16_le(bytes, start.checked_add(3)?)? & 0x100 != 0;
    let at = start.checked_add(if is_large { 40 } else { 32 })?;
    Some((part(bytes, at, length)?, at.checked_add(length)?))
}

/// The name of a file or service whose own fields begin there.
fn name_5(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let (flags, at) = number(bytes, at)?;
    // Size and attributes; time and sum where the flags say so; method and system.
    let at = number(bytes, number(bytes, at)?.1)?.1;
    let at = at.checked_add(if flags & 2 != 0 { 4 } else { 0 })?.checked_add(if flags & 4 != 0 { 4 } else { 0 })?;
    let at = number(bytes, number(bytes, at)?.1)?.1;
    let (length, at) = number(bytes, at)?;
    part(bytes, at, usize::try_from(length).ok()?)
}

/// A block of version 4.
pub(super) struct Block4 {
    pub(super) kind: u8,
    pub(super) start: usize,
    /// Behind its head.
    pub(super) data_at: usize,
    pub(super) end: usize,
    /// Its sum is of its data as well: an old service.
    is_summed_whole: bool,
}

/// The blocks one after the other, as far as their heads have the right sums.
pub(super) struct Blocks4<'b> {
    bytes: &'b [u8],
    at: usize,
    /// What follows cannot be told.
    is_unclear: bool,
}

impl<'b> Blocks4<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Option<Self> {
        has(bytes, 0, MARK_4).then_some(Self { bytes, at: MARK_4.len(), is_unclear: false })
    }

    pub(super) fn next(&mut self) -> Option<Block4> {
        let (bytes, start) = (self.bytes, self.at);
        let kind = *bytes.get(start.checked_add(2)?)?;
        let flags = u16_le(bytes, start.checked_add(3)?)?;
        let length = usize::from(u16_le(bytes, start.checked_add(5)?)?);
        let has_data = flags & 0x8000 != 0 || WITH_DATA_4.contains(&kind);
        let data = if has_data { u32_le(bytes, start.checked_add(7)?).unwrap_or_default() } else { 0 };
        let data = usize::try_from(data).ok()?;
        let is_sound = |length: usize| is_sound_4(bytes, start, length).unwrap_or(false);
        let is_summed_whole = !is_sound(length);
        if is_summed_whole && !(SERVICES_4.contains(&kind) && is_sound(length.checked_add(data)?)) {
            return None;
        }
        // The head of the archive says that all further heads are encrypted.
        self.is_unclear = length < 7 || (kind == 0x73 && flags & 0x80 != 0);
        if self.is_unclear {
            return None;
        }
        let data_at = start.checked_add(length)?;
        self.at = data_at.checked_add(data)?;
        Some(Block4 { kind, start, data_at, end: self.at, is_summed_whole })
    }
}

fn end_5(bytes: &[u8]) -> Option<usize> {
    let mut blocks = Blocks5::of(bytes)?;
    let mut count = 0_usize;
    while let Some(block) = blocks.next() {
        count = count.saturating_add(1);
        if block.kind == END_5 {
            return Some(block.end);
        }
    }
    (count > 0 && !blocks.is_unclear && blocks.at <= bytes.len()).then_some(blocks.at)
}

/// A block of version 5.
struct Block5 {
    kind: u64,
    start: usize,
    /// Where the fields begin that only its kind has.
    fields_at: usize,
    end: usize,
}

/// As [`Blocks4`].
struct Blocks5<'b> {
    bytes: &'b [u8],
    at: usize,
    is_unclear: bool,
}

impl<'b> Blocks5<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        has(bytes, 0, MARK_5).then_some(Self { bytes, at: MARK_5.len(), is_unclear: false })
    }

    fn next(&mut self) -> Option<Block5> {
        if self.is_unclear || !is_sound_5(self.bytes, self.at).unwrap_or(false) {
            return None;
        }
        let block = self.read(self.at);
        self.is_unclear = block.is_none();
        self.at = block.as_ref().map_or(self.at, |block| block.end);
        block
    }

    fn read(&self, start: usize) -> Option<Block5> {
        let bytes = self.bytes;
        // Behind the sum of the head.
        let (length, from) = number(bytes, start.checked_add(4)?)?;
        let (kind, flags_at) = number(bytes, from)?;
        let (flags, extra_at) = number(bytes, flags_at)?;
        if kind == ENCRYPTION_5 || length == 0 {
            return None;
        }
        let data_at = if flags & 1 != 0 { number(bytes, extra_at)?.1 } else { extra_at };
        let (data, fields_at) = if flags & 2 != 0 { number(bytes, data_at)? } else { (0, data_at) };
        let end = from.checked_add(usize::try_from(length).ok()?)?.checked_add(usize::try_from(data).ok()?)?;
        Some(Block5 { kind, start, fields_at, end })
    }
}

/// Does a head begin here? Its sum is the low half of that of all that follows.
fn is_sound_4(bytes: &[u8], at: usize, length: usize) -> Option<bool> {
    let head = part(bytes, at, length.max(7))?.get(2..)?;
    Some(u16_le(bytes, at).map(u32::from) == Some(crc32fast::hash(head) & 0xffff))
}

fn is_sound_5(bytes: &[u8], at: usize) -> Option<bool> {
    let (length, from) = number(bytes, at.checked_add(4)?)?;
    let end = from.checked_add(usize::try_from(length).ok()?)?;
    Some(u32_le(bytes, at) == Some(crc32fast::hash(bytes.get(at.checked_add(4)?..end)?)))
}

/// A number, the low seven bits first, and where it ends.
fn number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    let mut end = at;
    for (step, byte) in bytes.get(at..)?.iter().take(NUMBER_BYTES_MAX).enumerate() {
        let shift = u32::try_from(step.checked_mul(7)?).ok()?;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        end = end.checked_add(1)?;
        if byte & 0x80 == 0 {
            return Some((value, end));
        }
    }
    None
}
