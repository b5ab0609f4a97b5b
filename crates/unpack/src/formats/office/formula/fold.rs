//! Texts that a formula puts together: `"http://evil"&"-host.example/"`, `CHAR(104)&"ttp"`, `A1&Sheet2!B7`. Constants, cells and
//! names that are known are joined.
//!
//! What cannot be reckoned is not known; where the file says what its cell shows, that is taken for a guess, since the sender
//! writes it there. Where a program may come to another answer (a cell whose formula and value differ, the other arm of a
//! condition or of `IFERROR`, the cell of a range that is meant), it is reckoned again, once for each answer: see [`ways`] and
//! `doubt`. Numbers are known as texts where they are whole: how others are written and rounded is the program's own, and so
//! is the word for a truth.
//!
//! Limits: [`DEPTH_MAX`], [`TEXT_BYTES_MAX`], [`RANGE_CELLS_MAX`], [`LITERALS_MAX`], and the steps of the message
//! (`Limits::formula_steps`); beyond them a text counts as not known.

mod call;
mod doubt;
mod reference;
mod scalar;

use std::cell::{Cell, RefCell};

use crate::formats::office::formula::cells::{Cells, Place, Standing};
pub(super) use crate::formats::office::formula::fold::doubt::Choice;
use crate::formats::office::formula::fold::doubt::Doubt;
use crate::formats::office::formula::fold::scalar::Scalar;
use crate::formats::office::formula::{has_call, outline};

/// Functions within functions, and cells that depend on cells.
const DEPTH_MAX: u32 = 32;
/// A text that is put together, bytes.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Cells of one range.
const RANGE_CELLS_MAX: u32 = 1_000;
/// Bytes that are read or copied in one step.
const STEP_BYTES: usize = 64;
/// Texts in a call, and in what it depends on, that are told where it is not known.
pub(super) const LITERALS_MAX: usize = 64;
/// Bytes of a call in which they are sought where no more steps are left.
const LITERAL_BYTES: usize = 1024;

/// Functions that give names to values of their own: what is a name of the book elsewhere need not be one there.
const NAMING: [&str; 2] = ["LET", "LAMBDA"];

/// What a piece of a formula comes to; none where it is not known.
type Value = Option<Operand>;

#[derive(Clone, Debug)]
enum Operand {
    One(Scalar),
    /// Cells of a range, row by row, and which of them stands in the row or column of the formula.
    Range(Vec<Scalar>, Option<usize>),
}

/// How a reference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// As the format has it, which is not known here.
    Either,
    /// `B7`.
    A1,
    /// `R7C2`.
    R1C1,
}

/// What a formula is reckoned with.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    /// None: constants only.
    pub(super) cells: Option<&'k Cells>,
    pub(super) choice: Choice,
    /// Steps that are left to the document.
    pub(super) steps: &'k Cell<u32>,
}

/// What was noticed on the way.
#[derive(Default)]
struct Notes {
    is_guess: Cell<bool>,
    /// Something was compared whose answer is no doubt.
    has_asked: Cell<bool>,
    doubts: RefCell<Vec<Doubt>>,
    literals: RefCell<Vec<String>>,
}

/// The arguments of a call.
pub(super) struct Told {
    /// Each as far as it is known.
    pub(super) values: Vec<Option<String>>,
    /// The first may be something else.
    pub(super) is_guess: bool,
    /// Something was compared whose answer is no doubt, and how much is in doubt.
    has_asked: bool,
    doubts: usize,
    /// Texts in the call, then those in what it depends on.
    pub(super) literals: Vec<String>,
}

/// Takes a step, and what so many bytes cost; false when there are not so many left.
pub(crate) fn spend(steps: &Cell<u32>, bytes: usize) -> bool {
    let more = u32::try_from(bytes.checked_div(STEP_BYTES).unwrap_or(0)).unwrap_or(u32::MAX).saturating_add(1);
    let left = steps.get().checked_sub(more);
    steps.set(left.unwrap_or(0));
    left.is_some()
}

/// Row and column of `R7C2` or `R[-1]C`, seen from a cell.
pub(crate) fn relative(text: &str, from: Place) -> Option<(u32, u32)> {
    reference::r1c1(text.trim(), from).map(|(row, column, _)| (row, column))
}

/// The arguments of a function of this formula in every way that a program may see them: each once.
pub(super) fn ways(rest: &str, standing: &Standing, known: Known<'_>, most: usize) -> Vec<Told> {
    let mut ways: Vec<Told> = Vec::new();
    let mut open = vec![known.choice];
    while let Some(choice) = open.pop() {
        let told = arguments(rest, standing, Known { choice, ..known }, most);
        match choice {
            Choice::First => {
                open.extend(told.has_asked.then_some(Choice::Second));
                open.extend(doubt::further(0, told.doubts));
            }
            Choice::Second => {}
            Choice::Doubts(bits) => open.extend(doubt::further(bits, told.doubts)),
        }
        if !ways.iter().any(|way| way.values == told.values && way.is_guess >= told.is_guess) {
            ways.push(told);
        }
    }
    ways
}

/// The arguments of a function of this formula, at most so many, from behind its bracket on.
fn arguments(rest: &str, standing: &Standing, known: Known<'_>, most: usize) -> Told {
    let notes = Notes::default();
    let mut reader = Reader::new(rest, standing, (known, &notes));
    let mut told = Told { values: Vec::new(), is_guess: false, has_asked: false, doubts: 0, literals: Vec::new() };
    while told.values.len() < most {
        let value = reader.expression(0);
        told.values.push(reader.one(value).and_then(Scalar::into_text));
        if told.values.len() == 1 {
            told.is_guess = notes.is_guess.get() || doubt::is_too_much(notes.doubts.borrow().len());
        }
        if !reader.separator() {
            break;
        }
    }
    let end = rest.len().saturating_sub(reader.rest.len());
    let end = if reader.is_over { end.max(rest.floor_char_boundary(LITERAL_BYTES)) } else { end };
    told.has_asked = notes.has_asked.get();
    told.doubts = notes.doubts.borrow().len();
    if told.is_guess || told.values.iter().any(Option::is_none) {
        spend(known.steps, end);
        told.literals = outline::texts(rest.get(..end).unwrap_or_default(), LITERALS_MAX);
        told.literals.append(&mut notes.literals.borrow_mut());
    }
    told
}

struct Reader<'f> {
    /// The whole formula, and what is still to be read.
    formula: &'f str,
    rest: &'f str,
    /// Bytes of it up to which reading was counted.
    counted: usize,
    /// Where the formula stands, and how far it is moved.
    place: Place,
    moved: (i64, i64),
    style: Style,
    known: Known<'f>,
    notes: &'f Notes,
    /// A limit was reached: nothing more is known.
    is_over: bool,
}

impl<'f> Reader<'f> {
    fn new(rest: &'f str, standing: &'f Standing, (known, notes): (Known<'f>, &'f Notes)) -> Self {
        Self {
            formula: &standing.formula,
            rest,
            counted: rest.len(),
            place: standing.place,
            moved: (standing.rows, standing.columns),
            style: Style::Either,
            known,
            notes,
            is_over: false,
        }
    }

    /// Of a range where one value is wanted: the cell in the row or column of the formula, or, as newer programs take it, the first
    /// of all.
    fn one(&self, value: Value) -> Option<Scalar> {
        match value? {
            Operand::One(one) => Some(one),
            Operand::Range(cells, own) => {
                let at = if self.either(Doubt::Range) { own? } else { 0 };
                cells.into_iter().nth(at)
            }
        }
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

    /// Counts what was read since it was counted last, and so many bytes more; false when it was too much.
    fn spend(&mut self, bytes: usize) -> bool {
        let read = self.counted.saturating_sub(self.rest.len());
        self.counted = self.rest.len();
        self.is_over |= !spend(self.known.steps, read.saturating_add(bytes));
        !self.is_over
    }

    /// Goes back to read it in another way, which costs again.
    fn back(&mut self, to: &'f str) {
        self.spend(0);
        self.rest = to;
        self.counted = to.len();
    }

    /// The texts of a formula that is not known may be what is looked for.
    fn note_literals(&mut self, formula: &str) {
        let most = LITERALS_MAX.saturating_sub(self.notes.literals.borrow().len());
        if most > 0 && self.spend(formula.len()) {
            self.notes.literals.borrow_mut().append(&mut outline::texts(formula, most));
        }
    }

    /// Sums joined by `&`, and two such compared; none where one is not known. What is no such expression is passed over up to its
    /// end.
    fn expression(&mut self, depth: u32) -> Value {
        let mut value = self.joined(depth);
        if matches!(self.peek(), Some('=' | '<' | '>')) {
            let sign = self.word(|c| matches!(c, '=' | '<' | '>'));
            let right = self.joined(depth);
            value = self.compared(value, sign, right);
        }
        if !matches!(self.peek(), None | Some(',' | ';' | ')')) {
            self.pass_over();
            return None;
        }
        value.filter(|_| !self.is_over)
    }

    fn joined(&mut self, depth: u32) -> Value {
        let mut value = self.sum(depth);
        while self.step('&') {
            let right = self.sum(depth);
            let texts = self.one(value).and_then(Scalar::into_text).zip(self.one(right).and_then(Scalar::into_text));
            value = texts.and_then(|(mut left, right)| {
                if !self.spend(right.len()) {
                    return None;
                }
                left.push_str(&right);
                Some(Operand::One(Scalar::Text(left))).filter(is_short)
            });
        }
        value
    }

    fn sum(&mut self, depth: u32) -> Value {
        let mut value = self.product(depth);
        while let Some(sign) = self.peek().filter(|sign| matches!(sign, '+' | '-')) {
            self.step(sign);
            let right = self.product(depth);
            value = self.reckoned(value, sign, right);
        }
        value
    }

    fn product(&mut self, depth: u32) -> Value {
        let mut value = self.piece(depth);
        while let Some(sign) = self.peek().filter(|sign| matches!(sign, '*' | '/')) {
            self.step(sign);
            let right = self.piece(depth);
            value = self.reckoned(value, sign, right);
        }
        value
    }

    fn reckoned(&self, left: Value, sign: char, right: Value) -> Value {
        self.one(left)?.reckon(sign, &self.one(right)?).map(Operand::One)
    }

    fn piece(&mut self, depth: u32) -> Value {
        if depth >= DEPTH_MAX || !self.spend(0) {
            self.is_over = true;
            return None;
        }
        match self.peek()? {
            '"' => Some(Operand::One(Scalar::Text(self.string('"')))),
            '(' => {
                self.step('(');
                let inner = self.expression(depth.saturating_add(1));
                self.step(')').then_some(inner).flatten()
            }
            sign @ ('-' | '+') => {
                self.step(sign);
                let right = self.piece(depth.saturating_add(1));
                self.reckoned(Some(Operand::One(Scalar::Number(0))), sign, right)
            }
            // What the program writes for "only the one in this row" and the like.
            '@' => {
                self.step('@');
                self.piece(depth.saturating_add(1))
            }
            '0'..='9' | '.' => {
                let number = self.word(|c| c.is_ascii_digit() || c == '.');
                Scalar::of_digits(number).map(Operand::One)
            }
            '[' | '\'' => self.reference(depth),
            first if first.is_alphabetic() || matches!(first, '_' | '$' | '#' | '\\') => {
                let before = self.rest;
                let name = self.word(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\\'));
                if !name.is_empty() && self.step('(') {
                    return self.call(&name.to_uppercase(), depth);
                }
                self.back(before);
                self.reference(depth)
            }
            _ => None,
        }
    }

    fn word(&mut self, is_of_it: impl Fn(char) -> bool) -> &'f str {
        let end = self.rest.find(|c| !is_of_it(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        word
    }

    /// A doubled quote stands for one.
    fn string(&mut self, quote: char) -> String {
        self.step(quote);
        let end = outline::closing(self.rest, quote);
        let inside = self.rest.get(..end).unwrap_or_default();
        self.rest = self.rest.get(end.saturating_add(1)..).unwrap_or_default();
        let (one, two) = if quote == '"' { ("\"", "\"\"") } else { ("'", "''") };
        inside.replace(two, one)
    }

    /// To the end of the argument: brackets and strings within it are its own.
    fn pass_over(&mut self) {
        self.skip();
        self.spend(0);
    }

    fn skip(&mut self) {
        let mut open = 0_u32;
        while let Some(at) = self.rest.find(['"', '(', ')', ',', ';']) {
            self.rest = self.rest.get(at..).unwrap_or_default();
            match self.rest.as_bytes().first() {
                Some(b'"') => {
                    self.string('"');
                    continue;
                }
                Some(b'(') => open = open.saturating_add(1),
                Some(b')') if open > 0 => open = open.saturating_sub(1),
                _ if open == 0 => return,
                _ => {}
            }
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        self.rest = "";
    }
}

/// Bytes of its texts.
fn size(operand: &Operand) -> usize {
    match operand {
        Operand::One(one) => one.size(),
        Operand::Range(cells, _) => cells.iter().map(Scalar::size).fold(0_usize, usize::saturating_add),
    }
}

fn is_short(operand: &Operand) -> bool {
    size(operand) <= TEXT_BYTES_MAX
}

#[cfg(test)]
mod tests;
