//! Shapes of SVG (SVG 2): rectangles, circles, lines, polygons and paths, filled and stroked, in groups that are moved, scaled and
//! turned, and uses of them.
//!
//! Documented limits: curves are a few straight lines where they are filled, and one where they are drawn; patterns, gradients that come later and colours that are not known have a
//! shade of their own each; clipping and masks are not followed, but what only patterns, masks and clip paths show is a drawing of its
//! own, and so is what filters and modes of blending change, and what is shown later (`later.rs`); many markers, animations and shapes that
//! are not followed, or that a rule paints that may not hold, are told (`told.rs`).

mod attributes;
mod gradients;
mod groups;
pub(super) mod later;
mod letters;
mod paint;
mod path;
mod transform;
mod uses;

use std::collections::HashMap;

use lol_html::html_content::Element;

use crate::formats::html::attributes::decoded;
use crate::formats::html::drawn::Says;
use crate::formats::html::drawn::svg::attributes::Attributes;
use crate::formats::html::drawn::svg::gradients::Gradients;
use crate::formats::html::drawn::svg::groups::{Elsewhere, Group, is_group};
use crate::formats::html::drawn::svg::later::Last;
use crate::formats::html::drawn::svg::letters::Text;
use crate::formats::html::drawn::svg::paint::{Paint, Unknown};
use crate::formats::html::drawn::svg::transform::transform;
use crate::formats::html::drawn::svg::uses::{Named, Use};
use crate::formats::html::drawn::told::Told;
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Line, Rule, Stroke};
use crate::formats::image::curves::Curves;

/// Names of shapes and groups that are kept.
const NAMES_MAX: usize = 20_000;
/// Elements that move or change others, of a drawing with as many corners as a code: more may put one together.
const MOVES_MAX: usize = 20;
/// The same where what they move has no corners.
const MOVES_ALONE_MIN: usize = 100;
/// Numbers read of all paths of a drawing.
const NUMBERS_MAX: usize = 1_000_000;

/// One drawing, as far as it is read.
#[derive(Debug)]
pub(super) struct Svg {
    canvas: Canvas,
    groups: Vec<Group>,
    named: HashMap<String, Named>,
    /// Shapes that only uses show.
    unseen: Vec<(usize, usize)>,
    elsewhere: Vec<((usize, usize), Elsewhere)>,
    /// Shapes whose colours something changes.
    altered: Vec<(usize, usize)>,
    /// What is clear as it stands, or drawn by other ways, and may be shown later; names of what else is.
    clear: Canvas,
    shown_later: Vec<String>,
    last: Option<Last>,
    /// Uses of what comes later.
    waiting: Vec<Use>,
    /// All uses.
    uses: usize,
    /// There are more names than are kept.
    has_more_names: bool,
    gradients: Gradients,
    /// Elements that move or change others.
    moves: usize,
    text: Option<Text>,
    numbers_left: usize,
    /// Of the shape that is drawn.
    curves: Curves,
    unknown: Unknown,
    told: Told,
}

/// Is it an element of a drawing?
pub(super) fn is_known(tag: &str) -> bool {
    is_group(tag) || matches!(tag, "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" | "path" | "use")
}

/// Does it move or change another element?
fn is_move(tag: &str) -> bool {
    matches!(tag, "set" | "animate" | "animatetransform" | "animatemotion" | "animatecolor")
}

impl Svg {
    pub(super) fn new(room: usize) -> Self {
        Self {
            canvas: Canvas::with_room(room),
            groups: Vec::new(),
            named: HashMap::new(),
            unseen: Vec::new(),
            elsewhere: Vec::new(),
            altered: Vec::new(),
            clear: Canvas::with_room(room),
            shown_later: Vec::new(),
            last: None,
            waiting: Vec::new(),
            uses: 0,
            has_more_names: false,
            gradients: Gradients::default(),
            moves: 0,
            text: None,
            numbers_left: NUMBERS_MAX,
            curves: Curves::default(),
            unknown: Unknown::default(),
            told: Told::default(),
        }
    }

    /// Takes an element; true if its end matters.
    pub(super) fn element(
        &mut self,
        tag: &str,
        element: &Element<'_, '_>,
        Says { style, doubt, .. }: Says<'_>,
    ) -> bool {
        self.moves = self.moves.saturating_add(usize::from(is_move(tag)));
        let is_other = matches!(tag, "lineargradient" | "radialgradient" | "stop" | "text" | "tspan");
        let is_later = is_move(tag) || tag == "feimage";
        if !(is_known(tag) || is_other || is_later) || self.canvas.is_cut() {
            return false;
        }
        let all = element.attributes().iter().map(|own| (own.name(), decoded(&own.value()).into_owned())).collect();
        if is_later {
            self.later(tag, all);
            return false;
        }
        self.last = None;
        let size = self.groups.last().map_or((100.0, 100.0), |group| group.size);
        let attributes = Attributes { all, style, doubt, size };
        if is_other {
            match tag {
                "text" | "tspan" => self.begin_text(tag, &attributes),
                _ => self.gradients.element(tag, &attributes),
            }
            return false;
        }
        if is_group(tag) {
            return self.begin_group(tag, &attributes);
        }
        let is_invisible = attributes.is_invisible();
        let map = self.map(&attributes);
        if attributes.is_absent() || is_invisible == Some(true) {
            self.last = Some(Last::new(tag, attributes, map));
            return false;
        }
        let from = self.canvas.len();
        self.shape(tag, &attributes, map);
        self.cut_by_path(&attributes, map);
        // Those that use it, or the group around it, may stand where it is seen.
        if is_invisible.is_none() && self.is_invisible() {
            self.hide(from);
        }
        self.tell(&attributes, from);
        if attributes.is_altered() && !self.groups.iter().any(|group| group.is_altered) {
            self.altered.push((from, self.canvas.len()));
        }
        if let Some(id) = attributes.text("id") {
            self.name(id.to_owned(), Named { shapes: (from, self.canvas.len()), map, size: None });
        }
        self.last = Some(Last::new(tag, attributes, map));
        false
    }

    /// Shapes from that one on are seen in uses only. Those within a group of which that holds are in its own range.
    fn hide(&mut self, from: usize) {
        let to = self.canvas.len();
        if from < to && !self.groups.iter().any(|group| group.is_defined) {
            match self.unseen.last_mut().filter(|(_, last)| *last == from) {
                Some((_, last)) => *last = to,
                None => self.unseen.push((from, to)),
            }
        }
    }

    /// Counts the shapes of an element.
    fn tell(&mut self, attributes: &Attributes<'_>, from: usize) {
        let group = self.groups.last();
        let (fill, stroke) = attributes.colours(group.map_or((None, None), |group| group.colours));
        let of_group = group.and_then(|group| group.doubt).filter(|_| attributes.colour("fill").is_none());
        let own = Some(attributes.doubt).filter(|doubt| doubt.contests_shape(fill, stroke)).or(of_group);
        let (corners, shade) = self.canvas.corners_from(from);
        // Points on curves are corners of nothing.
        let corners = corners.saturating_sub(self.curves.len());
        self.told.shape(corners, shade, own);
    }

    fn name(&mut self, id: String, named: Named) {
        if self.named.len() < NAMES_MAX {
            // Of two with one name the first one counts.
            self.named.entry(id).or_insert(named);
        } else {
            self.has_more_names = true;
        }
    }

    fn opacity(&self) -> f64 {
        self.groups.last().map_or(1.0, |group| group.opacity)
    }

    /// The map of an element with its own `transform`.
    fn map(&self, attributes: &Attributes<'_>) -> Affine {
        let around = self.groups.last().map_or(Affine::IDENTITY, |group| group.map);
        let own = attributes.declared("transform").or_else(|| attributes.text("transform"));
        let own = own.map(|value| transform(&value.to_ascii_lowercase()));
        let styled = attributes.style.place.moved.filter(|_| attributes.text("transform").is_none());
        let styled = styled.map(|(x, y)| Affine::moved(x.within(attributes.size.0), y.within(attributes.size.1)));
        styled.or(own).unwrap_or(Affine::IDENTITY).then(around)
    }

    fn shape(&mut self, tag: &str, attributes: &Attributes<'_>, map: Affine) {
        self.curves.clear();
        let (fill, stroke) = self.groups.last().map_or((Paint::Usual, Paint::Nothing), |own| (own.fill, own.stroke));
        let (fill, stroke) = (self.paint(attributes, "fill", fill), self.paint(attributes, "stroke", stroke));
        if tag == "use" {
            return self.repeat(attributes, map, fill.or_current(self.current(attributes)));
        }
        let lines = self.lines(tag, attributes);
        let around = self.groups.last().map_or((false, false), |group| group.markers);
        let (at_ends, between) = attributes.markers(around);
        let corners = lines.iter().map(Vec::len).sum::<usize>();
        let marked = usize::from(at_ends).saturating_add(if between { corners } else { 0 });
        self.told.markers = self.told.markers.saturating_add(marked);
        if stroke != Paint::Nothing {
            // Filled first.
            self.fill(tag, attributes, (lines.clone(), fill), map);
            return self.stroke(attributes, &lines, (stroke, map));
        }
        self.fill(tag, attributes, (lines, fill), map);
    }

    /// The lines of a shape.
    fn lines(&mut self, tag: &str, attributes: &Attributes<'_>) -> Vec<Line> {
        let number = |name: &str| attributes.number(name);
        match tag {
            "rect" => vec![corners(number("x"), number("y"), number("width"), number("height"))],
            "circle" | "ellipse" => {
                let radius = |name: &str| attributes.length("r").or(attributes.length(name)).unwrap_or(0.0);
                let (rx, ry) = (radius("rx"), radius("ry"));
                vec![corners(number("cx") - rx, number("cy") - ry, rx * 2.0, ry * 2.0)]
            }
            "line" => vec![vec![(number("x1"), number("y1")), (number("x2"), number("y2"))]],
            "path" => {
                let declared = attributes.declared("d").filter(|value| value.contains('('));
                let source = declared.or_else(|| attributes.text("d")).unwrap_or_default();
                path::lines(source.trim_start_matches("path"), &mut self.numbers_left, &mut self.curves)
            }
            _ => {
                let points = attributes.text("points").unwrap_or_default();
                let end = if tag == "polygon" { "z" } else { "" };
                path::lines(&format!("M{points}{end}"), &mut self.numbers_left, &mut self.curves)
            }
        }
    }

    fn fill(&mut self, tag: &str, attributes: &Attributes<'_>, (lines, fill): (Vec<Line>, Paint), map: Affine) {
        if fill == Paint::Nothing || tag == "line" {
            return self.curves.clear();
        }
        let lines = self.curves.rounded(lines);
        let is_odd = attributes.declared("fill-rule").or_else(|| attributes.text("fill-rule")) == Some("evenodd");
        let rule = if is_odd { Rule::EvenOdd } else { Rule::NonZero };
        let alpha = self.alpha(attributes, "fill-opacity", fill);
        if is_clear(alpha) {
            return self.clear.add_lines(lines, rule, map, Some(0));
        }
        if let Some(id) = attributes.reference("fill") {
            let opacity = self.opacity() * attributes.opacity("opacity") * attributes.opacity("fill-opacity");
            if self.gradients.draw(id, (&lines, rule), (map, opacity), &mut self.canvas) {
                return;
            }
        }
        self.canvas.set_alpha(alpha);
        self.canvas.add_lines(lines, rule, map, fill.shade());
        self.canvas.set_alpha(1.0);
    }

    /// How much is seen of what is painted so, from 0 to 1.
    fn alpha(&self, attributes: &Attributes<'_>, name: &str, paint: Paint) -> f64 {
        self.opacity() * attributes.opacity("opacity") * attributes.opacity(name) * paint.alpha()
    }

    fn stroke(&mut self, attributes: &Attributes<'_>, lines: &[Line], (stroke, map): (Paint, Affine)) {
        let group = self.groups.last();
        let width = attributes.length("stroke-width").unwrap_or(group.map_or(1.0, |group| group.stroke_width));
        let has_caps = attributes.has_caps(group.is_some_and(|group| group.has_caps));
        let list = attributes.dashes().or_else(|| group.and_then(|group| group.dashes.clone()));
        let list = list.as_deref().unwrap_or_default();
        self.told.rows = self.told.rows.saturating_add(usize::from(attributes.has_unread_dashes()));
        if let Some(id) = attributes.reference("stroke") {
            self.gradients.pass(id);
        }
        // The list of a group is drawn with again and again.
        if !self.canvas.spend(list.len()) {
            return;
        }
        let drawn = Stroke { width, has_caps, dashes: list.to_vec(), offset: attributes.number("stroke-dashoffset") };
        let alpha = self.alpha(attributes, "stroke-opacity", stroke);
        self.canvas.set_alpha(alpha);
        let to = if is_clear(alpha) { &mut self.clear } else { &mut self.canvas };
        for line in lines {
            if to.is_cut() {
                break;
            }
            to.add_stroke(line, &drawn, map, stroke.shade());
        }
        self.canvas.set_alpha(1.0);
    }

    /// What patterns, masks and clip paths show of it; and last what is seen of it. What is told is of all.
    pub(super) fn finish(mut self) -> (Vec<Canvas>, Told) {
        self.close(0);
        if self.numbers_left == 0 {
            self.canvas.cut();
        }
        self.paint_waiting();
        if (self.canvas.may_be_code() && self.moves > MOVES_MAX) || self.moves >= MOVES_ALONE_MIN {
            self.canvas.cut();
        }
        self.told.rows = self.told.rows.saturating_add(self.gradients.rows()).saturating_add(self.unknown.rows());
        let mut drawings = Vec::new();
        for ((from, to), elsewhere) in &self.elsewhere {
            let part = self.canvas.part(*from, *to);
            match elsewhere {
                Elsewhere::AsTheyAre => drawings.push(part),
                Elsewhere::Clip => drawings.push(part.in_shade(0)),
                // What is light in a mask is seen, or what is in it at all.
                Elsewhere::Mask => drawings.extend([part.clone().on_ground(0), part.in_shade(0)]),
            }
        }
        let mut altered = Canvas::default();
        for (from, to) in &self.altered {
            altered.repeat(&self.canvas.part(*from, *to), Affine::IDENTITY, None);
        }
        if altered.may_be_code() {
            drawings.push(altered.in_shade(0));
        }
        drawings.extend(self.take_later());
        self.canvas.remove(&self.unseen);
        drawings.push(self.canvas);
        (drawings, self.told)
    }
}

/// Is so little seen of it that it is nothing?
fn is_clear(alpha: f64) -> bool {
    alpha * 255.0 < 0.5
}

/// A box by its corners, back to the first.
fn corners(x: f64, y: f64, width: f64, height: f64) -> Line {
    vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
}

/// `0 0 29 29`.
fn view(value: &str) -> Option<[f64; 4]> {
    let mut numbers = value.split([',', ' ', '\t', '\n', '\r']).filter_map(|number| number.parse::<f64>().ok());
    let view = [numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?];
    (view[2] > 0.0 && view[3] > 0.0 && view.iter().all(|number| number.is_finite())).then_some(view)
}

#[cfg(test)]
mod tests;
