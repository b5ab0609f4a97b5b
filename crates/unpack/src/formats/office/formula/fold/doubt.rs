//! Where a program may come to another answer: what is in doubt, and which way is gone there. Each doubt has two ways, and is the
//! same one wherever it is met again, so that two of them are reckoned in all four ways and not only in two.
//!
//! Limit: [`DOUBTS_MAX`]; what hangs on more counts as guessed.

use crate::formats::office::formula::cells::Place;
use crate::formats::office::formula::fold::{Operand, Reader, Value, scalar::Scalar};

/// Doubts of which each way is gone with each way of the others.
const DOUBTS_MAX: usize = 3;

/// Which way is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats::office::formula) enum Choice {
    /// Everywhere what comes first.
    First,
    /// Everywhere the other way, even where an answer is not in doubt: it may change with what somebody types into the sheet.
    Second,
    /// The other way for the doubts whose bits are set, in the order in which they are met.
    Doubts(u32),
}

/// What is not sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Which cell of a range is meant where one value is wanted: older and newer programs differ.
    Range,
    /// Is `RC5` a column or a distance?
    Style,
    /// Is what looks like a number one?
    Kind(Place),
    /// Does a cell show what its formula comes to, or what the file says?
    Result(Place),
    /// Which argument a function comes to.
    Call(Spot),
    /// How two values compare.
    Comparison(Spot),
}

/// A place within the formula of a cell, or within a name that it uses: where that text lies, and how much of it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    text: usize,
    place: Place,
    left: usize,
}

/// The ways to go next, after one on which so many doubts were met: each is gone once.
pub(super) fn further(bits: u32, met: usize) -> impl Iterator<Item = Choice> {
    let set = usize::try_from(u32::BITS.saturating_sub(bits.leading_zeros())).unwrap_or(usize::MAX);
    (set..met.min(DOUBTS_MAX)).filter_map(move |number| {
        let bit = 1_u32.checked_shl(u32::try_from(number).ok()?)?;
        Some(Choice::Doubts(bits | bit))
    })
}

/// Are these more than are gone through?
pub(super) const fn is_too_much(met: usize) -> bool {
    met > DOUBTS_MAX
}

impl Reader<'_> {
    /// Is the first of two ways gone?
    pub(super) fn goes_first(&self, doubt: Doubt) -> bool {
        let mut met = self.notes.doubts.borrow_mut();
        let number = met.iter().position(|own| *own == doubt).unwrap_or(met.len());
        // One more than are gone through tells that there are more.
        if number == met.len() && !is_too_much(number) {
            met.push(doubt);
        }
        match self.known.choice {
            Choice::First => true,
            Choice::Second => false,
            Choice::Doubts(bits) => {
                let bit = u32::try_from(number).ok().and_then(|number| bits.checked_shr(number));
                bit.is_none_or(|bit| bit & 1 == 0)
            }
        }
    }

    /// What decides is not known: the first of two, or the second.
    pub(super) fn either(&self, doubt: Doubt) -> bool {
        self.notes.is_guess.set(true);
        self.goes_first(doubt)
    }

    /// Where reading is.
    pub(super) fn spot(&self) -> Spot {
        Spot { text: self.formula.as_ptr().addr(), place: self.place, left: self.rest.len() }
    }

    /// Two values compared.
    pub(super) fn compared(&self, left: Value, sign: &str, right: Value) -> Value {
        let (left, right) = (self.one(left)?, self.one(right)?);
        let order = match left.about().zip(right.about()) {
            Some((left, right)) => left.partial_cmp(&right)?,
            None => left.text()?.to_lowercase().cmp(&right.text()?.to_lowercase()),
        };
        let holds = match sign {
            "=" => order.is_eq(),
            "<>" => order.is_ne(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            _ => return None,
        };
        let is_kept = if left.compares_alike(&right, matches!(sign, "=" | "<>")) {
            self.notes.has_asked.set(true);
            self.known.choice != Choice::Second
        } else {
            self.goes_first(Doubt::Comparison(self.spot()))
        };
        Some(Operand::One(Scalar::Truth(holds == is_kept)))
    }
}
