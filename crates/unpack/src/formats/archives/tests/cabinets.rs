//! LZX, packed by hand after its specification: no free program packs cabinets with it.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use super::open_with;
use crate::budget::Limits;

/// Bits in words of 16, high bits first.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).rev().map(|bit| (value >> bit) & 1 == 1));
    }

    fn bytes(mut self) -> Vec<u8> {
        self.0.resize(self.0.len().div_ceil(16) * 16, false);
        let word = |bits: &[bool]| bits.iter().fold(0_u16, |word, bit| (word << 1) | u16::from(*bit));
        self.0.chunks(16).flat_map(|bits| word(bits).to_le_bytes()).collect()
    }

    /// Lengths that are all the same: a pretree of the one symbol that makes them, then its code, a bit each.
    fn lengths(&mut self, symbol: u32, count: usize) {
        for own in 0..20 {
            self.put(u32::from(own == symbol), 4);
        }
        for _ in 0..count {
            self.put(0, 1);
        }
    }
}

/// A cabinet of one folder and one file.
fn cabinet(method: u16, data: &[u8], size: usize) -> Vec<u8> {
    let mut cabinet = b"MSCF\0\0\0\0".to_vec();
    let total = 36 + 8 + 16 + 6 + 8 + data.len();
    cabinet.extend_from_slice(&(total as u32).to_le_bytes());
    cabinet.extend_from_slice(&[0, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    cabinet.extend_from_slice(&66_u32.to_le_bytes());
    cabinet.extend_from_slice(&1_u16.to_le_bytes());
    cabinet.extend_from_slice(&method.to_le_bytes());
    cabinet.extend_from_slice(&(size as u32).to_le_bytes());
    cabinet.extend_from_slice(&[0; 12]);
    cabinet.extend_from_slice(b"x.txt\0\0\0\0\0");
    cabinet.extend_from_slice(&(data.len() as u16).to_le_bytes());
    cabinet.extend_from_slice(&(size as u16).to_le_bytes());
    cabinet.extend_from_slice(data);
    cabinet
}

/// Literals, a match of three back, one of the same distance again; window of 32 KiB.
fn packed(kind: u32, size: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0, 1);
    bits.put(kind, 3);
    bits.put(size, 24);
    if kind == 2 {
        // The tree of low bits: eight codes of three bits.
        for _ in 0..8 {
            bits.put(3, 3);
        }
    }
    // 256 literals and 240 matches: codes of nine bits, from nothing (0 - 8 is 9 by 17).
    bits.lengths(8, 256);
    bits.lengths(8, 240);
    // 249 lengths: codes of eight bits.
    bits.lengths(9, 249);
    for byte in b"abc" {
        bits.put(u32::from(*byte), 9);
    }
    // Position 5 is slot 4 and a low bit; before that, lengths from 9 on have a code of their own.
    bits.put(256 + 4 * 8 + 7, 9);
    bits.put(0, 8);
    bits.put(1, 1);
    bits.put(256 + 3, 9);
    bits.bytes()
}

#[test]
fn lzx_literals_and_matches() {
    for kind in [1, 2] {
        let content = open_with(&cabinet(15 << 8 | 3, &packed(kind, 17), 17), &[], Limits::default());
        assert_eq!((content.items[1].text.as_str(), content.unopened.len()), ("abcabcabcabcabcab", 0), "{kind}");
    }
}

#[test]
fn lzx_that_lies_is_broken() {
    // A match before the begin; more than the block has; an unknown kind of block.
    for data in [packed(1, 12), packed(4, 17), packed(1, 17)[..60].to_vec()] {
        let content = open_with(&cabinet(15 << 8 | 3, &data, 17), &[], Limits::default());
        assert!(!content.unopened.is_empty(), "{content:?}");
    }
    // Quantum is not opened, and said so.
    let content = open_with(&cabinet(2, b"x", 17), &[], Limits::default());
    assert_eq!(content.unopened[0].why, scan::content::WhyUnopened::Unsupported);
}
