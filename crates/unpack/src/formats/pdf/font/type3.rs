//! Glyphs of Type 3 fonts (ISO 32000-2, 9.6.4) as far as they are boxes: codes can be written with them. Of what else they draw only the
//! box around it is known.

use std::collections::HashMap;

use crate::formats::pdf::document::Document;
use crate::formats::pdf::font::DIFFERENCES_MAX;
use crate::formats::pdf::lexer::{Lexer, Token};
use crate::formats::pdf::matrix::{self, Matrix, Rect};
use crate::formats::pdf::object::{Dict, Object, Value, rounded};

/// Bytes of the stream of a glyph.
const GLYPH_BYTES_MAX: usize = 256 * 1024;
/// Bytes of all glyphs of a document.
pub(super) const GLYPHS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Objects in one glyph.
const NODES_MAX: usize = 20_000;
/// Boxes in one glyph.
const BOXES_MAX: usize = 512;
/// Graphics states that are kept.
const STATES_MAX: usize = 32;
/// Corners of one path.
const CORNERS_MAX: usize = 4_096;

/// What a glyph draws, in units of text.
#[derive(Clone, Debug)]
pub(in crate::formats::pdf) struct Glyph {
    pub(in crate::formats::pdf) boxes: Vec<Shaded>,
    /// It is these boxes, and not only within them.
    pub(in crate::formats::pdf) is_boxes: bool,
}

/// A box, and its shade if it has one of its own.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats::pdf) struct Shaded {
    pub(in crate::formats::pdf) place: Rect,
    pub(in crate::formats::pdf) shade: Option<u8>,
}

/// The glyphs by their codes; those that draw nothing are left out.
pub(super) fn glyphs(document: &Document<'_>, font: &Dict, bytes_left: &mut usize) -> HashMap<u8, Glyph> {
    let mut found = HashMap::new();
    let map = document.get(font, "FontMatrix").and_then(Object::array).and_then(Matrix::of);
    let map = map.unwrap_or(Matrix([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]));
    let encoding = document.dict(font, "Encoding").and_then(|own| document.get(own, "Differences"));
    let Some(programs) = document.dict(font, "CharProcs") else { return found };
    let mut code = 0.0;
    for difference in encoding.and_then(Object::array).unwrap_or_default().iter().take(DIFFERENCES_MAX) {
        let name = match document.resolve(difference) {
            Object::Number(number) => {
                code = *number;
                continue;
            }
            Object::Name(name) => name,
            _ => continue,
        };
        let own = u8::try_from(rounded(code)).ok();
        code += 1.0;
        let stream = programs.named(name).and_then(|glyph| document.follow(glyph));
        let glyph = stream.and_then(|stream| glyph(document, stream, (map, &mut *bytes_left)));
        if let (Some(own), Some(glyph)) = (own, glyph) {
            found.insert(own, glyph);
        }
    }
    found
}

fn glyph(document: &Document<'_>, stream: &Value, (map, bytes_left): (Matrix, &mut usize)) -> Option<Glyph> {
    let data = stream.stream.as_ref().filter(|data| data.end > data.start)?;
    let most = GLYPH_BYTES_MAX.min(*bytes_left);
    let bytes = if data.end.saturating_sub(data.start) <= most {
        document.decode_within(stream, u64::try_from(most).unwrap_or(u64::MAX)).bytes
    } else {
        Vec::new()
    };
    *bytes_left = bytes_left.saturating_sub(bytes.len());
    let mut program = Program::new(map);
    program.run(&bytes);
    // What is not read to its end may be anything.
    program.is_boxes &= !bytes.is_empty() && bytes.len() < most;
    if bytes.is_empty() {
        program.around = Rect::UNIT;
    }
    program.drawn()
}

/// The program of a glyph while it runs.
struct Program {
    map: Matrix,
    fill: Option<u8>,
    width: f64,
    stack: Vec<(Matrix, Option<u8>, f64)>,
    /// The glyph has its own colours.
    is_coloured: bool,
    /// What it says of its size.
    said: Rect,
    path: Vec<Vec<(f64, f64)>>,
    /// Of the path, with what its curves may reach.
    reach: Rect,
    corners: usize,
    has_curves: bool,
    boxes: Vec<Shaded>,
    around: Rect,
    is_boxes: bool,
}

impl Program {
    fn new(map: Matrix) -> Self {
        Self {
            map,
            fill: None,
            width: 1.0,
            stack: Vec::new(),
            is_coloured: false,
            said: Rect::NONE,
            path: Vec::new(),
            reach: Rect::NONE,
            corners: 0,
            has_curves: false,
            boxes: Vec::new(),
            around: Rect::NONE,
            is_boxes: true,
        }
    }

    fn run(&mut self, bytes: &[u8]) {
        let mut lexer = Lexer::new(bytes, 0, NODES_MAX);
        lexer.has_references = false;
        let mut operands: Vec<Object> = Vec::new();
        loop {
            if let Some(object) = lexer.object() {
                if operands.len() < 8 {
                    operands.push(object);
                }
                continue;
            }
            match lexer.token() {
                Some(Token::Word(b"BI")) => return self.paint_unknown(),
                Some(Token::Word(word)) => self.operator(word, &operands),
                Some(_) => {}
                None => break,
            }
            operands.clear();
        }
        self.is_boxes &= lexer.nodes_left > 0;
    }

    fn operator(&mut self, word: &[u8], operands: &[Object]) {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or_default();
        match word {
            b"d0" | b"d1" => {
                self.is_coloured = word == b"d0";
                let (to_x, to_y) = if word == b"d1" { (number(4), number(5)) } else { (number(0), number(0)) };
                let (x, y) = if word == b"d1" { (number(2), number(3)) } else { (0.0, 0.0) };
                for (x, y) in [(x, y), (to_x, to_y)] {
                    let (x, y) = self.map.apply(x, y);
                    self.said.add(x, y);
                }
            }
            b"q" if self.stack.len() < STATES_MAX => self.stack.push((self.map, self.fill, self.width)),
            b"q" => self.is_boxes = false,
            b"Q" => (self.map, self.fill, self.width) = self.stack.pop().unwrap_or((self.map, self.fill, self.width)),
            b"cm" => self.map = Matrix::of(operands).map_or(self.map, |own| own.then(self.map)),
            b"w" => self.width = number(0),
            b"g" | b"rg" | b"k" | b"sc" | b"scn" if self.is_coloured => {
                self.fill = Some(matrix::shade(matrix::colour(operands)));
            }
            b"Do" | b"sh" => self.paint_unknown(),
            // Clip paths, dashes, text.
            b"W" | b"W*" | b"d" | b"Tj" | b"TJ" | b"'" | b"\"" => self.is_boxes = false,
            _ => self.path(word, &number),
        }
    }

    fn path(&mut self, word: &[u8], number: &dyn Fn(usize) -> f64) {
        match word {
            b"re" => {
                let (x, y) = (number(0), number(1));
                let (to_x, to_y) = (x + number(2), y + number(3));
                self.begin((x, y));
                [(to_x, y), (to_x, to_y), (x, to_y), (x, y)].into_iter().for_each(|place| self.add(place));
            }
            b"m" => self.begin((number(0), number(1))),
            b"l" => self.add((number(0), number(1))),
            b"c" | b"v" | b"y" => {
                self.has_curves = true;
                self.add((number(0), number(1)));
                self.add((number(2), number(3)));
                if word == b"c" {
                    self.add((number(4), number(5)));
                }
            }
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => self.fill(),
            b"S" | b"s" => self.stroke(),
            b"n" => self.end(),
            _ => {}
        }
    }

    fn begin(&mut self, place: (f64, f64)) {
        self.path.push(Vec::new());
        self.add(place);
    }

    fn add(&mut self, (x, y): (f64, f64)) {
        let (x, y) = self.map.apply(x, y);
        self.reach.add(x, y);
        self.corners = self.corners.saturating_add(1);
        match self.path.last_mut().filter(|_| self.corners <= CORNERS_MAX) {
            Some(line) => line.push((x, y)),
            None => self.is_boxes = false,
        }
    }

    fn fill(&mut self) {
        self.is_boxes &= !self.has_curves;
        for line in std::mem::take(&mut self.path) {
            match Rect::of_line(&line) {
                Some(place) => self.add_box(place),
                None => self.is_boxes &= line.len() < 3,
            }
        }
        self.paint();
    }

    fn stroke(&mut self) {
        self.is_boxes &= !self.has_curves;
        let half = self.width * self.map.stretch() / 2.0;
        for line in std::mem::take(&mut self.path) {
            for pair in line.windows(2) {
                let [(x, y), (to_x, to_y)] = pair else { continue };
                let (across, down) = if x == to_x { (half, 0.0) } else { (0.0, half) };
                self.is_boxes &= x == to_x || y == to_y;
                let mut place = Rect::NONE;
                place.add(x.min(*to_x) - across, y.min(*to_y) - down);
                place.add(x.max(*to_x) + across, y.max(*to_y) + down);
                self.add_box(place);
                self.reach.add(place.left, place.bottom);
                self.reach.add(place.right, place.top);
            }
        }
        self.paint();
    }

    fn add_box(&mut self, place: Rect) {
        if self.boxes.len() >= BOXES_MAX {
            self.is_boxes = false;
        } else if place.width() > 0.0 && place.height() > 0.0 {
            self.boxes.push(Shaded { place, shade: self.fill });
        }
    }

    /// The path was painted.
    fn paint(&mut self) {
        let Rect { left, bottom, right, top } = self.reach;
        if left <= right {
            self.around.add(left, bottom);
            self.around.add(right, top);
        }
        self.end();
    }

    fn end(&mut self) {
        self.path.clear();
        (self.reach, self.corners, self.has_curves) = (Rect::NONE, 0, false);
    }

    /// A picture, a form, a shading.
    fn paint_unknown(&mut self) {
        let place = self.map.apply_to(Rect::UNIT);
        self.around.add(place.left, place.bottom);
        self.around.add(place.right, place.top);
        self.is_boxes = false;
    }

    fn drawn(self) -> Option<Glyph> {
        if self.is_boxes {
            return (!self.boxes.is_empty()).then_some(Glyph { boxes: self.boxes, is_boxes: true });
        }
        let has_size = |place: &Rect| place.width() > 0.0 && place.height() > 0.0;
        let place = [self.around, self.said].into_iter().find(has_size)?;
        let is_finite = [place.left, place.bottom, place.right, place.top].iter().all(|side| side.is_finite());
        is_finite.then(|| Glyph { boxes: vec![Shaded { place, shade: None }], is_boxes: false })
    }
}
