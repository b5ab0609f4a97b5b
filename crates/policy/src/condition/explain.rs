//! Shows what each part of a condition came to, for `policy explain` and the trace.

use super::View;
use super::evaluate::value;
use super::term::{Op, Term};

/// A part of a condition with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// As written.
    pub text: String,
    /// `true`, `0.93`, `"pass"`, `unknown: auth.dmarc (required)` ...; text of the message is escaped.
    pub value: String,
    /// Its parts; constants are left out.
    pub parts: Vec<Explained>,
}

pub(super) fn explain(text: &str, term: &Term, view: &View<'_>) -> Explained {
    let parts = term.parts();
    // The condition of a quantifier has a value for each item only.
    let parts = if matches!(term.op, Op::Quantified(..)) { parts.get(..1).unwrap_or_default() } else { &parts };
    Explained {
        text: text.get(term.span.clone()).unwrap_or_default().to_owned(),
        value: value(term, view, &mut Vec::new()).to_string(),
        parts: parts.iter().filter(|part| !is_constant(text, part)).map(|part| explain(text, part, view)).collect(),
    }
}

// A list that is written out says itself; one of the settings has a name, and its items are news.
fn is_constant(text: &str, term: &Term) -> bool {
    let is_written_out = || text.get(term.span.clone()).is_some_and(|text| text.starts_with('['));
    match term.op {
        Op::Bool(_) | Op::Number(_) | Op::Text(_) => true,
        Op::List(_) => is_written_out(),
        _ => false,
    }
}

impl Explained {
    /// One line a part, indented by depth.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.line()];
        for part in &self.parts {
            lines.extend(part.lines().into_iter().map(|line| format!("  {line}")));
        }
        lines
    }

    /// What made it what it is, one line each: of `a || b` that is true, the true one, with the values in it.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let truths: Vec<&Self> = self.parts.iter().filter(|part| part.outcome().is_some()).collect();
        if truths.is_empty() {
            return vec![self.reason()];
        }
        let mut deciding: Vec<&Self> = truths.iter().filter(|part| part.outcome() == self.outcome()).copied().collect();
        // What is negated came out the other way.
        if deciding.is_empty() {
            deciding = truths;
        }
        deciding.into_iter().flat_map(Self::reasons).collect()
    }

    fn line(&self) -> String {
        format!("{} = {}", on_one_line(&self.text), self.value)
    }

    fn reason(&self) -> String {
        let text = cut(&on_one_line(&self.text));
        match self.outcome() {
            Some(Outcome::Unknown) => format!("{text} = {}", cut(&self.value)),
            _ if self.parts.is_empty() => format!("{text} = {}", self.value),
            _ => {
                let values: Vec<String> = self.parts.iter().map(|part| cut(&part.line())).collect();
                format!("{text} = {} ({})", self.value, values.join(", "))
            }
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        match self.value.as_str() {
            "true" => Some(Outcome::True),
            "false" => Some(Outcome::False),
            value => value.starts_with("unknown: ").then_some(Outcome::Unknown),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    True,
    False,
    Unknown,
}

/// Characters of a text in a reason.
const REASON_CHARS_MAX: usize = 70;

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(REASON_CHARS_MAX) {
        Some((end, _)) => format!("{} ...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
