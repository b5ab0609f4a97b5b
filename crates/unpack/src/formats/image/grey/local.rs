//! A picture parted in black and white by what lies around each pixel: for pictures with shadows on them.

use crate::formats::image::grey::Grey;

/// Where all around is lighter by so much in the mean, a pixel is dark.
const LIGHTER_BY: u64 = 5;

/// Dark where darker than the mean of the window around, which is cut at the rim: 255 and 0 only.
pub(super) fn parted(grey: &Grey) -> Grey {
    let radius = grey.width.max(grey.height).checked_div(8).unwrap_or(1).max(4);
    let rows: Vec<&[u8]> = grey.rows().collect();
    let mut window = Window::new(grey.width, radius);
    rows.iter().take(radius).for_each(|row| window.add(row));
    let mut pixels = Vec::with_capacity(grey.pixels.len());
    for (y, row) in rows.iter().enumerate() {
        if let Some(next) = rows.get(y.saturating_add(radius)) {
            window.add(next);
        }
        if let Some(last) = y.checked_sub(radius.saturating_add(1)).and_then(|last| rows.get(last)) {
            window.remove(last);
        }
        window.part(row, &mut pixels);
    }
    Grey { pixels, ..*grey }
}

/// The rows around one: sums of their columns.
struct Window {
    radius: usize,
    height: usize,
    columns: Vec<u32>,
    /// Of all columns to the left.
    sums: Vec<u32>,
}

impl Window {
    fn new(width: usize, radius: usize) -> Self {
        Self { radius, height: 0, columns: vec![0; width], sums: Vec::with_capacity(width.saturating_add(1)) }
    }

    fn add(&mut self, row: &[u8]) {
        self.height = self.height.saturating_add(1);
        for (column, shade) in self.columns.iter_mut().zip(row) {
            *column = column.wrapping_add(u32::from(*shade));
        }
    }

    fn remove(&mut self, row: &[u8]) {
        self.height = self.height.saturating_sub(1);
        for (column, shade) in self.columns.iter_mut().zip(row) {
            *column = column.wrapping_sub(u32::from(*shade));
        }
    }

    /// The row in black and white.
    fn part(&mut self, row: &[u8], pixels: &mut Vec<u8>) {
        self.sums.clear();
        self.sums.push(0);
        self.sums.extend(self.columns.iter().scan(0_u32, |sum, column| {
            *sum = sum.wrapping_add(*column);
            Some(*sum)
        }));
        let width = row.len();
        let wide = self.radius.saturating_mul(2).saturating_add(1);
        let middle = if wide <= width { self.radius..width.saturating_sub(self.radius) } else { 0..0 };
        let (left, rest) = row.split_at(middle.start);
        let (within, right) = rest.split_at(middle.len());
        pixels.extend(left.iter().enumerate().map(|(x, shade)| self.at_rim(*shade, x)));
        let area = area(wide, self.height);
        let ends = self.sums.iter().zip(self.sums.get(wide..).unwrap_or_default());
        pixels.extend(
            within.iter().zip(ends).map(|(shade, (from, to))| black_or_white(*shade, to.wrapping_sub(*from), area)),
        );
        pixels.extend(right.iter().zip(middle.end..).map(|(shade, x)| self.at_rim(*shade, x)));
    }

    fn at_rim(&self, shade: u8, x: usize) -> u8 {
        let (from, to) = (x.saturating_sub(self.radius), x.saturating_add(self.radius).saturating_add(1));
        let to = to.min(self.columns.len());
        let sum = |at: usize| self.sums.get(at).copied().unwrap_or(0);
        black_or_white(shade, sum(to).wrapping_sub(sum(from)), area(to.saturating_sub(from), self.height))
    }
}

fn area(width: usize, height: usize) -> u64 {
    u64::try_from(width.saturating_mul(height)).unwrap_or(u64::MAX)
}

fn black_or_white(shade: u8, sum: u32, area: u64) -> u8 {
    let lighter = u64::from(shade).saturating_add(LIGHTER_BY).saturating_mul(area);
    if lighter <= u64::from(sum) { 0 } else { 255 }
}
