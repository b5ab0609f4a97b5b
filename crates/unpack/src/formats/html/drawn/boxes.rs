//! Boxes that styles put where they are, with a background: out of the flow, in a grid, shadows of one box, stripes of a gradient.
//!
//! Documented limits: of the flow only boxes with a height of their own are followed, one below the other (rows of them: `cells.rs`);
//! of what is reckoned only sums of pixels are known, and many boxes that are not are told (`unsure.rs`); what is repeated is drawn
//! once; the order of layers (`z-index`) is that of the page, which `canvas/look.rs` does not rely on.

use crate::formats::html::drawn::Says;
use crate::formats::html::drawn::gradient::{Frame, Pictures, Way};
use crate::formats::html::style::{Colour, Length, Place, Position, Style, USUAL_SIDE_PIXELS, shade};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{Canvas, UNKNOWN_SHADE};

/// Boxes within boxes that are followed.
const OPEN_MAX: usize = 256;

/// A box that others stand in.
#[derive(Clone, Copy, Debug)]
struct Open {
    number: Option<u32>,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    /// How far down, and across, the flow has come within it.
    down: f64,
    across: f64,
}

impl Default for Open {
    fn default() -> Self {
        let side = f64::from(USUAL_SIDE_PIXELS);
        Self { number: None, left: 0.0, top: 0.0, width: side, height: side, down: 0.0, across: 0.0 }
    }
}

/// Boxes so far, and those that are open.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    pub(super) canvas: Canvas,
    page: Open,
    open: Vec<Open>,
}

/// Does a style put a box, or draw?
pub(super) fn is_placed(style: &Style) -> bool {
    let Place { position, row, column, .. } = style.place;
    position.is_some_and(|position| position != Position::InFlow)
        || style.is_drawing
        || (row.is_some() && column.is_some())
        || style.place.height().is_some()
}

impl Boxes {
    /// Is nothing open that a box could stand in?
    pub(super) fn is_outside(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes an element whose style [`is_placed`]; true if its end matters. The nearer pictures are its own.
    pub(super) fn element(&mut self, says: Says<'_>, nearer: &Pictures) -> bool {
        let Says { style, doubt, pictures, .. } = says;
        let around = *self.open.last().unwrap_or(&self.page);
        let place = &style.place;
        let within = |length: Option<Length>, side: f64| length.map(|length| length.within(side));
        let (mut width, mut height) = (within(place.width(), around.width), within(place.height(), around.height));
        if let Some((across, down)) = place.padding.filter(|_| place.position == Some(Position::Out)) {
            width = Some(width.unwrap_or(0.0) + f64::from(across));
            height = Some(height.unwrap_or(0.0) + f64::from(down));
        }
        if let Some((across, down, _)) = place.border.painted() {
            width = Some(width.unwrap_or(0.0) + f64::from(across));
            height = Some(height.unwrap_or(0.0) + f64::from(down));
        }
        let (x, y) = self.place_of(place, (width, height), around);
        let is_out = place.position == Some(Position::Out) || place.column.zip(place.row).is_some();
        let frame = (x, y, width.unwrap_or(around.width), height.unwrap_or(around.height));
        let mut way = None;
        if style.is_drawing && !style.is_unpainted() {
            way = pictures.draw(nearer, &mut self.canvas, frame);
        }
        if is_out {
            let is_known = !doubt.recolours_box(style.background);
            let is_sized = width.is_some() && height.is_some();
            self.paint(style, frame, (is_sized, is_known));
        } else {
            self.flow(way, (width, height), y);
        }
        let has_children = place.position.is_some_and(|position| position != Position::InFlow);
        if !has_children {
            return false;
        }
        if self.open.len() >= OPEN_MAX {
            self.canvas.cut();
            return false;
        }
        let (left, top, width, height) = frame;
        self.open.push(Open { left, top, width, height, ..Open::default() });
        true
    }

    fn place_of(&self, place: &Place, size: (Option<f64>, Option<f64>), around: Open) -> (f64, f64) {
        if let Some((column, row)) = place.column.zip(place.row) {
            let (width, height) = (size.0.unwrap_or(1.0), size.1.unwrap_or(1.0));
            return (f64::from(column) * width, f64::from(row) * height);
        }
        let within = |length: Option<Length>, side: f64| length.map(|length| length.within(side));
        let is_out = place.position == Some(Position::Out);
        let (flow_x, flow_y) = if is_out { (0.0, 0.0) } else { (around.across, around.down) };
        let from_right = || within(place.right, around.width).map(|right| around.width - right - size.0.unwrap_or(0.0));
        let from_bottom =
            || within(place.bottom, around.height).map(|bottom| around.height - bottom - size.1.unwrap_or(0.0));
        let is_moved = is_out || place.position == Some(Position::Relative);
        let x = within(place.left, around.width).or_else(from_right).filter(|_| is_moved).unwrap_or(0.0);
        let y = within(place.top, around.height).or_else(from_bottom).filter(|_| is_moved).unwrap_or(0.0);
        let margin = |length: Option<Length>, side: f64| within(length, side).unwrap_or(0.0);
        let (moved_x, moved_y) = place.moved.map_or((0.0, 0.0), |(x, y)| {
            (x.within(size.0.unwrap_or(around.width)), y.within(size.1.unwrap_or(around.height)))
        });
        (
            around.left + flow_x + x + margin(place.margin_left, around.width) + moved_x,
            around.top + flow_y + y + margin(place.margin_top, around.height) + moved_y,
        )
    }

    fn paint(&mut self, style: &Style, (left, top, width, height): Frame, (is_sized, is_known): (bool, bool)) {
        let own = match style.background {
            Some(Colour::Rgb(colour)) => Some((colour, 1.0)),
            Some(Colour::Tint(colour, alpha)) => Some((colour, f64::from(alpha) / 255.0)),
            _ => None,
        };
        let border = style.place.border.painted().map(|(_, _, colour)| (colour, 1.0));
        // A box of nothing but its borders has their colour.
        let has_inside = style.place.width().is_some_and(|width| width.within(1.0) > 0.0)
            || style.place.padding.is_some_and(|(across, down)| across > 0.0 && down > 0.0);
        let colour = if has_inside { own.or(border) } else { border.or(own) };
        if let Some((colour, alpha)) = colour.filter(|_| is_sized && !style.is_unpainted()) {
            self.canvas.set_alpha(alpha * f64::from(style.shape.opacity.unwrap_or(1.0)));
            let shade = if is_known { shade(colour) } else { UNKNOWN_SHADE };
            self.canvas.add_box([left, top, left + width, top + height], Affine::IDENTITY, Some(shade));
            self.canvas.set_alpha(1.0);
        }
    }

    /// What follows stands below, or beside stripes that go down.
    fn flow(&mut self, way: Option<Way>, (width, height): (Option<f64>, Option<f64>), top: f64) {
        let around = self.open.last_mut().unwrap_or(&mut self.page);
        match (way, width, height) {
            (Some(Way::Down), Some(width), _) => around.across += width,
            (_, _, Some(height)) => around.down = top - around.top + height,
            _ => {}
        }
    }

    /// The number of the box that was opened last.
    pub(super) fn opened(&mut self, number: u32) {
        if let Some(open) = self.open.last_mut() {
            open.number.get_or_insert(number);
        }
    }

    /// Ends the boxes from a number on.
    pub(super) fn close(&mut self, number: u32) {
        while self.open.last().is_some_and(|open| open.number.is_none_or(|own| own >= number)) {
            self.open.pop();
        }
    }

    /// What was drawn; the page goes on.
    pub(super) fn take(&mut self, room: usize) -> Canvas {
        std::mem::replace(&mut self.canvas, Canvas::with_room(room))
    }
}
