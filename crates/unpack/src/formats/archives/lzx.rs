//! LZX as cabinets use it (MS-PATCH, "LZX DELTA" 2; MS-CAB), block by block; no reference reaches outside the window or before
//! the begin of what was unpacked.

/// Lengths of codes at most, bits.
const CODE_BITS_MAX: usize = 16;
/// Symbols of the trees: literals, lengths of lengths, long matches, low bits of offsets.
const LITERALS: usize = 256;
const PRETREE: usize = 20;
const LENGTHS: usize = 249;
const ALIGNED: usize = 8;
/// Slots of positions for windows of 15 to 21 bits.
const SLOTS: [usize; 7] = [30, 32, 34, 36, 38, 42, 50];
/// Low bits of an offset at most.
const FOOTER_BITS_MAX: u32 = 17;
/// Calls are translated in the first gibibyte, and never at the end of a block, bytes.
const TRANSLATED_BYTES_MAX: usize = 1 << 30;
const UNTRANSLATED_TAIL_BYTES: usize = 10;
/// What a block unpacks to, but for the last one, bytes.
const BLOCK_BYTES: usize = 32 * 1024;

/// Words of 16 bits, high bits first.
struct Bits<'b> {
    bytes: &'b [u8],
    word: u32,
    left: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = (value << 1) | self.bit()?;
        }
        Some(value)
    }

    fn bit(&mut self) -> Option<u32> {
        if self.left == 0 {
            let (low, high) = (*self.bytes.first()?, self.bytes.get(1).copied().unwrap_or(0));
            self.word = u32::from(u16::from_le_bytes([low, high]));
            self.bytes = self.bytes.get(2..).unwrap_or_default();
            self.left = 16;
        }
        self.left = self.left.saturating_sub(1);
        Some((self.word >> self.left) & 1)
    }
}

/// A tree of canonical codes: how many of each length, and their symbols in order.
#[derive(Default)]
struct Tree {
    counts: [u16; CODE_BITS_MAX + 1],
    symbols: Vec<u16>,
}

impl Tree {
    fn new(lengths: &[u8]) -> Option<Self> {
        let mut tree = Self::default();
        for length in lengths {
            let count = tree.counts.get_mut(usize::from(*length))?;
            *count = count.checked_add(1)?;
        }
        for bits in 1..=CODE_BITS_MAX {
            let of_length = lengths.iter().zip(0_u16..).filter(|(length, _)| usize::from(**length) == bits);
            tree.symbols.extend(of_length.map(|(_, symbol)| symbol));
        }
        Some(tree)
    }

    fn read(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in self.counts.iter().skip(1).map(|count| u32::from(*count)) {
            code |= bits.bit()?;
            let above = code.checked_sub(first);
            if let Some(above) = above.filter(|above| *above < count) {
                let at = usize::try_from(index.checked_add(above)?).ok()?;
                return self.symbols.get(at).map(|symbol| usize::from(*symbol));
            }
            index = index.checked_add(count)?;
            first = first.checked_add(count)?.checked_mul(2)?;
            code = code.checked_mul(2)?;
        }
        None
    }
}

/// The kind of block that is being read.
enum Kind {
    Verbatim,
    Aligned(Tree),
    Stored,
}

/// What is remembered from block to block.
pub(super) struct Lzx {
    window: usize,
    main_lengths: Vec<u8>,
    length_lengths: Vec<u8>,
    main: Tree,
    lengths: Tree,
    kind: Kind,
    /// Bytes that the present block still has, and whether it had an odd number of them.
    left: usize,
    is_odd: bool,
    recent: [usize; 3],
    has_begun: bool,
    /// Size of the file whose calls are translated; 0: none.
    translated: i32,
}

impl Lzx {
    /// For a window of so many bits.
    pub(super) fn new(window_bits: u32) -> Option<Self> {
        let slots = SLOTS.get(usize::try_from(window_bits.checked_sub(15)?).ok()?)?;
        Some(Self {
            window: 1_usize.checked_shl(window_bits)?,
            main_lengths: vec![0; slots.saturating_mul(8).saturating_add(LITERALS)],
            length_lengths: vec![0; LENGTHS],
            main: Tree::default(),
            lengths: Tree::default(),
            kind: Kind::Verbatim,
            left: 0,
            is_odd: false,
            recent: [1; 3],
            has_begun: false,
            translated: 0,
        })
    }

    /// One block of the cabinet, `size` bytes unpacked, behind what is there; false if it is damaged.
    pub(super) fn block(&mut self, data: &[u8], size: usize, out: &mut Vec<u8>) -> bool {
        self.unpack(data, size, out).is_some()
    }

    /// Gives calls their relative targets back, when all is unpacked: the window never sees that.
    pub(super) fn finish(&self, out: &mut [u8]) {
        let Some(size) = Some(self.translated).filter(|size| *size != 0) else { return };
        let mut from = 0_usize;
        for block in out.chunks_mut(BLOCK_BYTES) {
            if from < TRANSLATED_BYTES_MAX && block.len() > UNTRANSLATED_TAIL_BYTES {
                translate(block, from, size);
            }
            from = from.saturating_add(BLOCK_BYTES);
        }
    }

    fn unpack(&mut self, data: &[u8], size: usize, out: &mut Vec<u8>) -> Option<()> {
        let mut bits = Bits { bytes: data, word: 0, left: 0 };
        if !self.has_begun {
            self.has_begun = true;
            if bits.bit()? == 1 {
                let words = (bits.take(16)? << 16) | bits.take(16)?;
                self.translated = words.cast_signed();
            }
        }
        let end = out.len().checked_add(size)?;
        while out.len() < end {
            if self.left == 0 {
                self.begin(&mut bits)?;
            }
            let room = end.checked_sub(out.len())?.min(self.left);
            let before = out.len();
            if matches!(self.kind, Kind::Stored) {
                let bytes = bits.bytes.get(..room)?;
                out.extend_from_slice(bytes);
                bits.bytes = bits.bytes.get(room..)?;
                bits.left = 0;
            } else {
                self.symbols(&mut bits, room, out)?;
            }
            self.left = self.left.checked_sub(out.len().checked_sub(before)?)?;
        }
        Some(())
    }

    /// The head of a block: kind, size, trees.
    fn begin(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        if self.is_odd && matches!(self.kind, Kind::Stored) {
            bits.bytes = bits.bytes.get(1..)?;
        }
        let kind = bits.take(3)?;
        self.left = usize::try_from(bits.take(24)?).ok().filter(|left| *left > 0)?;
        self.is_odd = self.left & 1 == 1;
        match kind {
            1 | 2 => {
                self.kind = if kind == 1 { Kind::Verbatim } else { Kind::Aligned(aligned(bits)?) };
                read_lengths(bits, self.main_lengths.get_mut(..LITERALS)?)?;
                read_lengths(bits, self.main_lengths.get_mut(LITERALS..)?)?;
                self.main = Tree::new(&self.main_lengths)?;
                read_lengths(bits, &mut self.length_lengths)?;
                self.lengths = Tree::new(&self.length_lengths)?;
            }
            3 => {
                self.kind = Kind::Stored;
                // One to sixteen bits of padding: what is left of this word, or a whole one.
                if bits.left == 0 {
                    bits.take(16)?;
                }
                bits.left = 0;
                for recent in &mut self.recent {
                    let (field, rest) = bits.bytes.split_first_chunk::<4>()?;
                    *recent = usize::try_from(u32::from_le_bytes(*field)).ok()?;
                    bits.bytes = rest;
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Literals and matches, until so many bytes came out.
    fn symbols(&mut self, bits: &mut Bits<'_>, room: usize, out: &mut Vec<u8>) -> Option<()> {
        let end = out.len().checked_add(room)?;
        while out.len() < end {
            let symbol = self.main.read(bits)?;
            if let Ok(literal) = u8::try_from(symbol) {
                out.push(literal);
                continue;
            }
            let symbol = symbol.checked_sub(LITERALS)?;
            let mut length = (symbol & 7).checked_add(2)?;
            if symbol & 7 == 7 {
                length = length.checked_add(self.lengths.read(bits)?)?;
            }
            let offset = self.offset(bits, symbol >> 3)?;
            let from = out.len().checked_sub(offset).filter(|_| offset > 0 && offset <= self.window)?;
            if out.len().checked_add(length)? > end {
                return None;
            }
            for at in from..from.checked_add(length)? {
                out.push(*out.get(at)?);
            }
        }
        Some(())
    }

    fn offset(&mut self, bits: &mut Bits<'_>, slot: usize) -> Option<usize> {
        let [first, second, third] = self.recent;
        self.recent = match slot {
            0 => [first, second, third],
            1 => [second, first, third],
            2 => [third, second, first],
            _ => {
                let (base, extra) = position(slot)?;
                let low = match &self.kind {
                    Kind::Aligned(tree) if extra >= 3 => {
                        let high = bits.take(extra.checked_sub(3)?)? << 3;
                        usize::try_from(high).ok()?.checked_add(tree.read(bits)?)?
                    }
                    _ => usize::try_from(bits.take(extra)?).ok()?,
                };
                [base.checked_add(low)?.checked_sub(2)?, first, second]
            }
        };
        self.recent.first().copied()
    }
}

/// The first position of a slot, and how many low bits follow.
fn position(slot: usize) -> Option<(usize, u32)> {
    let extra_of = |slot: usize| -> u32 {
        let half = u32::try_from(slot >> 1).unwrap_or(u32::MAX);
        half.saturating_sub(1).min(FOOTER_BITS_MAX)
    };
    let base = (0..slot).try_fold(0_usize, |base, slot| base.checked_add(1_usize.checked_shl(extra_of(slot))?));
    Some((base?, extra_of(slot)))
}

fn aligned(bits: &mut Bits<'_>) -> Option<Tree> {
    let mut lengths = [0_u8; ALIGNED];
    for length in &mut lengths {
        *length = u8::try_from(bits.take(3)?).ok()?;
    }
    Tree::new(&lengths)
}

/// Lengths as differences to those of the block before, packed by a tree of their own.
fn read_lengths(bits: &mut Bits<'_>, lengths: &mut [u8]) -> Option<()> {
    let mut own = [0_u8; PRETREE];
    for length in &mut own {
        *length = u8::try_from(bits.take(4)?).ok()?;
    }
    let tree = Tree::new(&own)?;
    let mut at = 0_usize;
    while at < lengths.len() {
        let symbol = tree.read(bits)?;
        let (run, change) = match symbol {
            17 => (bits.take(4)?.checked_add(4)?, None),
            18 => (bits.take(5)?.checked_add(20)?, None),
            19 => (bits.take(1)?.checked_add(4)?, Some(tree.read(bits)?)),
            change => (1, Some(change)),
        };
        let end = at.checked_add(usize::try_from(run).ok()?)?.min(lengths.len());
        let first = *lengths.get(at)?;
        let value = match change {
            None => 0,
            Some(change) => {
                u8::try_from(usize::from(first).checked_add(17)?.checked_sub(change)?.checked_rem(17)?).ok()?
            }
        };
        lengths.get_mut(at..end)?.fill(value);
        at = end;
    }
    Some(())
}

fn translate(block: &mut [u8], from: usize, size: i32) {
    let last = block.len().saturating_sub(UNTRANSLATED_TAIL_BYTES);
    let mut at = 0_usize;
    while let Some(found) = block.get(at..last).and_then(|rest| memchr::memchr(0xe8, rest)) {
        let call = at.saturating_add(found);
        at = call.saturating_add(5);
        let Ok(position) = i32::try_from(from.saturating_add(call)) else { return };
        let Some(field) = block.get_mut(call.saturating_add(1)..).and_then(|rest| rest.first_chunk_mut::<4>()) else {
            return;
        };
        let absolute = i32::from_le_bytes(*field);
        if absolute >= position.saturating_neg() && absolute < size {
            let relative = if absolute >= 0 { absolute.wrapping_sub(position) } else { absolute.wrapping_add(size) };
            *field = relative.to_le_bytes();
        }
    }
}
