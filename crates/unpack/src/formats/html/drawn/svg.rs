//! Shapes of SVG (SVG 2): rectangles, circles, lines, polygons and paths, filled and stroked, in groups that are moved, scaled and
//! turned, and uses of them.
//!
//! Documented limits: curves are drawn as straight lines; patterns, and gradients that come later, are dark; clipping and masks are
//! not followed, but what only patterns, masks and clip paths show is a drawing of its own, and so is what filters and modes of
//! blending change; many markers and animations are told.

mod attributes;
mod gradients;
mod path;
mod transform;
mod uses;

use std::collections::HashMap;

use lol_html::html_content::Element;

use crate::formats::html::drawn::svg::attributes::Attributes;
use crate::formats::html::drawn::svg::gradients::{FORWARD_MAX, Gradients};
use crate::formats::html::drawn::svg::transform::transform;
use crate::formats::html::drawn::svg::uses::{Named, Use};
use crate::formats::html::style::{Length, Style};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, Line, Rule, Stroke, dashes};

/// Groups within groups; deeper ones are as their outer ones.
const GROUPS_MAX: usize = 256;
/// Names of shapes and groups that are kept.
const NAMES_MAX: usize = 20_000;
/// Elements that move or change others, of a drawing with as many corners as a code: more may put one together.
const MOVES_MAX: usize = 20;
/// Corners of one line that markers may stand at, as modules.
const MARKED_MIN: usize = 100;
/// Shade of what is painted with something that is not known: neither hides what is black, nor is hidden by what is white.
const UNKNOWN_SHADE: u8 = 96;
/// Numbers read of all paths of a drawing.
const NUMBERS_MAX: usize = 1_000_000;

/// What shapes are painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paint {
    Nothing,
    /// Black, or as whoever uses it says.
    Usual,
    /// And how much is seen of it, in 255ths.
    Shade(u8, u8),
}

/// What shows shapes that are not seen where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Elsewhere {
    /// Patterns and markers.
    AsTheyAre,
    Mask,
    Clip,
}

/// A group that is open.
#[derive(Clone, Debug)]
struct Group {
    /// None until it is known, and where its end is not told.
    number: Option<u32>,
    map: Affine,
    /// Width and height that shares are of.
    size: (f64, f64),
    fill: Paint,
    stroke: Paint,
    stroke_width: f64,
    has_caps: bool,
    dashes: Option<String>,
    /// How much is seen of what is in it, from 0 to 1.
    opacity: f64,
    /// A filter or a mode of blending changes what is in it.
    is_altered: bool,
    /// Only its uses are seen.
    is_defined: bool,
    elsewhere: Option<Elsewhere>,
    id: Option<String>,
    first: usize,
}

/// Where text stands.
#[derive(Clone, Copy, Debug)]
struct Text {
    map: Affine,
    x: f64,
    y: f64,
    /// Of its letters.
    size: f64,
    /// How long it is said to be.
    length: Option<f64>,
}

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
}

/// Is it an element of a drawing?
pub(super) fn is_known(tag: &str) -> bool {
    is_group(tag) || matches!(tag, "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" | "path" | "use")
}

/// Does it move or change another element?
fn is_move(tag: &str) -> bool {
    matches!(tag, "set" | "animate" | "animatetransform" | "animatemotion" | "animatecolor")
}

fn is_group(tag: &str) -> bool {
    matches!(tag, "svg" | "g" | "a" | "defs" | "symbol" | "clippath" | "mask" | "marker" | "pattern" | "switch")
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
            waiting: Vec::new(),
            uses: 0,
            has_more_names: false,
            gradients: Gradients::default(),
            moves: 0,
            text: None,
            numbers_left: NUMBERS_MAX,
        }
    }

    /// Takes an element; true if its end matters.
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, style: &Style) -> bool {
        self.moves = self.moves.saturating_add(usize::from(is_move(tag)));
        let is_other = matches!(tag, "lineargradient" | "radialgradient" | "stop" | "text" | "tspan");
        if !(is_known(tag) || is_other) || self.canvas.is_cut() {
            return false;
        }
        let all = element.attributes().iter().map(|own| (own.name(), own.value())).collect();
        let size = self.groups.last().map_or((100.0, 100.0), |group| group.size);
        let attributes = Attributes { all, style, size };
        if is_other {
            self.other(tag, &attributes);
            return false;
        }
        if is_group(tag) {
            return self.begin_group(tag, &attributes);
        }
        if attributes.is_unpainted() {
            return false;
        }
        let from = self.canvas.len();
        let map = self.map(&attributes);
        self.shape(tag, &attributes, map);
        if attributes.is_altered() && !self.groups.iter().any(|group| group.is_altered) {
            self.altered.push((from, self.canvas.len()));
        }
        if let Some(id) = attributes.text("id") {
            self.name(id.to_owned(), Named { shapes: (from, self.canvas.len()), map, size: None });
        }
        false
    }

    /// Gradients and text.
    fn other(&mut self, tag: &str, attributes: &Attributes<'_>) {
        if !matches!(tag, "text" | "tspan") {
            return self.gradients.element(tag, attributes);
        }
        let map = self.map(attributes);
        let usual = Text { map, x: 0.0, y: 0.0, size: 16.0, length: None };
        let around = self.text.filter(|_| tag == "tspan").unwrap_or(usual);
        let declared = attributes.declared("font-size").or_else(|| attributes.text("font-size"));
        let size = declared.and_then(Length::read).map(|length| length.within(attributes.size.0));
        self.text = Some(Text {
            map,
            x: attributes.length("x").unwrap_or(around.x),
            y: attributes.length("y").unwrap_or(around.y),
            size: size.unwrap_or(around.size),
            length: attributes.length("textlength"),
        });
    }

    /// Text of nothing but blocks is as good as boxes.
    pub(super) fn text(&mut self, piece: &str) {
        let is_block = |c: char| matches!(c, '\u{2580}'..='\u{25ff}' | '\u{2b1b}'..='\u{2b1f}');
        let piece = piece.trim();
        let Some(Text { map, x, y, size, length }) = self.text.filter(|_| piece.chars().all(is_block)) else { return };
        let count = f64::from(u32::try_from(piece.chars().count()).unwrap_or(u32::MAX));
        let place = [x, y - size * 0.8, x + length.unwrap_or(count * size * 0.6), y + size * 0.2];
        self.canvas.add_box(place, map, None);
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

    fn begin_group(&mut self, tag: &str, attributes: &Attributes<'_>) -> bool {
        if self.groups.len() >= GROUPS_MAX {
            self.canvas.cut();
            return false;
        }
        let mut map = self.map(attributes);
        let mut size = attributes.size;
        if matches!(tag, "svg" | "symbol") {
            let own = attributes.length("width").zip(attributes.length("height")).filter(|(x, y)| *x > 0.0 && *y > 0.0);
            let view = attributes.text("viewbox").and_then(view);
            size = view.map(|[_, _, width, height]| (width, height)).or(own).unwrap_or(size);
            let is_inner = tag == "svg" && !self.groups.is_empty();
            if is_inner {
                map = Affine::moved(attributes.number("x"), attributes.number("y")).then(map);
            }
            if let Some([left, top, width, height]) = view {
                let (wide, high) = own.filter(|_| is_inner).unwrap_or((width, height));
                map = Affine::moved(-left, -top).then(Affine::scaled(wide / width, high / height)).then(map);
            }
        }
        let outer = self.groups.last();
        let (fill, stroke) = outer.map_or((Paint::Usual, Paint::Nothing), |group| (group.fill, group.stroke));
        let width = outer.map_or(1.0, |group| group.stroke_width);
        let has_caps = outer.is_some_and(|group| group.has_caps);
        let dashes = attributes.dashes().map(str::to_owned).or_else(|| outer.and_then(|group| group.dashes.clone()));
        let is_defined =
            matches!(tag, "defs" | "symbol" | "clippath" | "mask" | "marker" | "pattern") || attributes.is_unpainted();
        let elsewhere = match tag {
            "pattern" | "marker" => Some(Elsewhere::AsTheyAre),
            "mask" => Some(Elsewhere::Mask),
            "clippath" => Some(Elsewhere::Clip),
            _ => None,
        };
        self.groups.push(Group {
            number: None,
            map,
            size,
            fill: attributes.paint("fill", fill),
            stroke: attributes.paint("stroke", stroke),
            stroke_width: attributes.length("stroke-width").unwrap_or(width),
            has_caps: attributes.has_caps(has_caps),
            dashes,
            opacity: self.opacity() * attributes.opacity("opacity"),
            is_altered: attributes.is_altered(),
            is_defined,
            elsewhere,
            id: attributes.text("id").map(str::to_owned),
            first: self.canvas.len(),
        });
        true
    }

    /// The number of the group that was begun last.
    pub(super) fn opened(&mut self, number: u32) {
        if let Some(group) = self.groups.last_mut() {
            group.number = Some(number);
        }
    }

    /// Ends the groups from a number on; true where that ends the drawing.
    pub(super) fn close(&mut self, number: u32) -> bool {
        while self.groups.last().is_some_and(|group| group.number.is_none_or(|own| own >= number)) {
            let Some(group) = self.groups.pop() else { break };
            let shapes = (group.first, self.canvas.len());
            if group.is_defined && shapes.0 < shapes.1 && !self.groups.iter().any(|outer| outer.is_defined) {
                self.unseen.push(shapes);
            }
            let is_within = self.groups.iter().any(|outer| outer.elsewhere.is_some());
            if let Some(elsewhere) = group.elsewhere.filter(|_| shapes.0 < shapes.1 && !is_within) {
                self.elsewhere.push((shapes, elsewhere));
            }
            if group.is_altered && shapes.0 < shapes.1 && !self.groups.iter().any(|outer| outer.is_altered) {
                self.altered.push(shapes);
            }
            if let Some(id) = group.id {
                self.name(id, Named { shapes, map: group.map, size: Some(group.size) });
            }
        }
        self.groups.is_empty()
    }

    fn shape(&mut self, tag: &str, attributes: &Attributes<'_>, map: Affine) {
        let number = |name: &str| attributes.number(name);
        let (fill, stroke) = self.groups.last().map_or((Paint::Usual, Paint::Nothing), |own| (own.fill, own.stroke));
        let fill = attributes.paint("fill", fill);
        let lines = match tag {
            "use" => return self.repeat(attributes, map, fill),
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
                path::lines(source.trim_start_matches("path"), &mut self.numbers_left)
            }
            _ => {
                let points = attributes.text("points").unwrap_or_default();
                let end = if tag == "polygon" { "z" } else { "" };
                path::lines(&format!("M{points}{end}"), &mut self.numbers_left)
            }
        };
        if lines.iter().map(Vec::len).sum::<usize>() >= MARKED_MIN && attributes.has_markers() {
            self.canvas.cut();
        }
        let stroke = attributes.paint("stroke", stroke);
        if stroke != Paint::Nothing {
            // Filled first.
            self.fill(tag, attributes, (lines.clone(), fill), map);
            return self.stroke(attributes, &lines, (stroke, map));
        }
        self.fill(tag, attributes, (lines, fill), map);
    }

    fn fill(&mut self, tag: &str, attributes: &Attributes<'_>, (lines, fill): (Vec<Line>, Paint), map: Affine) {
        if fill == Paint::Nothing || tag == "line" {
            return;
        }
        let is_odd = attributes.declared("fill-rule").or_else(|| attributes.text("fill-rule")) == Some("evenodd");
        let rule = if is_odd { Rule::EvenOdd } else { Rule::NonZero };
        if let Some(id) = attributes.reference("fill") {
            let opacity = self.opacity() * attributes.opacity("opacity") * attributes.opacity("fill-opacity");
            if self.gradients.draw(id, (&lines, rule), (map, opacity), &mut self.canvas) {
                return;
            }
        }
        self.set_alpha(attributes, "fill-opacity", fill);
        self.canvas.add_lines(lines, rule, map, fill.shade());
        self.canvas.set_alpha(1.0);
    }

    fn set_alpha(&mut self, attributes: &Attributes<'_>, name: &str, paint: Paint) {
        let own = attributes.opacity("opacity") * attributes.opacity(name);
        self.canvas.set_alpha(self.opacity() * own * paint.alpha());
    }

    fn stroke(&mut self, attributes: &Attributes<'_>, lines: &[Line], (stroke, map): (Paint, Affine)) {
        let group = self.groups.last();
        let width = attributes.length("stroke-width").unwrap_or(group.map_or(1.0, |group| group.stroke_width));
        let has_caps = attributes.has_caps(group.is_some_and(|group| group.has_caps));
        let list = attributes.dashes().or_else(|| group.and_then(|group| group.dashes.as_deref())).unwrap_or_default();
        let list = list.split([',', ' ', '\t', '\n', '\r']).filter(|dash| !dash.is_empty());
        let lengths = list.filter_map(Length::read).map(|length| length.within(attributes.size.0));
        let dashes = dashes(lengths.filter(|dash| *dash >= 0.0));
        let drawn = Stroke { width, has_caps, dashes, offset: attributes.number("stroke-dashoffset") };
        self.set_alpha(attributes, "stroke-opacity", stroke);
        for line in lines {
            if self.canvas.is_cut() {
                break;
            }
            self.canvas.add_stroke(line, &drawn, map, stroke.shade());
        }
        self.canvas.set_alpha(1.0);
    }

    /// What is seen of it, and what patterns, masks and clip paths show of it.
    pub(super) fn finish(mut self) -> Vec<Canvas> {
        self.close(0);
        if self.numbers_left == 0 {
            self.canvas.cut();
        }
        self.paint_waiting();
        let may_be_code = self.canvas.may_be_code();
        if (may_be_code && (self.moves > MOVES_MAX || self.gradients.forward > FORWARD_MAX)) || self.moves >= MARKED_MIN
        {
            self.canvas.cut();
        }
        let mut drawings = Vec::new();
        for ((from, to), elsewhere) in &self.elsewhere {
            let part = self.canvas.part(*from, *to);
            if !part.may_be_code() {
                continue;
            }
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
        self.canvas.remove(&self.unseen);
        drawings.push(self.canvas);
        drawings
    }
}

impl Paint {
    fn shade(self) -> Option<u8> {
        match self {
            Self::Shade(shade, _) => Some(shade),
            Self::Nothing | Self::Usual => None,
        }
    }

    /// How much is seen of it, from 0 to 1.
    fn alpha(self) -> f64 {
        match self {
            Self::Shade(_, alpha) => f64::from(alpha) / 255.0,
            Self::Nothing | Self::Usual => 1.0,
        }
    }
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
