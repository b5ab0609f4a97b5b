//! Where codes were read in a picture, so that what is beside them is looked at without them.

use rqrr::Point;

use crate::formats::image::grey::Grey;

/// One in so many pixels of a code's side is painted over around it: what is left of a rim is no corner.
const RIM_SHARE: usize = 24;

/// A part of a picture: its left and upper end, and the right and lower one behind it, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) from: (usize, usize),
    pub(crate) to: (usize, usize),
}

impl Area {
    /// The box around the corners of a code.
    pub(super) fn around(bounds: &[Point; 4]) -> Self {
        let ends = |places: [i32; 4]| {
            let places = places.map(|at| usize::try_from(at).unwrap_or(0));
            let last = places.into_iter().max().unwrap_or(0);
            (places.into_iter().min().unwrap_or(0), last.saturating_add(1))
        };
        let [one, two, three, four] = bounds;
        let ((left, right), (top, bottom)) =
            (ends([one.x, two.x, three.x, four.x]), ends([one.y, two.y, three.y, four.y]));
        Self { from: (left, top), to: (right, bottom) }
    }

    /// In the same picture without its margin.
    pub(super) fn without_margin(self, margin: usize) -> Self {
        let place = |(x, y): (usize, usize)| (x.saturating_sub(margin), y.saturating_sub(margin));
        Self { from: place(self.from), to: place(self.to) }
    }

    /// In the same picture upside down.
    pub(super) fn turned(self, grey: &Grey) -> Self {
        let place = |(x, y): (usize, usize)| (grey.width.saturating_sub(x), grey.height.saturating_sub(y));
        Self { from: place(self.to), to: place(self.from) }
    }

    /// In the picture of which this one is a part that begins there.
    pub(super) fn moved(self, (left, top): (usize, usize)) -> Self {
        let place = |(x, y): (usize, usize)| (x.saturating_add(left), y.saturating_add(top));
        Self { from: place(self.from), to: place(self.to) }
    }

    /// In the same picture so many times as large.
    pub(in crate::formats::image) fn enlarged(self, times: usize) -> Self {
        let place = |(x, y): (usize, usize)| (x.saturating_mul(times), y.saturating_mul(times));
        Self { from: place(self.from), to: place(self.to) }
    }

    /// In the same picture of another size.
    pub(super) fn scaled(self, own: &Grey, other: &Grey) -> Self {
        let scaled = |at: usize, own: usize, other: usize| at.saturating_mul(other).checked_div(own).unwrap_or(0);
        let place = |(x, y): (usize, usize)| (scaled(x, own.width, other.width), scaled(y, own.height, other.height));
        let (right, bottom) = place(self.to);
        Self { from: place(self.from), to: (right.saturating_add(1), bottom.saturating_add(1)) }
    }
}

/// Takes codes out of a picture.
pub(crate) fn paint_over(grey: &mut Grey, areas: &[Area]) {
    let ground = grey.rim();
    let (width, height) = (grey.width, grey.height);
    for Area { from: (left, top), to: (right, bottom) } in areas {
        let rim = right.saturating_sub(*left).max(bottom.saturating_sub(*top)).div_ceil(RIM_SHARE);
        let (left, right) = (left.saturating_sub(rim), right.saturating_add(rim).min(width));
        for row in top.saturating_sub(rim)..bottom.saturating_add(rim).min(height) {
            let start = row.saturating_mul(width);
            if let Some(pixels) = grey.pixels.get_mut(start.saturating_add(left)..start.saturating_add(right)) {
                pixels.fill(ground);
            }
        }
    }
}
