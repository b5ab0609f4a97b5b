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
        parts: parts.iter().filter(|part| !is_constant(part)).map(|part| explain(text, part, view)).collect(),
    }
}

const fn is_constant(term: &Term) -> bool {
    matches!(term.op, Op::Bool(_) | Op::Number(_) | Op::Text(_))
}

impl Explained {
    /// One line a part, indented by depth.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines =
            vec![format!("{} = {}", self.text.split_whitespace().collect::<Vec<_>>().join(" "), self.value)];
        for part in &self.parts {
            lines.extend(part.lines().into_iter().map(|line| format!("  {line}")));
        }
        lines
    }
}
