//! One value of a formula: a text, a number or a truth, and what each of them is where another is wanted.

use crate::formats::office::formula::cells::Kind;

/// Whole numbers below it are written alike by every program.
const NUMBER_MAX: i64 = 1_000_000_000_000_000;
/// Figures of a number that count.
const FIGURES_MAX: usize = 15;
/// Counts of letters.
const COUNT_MAX: i64 = 1_000_000_000;
/// Numbers may differ so far by how they are rounded, in parts of them.
const CLOSE: f64 = 1e-9;
/// Numbers closer to zero, and those of [`NUMBER_MAX`], are written with exponents.
const SMALL_MIN: f64 = 1e-9;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    /// A text; an empty one may be a cell in which nothing stands.
    Text(String),
    /// What stands in a cell of which the file does not say what it is: it may be a number, a date or a truth as well.
    Open(String),
    /// A whole one below [`NUMBER_MAX`].
    Number(i64),
    /// Another one: how it is rounded and written is not known, nor what it is as a count or as a condition.
    About(f64),
    Truth(bool),
}

impl Scalar {
    /// `12`, `0012`, `1.5`: a number in a formula; none where it has more figures than count.
    pub(super) fn of_digits(digits: &str) -> Option<Self> {
        let figures = digits.bytes().filter(u8::is_ascii_digit).count();
        let leading =
            digits.bytes().take_while(|byte| matches!(byte, b'0' | b'.')).filter(|byte| *byte == b'0').count();
        if figures.saturating_sub(leading) > FIGURES_MAX {
            return None;
        }
        digits.parse().ok().and_then(Self::of_number)
    }

    fn of_number(number: f64) -> Option<Self> {
        let whole = whole(number).filter(|_| number.fract() == 0.0);
        whole.map(Self::Number).or_else(|| number.is_finite().then_some(Self::About(number)))
    }

    /// What a cell comes to whose value the file says; where it does not say of what kind it is, the second is what it is as a
    /// number, if that is something else.
    pub(super) fn of_cell(text: &str, kind: Kind) -> (Self, Option<Self>) {
        let own = || Self::Text(text.to_owned());
        let open = || if text.is_empty() { own() } else { Self::Open(text.to_owned()) };
        match kind {
            Kind::Text => (own(), None),
            Kind::Truth => (Self::Truth(text != "0"), None),
            Kind::Number => (text.trim().parse().ok().and_then(written).unwrap_or_else(own), None),
            Kind::Open => match text.trim().parse().ok().and_then(written) {
                Some(Self::Number(number)) if number.to_string() == text => (Self::Number(number), None),
                Some(number) if number.text().is_none_or(|number| number != text) => (open(), Some(number)),
                _ => (open(), None),
            },
        }
    }

    /// As a text.
    pub(super) fn text(&self) -> Option<String> {
        self.clone().into_text()
    }

    /// The same, without a copy.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Open(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            // Programs have words of their language for these.
            Self::About(_) | Self::Truth(_) => None,
        }
    }

    /// As a whole number. Of a text only figures are one everywhere.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Text(text) | Self::Open(text) => {
                let figures = text.trim();
                let digits = figures.strip_prefix(['-', '+']).unwrap_or(figures);
                match digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    true if figures.is_empty() => Some(0),
                    true => figures.parse().ok().filter(|number: &i64| number.abs() < NUMBER_MAX),
                    false => None,
                }
            }
            Self::Number(number) => Some(*number),
            Self::About(_) => None,
            Self::Truth(truth) => Some(i64::from(*truth)),
        }
    }

    /// As a number, for comparing: with what may be another one.
    pub(super) fn about(&self) -> Option<f64> {
        match self {
            Self::About(number) => Some(*number),
            Self::Text(text) | Self::Open(text) if self.number().is_none() => {
                text.trim().parse().ok().filter(|number: &f64| number.is_finite())
            }
            _ => self.number().map(real),
        }
    }

    /// As a condition.
    pub(super) fn holds(&self) -> Option<bool> {
        self.number().map(|number| number != 0)
    }

    /// As a count.
    pub(super) fn count(&self) -> Option<usize> {
        let number = self.number().filter(|number| *number < COUNT_MAX)?;
        usize::try_from(number).ok()
    }

    pub(super) fn reckon(&self, sign: char, right: &Self) -> Option<Self> {
        if let Some((left, right)) = self.number().zip(right.number()) {
            let exact = match sign {
                '+' => left.checked_add(right),
                '-' => left.checked_sub(right),
                '*' => left.checked_mul(right),
                _ => left.checked_div(right).filter(|_| left.checked_rem(right) == Some(0)),
            };
            if let Some(exact) = exact.filter(|exact| exact.abs() < NUMBER_MAX) {
                return Some(Self::Number(exact));
            }
        }
        let (left, right) = (self.about()?, right.about()?);
        let result = match sign {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ => left / right,
        };
        // Even where it is whole by now it need not be for others.
        result.is_finite().then_some(Self::About(result))
    }

    /// Is it what the file says, as far as can be told?
    pub(super) fn is_same(&self, told: &Self) -> bool {
        match (self, told) {
            (Self::About(own), _) => told.about().is_some_and(|told| (own - told).abs() <= own.abs() * CLOSE),
            _ => self == told || (self.text().is_some() && self.text() == told.text()),
        }
    }

    /// Do all programs answer alike when the two are compared? To none a text is a number, whatever it looks like, but `about` takes
    /// it for one; letters are compared with or without case, and have an order in each language.
    pub(super) fn compares_alike(&self, right: &Self, is_equality: bool) -> bool {
        match (self, right) {
            (Self::Number(_), Self::Number(_)) | (Self::Truth(_), Self::Truth(_)) => true,
            (Self::Number(_) | Self::About(_), Self::Number(_) | Self::About(_)) => {
                let far = |(left, right): (f64, f64)| (left - right).abs() > left.abs().max(right.abs()) * CLOSE;
                self.about().zip(right.about()).is_some_and(far)
            }
            (Self::Text(left), Self::Text(other)) => {
                let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                let is_number = self.about().is_some() && right.about().is_some();
                let differs = !is_number && is_plain(left) && is_plain(other) && !left.eq_ignore_ascii_case(other);
                left == other || (is_equality && differs)
            }
            (Self::Text(text), Self::Number(number)) | (Self::Number(number), Self::Text(text)) => {
                let differs = if text.is_empty() { *number != 0 } else { self.about().zip(right.about()).is_none() };
                is_equality && differs
            }
            _ => false,
        }
    }

    /// Bytes of it.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) | Self::Open(text) => text.len(),
            _ => size_of::<i64>(),
        }
    }
}

/// A number as programs write it in general, with a point.
fn written(number: f64) -> Option<Scalar> {
    let rounded: f64 = format!("{number:.14e}").parse().ok()?;
    match Scalar::of_number(rounded)? {
        Scalar::About(number) if (SMALL_MIN..real(NUMBER_MAX)).contains(&number.abs()) => {
            Some(Scalar::Text(number.to_string()))
        }
        Scalar::About(_) => None,
        whole => Some(whole),
    }
}

fn whole(number: f64) -> Option<i64> {
    let is_small = number.abs() < real(NUMBER_MAX);
    is_small.then(|| format!("{number:.0}").parse().ok()).flatten()
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "below 2^53 each whole number is one of these")]
fn real(number: i64) -> f64 {
    number as f64
}
