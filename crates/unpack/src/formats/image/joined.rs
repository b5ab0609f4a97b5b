//! Codes that are cut over several pictures of one message: side by side, one above the other, in rows and columns, or laid over
//! each other where each shows a part; in the order of the parts, and in that of the pages that show them.
//!
//! Documented limits: pieces that sheets of style move about, that are drawn out on the page, or that lie around each other otherwise
//! than in rows or in columns, are not put together.

mod layouts;
mod pages;

use crate::budget::Steps;
use crate::formats::image::codes;
use crate::formats::image::grey::Grey;
use crate::formats::image::joined::layouts::{Layout, laid_over, layouts};
pub(super) use crate::formats::image::joined::pages::Pages;

/// Pictures of one message that are kept to be put together.
const KEPT_MAX: usize = 64;
/// Pixels of all of them together.
const KEPT_PIXELS_MAX: usize = 4_000_000;
/// Pixels of one that has one shade: grounds of whole pages are none of them.
const PLAIN_PIXELS_MAX: usize = 100_000;
/// Ways to put them together that are tried, those of them that are looked at as any picture is, and pixels of all.
const TRIES_MAX: usize = 400;
const LOOKED_MAX: usize = 40;
const TRIED_PIXELS_MAX: usize = 40_000_000;
/// Pixels of the longer side of what was put together: more is made smaller.
const JOINED_SIDE: usize = 1200;
/// Pictures over each other.
const OVER_MAX: usize = 4;
/// Sides that differ by so few pixels are equal.
const NEAR_PIXELS: usize = 2;
/// Shades of a piece of a code lie apart by so much.
const CONTRAST_MIN: u8 = 40;
/// Pieces of one size with corners of a code in them, at least, and pixels of their sides at most, if they are called unread.
const UNREAD_MIN: usize = 3;
const UNREAD_SIDE_MAX: usize = 600;

/// A picture that may be a piece.
#[derive(Debug)]
struct Piece {
    /// The number of its item.
    at: usize,
    /// How pages name it.
    labels: Vec<String>,
    /// It has one shade: a margin of a code, or no piece at all.
    is_plain: bool,
    grey: Grey,
}

/// Pictures that may be pieces.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    kept: Vec<Piece>,
    pixels: usize,
}

/// What came of putting pieces together.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// What the codes say, with the number of the first piece's item.
    pub(crate) said: Vec<(usize, String)>,
    /// Items that look like pieces of a code which was not found.
    pub(crate) unread: Vec<usize>,
}

/// What is left of the tries.
struct Tries<'s> {
    left: usize,
    looks_left: usize,
    pixels_left: usize,
    steps: &'s Steps,
}

impl Pieces {
    /// Keeps a picture without a whole code, if it can be a piece of one.
    pub(crate) fn add(&mut self, at: usize, grey: Grey) {
        let pixels = self.pixels.saturating_add(grey.pixels.len());
        if self.kept.len() >= KEPT_MAX || pixels > KEPT_PIXELS_MAX {
            return;
        }
        let is_plain = is_plain(&grey);
        if (is_plain && grey.pixels.len() <= PLAIN_PIXELS_MAX) || is_two_toned(&grey) {
            self.pixels = pixels;
            self.kept.push(Piece { at, labels: Vec::new(), is_plain, grey });
        }
    }

    /// Notes how pages name the item of that number.
    pub(crate) fn label(&mut self, at: usize, labels: &[String]) {
        for piece in self.kept.iter_mut().rev().take_while(|piece| piece.at >= at).filter(|piece| piece.at == at) {
            piece.labels.extend(labels.iter().map(|label| pages::label_of(label)));
        }
    }

    /// Puts them together in every order that is known.
    pub(crate) fn read(self, pages: &Pages, steps: &Steps) -> Joined {
        let mut joined = Joined::default();
        if self.kept.iter().filter(|piece| !piece.is_plain).count() < 2 {
            return joined;
        }
        let mut used = vec![false; self.kept.len()];
        let mut tries = Tries { left: TRIES_MAX, looks_left: LOOKED_MAX, pixels_left: TRIED_PIXELS_MAX, steps };
        let orders = self.orders(pages);
        for is_mirrored in [false, true] {
            for order in &orders {
                self.read_order(order, is_mirrored, (&mut used, &mut tries, &mut joined));
            }
        }
        let rest = self.kept.iter().zip(&used).filter(|(_, used)| !**used);
        joined.unread = unread(&rest.map(|(piece, _)| piece).collect::<Vec<_>>());
        joined
    }

    fn read_order(
        &self,
        order: &[usize],
        is_mirrored: bool,
        (used, tries, joined): (&mut [bool], &mut Tries<'_>, &mut Joined),
    ) {
        let is_left = |number: &usize| used.get(*number).is_some_and(|used| !used);
        let order: Vec<usize> = order.iter().copied().filter(is_left).collect();
        let pieces: Vec<&Piece> = order.iter().filter_map(|number| self.kept.get(*number)).collect();
        let mut first = 0_usize;
        while let Some(one) = pieces.get(first).filter(|_| tries.left > 0) {
            let rest = pieces.get(first..).unwrap_or_default();
            let count = if one.is_plain { 0 } else { tries.read(rest, is_mirrored, joined) };
            for number in order.iter().skip(first).take(count) {
                if let Some(used) = used.get_mut(*number) {
                    *used = true;
                }
            }
            first = first.saturating_add(count.max(1));
        }
    }

    /// Those of the pages first: they are what is seen. Also without pictures of one shade, which stand between others as well,
    /// and only those of the size that most have.
    fn orders(&self, pages: &Pages) -> Vec<Vec<usize>> {
        let mut orders: Vec<Vec<usize>> = Vec::new();
        let labels: Vec<(&str, usize)> = (0..)
            .zip(&self.kept)
            .flat_map(|(number, piece)| piece.labels.iter().map(move |label| (label.as_str(), number)))
            .collect();
        for order in pages.orders(&labels).into_iter().chain([(0..self.kept.len()).collect()]) {
            let kept = |is_wanted: &dyn Fn(&Piece) -> bool| -> Vec<usize> {
                order.iter().copied().filter(|number| self.kept.get(*number).is_some_and(is_wanted)).collect()
            };
            let toned = kept(&|piece| !piece.is_plain);
            let sizes: Vec<(usize, usize)> =
                toned.iter().filter_map(|number| self.kept.get(*number)).map(|piece| piece.grey.size()).collect();
            let count = |size: &(usize, usize)| sizes.iter().filter(|own| *own == size).count();
            let usual = sizes.iter().copied().max_by_key(count);
            let even = kept(&|piece| Some(piece.grey.size()) == usual);
            for order in [order.clone(), toned, even] {
                if order.len() > 1 && !orders.contains(&order) {
                    orders.push(order);
                }
            }
        }
        orders
    }
}

impl Tries<'_> {
    /// Puts the first of these together, as they follow each other, or from right to left and from the bottom to the top; how many
    /// of them made a code, or none.
    fn read(&mut self, pieces: &[&Piece], is_mirrored: bool, joined: &mut Joined) -> usize {
        let greys: Vec<&Grey> = pieces.iter().map(|piece| &piece.grey).collect();
        let layouts = layouts(&greys);
        let at = pieces.first().map_or(0, |piece| piece.at);
        let mut is_read = |grey: Grey| {
            let said = self.look(grey);
            let is_any = !said.is_empty();
            joined.said.extend(said.into_iter().map(|text| (at, text)));
            is_any
        };
        if is_mirrored {
            let mut ways = layouts.iter().flat_map(Layout::mirrored);
            return ways.find(|layout| is_read(layout.joined())).map_or(0, |layout| layout.count());
        }
        if let Some(layout) = layouts.iter().find(|layout| is_read(layout.joined())) {
            return layout.count();
        }
        let mut over = (2..=OVER_MAX).filter_map(|count| Some((count, laid_over(greys.get(..count)?)?)));
        over.find_map(|(count, grey)| is_read(grey).then_some(count)).unwrap_or(0)
    }

    /// What a code says that was put together; nothing where there were enough tries.
    fn look(&mut self, grey: Grey) -> Vec<String> {
        if self.left == 0 || grey.pixels.len() > self.pixels_left {
            return Vec::new();
        }
        self.left = self.left.saturating_sub(1);
        self.pixels_left = self.pixels_left.saturating_sub(grey.pixels.len());
        let times = grey.width.max(grey.height).div_ceil(JOINED_SIDE);
        let grey = grey.smaller(times);
        if self.looks_left == 0 {
            return codes::in_plane(&grey, self.steps).said;
        }
        self.looks_left = self.looks_left.saturating_sub(1);
        codes::in_grey(&grey, self.steps).said
    }
}

fn is_plain(grey: &Grey) -> bool {
    let (low, high) = grey.pixels.iter().fold((255_u8, 0_u8), |(low, high), own| (low.min(*own), high.max(*own)));
    high.saturating_sub(low) < CONTRAST_MIN
}

/// Nearly all pixels are of one of two shades.
fn is_two_toned(grey: &Grey) -> bool {
    let (shade, distance) = grey.parting();
    if distance < CONTRAST_MIN {
        return false;
    }
    let mean = |is_low: bool| {
        let (sum, count) =
            grey.pixels.iter().filter(|own| (**own <= shade) == is_low).fold((0_u64, 0_u64), |(sum, count), own| {
                (sum.saturating_add(u64::from(*own)), count.saturating_add(1))
            });
        u8::try_from(sum.checked_div(count).unwrap_or(0)).unwrap_or(255)
    };
    let (low, high) = (mean(true), mean(false));
    let between = grey.pixels.iter().filter(|own| own.abs_diff(low).min(own.abs_diff(high)) > 48).count();
    between.saturating_mul(8) < grey.pixels.len()
}

/// Items of one size whose pictures differ and each hold a corner of a code that takes a good part of them: a code in pieces whose order
/// nothing tells.
fn unread(pieces: &[&Piece]) -> Vec<usize> {
    let mut cornered: Vec<&Piece> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.grey.width.max(piece.grey.height) <= UNREAD_SIDE_MAX) {
        let is_new = cornered.iter().all(|known| known.at != piece.at && known.grey.pixels != piece.grey.pixels);
        if is_new && codes::has_large_corner(&piece.grey) {
            cornered.push(piece);
        }
    }
    let is_near = |one: &Grey, other: &Grey| {
        one.width.abs_diff(other.width) <= NEAR_PIXELS && one.height.abs_diff(other.height) <= NEAR_PIXELS
    };
    let group = |piece: &Piece| cornered.iter().filter(|other| is_near(&piece.grey, &other.grey)).count();
    cornered.iter().filter(|piece| group(piece) >= UNREAD_MIN).map(|piece| piece.at).collect()
}
