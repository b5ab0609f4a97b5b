//! A picture in shades of grey.

mod counts;
mod local;

pub(crate) use crate::formats::image::grey::counts::Counts;

/// Row by row, one byte a pixel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// How bright a colour is, `0xRRGGBB`.
pub(crate) fn shade(colour: u32) -> u8 {
    let [_, red, green, blue] = colour.to_be_bytes();
    let sum = u32::from(red).saturating_add(u32::from(green).saturating_mul(2)).saturating_add(u32::from(blue));
    u8::try_from(sum / 4).unwrap_or(255)
}

impl Grey {
    pub(crate) fn from_func(width: usize, height: usize, shade: impl Fn(usize, usize) -> u8) -> Self {
        let mut pixels = Vec::with_capacity(width.saturating_mul(height));
        for y in 0..height {
            pixels.extend((0..width).map(|x| shade(x, y)));
        }
        Self { width, height, pixels }
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> u8 {
        self.pixels.get(y.saturating_mul(self.width).saturating_add(x)).copied().unwrap_or(255)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width.max(1))
    }

    pub(crate) fn inverted(&self) -> Self {
        Self { pixels: self.pixels.iter().map(|shade| !shade).collect(), ..*self }
    }

    /// Each pixel as the mean of itself and those around it.
    pub(crate) fn softened(&self) -> Self {
        let row = |y: usize| {
            let start = y.min(self.height.saturating_sub(1)).saturating_mul(self.width);
            self.pixels.get(start..start.saturating_add(self.width)).unwrap_or_default()
        };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let mut columns: Vec<u16> = Vec::with_capacity(self.width);
        for y in 0..self.height {
            let three = row(y.saturating_sub(1)).iter().zip(row(y)).zip(row(y.saturating_add(1)));
            columns.clear();
            columns.extend(three.map(|((above, own), below)| {
                u16::from(*above).saturating_add(u16::from(*own)).saturating_add(u16::from(*below))
            }));
            let column = |x: usize| columns.get(x.min(columns.len().saturating_sub(1))).copied().unwrap_or(0);
            pixels.extend((0..columns.len()).map(|x| {
                let sum =
                    column(x.saturating_sub(1)).saturating_add(column(x)).saturating_add(column(x.saturating_add(1)));
                u8::try_from(sum / 9).unwrap_or(u8::MAX)
            }));
        }
        Self { pixels, ..*self }
    }

    /// So many times as large, with smooth passages between pixels.
    pub(crate) fn enlarged(&self, times: usize) -> Self {
        let (width, height) = (self.width.saturating_mul(times), self.height.saturating_mul(times));
        let step = times.saturating_mul(2).max(1);
        Self::from_func(width, height, |x, y| {
            // Middles of pixels, in halves of a small pixel.
            let (left, across) = split(x, step, self.width);
            let (top, down) = split(y, step, self.height);
            let mix = |one: usize, other: usize, share: usize| {
                one.saturating_mul(step.saturating_sub(share)).saturating_add(other.saturating_mul(share))
            };
            let pixel = |x: usize, y: usize| {
                usize::from(self.at(x.min(self.width.saturating_sub(1)), y.min(self.height.saturating_sub(1))))
            };
            let upper = mix(pixel(left, top), pixel(left.saturating_add(1), top), across);
            let below = top.saturating_add(1);
            let lower = mix(pixel(left, below), pixel(left.saturating_add(1), below), across);
            let sum = mix(upper, lower, down);
            u8::try_from(sum.checked_div(step.saturating_mul(step)).unwrap_or(0)).unwrap_or(255)
        })
    }

    /// How wide and how high.
    pub(crate) const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// So many times as small, each pixel the mean of those it stands for.
    pub(crate) fn smaller(self, times: usize) -> Self {
        if times < 2 {
            return self;
        }
        let side = |pixels: usize| pixels.checked_div(times).unwrap_or(0);
        Self::from_func(side(self.width), side(self.height), |x, y| {
            let (left, top) = (x.saturating_mul(times), y.saturating_mul(times));
            let rows = top..top.saturating_add(times);
            let sum: usize = rows
                .flat_map(|y| (left..left.saturating_add(times)).map(move |x| (x, y)))
                .map(|(x, y)| usize::from(self.at(x, y)))
                .sum();
            u8::try_from(sum.checked_div(times.saturating_mul(times)).unwrap_or(0)).unwrap_or(255)
        })
    }

    /// A part of it: its left and upper end, and the right and lower one behind it.
    pub(crate) fn cut(&self, (left, top): (usize, usize), (right, bottom): (usize, usize)) -> Self {
        let (right, bottom) = (right.min(self.width), bottom.min(self.height));
        let rows = self.rows().take(bottom).skip(top).flat_map(|row| row.get(left..right).unwrap_or_default());
        let pixels: Vec<u8> = rows.copied().collect();
        Self { width: right.saturating_sub(left), height: bottom.saturating_sub(top), pixels }
    }

    /// With a margin of its rim's usual shade, which a code needs around it.
    pub(crate) fn padded(&self, margin: usize) -> Self {
        let rim = self.rim();
        let inner = |at: usize, size: usize| at.checked_sub(margin).filter(|at| *at < size);
        let wide = margin.saturating_mul(2);
        Self::from_func(self.width.saturating_add(wide), self.height.saturating_add(wide), |x, y| {
            inner(x, self.width).zip(inner(y, self.height)).map_or(rim, |(x, y)| self.at(x, y))
        })
    }

    /// The lighter half of the rim: where a code touches the rim, its modules are the darker one.
    pub(crate) fn rim(&self) -> u8 {
        let last = self.height.saturating_sub(1);
        let mut shades: Vec<u8> = (0..self.width).flat_map(|x| [self.at(x, 0), self.at(x, last)]).collect();
        let right = self.width.saturating_sub(1);
        shades.extend((0..self.height).flat_map(|y| [self.at(0, y), self.at(right, y)]));
        shades.sort_unstable();
        let place = shades.len().saturating_mul(9).checked_div(10).unwrap_or(0);
        shades.get(place).copied().unwrap_or(255)
    }

    /// How many pixels have each shade.
    pub(crate) fn counts(&self) -> Counts {
        Counts::of(&self.pixels)
    }

    /// See [`Counts::parting`].
    pub(crate) fn parting(&self) -> (u8, u8) {
        self.counts().parting()
    }

    /// Dark where darker than the mean of the window around: 255 and 0 only.
    pub(crate) fn parted_locally(&self) -> Self {
        local::parted(self)
    }

    /// Dark where darker than halfway between the lightest and the darkest shade around, if those lie `apart`: for pictures that get
    /// lighter from one side to the other.
    pub(crate) fn parted_by_range(&self, apart: u8) -> Self {
        let side = self.width.max(self.height).checked_div(RANGE_BLOCKS).unwrap_or(1).max(4);
        let (across, down) = (self.width.div_ceil(side), self.height.div_ceil(side));
        let mut ranges = vec![(255_u8, 0_u8); across.saturating_mul(down)];
        let block = |at: usize| at.checked_div(side).unwrap_or(0);
        for (y, row) in self.rows().enumerate() {
            let first = block(y).saturating_mul(across);
            for (range, shades) in ranges.iter_mut().skip(first).zip(row.chunks(side)) {
                *range = shades.iter().fold(*range, |(low, high), shade| (low.min(*shade), high.max(*shade)));
            }
        }
        let around = |x: usize, y: usize| {
            let rows = y.saturating_sub(RANGE_RADIUS)..y.saturating_add(RANGE_RADIUS).saturating_add(1).min(down);
            let columns = x.saturating_sub(RANGE_RADIUS)..x.saturating_add(RANGE_RADIUS).saturating_add(1).min(across);
            let blocks = rows.flat_map(|y| columns.clone().map(move |x| y.saturating_mul(across).saturating_add(x)));
            let ranges = blocks.filter_map(|at| ranges.get(at));
            ranges.fold((255_u8, 0_u8), |(low, high), range| (low.min(range.0), high.max(range.1)))
        };
        let shades: Vec<u8> = (0..down)
            .flat_map(|y| (0..across).map(move |x| (x, y)))
            .map(|(x, y)| around(x, y))
            .map(|(low, high)| if high.saturating_sub(low) < apart { 0 } else { low.midpoint(high) })
            .collect();
        Self::from_func(self.width, self.height, |x, y| {
            let at = block(y).saturating_mul(across).saturating_add(block(x));
            if self.at(x, y) < shades.get(at).copied().unwrap_or(0) { 0 } else { 255 }
        })
    }

    /// Is one side lighter than the other, by the means of a sample?
    pub(crate) fn is_graded(&self) -> bool {
        let (width, height) = (self.width / 3, self.height / 3);
        let mean = |from: (usize, usize), size: (usize, usize)| {
            let (mut sum, mut count) = (0_u64, 0_u64);
            for y in (from.1..from.1.saturating_add(size.1)).step_by(5) {
                for x in (from.0..from.0.saturating_add(size.0)).step_by(5) {
                    sum = sum.saturating_add(u64::from(self.at(x, y)));
                    count = count.saturating_add(1);
                }
            }
            sum.checked_div(count).unwrap_or(0)
        };
        let (right, bottom) = (self.width.saturating_sub(width), self.height.saturating_sub(height));
        let across = mean((0, 0), (width, self.height)).abs_diff(mean((right, 0), (width, self.height)));
        let down = mean((0, 0), (self.width, height)).abs_diff(mean((0, bottom), (self.width, height)));
        across.max(down) >= GRADED_BY
    }

    /// Of black and white: do single pixels lie about, as salt and pepper?
    pub(crate) fn is_speckled(&self) -> bool {
        let (mut alone, mut looked) = (0_usize, 0_usize);
        for y in (1..self.height.saturating_sub(1)).step_by(2) {
            for x in (1..self.width.saturating_sub(1)).step_by(3) {
                let shade = self.at(x, y);
                let around = [
                    self.at(x.saturating_sub(1), y),
                    self.at(x.saturating_add(1), y),
                    self.at(x, y.saturating_sub(1)),
                    self.at(x, y.saturating_add(1)),
                ];
                looked = looked.saturating_add(1);
                alone = alone.saturating_add(usize::from(around.iter().all(|own| *own != shade)));
            }
        }
        alone.saturating_mul(SPECKLED_IN) > looked && alone.saturating_mul(SPECKLED_MOST_IN) < looked
    }

    /// Of black and white: each pixel as most of the nine around it are.
    pub(crate) fn unspeckled(&self) -> Self {
        let dark_in_three: Vec<u8> = self
            .rows()
            .flat_map(|row| {
                let at = |x: Option<usize>| u8::from(x.and_then(|x| row.get(x)) == Some(&0));
                (0..row.len())
                    .map(move |x| at(x.checked_sub(1)).saturating_add(at(Some(x))).saturating_add(at(x.checked_add(1))))
            })
            .collect();
        let three = Self { pixels: dark_in_three, ..*self };
        let of = |x: usize, y: Option<usize>| y.filter(|y| *y < self.height).map_or(0, |y| three.at(x, y));
        Self::from_func(self.width, self.height, |x, y| {
            let dark = of(x, y.checked_sub(1)).saturating_add(of(x, Some(y))).saturating_add(of(x, y.checked_add(1)));
            if dark >= 5 { 0 } else { 255 }
        })
    }

    /// The shades that more than a few pixels have, the darkest first.
    pub(crate) fn shades(&self) -> Vec<u8> {
        let least = u64::try_from(self.pixels.len() / SHADE_SHARE).unwrap_or(u64::MAX);
        self.counts().iter().filter(|(_, count)| *count > least).map(|(shade, _)| shade).collect()
    }

    /// Dark up to a shade.
    pub(crate) fn parted_at(&self, shade: u8) -> Self {
        Self { pixels: self.pixels.iter().map(|own| if *own <= shade { 0 } else { 255 }).collect(), ..*self }
    }
}

/// A shade of less than one in so many pixels is none of the picture.
const SHADE_SHARE: usize = 100;
/// Blocks of the longer side whose lightest and darkest shades are compared.
const RANGE_BLOCKS: usize = 16;
/// Blocks to each side that count as around.
const RANGE_RADIUS: usize = 2;
/// A side is lighter than the other by so much at least.
const GRADED_BY: u64 = 24;
/// One in so many pixels stands alone where a picture is speckled.
const SPECKLED_IN: usize = 300;
/// Where more than one in so many stands alone it is all noise.
const SPECKLED_MOST_IN: usize = 5;

/// The pixel before a place of the enlarged picture, and the share of the next one.
fn split(at: usize, step: usize, size: usize) -> (usize, usize) {
    let place = at.saturating_mul(2).saturating_add(1);
    let half = step.checked_div(2).unwrap_or(0);
    let moved = place.saturating_sub(half);
    let before = moved.checked_div(step).unwrap_or(0).min(size.saturating_sub(1));
    (before, moved.checked_rem(step).unwrap_or(0))
}
