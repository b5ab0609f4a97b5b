//! The operators of content streams that change what is seen of text (ISO 32000-2, annex A).

use std::rc::Rc;

use super::{CORNERS_MAX, RUNS_MAX, Reader, Run, STATES_MAX};
use crate::formats::image::canvas::{CORNERS_MIN, Line, Rule};
use crate::formats::pdf::font::Font;
use crate::formats::pdf::glyphs;
use crate::formats::pdf::joined::PIECES_MAX;
use crate::formats::pdf::matrix::{self, BLACK, Colour, Matrix, Rect};
use crate::formats::pdf::object::{Dict, Object};

/// Letters that are lower are not seen, points.
const SEEN_SIZE_MIN: f64 = 1.0;
/// What is fainter is not seen.
const SEEN_OPACITY_MIN: f64 = 0.05;
/// Marked content within marked content.
const MARKED_MAX: usize = 4096;
/// Text that stands for glyphs, bytes a page.
const OTHER_TEXT_BYTES_MAX: usize = 1024 * 1024;

impl Reader<'_, '_, '_> {
    pub(super) fn operator(&mut self, word: &[u8], operands: &[Object], resources: &Dict) {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or_default();
        match word {
            b"q" => self.save_state(),
            b"Q" => self.restore_state(),
            b"cm" => {
                if let Some(own) = Matrix::of(operands) {
                    self.state.matrix = own.then(self.state.matrix);
                }
            }
            b"gs" => self.extended_state(operands, resources),
            b"Do" => self.draw(operands, resources),
            b"BT" => (self.text, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            b"Tf" => self.set_font(operands, resources),
            b"Tc" => self.state.character_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Tr" => self.state.mode = number(0),
            b"Td" => self.move_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.move_line(number(0), number(1));
            }
            b"Tm" => {
                if let Some(own) = Matrix::of(operands) {
                    (self.text, self.line) = (own, own);
                }
            }
            b"T*" => self.move_line(0.0, -self.state.leading),
            b"Tj" => self.show(operands.first()),
            b"TJ" => self.show_pieces(operands),
            b"'" => {
                self.move_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            b"\"" => {
                (self.state.word_space, self.state.character_space) = (number(0), number(1));
                self.move_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            _ => self.paint(word, operands, resources),
        }
    }

    fn save_state(&mut self) {
        if self.stack.len() < STATES_MAX {
            self.stack.push(self.state.clone());
        } else {
            self.states_left_out = self.states_left_out.saturating_add(1);
            self.sheet.is_drawing_cut = true;
        }
    }

    fn restore_state(&mut self) {
        if self.states_left_out > 0 {
            self.states_left_out = self.states_left_out.saturating_sub(1);
        } else if let Some(state) = self.stack.pop() {
            self.state = state;
        }
    }

    fn begin_mark(&mut self, is_off: bool) {
        if self.marked.len() < MARKED_MAX {
            self.marked.push(is_off);
        } else {
            self.marks_left_out = self.marks_left_out.saturating_add(1);
            self.sheet.is_drawing_cut = true;
        }
    }

    fn end_mark(&mut self) {
        if self.marks_left_out > 0 {
            self.marks_left_out = self.marks_left_out.saturating_sub(1);
        } else if self.marked.len() > self.marks_outside {
            self.marked.pop();
        }
    }

    fn paint(&mut self, word: &[u8], operands: &[Object], resources: &Dict) {
        match word {
            b"g" | b"rg" | b"k" => {
                self.state.is_plain = true;
                self.set_fill(matrix::colour(operands));
            }
            b"G" | b"RG" | b"K" => {
                self.state.is_stroke_plain = true;
                self.state.stroke = matrix::colour(operands);
            }
            b"cs" | b"CS" => {
                let spaces = self.document.dict(resources, "ColorSpace");
                let name = operands.first().and_then(Object::name).unwrap_or_default();
                let is_plain = matrix::is_plain_space(self.document, spaces, name);
                let colour = if is_plain { BLACK } else { None };
                if word == b"cs" {
                    self.state.is_plain = is_plain;
                    self.set_fill(colour);
                } else {
                    (self.state.is_stroke_plain, self.state.stroke) = (is_plain, colour);
                }
            }
            b"sc" | b"scn" => {
                self.set_fill(if self.state.is_plain { matrix::colour(operands) } else { None });
                self.pattern(operands, resources);
            }
            b"SC" | b"SCN" => {
                self.state.stroke = if self.state.is_stroke_plain { matrix::colour(operands) } else { None };
                self.pattern(operands, resources);
            }
            b"J" => self.set_cap(operands.first().and_then(Object::number).unwrap_or_default()),
            b"w" => self.set_width(operands.first().and_then(Object::number).unwrap_or_default()),
            b"d" => {
                let offset = operands.get(1).and_then(Object::number).unwrap_or_default();
                self.set_dashes(operands.first().and_then(Object::array).unwrap_or_default(), offset);
            }
            b"sh" => {
                self.ground(self.page, None);
                self.fill_clip(0);
            }
            b"BDC" => self.begin_marked(operands, resources),
            b"BMC" => self.begin_mark(false),
            b"EMC" => self.end_mark(),
            _ => self.path(word, operands),
        }
    }

    fn set_fill(&mut self, colour: Colour) {
        self.state.fill = colour;
        self.state.is_fill_outer = false;
    }

    /// Operators that make a path, and paint it (8.5).
    fn path(&mut self, word: &[u8], operands: &[Object]) {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or_default();
        match word {
            b"re" => {
                let (x, y) = (number(0), number(1));
                let (to_x, to_y) = (x + number(2), y + number(3));
                for (number, (x, y)) in [(x, y), (to_x, y), (to_x, to_y), (x, to_y), (x, y)].into_iter().enumerate() {
                    self.add_corner((x, y), number == 0);
                }
            }
            b"m" => self.add_corner((number(0), number(1)), true),
            b"l" => self.add_corner((number(0), number(1)), false),
            b"c" | b"v" | b"y" => {
                let last = operands.len().saturating_sub(2);
                self.has_curves = true;
                for at in (0..last).step_by(2) {
                    let (x, y) = self.state.matrix.apply(number(at), number(at.saturating_add(1)));
                    self.path_reach.add(x, y);
                }
                self.add_corner((number(last), number(last.saturating_add(1))), false);
            }
            b"h" => self.close_line(),
            b"f" | b"F" => self.fill_path(Rule::NonZero),
            b"f*" => self.fill_path(Rule::EvenOdd),
            b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                if matches!(word, b"b" | b"b*" | b"s") {
                    self.close_line();
                }
                match word {
                    b"B" | b"b" => self.fill_path_again(Rule::NonZero),
                    b"B*" | b"b*" => self.fill_path_again(Rule::EvenOdd),
                    _ => {}
                }
                self.stroke_path();
            }
            b"n" => self.end_path(),
            b"W" => self.next_clip = Some(Rule::NonZero),
            b"W*" => self.next_clip = Some(Rule::EvenOdd),
            _ => {}
        }
    }

    fn add_corner(&mut self, (x, y): (f64, f64), is_first: bool) {
        let (x, y) = self.state.matrix.apply(x, y);
        self.path.add(x, y);
        self.path_reach.add(x, y);
        self.corners = self.corners.saturating_add(1);
        if self.corners > CORNERS_MAX {
            self.sheet.is_drawing_cut = true;
            return;
        }
        if is_first {
            self.path_lines.push(Vec::new());
        }
        if let Some(line) = self.path_lines.last_mut() {
            line.push((x, y));
        }
    }

    fn close_line(&mut self) {
        if let Some(line) = self.path_lines.last_mut()
            && let Some(first) = line.first().copied()
        {
            line.push(first);
        }
    }

    fn fill_path(&mut self, rule: Rule) {
        let lines = self.lines_to_paint();
        self.fill(lines, rule);
        self.end_path();
    }

    /// What becomes a clip path when it is painted is needed once more.
    pub(super) fn lines_to_paint(&mut self) -> Vec<Line> {
        if self.next_clip.is_some() { self.path_lines.clone() } else { std::mem::take(&mut self.path_lines) }
    }

    fn fill_path_again(&mut self, rule: Rule) {
        self.fill(self.path_lines.clone(), rule);
    }

    fn fill(&mut self, lines: Vec<Line>, rule: Rule) {
        let (colour, path) = (self.state.fill, self.path);
        if !(path.left.is_finite() && path.right.is_finite()) {
            return;
        }
        if self.text_opacity() >= SEEN_OPACITY_MIN {
            self.ground(path, colour);
        }
        if self.state.opacity >= SEEN_OPACITY_MIN && !self.is_in_hidden_layer() {
            let shade = (!self.state.is_fill_outer).then(|| matrix::shade(colour));
            let (lines, rule) = self.clipped_path(lines, rule);
            self.sheet.drawing.set_alpha(self.state.opacity);
            self.sheet.drawing.add_lines(lines, rule, Matrix::IDENTITY, shade);
            self.sheet.drawing.set_alpha(1.0);
        }
    }

    pub(super) fn end_path(&mut self) {
        if let Some(rule) = self.next_clip.take() {
            self.set_clip(rule);
        }
        (self.path, self.path_reach, self.has_curves) = (Rect::NONE, Rect::NONE, false);
        self.path_lines.clear();
        self.corners = 0;
    }

    fn extended_state(&mut self, operands: &[Object], resources: &Dict) {
        let name = operands.first().and_then(Object::name).unwrap_or_default();
        let states = self.document.dict(resources, "ExtGState");
        let Some(own) = states.and_then(|states| states.named(name)) else { return };
        let Some(own) = self.document.resolve(own).dict() else { return };
        let opacity = |key: &str| self.document.get(own, key).and_then(Object::number);
        let (fill, stroke) = (opacity("ca"), opacity("CA"));
        self.form.sets_opacity |= fill.or(stroke).is_some();
        if let Some(opacity) = fill {
            (self.state.opacity, self.state.outer_opacity) = (opacity, 1.0);
        }
        self.state.stroke_opacity = stroke.unwrap_or(self.state.stroke_opacity);
        self.extended_pen(own);
        self.soft_mask(own, resources);
        if let Some([font, size]) = self.document.get(own, "Font").and_then(Object::array) {
            self.state.size = self.document.resolve(size).number().unwrap_or_default();
            if let Some(font) = self.document.resolve(font).dict() {
                self.state.font = self.font(font);
            }
        }
    }

    fn draw(&mut self, operands: &[Object], resources: &Dict) {
        let name = operands.first().and_then(Object::name).unwrap_or_default();
        let document = self.document;
        let Some(drawn) = document.dict(resources, "XObject").and_then(|objects| objects.named(name)) else { return };
        let Some(value) = document.follow(drawn) else { return };
        let Some(dict) = value.dict() else { return };
        if document.get(dict, "Subtype").is_some_and(|subtype| subtype.is_name("Image")) {
            let place = self.state.matrix.apply_to(Rect::UNIT);
            self.sheet.has_picture = true;
            if self.sheet.pictures.len() <= PIECES_MAX {
                self.sheet.pictures.push((value.id, place));
            }
            self.fill_clip(CORNERS_MIN);
            return self.ground(place, None);
        }
        let is_off = self.is_layer_off(dict.get("OC"));
        self.marked.push(is_off);
        self.form(value, resources);
        self.marked.pop();
    }

    fn set_font(&mut self, operands: &[Object], resources: &Dict) {
        self.state.size = operands.get(1).and_then(Object::number).unwrap_or_default();
        let name = operands.first().and_then(Object::name).unwrap_or_default();
        let document = self.document;
        let font = document.dict(resources, "Font").and_then(|fonts| fonts.named(name));
        self.state.font = font.and_then(|font| document.resolve(font).dict()).and_then(|font| self.font(font));
    }

    fn font(&mut self, font: &Dict) -> Option<Rc<Font>> {
        // Dictionaries of a document stay where they are.
        let address = std::ptr::from_ref(font).addr();
        if let Some(font) = self.shared.fonts.get(&address) {
            return font.clone();
        }
        let font = Font::read(self.document, font, self.walk, &mut self.shared.maps).map(Rc::new);
        self.sheet.is_cut |= font.is_none();
        self.shared.fonts.insert(address, font.clone());
        font
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self.line);
        self.text = self.line;
    }

    fn show_pieces(&mut self, operands: &[Object]) {
        for piece in operands.first().and_then(Object::array).unwrap_or_default() {
            match piece {
                Object::Number(back) => {
                    let step = -back / 1000.0 * self.state.size * self.state.stretch;
                    self.text = Matrix([1.0, 0.0, 0.0, 1.0, step, 0.0]).then(self.text);
                }
                text => self.show(Some(text)),
            }
        }
    }

    fn show(&mut self, text: Option<&Object>) {
        let Some(bytes) = text.and_then(Object::text) else { return };
        let font = self.state.font.clone();
        let shown = match &font {
            Some(font) => font.show(bytes),
            None => super::super::font::Shown { text: glyphs::text_string(bytes), ..Default::default() },
        };
        let state = &self.state;
        let spaced = shown.codes * state.character_space + shown.spaces * state.word_space;
        let width = (shown.width * state.size + spaced) * state.stretch;
        let full = self.text.then(state.matrix);
        let (start, end) = (full.apply(0.0, state.rise), full.apply(width, state.rise));
        let (foot, head) = (full.apply(0.0, 0.0), full.apply(0.0, state.size));
        let size = (head.0 - foot.0).hypot(head.1 - foot.1);
        if let Some(font) = font.as_ref().filter(|font| font.has_glyphs()) {
            self.show_glyphs(font, bytes);
        }
        let is_measured = font.is_some_and(|font| font.is_measured);
        self.text = Matrix([1.0, 0.0, 0.0, 1.0, width, 0.0]).then(self.text);
        if shown.text.is_empty() {
            return;
        }
        if self.sheet.runs.len() >= RUNS_MAX {
            self.sheet.is_cut = true;
            return;
        }
        let is_hidden = self.is_hidden(start, end, size);
        self.sheet.runs.push(Run { text: shown.text, start, end, size, is_hidden, is_measured });
    }

    fn is_hidden(&self, start: (f64, f64), end: (f64, f64), size: f64) -> bool {
        let state = &self.state;
        // Table 104: 3 is neither filled nor stroked, 7 only clips.
        let is_unpainted = matches!(matrix::whole_mode(state.mode), 3 | 7);
        let is_filled = matches!(matrix::whole_mode(state.mode), 0 | 4);
        let is_off_page = !self.page.has(start.0, start.1, size) && !self.page.has(end.0, end.1, size);
        let middle = (f64::midpoint(start.0, end.0), f64::midpoint(start.1, end.1) + size * 0.3);
        is_unpainted
            || size < SEEN_SIZE_MIN
            || state.stretch == 0.0
            || self.text_opacity() < SEEN_OPACITY_MIN
            || is_off_page
            || self.marked.contains(&true)
            || (is_filled && matrix::is_same(state.fill, self.colour_under(middle.0, middle.1)))
    }

    fn begin_marked(&mut self, operands: &[Object], resources: &Dict) {
        let document = self.document;
        let properties = match operands.get(1) {
            Some(Object::Name(name)) => {
                document.dict(resources, "Properties").and_then(|properties| properties.named(name))
            }
            other => other,
        };
        let is_layer = operands.first().is_some_and(|tag| tag.is_name("OC"));
        self.begin_mark(is_layer && self.is_layer_off(properties));
        let dict = properties.and_then(|properties| document.resolve(properties).dict());
        let actual = dict.and_then(|dict| document.get(dict, "ActualText")).and_then(Object::text);
        if let Some(actual) = actual {
            if self.sheet.other_text.len() < OTHER_TEXT_BYTES_MAX {
                self.sheet.other_text.push_str(&glyphs::text_string(actual));
            } else {
                self.sheet.is_cut = true;
            }
        }
    }

    // 8.11.2: the group itself, or a membership of groups that are all off.
    fn is_layer_off(&self, layer: Option<&Object>) -> bool {
        let Some(layer) = layer else { return false };
        let is_off =
            |object: &Object| matches!(object, Object::Reference(id) if self.shared.hidden_layers.contains(id));
        if self.shared.hidden_layers.is_empty() || is_off(layer) {
            return is_off(layer);
        }
        let groups = self.document.resolve(layer).dict().and_then(|dict| dict.get("OCGs"));
        match groups {
            Some(Object::Array(array)) => !array.is_empty() && array.iter().take(64).all(is_off),
            Some(group) => is_off(group),
            None => false,
        }
    }
}
