//! Samples as pixels; of a large picture as fewer ones, each the mean of all those it stands for: a code of a page that was scanned
//! finely keeps its modules.

use std::borrow::Cow;

use super::{Shape, Space};

/// Sums of the samples of some rows for each pixel that is made, channel by channel, and of how many samples.
struct Sums {
    step: usize,
    channels: usize,
    samples: Vec<u64>,
    counts: Vec<u64>,
    /// What a bit adds that is not set, and one that is, where samples are bits.
    bits: Option<[Vec<u64>; 2]>,
}

impl Shape {
    /// Tells red, green and blue of each pixel that stands for `step` rows and columns, or what there is of them at the rim.
    pub(super) fn each_pixel(&self, bytes: &[u8], step: usize, mut tell: impl FnMut([u8; 3])) {
        let rows: Vec<&[u8]> = bytes.chunks(self.row_bytes().max(1)).take(self.height).collect();
        if step <= 1 && self.bits == 8 && !self.is_inverted {
            return rows.iter().for_each(|row| self.each_of_bytes(row, &mut tell));
        }
        let is_table = matches!(self.space, Space::Table(_));
        let mut sums = self.sums(step.max(1));
        let mut pixel = vec![0_u8; sums.channels];
        for rows in rows.chunks(sums.step) {
            sums.samples.fill(0);
            sums.counts.fill(0);
            for row in rows {
                self.add_row(row, &mut sums);
            }
            for (own, count) in sums.samples.chunks_exact(sums.channels).zip(&sums.counts) {
                for (sample, sum) in pixel.iter_mut().zip(own) {
                    *sample = u8::try_from(sum.checked_div(*count).unwrap_or_default()).unwrap_or(u8::MAX);
                }
                let rgb = pixel.first_chunk().filter(|_| is_table).copied();
                tell(rgb.unwrap_or_else(|| self.space.colour(&pixel)));
            }
        }
    }

    /// A row of bytes as they are; what is missing of the last one is nought.
    fn each_of_bytes(&self, row: &[u8], tell: &mut impl FnMut([u8; 3])) {
        let mut row = Cow::Borrowed(row);
        if row.len() < self.row_bytes() {
            row.to_mut().resize(self.row_bytes(), 0);
        }
        row.chunks_exact(self.space.channels().max(1)).for_each(|samples| tell(self.space.colour(samples)));
    }

    fn sums(&self, step: usize) -> Sums {
        let is_table = matches!(self.space, Space::Table(_));
        let channels = if is_table { 3 } else { self.space.channels().max(1) };
        let width = self.width.div_ceil(step);
        let bit = |row: &[u8]| {
            let mut sum = vec![0; channels];
            self.add_pixel(row, 0, &mut sum);
            sum
        };
        let is_of_bits = self.bits == 1 && self.space.channels() == 1;
        Sums {
            step,
            channels,
            samples: vec![0; width.saturating_mul(channels)],
            counts: vec![0; width],
            bits: is_of_bits.then(|| [bit(&[0]), bit(&[0x80])]),
        }
    }

    fn add_row(&self, row: &[u8], sums: &mut Sums) {
        if self.bits == 8 && !self.is_inverted && !matches!(self.space, Space::Table(_)) {
            // Most pictures, and the largest.
            return match sums.channels {
                1 => add_bytes::<1>(row, self.width, sums),
                3 => add_bytes::<3>(row, self.width, sums),
                4 => add_bytes::<4>(row, self.width, sums),
                _ => self.add_samples(row, sums),
            };
        }
        self.add_samples(row, sums);
    }

    fn add_samples(&self, row: &[u8], sums: &mut Sums) {
        let own = sums.samples.chunks_exact_mut(sums.channels).zip(sums.counts.iter_mut());
        for (number, (samples, count)) in own.enumerate() {
            let first = number.saturating_mul(sums.step);
            let last = first.saturating_add(sums.step).min(self.width);
            let pixels = u64::try_from(last.saturating_sub(first)).unwrap_or_default();
            *count = count.saturating_add(pixels);
            let Some([unset, set]) = &sums.bits else {
                (first..last).for_each(|x| self.add_pixel(row, x, samples));
                continue;
            };
            let ones = ones(row, first, last);
            for ((sum, unset), set) in samples.iter_mut().zip(unset).zip(set) {
                let all = set.saturating_mul(ones).saturating_add(unset.saturating_mul(pixels.saturating_sub(ones)));
                *sum = sum.saturating_add(all);
            }
        }
    }

    fn add_pixel(&self, row: &[u8], x: usize, sums: &mut [u64]) {
        let add = |(sum, sample): (&mut u64, u8)| *sum = sum.saturating_add(u64::from(sample));
        if let Space::Table(_) = self.space {
            return sums.iter_mut().zip(self.space.colour(&[self.sample(row, x)])).for_each(add);
        }
        let first = x.saturating_mul(sums.len());
        sums.iter_mut().zip((first..).map(|at| self.sample(row, at))).for_each(add);
    }
}

/// A row of `N` bytes a pixel.
fn add_bytes<const N: usize>(row: &[u8], width: usize, sums: &mut Sums) {
    let (pixels, _) = row.as_chunks::<N>();
    let groups = pixels.get(..width).unwrap_or(pixels).chunks(sums.step);
    let (samples, _) = sums.samples.as_chunks_mut::<N>();
    for ((group, samples), count) in groups.zip(samples).zip(&mut sums.counts) {
        *count = count.saturating_add(u64::try_from(group.len()).unwrap_or_default());
        for pixel in group {
            for (sum, sample) in samples.iter_mut().zip(pixel) {
                *sum = sum.saturating_add(u64::from(*sample));
            }
        }
    }
}

/// How many bits are set from one place to another.
fn ones(row: &[u8], first: usize, last: usize) -> u64 {
    let (mut at, mut ones) = (first, 0_u64);
    while at < last {
        let skipped = at % 8;
        let taken = 8_usize.saturating_sub(skipped).min(last.saturating_sub(at));
        let byte = row.get(at / 8).copied().unwrap_or_default() << skipped;
        ones = ones.saturating_add(u64::from((byte >> 8_usize.saturating_sub(taken)).count_ones()));
        at = at.saturating_add(taken);
    }
    ones
}
