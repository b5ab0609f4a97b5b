//! Codes that are cut over several pictures of one message: side by side, one above the other, in rows and columns, or laid over
//! each other where each shows a part; in the order of the parts, and in that of the pages that show them.
//!
//! Documented limits: pieces that sheets of style move about, that are drawn out on the page, or that lie around each other otherwise
//! than in rows or in columns, are not put together.

mod layouts;
mod pages;

use crate::budget::Budget;
use crate::formats::image::codes;
use crate::formats::image::grey::{Counts, Grey};
use crate::formats::image::joined::layouts::{Layout, laid_over, layouts};
pub(super) use crate::formats::image::joined::pages::Pages;

/// Pictures of one message that are kept to be put together.
const KEPT_MAX: usize = 256;
/// Pixels of all of them together.
const KEPT_PIXELS_MAX: usize = 4_000_000;
/// Pixels of one that has one shade: grounds of whole pages are none of them.
const PLAIN_PIXELS_MAX: usize = 100_000;
/// Ways to put them together that are weighed, those of them that are looked at as any picture is, and pixels of all.
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
/// A shade so far from both is between them.
const BETWEEN_SHADES: u8 = 48;
/// Pieces of one size with corners of a code in them, at least, and pixels of their sides at most, if they are called unread.
const UNREAD_MIN: usize = 3;
const UNREAD_SIDE_MAX: usize = 600;
/// The same, of any size, where not all ways to put them together were tried; and pictures without corners that were not kept.
const UNTRIED_MIN: usize = 2;
const UNKEPT_MIN: usize = 100;

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
    /// Items that might be pieces and were not kept, and those of them with a corner of a code in them.
    unkept: usize,
    unkept_corners: Vec<usize>,
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
struct Tries<'b> {
    left: usize,
    looks_left: usize,
    pixels_left: usize,
    budget: &'b Budget,
    /// There were more.
    is_cut: bool,
}

impl Pieces {
    /// Keeps a picture without a whole code, if it can be a piece of one.
    pub(crate) fn add(&mut self, at: usize, grey: Grey) {
        let counts = grey.counts();
        let is_plain = is_plain(&counts);
        let may_be_piece = if is_plain { grey.pixels.len() <= PLAIN_PIXELS_MAX } else { is_two_toned(&counts) };
        if !may_be_piece {
            return;
        }
        if !is_plain {
            self.drop_plain(grey.pixels.len());
        }
        if self.has_room(grey.pixels.len()) {
            self.pixels = self.pixels.saturating_add(grey.pixels.len());
            self.kept.push(Piece { at, labels: Vec::new(), is_plain, grey });
        } else if !is_plain {
            self.unkept = self.unkept.saturating_add(1);
            self.unkept_corners.extend(Some(at).filter(|_| codes::has_large_corner(&grey)));
        }
    }

    fn has_room(&self, pixels: usize) -> bool {
        self.kept.len() < KEPT_MAX && self.pixels.saturating_add(pixels) <= KEPT_PIXELS_MAX
    }

    /// Makes room for a picture of two shades, where there is enough: those of one shade go first, the last of them before the others.
    fn drop_plain(&mut self, pixels: usize) {
        let others = self.kept.iter().filter(|piece| !piece.is_plain).map(|piece| piece.grey.pixels.len());
        let (count, sum) =
            others.fold((0_usize, pixels), |(count, sum), own| (count.saturating_add(1), sum.saturating_add(own)));
        if count >= KEPT_MAX || sum > KEPT_PIXELS_MAX {
            return;
        }
        while !self.has_room(pixels)
            && let Some(plain) = self.kept.iter().rposition(|piece| piece.is_plain)
        {
            let gone = self.kept.remove(plain);
            self.pixels = self.pixels.saturating_sub(gone.grey.pixels.len());
        }
    }

    /// Notes how pages name the item of that number.
    pub(crate) fn label(&mut self, at: usize, labels: &[String]) {
        for piece in self.kept.iter_mut().rev().take_while(|piece| piece.at >= at).filter(|piece| piece.at == at) {
            piece.labels.extend(labels.iter().map(|label| pages::label_of(label)));
        }
    }

    /// Puts them together in every order that is known.
    pub(crate) fn read(self, pages: &Pages, budget: &Budget) -> Joined {
        let mut joined = Joined::default();
        if self.kept.iter().filter(|piece| !piece.is_plain).count() < 2 {
            return joined;
        }
        let mut used = vec![false; self.kept.len()];
        let is_cut = self.unkept > 0 || pages.is_cut();
        let pixels_left = TRIED_PIXELS_MAX;
        let mut tries = Tries { left: TRIES_MAX, looks_left: LOOKED_MAX, pixels_left, budget, is_cut };
        let orders = self.orders(pages);
        for is_mirrored in [false, true] {
            for order in &orders {
                self.read_order(order, is_mirrored, (&mut used, &mut tries, &mut joined));
            }
        }
        let rest = self.kept.iter().zip(&used).filter(|(_, used)| !**used);
        let cornered = cornered(&rest.map(|(piece, _)| piece).collect::<Vec<_>>());
        joined.unread = unread(&cornered);
        if joined.unread.is_empty() && tries.is_cut {
            joined.unread.extend(self.untried(&cornered));
        }
        joined
    }

    /// The first of those that look like pieces, where there were more of them, or of ways to put them together, than were tried.
    fn untried(&self, cornered: &[&Piece]) -> Option<usize> {
        let first = cornered.first().map(|piece| piece.at).or_else(|| self.unkept_corners.first().copied());
        let has_corners = cornered.len().saturating_add(self.unkept_corners.len()) >= UNTRIED_MIN;
        let kept = || self.kept.iter().find(|piece| !piece.is_plain).map(|piece| piece.at);
        let is_likely = has_corners || self.unkept >= UNKEPT_MIN;
        first.or_else(kept).filter(|_| is_likely)
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
        while let Some(one) = pieces.get(first).filter(|_| tries.may_go_on()) {
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
        // What is put together is paid for before it is: it can be much larger than what is kept.
        let mut is_read = |pixels: usize, grey: &dyn Fn() -> Option<Grey>| {
            let said = if self.begin(pixels) { grey().map(|grey| self.look(grey)) } else { None };
            let said = said.unwrap_or_default();
            let is_any = !said.is_empty();
            joined.said.extend(said.into_iter().map(|text| (at, text)));
            is_any
        };
        if is_mirrored {
            let mut ways = layouts.iter().flat_map(Layout::mirrored);
            let found = ways.find(|layout| is_read(layout.pixels(), &|| Some(layout.joined())));
            return found.map_or(0, |layout| layout.count());
        }
        if let Some(layout) = layouts.iter().find(|layout| is_read(layout.pixels(), &|| Some(layout.joined()))) {
            return layout.count();
        }
        let pixels = greys.first().map_or(0, |grey| grey.pixels.len());
        let over = (2..=OVER_MAX).filter_map(|count| Some((count, greys.get(..count)?)));
        let mut over = over.filter(|(_, greys)| are_near(greys));
        over.find(|(_, greys)| is_read(pixels, &|| laid_over(greys))).map_or(0, |(count, _)| count)
    }

    /// May there be another try, by the clock as well?
    fn may_go_on(&mut self) -> bool {
        let may = self.left > 0 && !self.budget.is_late();
        self.is_cut |= !may;
        may
    }

    /// May so many pixels be put together? What is too large counts as a try as well.
    fn begin(&mut self, pixels: usize) -> bool {
        let has_room = self.left > 0 && pixels <= self.pixels_left;
        self.is_cut |= !has_room;
        self.left = self.left.saturating_sub(1);
        if has_room {
            self.pixels_left = self.pixels_left.saturating_sub(pixels);
        }
        has_room
    }

    /// What a code says that was put together.
    fn look(&mut self, grey: Grey) -> Vec<String> {
        let times = grey.width.max(grey.height).div_ceil(JOINED_SIDE);
        let grey = grey.smaller(times);
        let steps = &self.budget.code_steps;
        if self.looks_left == 0 {
            return codes::in_plane(&grey, steps).said;
        }
        self.looks_left = self.looks_left.saturating_sub(1);
        codes::in_grey(&grey, steps).said
    }
}

fn is_plain(counts: &Counts) -> bool {
    let (low, high) = counts.range();
    high.saturating_sub(low) < CONTRAST_MIN
}

/// Nearly all pixels are of one of two shades.
fn is_two_toned(counts: &Counts) -> bool {
    let (parting, distance) = counts.parting();
    if distance < CONTRAST_MIN {
        return false;
    }
    let (low, high) = (counts.mean(|shade| shade <= parting), counts.mean(|shade| shade > parting));
    let is_between = |shade: u8| shade.abs_diff(low).min(shade.abs_diff(high)) > BETWEEN_SHADES;
    let between: u64 = counts.iter().filter(|(shade, _)| is_between(*shade)).map(|(_, count)| count).sum();
    between.saturating_mul(8) < counts.total()
}

/// Those whose pictures differ, and each hold a corner of a code that takes a good part of them.
fn cornered<'p>(pieces: &[&'p Piece]) -> Vec<&'p Piece> {
    let mut cornered: Vec<&Piece> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.grey.width.max(piece.grey.height) <= UNREAD_SIDE_MAX) {
        let is_new = cornered.iter().all(|known| known.at != piece.at && known.grey.pixels != piece.grey.pixels);
        if is_new && codes::has_large_corner(&piece.grey) {
            cornered.push(piece);
        }
    }
    cornered
}

/// Of these the items of one size: a code in pieces whose order nothing tells.
fn unread(cornered: &[&Piece]) -> Vec<usize> {
    let group = |piece: &Piece| cornered.iter().filter(|other| are_near(&[&piece.grey, &other.grey])).count();
    cornered.iter().filter(|piece| group(piece) >= UNREAD_MIN).map(|piece| piece.at).collect()
}

/// Are all as large as the first?
fn are_near(greys: &[&Grey]) -> bool {
    greys.first().is_some_and(|first| {
        let is_near = |side: usize, other: usize| side.abs_diff(other) <= NEAR_PIXELS;
        greys.iter().all(|grey| is_near(grey.width, first.width) && is_near(grey.height, first.height))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_toned(width: usize, half: usize) -> Grey {
        let pixels = [vec![0; width.saturating_mul(half)], vec![255; width.saturating_mul(half)]].concat();
        Grey { width, height: half.saturating_mul(2), pixels }
    }

    /// Margins of one shade go for who has room then, and for nobody else.
    #[test]
    fn margins_make_room_where_that_is_enough() {
        let kept = |others: &[(usize, usize)]| {
            let mut pieces = Pieces::default();
            pieces.add(0, Grey { width: 10, height: 10, pixels: vec![255; 100] });
            others.iter().for_each(|(width, half)| pieces.add(1, two_toned(*width, *half)));
            let plain = pieces.kept.iter().filter(|piece| piece.is_plain).count();
            (plain, pieces.kept.len(), pieces.unkept)
        };
        assert_eq!(kept(&[(10, 5), (2_200, 1_000)]), (1, 2, 1), "too large by itself");
        assert_eq!(kept(&[(1_000, 1_500), (1_000, 600)]), (1, 2, 1), "too large with the others");
        assert_eq!(kept(&[(1_000, 1_000), (1_000, 1_000)]), (0, 2, 0), "as large as there is room");
    }
}
