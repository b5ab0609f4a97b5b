//! Texts that a formula puts together: `"http://evil"&"-host.example/"`, `CHAR(104)&"ttp"`, `A1&Sheet2!B7`. Constants, cells and
//! names that are known are joined; what depends on anything else is not known.
//!
//! Limits: [`DEPTH_MAX`], [`TEXT_BYTES_MAX`], [`RANGE_CELLS_MAX`], [`STEPS_MAX`]; beyond them a text counts as not known.

mod call;
mod reference;

use std::cell::Cell;

use crate::formats::office::formula::cells::{Cells, Place, Standing};

/// Functions within functions, and cells that depend on cells.
const DEPTH_MAX: u32 = 32;
/// A text that is put together, bytes.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Cells of one range.
const RANGE_CELLS_MAX: u32 = 1_000;
/// Pieces of formulas that are read of one document, where a piece of many bytes counts for more.
const STEPS_MAX: u32 = 200_000;
/// Bytes of a piece that count as one step.
const STEP_BYTES: usize = 256;

/// A text, or those of the cells of a range; none where it is not known.
type Value = Option<Vec<String>>;

/// Which of the two that a cell has is believed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// What the file says its formula came to.
    Value,
    Formula,
}

/// What a formula is reckoned with.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    /// None: constants only.
    pub(super) cells: Option<&'k Cells>,
    pub(super) first: First,
    /// Steps that were done for the document.
    pub(super) steps: &'k Cell<u32>,
}

/// The arguments of a function of this formula, each as far as it is known, from behind its bracket on.
pub(super) fn arguments(rest: &str, standing: &Standing, known: Known<'_>, most: usize) -> Vec<Option<String>> {
    let mut reader = Reader::new(rest, standing, known);
    let mut arguments = Vec::new();
    while arguments.len() < most {
        arguments.push(reader.expression(0).map(|texts| texts.concat()));
        if !reader.separator() {
            break;
        }
    }
    arguments
}

struct Reader<'f> {
    rest: &'f str,
    /// Where the formula stands, and how far it is moved.
    place: Place,
    moved: (i64, i64),
    known: Known<'f>,
    /// A limit was reached: nothing more is known.
    is_over: bool,
}

impl<'f> Reader<'f> {
    fn new(rest: &'f str, standing: &Standing, known: Known<'f>) -> Self {
        Self { rest, place: standing.place, moved: (standing.rows, standing.columns), known, is_over: false }
    }

    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn step(&mut self, character: char) -> bool {
        let is_there = self.peek() == Some(character);
        if is_there {
            self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        }
        is_there
    }

    fn separator(&mut self) -> bool {
        self.step(',') || self.step(';')
    }

    /// Counts what is done; false when it was too much.
    fn spend(&mut self, bytes: usize) -> bool {
        let more = u32::try_from(bytes.checked_div(STEP_BYTES).unwrap_or(0)).unwrap_or(u32::MAX).saturating_add(1);
        let steps = self.known.steps.get().saturating_add(more);
        self.known.steps.set(steps);
        self.is_over |= steps > STEPS_MAX;
        !self.is_over
    }

    /// Sums joined by `&`; none where one is not known. What is no such expression is passed over up to its end.
    fn expression(&mut self, depth: u32) -> Value {
        let mut value = self.sum(depth);
        while self.step('&') {
            let right = self.sum(depth);
            value = value
                .zip(right)
                .map(|(left, right)| vec![left.concat() + &right.concat()])
                .filter(|texts| is_short(texts));
        }
        if !matches!(self.peek(), None | Some(',' | ';' | ')')) {
            self.pass_over();
            return None;
        }
        value.filter(|_| !self.is_over)
    }

    fn sum(&mut self, depth: u32) -> Value {
        let mut value = self.product(depth);
        while let Some(sign) = self.peek().filter(|sign| matches!(sign, '+' | '-')) {
            self.step(sign);
            let right = self.product(depth);
            value = reckon(value, sign, right);
        }
        value
    }

    fn product(&mut self, depth: u32) -> Value {
        let mut value = self.piece(depth);
        while let Some(sign) = self.peek().filter(|sign| matches!(sign, '*' | '/')) {
            self.step(sign);
            let right = self.piece(depth);
            value = reckon(value, sign, right);
        }
        value
    }

    fn piece(&mut self, depth: u32) -> Value {
        if depth >= DEPTH_MAX || !self.spend(0) {
            self.is_over = true;
            return None;
        }
        match self.peek()? {
            '"' => Some(vec![self.string('"')]),
            '(' => {
                self.step('(');
                let inner = self.expression(depth.saturating_add(1));
                self.step(')');
                inner
            }
            sign @ ('-' | '+') => {
                self.step(sign);
                let right = self.piece(depth.saturating_add(1));
                reckon(Some(vec!["0".to_owned()]), sign, right)
            }
            '0'..='9' | '.' => Some(vec![self.word(|c| c.is_ascii_digit() || c == '.').to_owned()]),
            '[' | '\'' => self.reference(depth),
            first if first.is_alphabetic() || matches!(first, '_' | '$' | '#' | '\\') => {
                let before = self.rest;
                let name = self.word(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\\')).to_uppercase();
                if !name.is_empty() && self.step('(') {
                    return self.call(&name, depth);
                }
                self.rest = before;
                self.reference(depth)
            }
            _ => None,
        }
    }

    fn call(&mut self, name: &str, depth: u32) -> Value {
        let mut arguments = Vec::new();
        while !self.is_over {
            arguments.push(self.expression(depth.saturating_add(1)));
            if !self.separator() {
                break;
            }
        }
        self.step(')');
        let value = match (name, arguments.as_slice()) {
            ("INDIRECT", [Some(reference), ..]) => self.indirect(&reference.concat(), depth.saturating_add(1)),
            _ => call::value(name, arguments),
        };
        let bytes = value.iter().flatten().map(String::len).fold(0_usize, usize::saturating_add);
        value.filter(|value| self.spend(bytes) && is_short(value))
    }

    fn word(&mut self, is_of_it: impl Fn(char) -> bool) -> &'f str {
        let end = self.rest.find(|c| !is_of_it(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        word
    }

    /// A doubled quote stands for one.
    fn string(&mut self, quote: char) -> String {
        let mut text = String::new();
        self.step(quote);
        loop {
            let end = self.rest.find(quote).unwrap_or(self.rest.len());
            text.push_str(self.rest.get(..end).unwrap_or_default());
            self.rest = self.rest.get(end.saturating_add(1)..).unwrap_or_default();
            match self.rest.strip_prefix(quote) {
                Some(rest) => {
                    text.push(quote);
                    self.rest = rest;
                }
                None => return text,
            }
        }
    }

    /// To the end of the argument: brackets and strings within it are its own.
    fn pass_over(&mut self) {
        let mut open = 0_u32;
        while let Some(character) = self.peek() {
            match character {
                '"' => {
                    self.string('"');
                    continue;
                }
                '(' => open = open.saturating_add(1),
                ')' if open == 0 => return,
                ')' => open = open.saturating_sub(1),
                ',' | ';' if open == 0 => return,
                _ => {}
            }
            self.step(character);
        }
    }
}

fn is_short(value: &[String]) -> bool {
    value.iter().map(String::len).fold(0_usize, usize::saturating_add) <= TEXT_BYTES_MAX
}

fn number(texts: &[String]) -> Option<f64> {
    let text = texts.concat();
    match text.trim() {
        "" => Some(0.0),
        number => number.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

fn reckon(left: Value, sign: char, right: Value) -> Value {
    let (left, right) = (number(&left?)?, number(&right?)?);
    let result = match sign {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        _ => left / right,
    };
    result.is_finite().then(|| vec![result.to_string()])
}

#[cfg(test)]
mod tests;
