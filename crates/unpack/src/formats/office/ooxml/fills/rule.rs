//! One condition (ECMA-376-1, 18.3.1.10), and what it paints cells with by what they hold.

use std::collections::{HashMap, HashSet};

use super::conditions::known;
use super::values::{At, Value, Values};
use super::{Colours, Fill, shade};
use crate::formats::xml::Tag;

/// Steps between two shades of a scale.
const STEPS: u16 = 8;

#[derive(Debug, Default)]
pub(super) struct Rule {
    pub(super) kind: String,
    operator: String,
    /// The number of the fill, or the fill itself.
    fill: Option<usize>,
    pub(super) own_fill: Option<Fill>,
    pub(super) formulas: Vec<String>,
    /// Of a scale, from the least to the greatest: kinds and values (18.3.1.11), and shades.
    pub(super) stops: Vec<(String, String)>,
    pub(super) shades: Vec<u8>,
    rank: Option<usize>,
    is_bottom: bool,
    is_percent: bool,
    is_below: bool,
    is_with_average: bool,
    has_deviation: bool,
    /// More of it was there than is kept.
    pub(super) is_cut: bool,
}

impl Rule {
    pub(super) fn of(tag: &Tag<'_>) -> Self {
        let text = |name: &str| tag.attribute(name).unwrap_or_default();
        let is = |name: &str| matches!(text(name).as_str(), "1" | "true");
        let kind = text("type");
        Self {
            // A bar is as long as a shade is dark.
            shades: if kind == "dataBar" { vec![255] } else { Vec::new() },
            kind,
            operator: text("operator"),
            fill: text("dxfId").trim().parse().ok(),
            rank: text("rank").trim().parse().ok(),
            is_bottom: is("bottom"),
            is_percent: is("percent"),
            is_below: tag.attribute("aboveAverage").is_some_and(|value| matches!(value.as_str(), "0" | "false")),
            is_with_average: is("equalAverage"),
            has_deviation: tag.attribute("stdDev").is_some(),
            ..Self::default()
        }
    }

    /// A comparison with a constant.
    pub(super) fn comparing(operator: &str, constant: &str) -> Self {
        let formulas = vec![constant.to_owned()];
        Self { kind: "cellIs".to_owned(), operator: operator.to_owned(), formulas, ..Self::default() }
    }

    /// A colour of a scale.
    pub(super) fn take_colour(&mut self, tag: &Tag<'_>, colours: &Colours) {
        if matches!(self.kind.as_str(), "colorScale" | "dataBar") {
            self.shades.extend(shade(tag, colours));
        }
    }

    /// The shade of its fill.
    pub(super) fn shade(&self, fills: &[Option<u8>]) -> Option<u8> {
        let by_number = || fills.get(self.fill?).copied().flatten();
        self.own_fill.map_or_else(by_number, Fill::shade_of_condition)
    }

    /// Has it a colour of any kind?
    pub(super) fn is_seen(&self, fills: &[Option<u8>]) -> bool {
        self.shades.len() > 1 || self.shade(fills).is_some()
    }

    /// What a value is painted with, where that is known: none of what the rule does not hold for.
    pub(super) fn paint(&self, own: Option<u8>, held: &[(At, Value)], values: &Values) -> Option<Paint> {
        let numbers = || held.iter().map(|(_, value)| value.number).filter(|number| number.is_finite());
        match self.kind.as_str() {
            "colorScale" | "dataBar" => Paint::of_scale(self, numbers().collect(), values),
            "cellIs" => self.compared(own?, values),
            "notContainsBlanks" => Some(Paint::Kinds(own?, HashSet::new(), false)),
            "containsBlanks" => Some(Paint::Kinds(own?, HashSet::from([Value::of_text("").kind]), true)),
            "duplicateValues" | "uniqueValues" => {
                let mut counts: HashMap<u64, usize> = HashMap::new();
                for (_, value) in held {
                    let count = counts.entry(value.kind).or_default();
                    *count = count.saturating_add(1);
                }
                let kinds = counts.into_iter().filter(|(_, count)| *count == 1).map(|(kind, _)| kind).collect();
                Some(Paint::Kinds(own?, kinds, self.kind == "uniqueValues"))
            }
            "top10" => {
                let mut numbers: Vec<f64> = numbers().collect();
                numbers.sort_unstable_by(f64::total_cmp);
                let rank = self.rank?;
                let count = if self.is_percent { numbers.len().saturating_mul(rank) / 100 } else { rank };
                let count = count.clamp(1, numbers.len().max(1));
                let at = if self.is_bottom { count.checked_sub(1) } else { numbers.len().checked_sub(count) };
                let Some(end) = at.and_then(|at| numbers.get(at).copied()) else { return Some(Paint::Nothing) };
                let (from, to) = if self.is_bottom { (f64::MIN, end) } else { (end, f64::MAX) };
                Some(Paint::Range(own?, (from, to, true)))
            }
            "aboveAverage" if !self.has_deviation => {
                let (sum, count) = numbers().fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0));
                let mean: f64 = sum / count;
                let (above, below) =
                    if self.is_with_average { (mean, mean) } else { (mean.next_up(), mean.next_down()) };
                Some(Paint::Range(own?, if self.is_below { (f64::MIN, below, true) } else { (above, f64::MAX, true) }))
            }
            _ => None,
        }
    }

    fn compared(&self, own: u8, values: &Values) -> Option<Paint> {
        let first = self.formulas.first()?;
        let is_equal = self.operator == "equal";
        if let Some(text) = quoted(first) {
            let kinds = HashSet::from([Value::of_text(&text).kind]);
            let is_plain = is_equal || self.operator == "notEqual";
            return is_plain.then(|| Paint::Kinds(own, kinds, is_equal));
        }
        let one = known(first, values)?;
        let two = || known(self.formulas.get(1)?, values);
        // The operators are those of 18.18.15; a second value may be the smaller one.
        let range = match self.operator.as_str() {
            "equal" => (one, one, true),
            "notEqual" => (one, one, false),
            "greaterThan" => (f64::NEG_INFINITY, one, false),
            "lessThan" => (one, f64::INFINITY, false),
            "greaterThanOrEqual" => (one, f64::INFINITY, true),
            "lessThanOrEqual" => (f64::NEG_INFINITY, one, true),
            "between" | "notBetween" => {
                let two = two()?;
                (one.min(two), one.max(two), self.operator == "between")
            }
            _ => return None,
        };
        Some(Paint::Range(own, range))
    }
}

/// The text between quotes.
pub(super) fn quoted(formula: &str) -> Option<String> {
    let text = formula.trim().trim_start_matches('=').strip_prefix('"')?.strip_suffix('"')?;
    let plain = text.replace("\"\"", "");
    (!plain.contains('"')).then(|| text.replace("\"\"", "\""))
}

/// What cells are painted with by their value.
#[derive(Debug)]
pub(super) enum Paint {
    Nothing,
    /// A shade, from a value to another, or outside of these.
    Range(u8, (f64, f64, bool)),
    /// A shade, for these kinds of values, or all but these.
    Kinds(u8, HashSet<u64>, bool),
    /// Shades between values, from the least.
    Scale(Vec<(f64, u8)>),
}

impl Paint {
    /// By its stops (18.18.12).
    fn of_scale(rule: &Rule, mut numbers: Vec<f64>, values: &Values) -> Option<Self> {
        numbers.sort_unstable_by(f64::total_cmp);
        let (Some(least), Some(most)) = (numbers.first().copied(), numbers.last().copied()) else {
            return Some(Self::Nothing);
        };
        if rule.stops.len() < 2 || rule.stops.len() != rule.shades.len() {
            return None;
        }
        let mut stops: Vec<(f64, u8)> = Vec::new();
        for ((kind, value), shade) in rule.stops.iter().zip(&rule.shades) {
            let place = match kind.as_str() {
                "min" | "autoMin" => least,
                "max" | "autoMax" => most,
                "num" | "formula" => known(value, values)?,
                "percent" => least + (most - least) * known(value, values)? / 100.0,
                "percentile" => {
                    let share = known(value, values)? / 100.0;
                    let below = |at: usize| u32::try_from(at).is_ok_and(|at| f64::from(at) < share * last(&numbers));
                    let at = (0..numbers.len()).find(|at| !below(*at)).unwrap_or(0);
                    numbers.get(at).copied()?
                }
                _ => return None,
            };
            if stops.last().is_some_and(|(before, _)| *before > place) {
                return None;
            }
            stops.push((place, *shade));
        }
        Some(Self::Scale(stops))
    }

    /// What a cell is painted with that holds nothing.
    pub(super) fn shade_of_blank(&self) -> Option<u8> {
        match self {
            Self::Range(..) => self.shade(Value::of_number(0.0)),
            Self::Kinds(..) => self.shade(Value::of_text("")),
            Self::Nothing | Self::Scale(_) => None,
        }
    }

    pub(super) fn shade(&self, value: Value) -> Option<u8> {
        match self {
            Self::Nothing => None,
            Self::Range(shade, (from, to, is_within)) => {
                let is_painted = (*from..=*to).contains(&value.number) == *is_within;
                (is_painted && !value.number.is_nan()).then_some(*shade)
            }
            Self::Kinds(shade, kinds, is_within) => (kinds.contains(&value.kind) == *is_within).then_some(*shade),
            Self::Scale(stops) => {
                let number = Some(value.number).filter(|number| number.is_finite())?;
                let (behind, before) = (
                    stops.iter().find(|(place, _)| number <= *place),
                    stops.iter().rfind(|(place, _)| *place <= number),
                );
                let ((from, first), (to, second)) = (before.or(behind)?, behind.or(before)?);
                let share = if to > from { (number - from) / (to - from) } else { 0.0 };
                Some(between(*first, *second, share))
            }
        }
    }
}

/// The last place of a list.
fn last(numbers: &[f64]) -> f64 {
    u32::try_from(numbers.len().saturating_sub(1)).map_or(f64::MAX, f64::from)
}

/// The shade at a share of the way.
fn between(first: u8, second: u8, share: f64) -> u8 {
    let steps = (1..=STEPS).filter(|step| share * f64::from(STEPS) >= f64::from(*step) - 0.5).count();
    let steps = u16::try_from(steps).unwrap_or(STEPS);
    let of = |shade: u8, steps: u16| u16::from(shade).saturating_mul(steps);
    let sum = of(first, STEPS.saturating_sub(steps)).saturating_add(of(second, steps));
    u8::try_from(sum / STEPS).unwrap_or(u8::MAX)
}
