//! Pages: what their content streams show, and where (ISO 32000-2, 8 and 9). Text that a reader does not see is told apart:
//! invisible mode, no size, off the page, the colour of its ground, a layer that is off.
//!
//! Documented limits: clip paths are followed as far as `page/clips.rs` says; patterns and soft masks are drawings of their own;
//! blending is not followed, curves are straight lines; the text of a form is read once
//! in a document, however often it is drawn, and what it draws is drawn each time; [`STATES_MAX`], [`RUNS_MAX`], [`READ_FACTOR`] and those of
//! `page/forms.rs`.

mod clips;
mod forms;
mod glyphs;
mod notes;
mod operators;
mod others;
mod strokes;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::document::Document;
use super::font::{Font, Maps};
use super::lexer::{Lexer, Token};
use super::matrix::{BLACK, Colour, Matrix, Rect, WHITE};
use super::object::{Dict, Id, Object, Value};
use crate::formats::image::canvas::{Canvas, Line, Rule};
use crate::formats::pdf::page::clips::Clip;
use crate::formats::pdf::page::forms::{Kept, OfForm};
use crate::formats::pdf::page::glyphs::Letter;
use crate::formats::pdf::page::strokes::Pen;
use crate::unpack::Walk;

/// Graphics states kept at once.
const STATES_MAX: usize = 4096;
/// Pieces of text on one page.
const RUNS_MAX: usize = 200_000;
/// Bytes of content streams of one document that are read, all pages together: so many for each byte of the file.
const READ_FACTOR: usize = 12;
/// And so many more.
const READ_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of the content of one page.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Content streams that are longer are read once with the same resources, however many pages share them.
const SHARED_BYTES_MIN: usize = 2048;
/// Grounds of one page that text is compared with, the last ones.
const GROUNDS_MAX: usize = 256;
/// Corners of one path.
const CORNERS_MAX: usize = 400_000;
/// States of one annotation of which each has its own look.
const APPEARANCES_MAX: usize = 64;
/// Pictures inside content streams that are kept of one document.
const INLINE_PICTURES_MAX: usize = 64;
/// Operands of one operator that are kept.
const OPERANDS_MAX: usize = 64;
/// Operators between two looks at the time.
const OPERATORS_A_LOOK: u32 = 4096;
/// Objects within one content stream.
const NODES_MAX: usize = 16_000_000;

/// What a page shows.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) runs: Vec<Run>,
    /// What is filled and stroked, in the order of painting, y going up: codes are drawn so.
    pub(super) drawing: Canvas,
    /// What patterns and soft masks draw.
    pub(super) others: Vec<Canvas>,
    /// The same of those that draw too little for a code each.
    pub(super) pieces: Canvas,
    piece_corners: usize,
    /// Glyphs that are drawn and are no boxes.
    letters: Vec<Letter>,
    /// Something is drawn that is not in it.
    pub(super) is_drawing_cut: bool,
    /// What other programs read instead of the glyphs.
    pub(super) other_text: String,
    /// It draws a picture.
    pub(super) has_picture: bool,
    /// The pictures that are drawn, and where.
    pub(super) pictures: Vec<(Id, Rect)>,
    /// A limit was reached.
    pub(super) is_cut: bool,
}

/// A piece of text that was shown at once.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) text: String,
    /// Where it begins and ends.
    pub(super) start: (f64, f64),
    pub(super) end: (f64, f64),
    /// Height of its letters, about.
    pub(super) size: f64,
    pub(super) is_hidden: bool,
    /// Its end is known, not reckoned.
    pub(super) is_measured: bool,
}

/// What stays the same over all pages of a document.
#[derive(Debug, Default)]
pub(super) struct Shared {
    fonts: HashMap<usize, Option<Rc<Font>>>,
    maps: Maps,
    /// Content streams and forms that were read.
    pub(super) read: HashSet<Id>,
    /// What forms draw; none of a form that draws more than is kept.
    forms: HashMap<Id, Option<Rc<Kept>>>,
    form_shapes: usize,
    /// Patterns and masks whose drawings are looked at.
    others: HashSet<Id>,
    /// Content streams with the place of the resources that they were read with.
    shown: HashSet<(Id, usize)>,
    pub(super) hidden_layers: HashSet<Id>,
    read_bytes: usize,
    /// Dictionary and data of pictures in content streams.
    pub(super) inline_pictures: Vec<(Dict, Vec<u8>)>,
    /// There are more of them than are kept.
    pub(super) has_more_pictures: bool,
}

#[derive(Clone, Debug)]
struct State {
    matrix: Matrix,
    fill: Colour,
    /// The numbers of colours mean light.
    is_plain: bool,
    /// It was set where the form is drawn, not in the form.
    is_fill_outer: bool,
    stroke: Colour,
    is_stroke_plain: bool,
    pen: Pen,
    clip: Option<Clip>,
    opacity: f64,
    stroke_opacity: f64,
    /// How much is seen of the groups around, and what was set where the form is drawn, as long as the form sets nothing.
    group_opacity: f64,
    outer_opacity: f64,
    font: Option<Rc<Font>>,
    size: f64,
    character_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    mode: f64,
}

/// Reads one page.
pub(super) struct Reader<'r, 'd, 'w> {
    document: &'r Document<'d>,
    walk: &'r mut Walk<'w>,
    shared: &'r mut Shared,
    pub(super) sheet: Sheet,
    page: Rect,
    state: State,
    stack: Vec<State>,
    /// States beyond those that are kept.
    states_left_out: usize,
    text: Matrix,
    line: Matrix,
    /// The box of the path that is being made, and its lines.
    path: Rect,
    path_lines: Vec<Line>,
    /// The box around it with all that its curves may reach.
    path_reach: Rect,
    has_curves: bool,
    corners: usize,
    /// Corners of clip paths, and of those that were cut, so far.
    clip_corners: usize,
    cut_corners: usize,
    clips_aside: HashSet<u64>,
    /// The path becomes a clip path when it is painted.
    next_clip: Option<Rule>,
    grounds: std::collections::VecDeque<(Rect, Colour)>,
    /// Marked content that is open: is it a layer that is off?
    marked: Vec<bool>,
    /// Those that were open where the form began: it ends none of them.
    marks_outside: usize,
    /// Marks beyond those that are kept.
    marks_left_out: usize,
    depth: u32,
    /// Of the form that is read.
    form: OfForm,
    /// Patterns and masks of this page.
    others: HashSet<Id>,
}

impl<'r, 'd, 'w> Reader<'r, 'd, 'w> {
    pub(super) fn new(document: &'r Document<'d>, walk: &'r mut Walk<'w>, shared: &'r mut Shared, page: Rect) -> Self {
        let state = State {
            matrix: Matrix::IDENTITY,
            fill: BLACK,
            is_plain: true,
            is_fill_outer: false,
            stroke: BLACK,
            is_stroke_plain: true,
            pen: Pen::default(),
            clip: None,
            opacity: 1.0,
            stroke_opacity: 1.0,
            group_opacity: 1.0,
            outer_opacity: 1.0,
            font: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0.0,
        };
        Self {
            document,
            walk,
            shared,
            sheet: Sheet::default(),
            page,
            state,
            stack: Vec::new(),
            states_left_out: 0,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            path: Rect::NONE,
            path_lines: Vec::new(),
            path_reach: Rect::NONE,
            has_curves: false,
            corners: 0,
            clip_corners: 0,
            cut_corners: 0,
            clips_aside: HashSet::new(),
            next_clip: None,
            grounds: [(page, WHITE)].into(),
            marked: Vec::new(),
            marks_outside: 0,
            marks_left_out: 0,
            depth: 0,
            form: OfForm::default(),
            others: HashSet::new(),
        }
    }

    /// The streams of a page's `Contents`, as one.
    pub(super) fn contents(&mut self, contents: &Object, resources: &Dict) {
        let streams: Vec<&Value> = match self.document.resolve(contents) {
            Object::Array(array) => array.iter().filter_map(|object| self.document.follow(object)).collect(),
            _ => self.document.follow(contents).into_iter().collect(),
        };
        let mut bytes = Vec::new();
        for stream in streams {
            self.shared.read.insert(stream.id);
            let is_new = self.shared.shown.insert((stream.id, std::ptr::from_ref(resources).addr()));
            let length = stream.stream.map_or(0, |data| data.end.saturating_sub(data.start));
            if !is_new && length > SHARED_BYTES_MIN {
                continue;
            }
            bytes.extend_from_slice(&self.document.decode(stream, self.walk).bytes);
            bytes.push(b'\n');
            if bytes.len() > PAGE_BYTES_MAX || bytes.len().saturating_add(self.shared.read_bytes) > self.most() {
                self.sheet.is_cut = true;
                break;
            }
        }
        self.run(&bytes, resources);
    }

    /// One stream on its own.
    pub(super) fn stream(&mut self, stream: &Value, resources: &Dict) {
        let bytes = self.document.decode(stream, self.walk).bytes;
        self.run(&bytes, resources);
    }

    /// How an annotation looks (12.5.5), near enough to where it stands.
    pub(super) fn appearance(&mut self, annotation: &Dict, resources: &Dict) {
        let document = self.document;
        let Some(normal) = document.dict(annotation, "AP").and_then(|looks| looks.get("N")) else {
            return self.draw_note(annotation);
        };
        let states = document.follow(normal).filter(|value| value.stream.is_some());
        let forms: Vec<&Value> = match (states, document.resolve(normal)) {
            (Some(value), _) => vec![value],
            (None, Object::Dict(states)) => {
                self.sheet.is_cut |= states.entries().len() > APPEARANCES_MAX;
                let states = states.entries().iter().take(APPEARANCES_MAX);
                states.filter_map(|(_, object)| document.follow(object)).collect()
            }
            _ => Vec::new(),
        };
        let rect = |dict: &Dict, key: &str| Rect::of(document, document.get(dict, key)?.array()?);
        let place = rect(annotation, "Rect").unwrap_or(self.page);
        for form in forms.into_iter().filter(|form| form.stream.is_some()) {
            let own = form.dict().and_then(|dict| rect(dict, "BBox")).unwrap_or(Rect::UNIT);
            self.state.matrix = Matrix([1.0, 0.0, 0.0, 1.0, place.left - own.left, place.bottom - own.bottom]);
            self.form(form, resources);
        }
    }

    fn run(&mut self, bytes: &[u8], resources: &Dict) {
        self.shared.read_bytes = self.shared.read_bytes.saturating_add(bytes.len());
        if self.shared.read_bytes > self.most() {
            self.sheet.is_cut = true;
            return;
        }
        let mut lexer = Lexer::new(bytes, 0, NODES_MAX);
        lexer.has_references = false;
        let mut operands: Vec<Object> = Vec::new();
        let mut until_look = OPERATORS_A_LOOK;
        loop {
            if let Some(object) = lexer.object() {
                if operands.len() < OPERANDS_MAX {
                    operands.push(object);
                }
                continue;
            }
            match lexer.token() {
                Some(Token::Word(b"BI")) => self.inline_picture(&mut lexer, bytes),
                Some(Token::Word(word)) => self.operator(word, &operands, resources),
                Some(_) => {}
                None => return,
            }
            operands.clear();
            until_look = until_look.saturating_sub(1);
            if until_look == 0 {
                until_look = OPERATORS_A_LOOK;
                if self.walk.budget.is_late() || lexer.nodes_left == 0 {
                    self.sheet.is_cut = true;
                    return;
                }
            }
        }
    }

    // 8.9.7: the data ends at an `EI` that stands alone.
    fn inline_picture(&mut self, lexer: &mut Lexer<'_>, bytes: &[u8]) {
        let mut entries = Vec::new();
        while let Some(Object::Name(name)) = lexer.object() {
            entries.push((name, lexer.object().unwrap_or(Object::Null)));
        }
        let dict = Dict::of(entries);
        if lexer.token() != Some(Token::Word(b"ID")) {
            return;
        }
        let start = lexer.at.saturating_add(1);
        let rest = bytes.get(start..).unwrap_or_default();
        let alone = |at: &usize| {
            let before = at.checked_sub(1).and_then(|at| rest.get(at)).copied();
            let after = rest.get(at.saturating_add(2)).copied();
            before.is_none_or(super::lexer::is_space) && after.is_none_or(super::lexer::is_space)
        };
        let end = memchr::memmem::find_iter(rest, b"EI").find(alone);
        let data = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        lexer.at = start.saturating_add(data.len()).saturating_add(2);
        self.sheet.has_picture = true;
        self.ground(self.state.matrix.apply_to(Rect::UNIT), None);
        self.shared.has_more_pictures |= self.shared.inline_pictures.len() >= INLINE_PICTURES_MAX;
        if self.shared.inline_pictures.len() < INLINE_PICTURES_MAX {
            self.shared.inline_pictures.push((dict, data.to_vec()));
        }
    }

    /// Is what is drawn now in a layer that is off, in what is read now? Where a form is drawn is not asked in the form.
    fn is_in_hidden_layer(&self) -> bool {
        self.marked.get(self.marks_outside..).unwrap_or_default().contains(&true)
    }

    /// How much is seen of text: in a form that of the form too.
    fn text_opacity(&self) -> f64 {
        self.state.opacity * self.state.group_opacity * self.state.outer_opacity
    }

    fn most(&self) -> usize {
        self.document.size().saturating_mul(READ_FACTOR).saturating_add(READ_BYTES)
    }

    fn ground(&mut self, rect: Rect, colour: Colour) {
        if self.grounds.len() >= GROUNDS_MAX {
            self.grounds.pop_front();
        }
        self.grounds.push_back((rect, colour));
    }

    /// The colour under a point: of what was painted there last, else of the paper.
    fn colour_under(&self, x: f64, y: f64) -> Colour {
        self.grounds.iter().rev().find(|(rect, _)| rect.has(x, y, 0.5)).map_or(WHITE, |(_, colour)| *colour)
    }
}
