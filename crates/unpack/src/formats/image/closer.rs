//! A picture that was made smaller, looked at as it was: small codes are lost in the smaller one. Always where that is cheap, in a strip,
//! or where the smaller one has a side too short for a code, else where something in it looks like a code and says nothing.

use std::borrow::Cow;
use std::fmt::Debug;

use image::ImageFormat;

use crate::budget::Steps;
use crate::formats::image::codes::{self, Codes};
use crate::formats::image::grey::Grey;
use crate::formats::image::picture::{self, Picture, has_room, is_cheap, luma, over, times_smaller};
use crate::unpack::Walk;

/// Pixels of a picture that is looked at as it was.
const WHOLE_PIXELS_MAX: u64 = 12_000_000;
/// Made so many times smaller, modules of common codes have less than two pixels, and no corner is seen. Of pictures that are looked at
/// as they were only strips are: what is about as wide as high has more pixels.
const STRIP_TIMES: usize = 5;

/// A picture as it was: how bright its pixels are, and how much is seen of each where some are not seen whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Full {
    luma: Grey,
    seen: Option<Vec<u8>>,
}

impl Full {
    pub(super) fn of_rgb((width, height): (usize, usize), pixels: &[[u8; 3]]) -> Self {
        let pixels = pixels.iter().map(|pixel| luma(*pixel)).collect();
        Self { luma: Grey { width, height, pixels }, seen: None }
    }

    pub(super) fn of_rgba((width, height): (usize, usize), pixels: &[[u8; 4]]) -> Self {
        let seen: Vec<u8> = pixels.iter().map(|[.., seen]| *seen).collect();
        let pixels = pixels.iter().map(|[red, green, blue, _]| luma([*red, *green, *blue])).collect();
        let seen = picture::is_seen_through(&seen).then_some(seen);
        Self { luma: Grey { width, height, pixels }, seen }
    }

    const fn size(&self) -> (usize, usize) {
        (self.luma.width, self.luma.height)
    }

    /// As it is seen on a page of that shade.
    fn on(&self, page: u8) -> Cow<'_, Grey> {
        let Some(seen) = &self.seen else { return Cow::Borrowed(&self.luma) };
        let pixels = self.luma.pixels.iter().zip(seen).map(|(luma, seen)| over(*luma, *seen, page)).collect();
        Cow::Owned(Grey { pixels, ..self.luma })
    }

    /// On a white page, or else on a dark one, or else what is seen of it.
    fn codes(&self, steps: &Steps) -> Codes {
        let mut codes = without_grain(&self.on(255), steps);
        let Some(seen) = self.seen.as_ref().filter(|_| codes.said.is_empty()) else { return codes };
        let parts = Grey { pixels: seen.clone(), ..self.luma };
        for other in [self.on(0), Cow::Owned(parts)] {
            let own = codes::in_plane(&other, steps);
            if !own.said.is_empty() {
                codes.is_unread = false;
                codes.merge(own);
                return codes;
            }
        }
        codes
    }
}

/// Brightness alone.
impl From<Grey> for Full {
    fn from(luma: Grey) -> Self {
        Self { luma, seen: None }
    }
}

/// What is left of a picture as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Whole {
    /// It was not made smaller.
    #[default]
    Same,
    /// It is cheap to look at, and kept.
    Beside(Full),
    /// So wide and high; it has to be decoded again.
    Gone(usize, usize),
}

impl Whole {
    /// Of a picture that was made so many times smaller.
    pub(super) fn keep(times: usize, (width, height): (usize, usize), full: impl FnOnce() -> Full) -> Self {
        match times {
            1 => Self::Same,
            _ if is_cheap(area((width, height))) => Self::Beside(full()),
            _ => Self::Gone(width, height),
        }
    }
}

/// A picture that a reader made smaller itself before it became a file.
pub(crate) trait Original: Debug {
    /// Pixels, across and down.
    fn size(&self) -> (usize, usize);

    /// All of it, which may be much.
    fn full(&self) -> Full;
}

/// Where a picture came from.
pub(super) struct Source<'f> {
    pub(super) bytes: &'f [u8],
    pub(super) format: ImageFormat,
    pub(super) original: Option<Box<dyn Original>>,
}

impl Source<'_> {
    /// How large it was before it was made smaller.
    fn size(&self, picture: &Picture) -> Option<(usize, usize)> {
        match (&self.original, picture.whole()) {
            (Some(original), _) => Some(original.size()),
            (None, Whole::Same) => None,
            (None, Whole::Beside(full)) => Some(full.size()),
            (None, Whole::Gone(width, height)) => Some((*width, *height)),
        }
    }

    fn full<'p>(&self, picture: &'p Picture) -> Option<Cow<'p, Full>> {
        match (&self.original, picture.whole()) {
            (Some(original), _) => Some(Cow::Owned(original.full())),
            (None, Whole::Same) => None,
            (None, Whole::Beside(full)) => Some(Cow::Borrowed(full)),
            (None, Whole::Gone(..)) => picture::whole(self.bytes, self.format).map(Cow::Owned),
        }
    }

    /// Can it be had once more? Pages of a TIFF, pictures of an icon and frames have no file of their own.
    fn is_there(&self, picture: &Picture) -> bool {
        self.original.is_some()
            || !matches!(picture.whole(), Whole::Gone(..))
            || picture::is_one_still(self.bytes, self.format)
    }
}

/// Adds to what was seen in the smaller picture what is seen in it as it was.
pub(super) fn look(walk: &mut Walk<'_>, source: &Source<'_>, picture: &Picture, mut seen: Codes) -> Codes {
    let Some(size) = source.size(picture) else { return seen };
    let lost_room = has_room(size) && !picture.has_room();
    let is_strip = times_smaller(size.0, size.1) >= STRIP_TIMES && area(size) <= WHOLE_PIXELS_MAX;
    if !lost_room && !is_strip && !seen.is_unread && !is_cheap(area(size)) {
        return seen;
    }
    let may = !walk.budget.is_late()
        && area(size) <= WHOLE_PIXELS_MAX
        && source.is_there(picture)
        && walk.pictures.pay_closer(area(size));
    let Some(full) = may.then(|| source.full(picture)).flatten() else {
        seen.has_more = true;
        return seen;
    };
    let mut closer = full.codes(&walk.budget.code_steps);
    seen.is_unread &= closer.said.is_empty();
    if (closer.is_unread || closer.has_more) && !seen.areas.is_empty() {
        // What was read in the smaller one is not unread here: fine grain can hide a large code.
        let times = times_smaller(size.0, size.1);
        let read: Vec<_> = seen.areas.iter().map(|area| area.enlarged(times)).collect();
        let mut rest = full.on(255).into_owned();
        codes::paint_over(&mut rest, &read);
        let again = without_grain(&rest, &walk.budget.code_steps);
        (closer.is_unread, closer.has_more) = (false, false);
        closer.merge(again);
    }
    seen.merge(closer);
    seen
}

/// The codes in it. Grain of photographs and scans looks like corners all over: where it does, it is smoothed away, with modules that
/// are as fine.
fn without_grain(light: &Grey, steps: &Steps) -> Codes {
    let mut codes = codes::in_grey(light, steps);
    if codes.has_more {
        codes.has_more = false;
        codes.merge(codes::in_grey(&light.softened(), steps));
    }
    codes
}

fn area((width, height): (usize, usize)) -> u64 {
    u64::try_from(width.saturating_mul(height)).unwrap_or(u64::MAX)
}
