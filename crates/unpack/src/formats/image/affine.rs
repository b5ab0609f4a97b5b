//! Affine maps of the plane, as SVG and PDF write them.

/// `[a b c d e f]`: x to `ax + cy + e`, y to `bx + dy + f` (ISO 32000-2, 8.3.3; SVG 2, 8.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Affine(pub(crate) [f64; 6]);

impl Affine {
    pub(crate) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(crate) const fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(crate) const fn scaled(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.0, y, 0.0, 0.0])
    }

    /// First this, then `after`.
    pub(crate) fn then(self, after: Self) -> Self {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, after.0);
        Self([a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u])
    }

    pub(crate) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Where it leads back; none where it flattens the plane.
    pub(crate) fn inverse(self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.0;
        let area = a * d - b * c;
        let back = [d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area];
        back.iter().all(|number| number.is_finite()).then_some(Self(back))
    }

    /// Boxes stay boxes.
    pub(crate) fn is_upright(self) -> bool {
        let [a, b, c, d, ..] = self.0;
        let small = (a.abs() + b.abs() + c.abs() + d.abs()) * 1e-6;
        (b.abs() <= small && c.abs() <= small) || (a.abs() <= small && d.abs() <= small)
    }

    /// How much longer a line gets, in the mean of all directions.
    pub(crate) fn stretch(self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs().sqrt()
    }
}
