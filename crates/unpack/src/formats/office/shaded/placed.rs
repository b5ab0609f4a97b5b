//! Where shapes of slides stand: turned, and within groups that have coordinates of their own.

use crate::formats::image::affine::Affine;

/// The place of a shape (left, top, right, bottom), and how it is turned around its middle, by so many degrees.
pub(in crate::formats) fn turned(place: [f64; 4], degrees: f64) -> Affine {
    let [left, top, right, bottom] = place;
    let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    // Right angles are exact.
    let (sine, cosine) = match degrees.rem_euclid(360.0) {
        0.0 => return Affine::IDENTITY,
        90.0 => (1.0, 0.0),
        180.0 => (0.0, -1.0),
        270.0 => (-1.0, 0.0),
        degrees => degrees.to_radians().sin_cos(),
    };
    Affine::moved(-x, -y).then(Affine([cosine, sine, -sine, cosine, 0.0, 0.0])).then(Affine::moved(x, y))
}

/// From the coordinates of a group to its place; both are left, top, right, bottom.
pub(in crate::formats) fn within(coordinates: [f64; 4], place: [f64; 4]) -> Affine {
    let ([left, top, right, bottom], [to_left, to_top, to_right, to_bottom]) = (coordinates, place);
    let scale = |from: f64, to: f64| if from == 0.0 { 1.0 } else { to / from };
    let scaled = Affine::scaled(scale(right - left, to_right - to_left), scale(bottom - top, to_bottom - to_top));
    Affine::moved(-left, -top).then(scaled).then(Affine::moved(to_left, to_top))
}
