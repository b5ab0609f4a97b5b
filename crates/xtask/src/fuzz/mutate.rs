//! Makes inputs out of seeds: the same seed of chance, the same inputs.

use testkit::random::Random;

/// Bytes of an input; longer ones only take time.
const INPUT_BYTES_MAX: usize = 64 * 1024;
/// Changes to one input.
const CHANGES_MAX: usize = 8;
/// Bytes that are moved at a time.
const BLOCK_BYTES_MAX: usize = 256;
/// Times that a piece is repeated, to reach depths.
const REPEATS_MAX: usize = 200;

/// The maker of inputs.
pub(super) struct Mutator {
    random: Random,
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static [u8]],
}

impl Mutator {
    pub(super) fn new(random: Random, mut seeds: Vec<Vec<u8>>, words: &'static [&'static [u8]]) -> Self {
        seeds.iter_mut().for_each(|seed| seed.truncate(INPUT_BYTES_MAX));
        seeds.push(Vec::new());
        Self { random, seeds, words }
    }

    /// The next input.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut input = self.random.pick(&self.seeds).cloned().unwrap_or_default();
        for _ in 0..self.random.below(CHANGES_MAX) {
            self.change(&mut input);
        }
        input.truncate(INPUT_BYTES_MAX);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len() + 1);
        let length = self.random.below(BLOCK_BYTES_MAX).min(input.len() - at);
        match self.random.below(9) {
            0 => {
                let bit = self.random.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            1 => {
                let value = self.random.next().to_le_bytes()[0];
                if let Some(byte) = input.get_mut(at) {
                    *byte = value;
                }
            }
            2 => drop(input.drain(at..at + length)),
            3 => {
                let block = input[at..at + length].to_vec();
                let to = self.random.below(input.len() + 1);
                input.splice(to..to, block);
            }
            4 => {
                let count = self.random.below(9);
                let bytes = self.random.bytes(count);
                input.splice(at..at, bytes);
            }
            5 => {
                let other = self.random.pick(&self.seeds).cloned().unwrap_or_default();
                let from = self.random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            6 => input.truncate(at),
            7 => {
                let word = self.random.pick(self.words).copied().unwrap_or_default();
                let end = (at + word.len()).min(input.len());
                input.splice(at..end, word.iter().copied());
            }
            _ => {
                let word = self.random.pick(self.words).copied().unwrap_or_default();
                let times = if self.random.below(8) == 0 { self.random.below(REPEATS_MAX) } else { 1 };
                input.splice(at..at, word.repeat(times));
            }
        }
    }
}
