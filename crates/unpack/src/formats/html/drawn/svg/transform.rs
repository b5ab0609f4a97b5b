//! Lists of transforms (CSS Transforms 1, 7): `translate(1 2) scale(3) rotate(90, 1, 1) matrix(…) skewX(4)`.

use crate::formats::image::affine::Affine;

/// Transforms of one list.
const TRANSFORMS_MAX: usize = 64;

/// The map that a list is, in lower case; the last one is done first.
pub(super) fn transform(list: &str) -> Affine {
    let mut map = Affine::IDENTITY;
    let mut rest = list;
    for _ in 0..TRANSFORMS_MAX {
        let Some((name, after)) = rest.split_once('(') else { break };
        let (inner, after) = after.split_once(')').unwrap_or((after, ""));
        let numbers = inner.split([',', ' ', '\t', '\n', '\r']).filter(|number| !number.is_empty()).map(number);
        let numbers: Vec<f64> = numbers.collect();
        map = one(name.trim_matches([' ', ',', '\t', '\n', '\r']), &numbers).then(map);
        rest = after;
    }
    map
}

fn one(name: &str, numbers: &[f64]) -> Affine {
    let at = |at: usize| numbers.get(at).copied();
    let first = at(0).unwrap_or(0.0);
    match name {
        "translate" => Affine::moved(first, at(1).unwrap_or(0.0)),
        "translatex" => Affine::moved(first, 0.0),
        "translatey" => Affine::moved(0.0, first),
        "scale" => Affine::scaled(first, at(1).unwrap_or(first)),
        "scalex" => Affine::scaled(first, 1.0),
        "scaley" => Affine::scaled(1.0, first),
        "rotate" => {
            let (sin, cos) = first.to_radians().sin_cos();
            let (x, y) = (at(1).unwrap_or(0.0), at(2).unwrap_or(0.0));
            Affine::moved(-x, -y).then(Affine([cos, sin, -sin, cos, 0.0, 0.0])).then(Affine::moved(x, y))
        }
        "skewx" => Affine([1.0, 0.0, first.to_radians().tan(), 1.0, 0.0, 0.0]),
        "skewy" => Affine([1.0, first.to_radians().tan(), 0.0, 1.0, 0.0, 0.0]),
        "matrix" => match numbers {
            [a, b, c, d, e, f, ..] => Affine([*a, *b, *c, *d, *e, *f]),
            _ => Affine::IDENTITY,
        },
        _ => Affine::IDENTITY,
    }
}

/// Units of styles: pixels and degrees.
fn number(text: &str) -> f64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().filter(|number: &f64| number.is_finite()).unwrap_or(0.0)
}
