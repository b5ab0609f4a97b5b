//! A condition as compiled: names resolved, types checked, patterns built, questions made.

use std::collections::HashSet;
use std::ops::Range;

use ipnet::IpNet;
use regex::Regex;
use scan::class::Class;
use scan::question::Question;

use super::value::fold;
use crate::names::Name;

/// A part of a condition.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// Where in the text.
    pub(super) span: Range<usize>,
    pub(super) op: Op,
}

/// What it does.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Bool(bool),
    Number(f64),
    Text(String),
    List(FixedList),
    Name(Name),
    ProbabilityOf(Class),
    /// The variable of a quantifier, by its depth from outside.
    Variable(usize),
    Not(Box<Term>),
    Both(Vec<Term>),
    Either(Vec<Term>),
    Equal(Box<Term>, Box<Term>),
    Unequal(Box<Term>, Box<Term>),
    Order(Order, Box<Term>, Box<Term>),
    In(Box<Term>, Box<Term>),
    Test(TextTest, Box<Term>, Box<Term>),
    Matches(Box<Term>, Regex),
    Within(Box<Term>, Box<Term>),
    InNetwork(Box<Term>, Vec<IpNet>),
    Size(Box<Term>),
    /// Any of these questions, with their keys.
    Ask(Vec<(Question, String)>),
    Quantified(Quantifier, Box<Term>, Box<Term>),
}

/// `< <= > >=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Where one text stands in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    Contains,
    Starts,
    Ends,
}

/// Over the items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    Exists,
    All,
}

/// A list that is known when the condition is read.
#[derive(Clone, Debug)]
pub(super) struct FixedList {
    pub(super) items: Vec<String>,
    folded: HashSet<String>,
}

impl FixedList {
    pub(super) fn new(items: Vec<String>) -> Self {
        let folded = items.iter().map(|item| fold(item)).collect();
        Self { items, folded }
    }

    /// Without case.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.folded.contains(&fold(text))
    }
}

impl Term {
    /// Calls `see` for this and every part.
    pub(super) fn visit<'t>(&'t self, see: &mut dyn FnMut(&'t Self)) {
        see(self);
        for part in self.parts() {
            part.visit(see);
        }
    }

    /// The parts, in the order of the text.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match &self.op {
            Op::Not(a) | Op::Matches(a, _) | Op::InNetwork(a, _) | Op::Size(a) => vec![a],
            Op::Both(parts) | Op::Either(parts) => parts.iter().collect(),
            Op::Equal(a, b) | Op::Unequal(a, b) | Op::Order(_, a, b) | Op::In(a, b) => vec![a, b],
            Op::Test(_, a, b) | Op::Within(a, b) | Op::Quantified(_, a, b) => vec![a, b],
            Op::Bool(_) | Op::Number(_) | Op::Text(_) | Op::List(_) | Op::Name(_) => Vec::new(),
            Op::ProbabilityOf(_) | Op::Variable(_) | Op::Ask(_) => Vec::new(),
        }
    }
}
