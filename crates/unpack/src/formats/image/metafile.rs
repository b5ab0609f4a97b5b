//! Metafiles of Windows (MS-WMF, MS-EMF): what they fill, as a drawing that is searched for codes, and the bitmaps in them, each as a
//! picture of its own.
//!
//! Documented limits: of newer records (MS-EMFPLUS) that stand alone only filled boxes are drawn; how many others fill something is
//! counted, and from [`UNKNOWN_MIN`] on the drawing is marked `picture_unread`. Lines, letters, clips and hatches are not followed, curves go
//! straight from one of their points to the next, and a round shape is as large as the box around it.

mod emf;
mod wmf;

use std::collections::HashMap;

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Effort, Line, Looked, Point, Rule, UNKNOWN_SHADE};
use crate::formats::image::grey;
use crate::formats::office::bytes::{slice, u16_at, u32_at};
use crate::formats::ole;
use crate::unpack::{File, Walk};

/// Things filled in a way that is not followed, from which they may be a code: as many as the smallest has runs of dark modules.
const UNKNOWN_MIN: usize = 100;
/// States that are kept to be taken up again, one within the other.
const KEPT_MAX: usize = 256;
/// Objects of one metafile: there are as many numbers in the older kind.
const OBJECTS_MAX: usize = 65_536;
/// Points that are collected, and lines of them: about what a canvas keeps.
const POINTS_MAX: usize = 1_000_000;
/// How the box is filled that goes over whatever is there: with the brush, with black, with white (MS-WMF 2.1.1.31).
const WITH_BRUSH: u32 = 0x00f0_0021;
const BLACK: u32 = 0x0000_0042;
const WHITE: u32 = 0x00ff_0062;

/// What fills: a shade; none fills nothing.
type Brush = Option<u8>;

/// Searches a metafile for codes.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let mut drawing = Drawing::default();
    if emf::is_one(file.bytes) {
        emf::read(file.bytes, &mut drawing);
    } else {
        wmf::read(file.bytes, &mut drawing);
    }
    let Drawing { canvas, unknown, .. } = drawing;
    if unknown >= UNKNOWN_MIN || canvas.is_cut() {
        walk.mark(file.at, "picture_unread");
    }
    if canvas.may_be_code() {
        let looked: Looked = canvas.read(walk.budget, &mut Effort::default());
        walk.add_looked(file.at, looked, "qr");
    }
    ole::take_from_metafile(walk, file);
}

/// Does it begin as one that has no head for programs, and that is known by its bytes alone for that (MS-WMF 2.3.2.2)?
pub(crate) fn is_bare(bytes: &[u8]) -> bool {
    matches!(u16_at(bytes, 0), Some(1 | 2))
        && u16_at(bytes, 2) == Some(9)
        && matches!(u16_at(bytes, 4), Some(0x0100 | 0x0300))
}

/// What is drawn so far, and how the next thing is.
#[derive(Debug)]
struct Drawing {
    canvas: Canvas,
    objects: HashMap<u32, Option<Brush>>,
    state: State,
    kept: Vec<State>,
    /// Lines of the path that is open.
    path: Option<Vec<Line>>,
    /// The path that was ended last.
    ended: Vec<Line>,
    /// Things that fill something in a way that is not followed.
    unknown: usize,
    /// Points that may still be collected, and one more for each line.
    points_left: usize,
}

impl Default for Drawing {
    fn default() -> Self {
        Self {
            canvas: Canvas::default(),
            objects: HashMap::new(),
            state: State::default(),
            kept: Vec::new(),
            path: None,
            ended: Vec::new(),
            unknown: 0,
            points_left: POINTS_MAX,
        }
    }
}

#[derive(Clone, Debug)]
struct State {
    brush: Brush,
    rule: Rule,
    /// The ground of letters.
    ground: u8,
    world: Affine,
    space: Space,
}

impl Default for State {
    fn default() -> Self {
        // The brush that nobody chose is white (MS-EMF 3.1.1.2).
        Self { brush: Some(255), rule: Rule::EvenOdd, ground: 255, world: Affine::IDENTITY, space: Space::default() }
    }
}

/// Where the drawing's own places are on the page: across and down.
#[derive(Clone, Debug, Default)]
struct Space {
    from: Point,
    from_size: Point,
    to: Point,
    to_size: Point,
}

impl Space {
    fn map(&self) -> Affine {
        let scale = |own: f64, other: f64| if own == 0.0 || other == 0.0 { 1.0 } else { other / own };
        let size = (scale(self.from_size.0, self.to_size.0), scale(self.from_size.1, self.to_size.1));
        let moved = Affine::moved(-self.from.0, -self.from.1).then(Affine::scaled(size.0, size.1));
        moved.then(Affine::moved(self.to.0, self.to.1))
    }
}

impl Drawing {
    /// Keeps an object; one that is no brush fills nothing and takes no other's place.
    fn add_object(&mut self, number: u32, brush: Option<Brush>) {
        if self.objects.len() < OBJECTS_MAX {
            self.objects.insert(number, brush);
        } else {
            self.canvas.cut();
        }
    }

    fn select(&mut self, number: u32) {
        if let Some(Some(brush)) = self.objects.get(&number) {
            self.state.brush = *brush;
        }
    }

    fn keep_state(&mut self) {
        if self.kept.len() < KEPT_MAX {
            self.kept.push(self.state.clone());
        } else {
            self.canvas.cut();
        }
    }

    /// Takes a state up again: counted back from the last one below zero, else by its number, from one on. Those kept since
    /// are gone.
    fn restore_state(&mut self, which: i32) {
        let Ok(count) = usize::try_from(which.unsigned_abs()) else { return };
        let index = if which < 0 { self.kept.len().checked_sub(count) } else { count.checked_sub(1) };
        if let Some((index, state)) = index.and_then(|index| Some((index, self.kept.get(index)?.clone()))) {
            self.state = state;
            self.kept.truncate(index);
        }
    }

    /// One more line of so many points may be collected; that it may not is told.
    fn take_points(&mut self, count: usize) -> bool {
        let left = self.points_left.checked_sub(count.saturating_add(1));
        self.points_left = left.unwrap_or(0);
        if left.is_none() {
            self.canvas.cut();
        }
        left.is_some()
    }

    /// Does anything come of lines that are filled now?
    const fn is_filling(&self) -> bool {
        self.path.is_some() || self.state.brush.is_some()
    }

    /// Something is filled in a way that is not followed, so many times.
    fn add_unknown(&mut self, count: usize) {
        self.unknown = self.unknown.saturating_add(count);
    }

    fn map(&self) -> Affine {
        self.state.world.then(self.state.space.map())
    }

    /// Fills lines, or adds them to the path that is open.
    fn fill(&mut self, lines: Vec<Line>) {
        match &mut self.path {
            Some(path) => path.extend(lines),
            None => self.fill_with(lines, self.state.brush),
        }
    }

    fn fill_with(&mut self, lines: Vec<Line>, brush: Brush) {
        let map = self.map();
        if let Some(shade) = brush {
            self.canvas.add_lines(lines, self.state.rule, map, Some(shade));
        }
    }

    /// Fills a box of these sides: left, top, right, bottom.
    fn fill_box(&mut self, [left, top, right, bottom]: [f64; 4]) {
        // Those of no path are counted by the canvas.
        if self.path.is_none() || self.take_points(4) {
            self.fill(vec![vec![(left, top), (right, top), (right, bottom), (left, bottom)]]);
        }
    }

    /// Fills a box of this place and size over whatever is there, as an operation of raster says.
    fn fill_over(&mut self, operation: u32, (x, y): Point, (width, height): Point) {
        let brush = match operation {
            WITH_BRUSH => self.state.brush,
            BLACK => Some(0),
            WHITE => Some(255),
            _ => return,
        };
        let (right, bottom) = (x + width, y + height);
        self.fill_with(vec![vec![(x, y), (right, y), (right, bottom), (x, bottom)]], brush);
    }

    /// The ground of letters.
    fn fill_ground(&mut self, [left, top, right, bottom]: [f64; 4]) {
        let lines = vec![vec![(left, top), (right, top), (right, bottom), (left, bottom)]];
        self.fill_with(lines, Some(self.state.ground));
    }
}

/// A brush by its style and colour, blue in the third byte (MS-WMF 2.1.1.4): solid, nothing, else a hatch or a picture.
fn brush(style: u32, colour: u32) -> Brush {
    match style {
        0 => Some(shade(colour)),
        1 => None,
        _ => Some(UNKNOWN_SHADE),
    }
}

fn shade(colour: u32) -> u8 {
    grey::shade(colour.swap_bytes() >> 8)
}

fn short(bytes: &[u8], at: usize) -> Option<f64> {
    u16_at(bytes, at).map(|number| f64::from(number.cast_signed()))
}

fn long(bytes: &[u8], at: usize) -> Option<f64> {
    u32_at(bytes, at).map(|number| f64::from(number.cast_signed()))
}

/// Points of two shorts each, x first; none when enough were collected.
fn short_points(bytes: &[u8], at: usize, count: usize, to: &mut Drawing) -> Line {
    let points = slice(bytes, at, count.saturating_mul(4)).chunks_exact(4);
    if !to.take_points(points.len()) {
        return Line::new();
    }
    points.filter_map(|point| short(point, 0).zip(short(point, 2))).collect()
}

#[cfg(test)]
mod tests;
