//! How many pixels of a picture have each shade, and what that says of it.

/// By shade.
#[derive(Debug)]
pub(crate) struct Counts([u64; 256]);

impl Counts {
    /// Four tables, as the same shade twice in a row would wait for itself.
    pub(super) fn of(pixels: &[u8]) -> Self {
        let mut tables = [[0_u32; 256]; 4];
        let [one, two, three, four] = &mut tables;
        let count = |table: &mut [u32; 256], shade: u8| {
            if let Some(count) = table.get_mut(usize::from(shade)) {
                *count = count.saturating_add(1);
            }
        };
        let (quads, rest) = pixels.as_chunks::<4>();
        for [first, second, third, fourth] in quads {
            count(one, *first);
            count(two, *second);
            count(three, *third);
            count(four, *fourth);
        }
        rest.iter().for_each(|shade| count(one, *shade));
        Self(std::array::from_fn(|shade| {
            tables.iter().filter_map(|table| table.get(shade)).map(|count| u64::from(*count)).sum()
        }))
    }

    /// Each shade, from black to white, with its pixels.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u8, u64)> {
        (0_u8..=255).zip(self.0)
    }

    /// All pixels.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The darkest shade and the lightest one; all the same where there is no pixel.
    pub(crate) fn range(&self) -> (u8, u8) {
        let mut there = self.iter().filter(|(_, count)| *count > 0).map(|(shade, _)| shade);
        let low = there.next().unwrap_or(0);
        (low, there.last().unwrap_or(low))
    }

    /// The mean of the shades for which it is so; nought where there are none.
    pub(crate) fn mean(&self, is_so: impl Fn(u8) -> bool) -> u8 {
        let (sum, count) =
            self.iter().filter(|(shade, _)| is_so(*shade)).fold((0_u64, 0_u64), |(sum, all), (shade, count)| {
                (sum.saturating_add(count.saturating_mul(u64::from(shade))), all.saturating_add(count))
            });
        u8::try_from(sum.checked_div(count).unwrap_or(0)).unwrap_or(255)
    }

    /// The shade that parts the two groups of shades best (Otsu 1979), and how far apart their means are.
    pub(crate) fn parting(&self) -> (u8, u8) {
        let total = self.total();
        let sum: u64 = self.iter().map(|(shade, count)| u64::from(shade).saturating_mul(count)).sum();
        let (mut below, mut sum_below) = (0_u64, 0_u64);
        let mut best = (0_u64, 0_u8, 0_u8);
        for (shade, count) in self.iter() {
            below = below.saturating_add(count);
            sum_below = sum_below.saturating_add(count.saturating_mul(u64::from(shade)));
            let above = total.saturating_sub(below);
            let (Some(low), Some(high)) =
                (sum_below.checked_div(below), sum.saturating_sub(sum_below).checked_div(above))
            else {
                continue;
            };
            let distance = high.saturating_sub(low);
            let between = below.saturating_mul(above).saturating_mul(distance.saturating_mul(distance)) >> 8;
            if between > best.0 {
                best = (between, shade, u8::try_from(distance).unwrap_or(255));
            }
        }
        (best.1, best.2)
    }
}
