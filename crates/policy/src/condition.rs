//! The condition of a rule: a documented subset of CEL's syntax, typed when it is read, three-valued when it is asked.
//!
//! ```text
//! verdict.class == "phishing" && verdict.probability >= thresholds.quarantine
//! !(sender.domain in lists.partners) && (subject.contains("invoice") || has_extension("js", "vbs"))
//! facts.dns_lists.exists(zone, zone.endsWith("example.net"))
//! ```
//!
//! Operators, loosest first: `||`, `&&`, one of `== != < <= > >= in`, `!`, then `.method(...)`. Text stands in double or
//! single quotes with CEL's escapes, or as `r"..."` without any. `//` begins a comment. Different from CEL: text is compared
//! without case, and where something is not known the answer is not an error but *unknown*, with its causes.

use std::collections::{BTreeMap, BTreeSet};

use mail::envelope::Recipient;
use scan::Gathered;
use scan::question::Question;
use scan::verdict::Verdict;

use crate::error::Fault;
use crate::names::Name;
use crate::preset::Thresholds;

mod check;
mod evaluate;
mod explain;
mod lexer;
mod parse;
mod term;
mod value;

pub use explain::Explained;
pub use value::{Cause, CauseKind, Truth};

/// A condition that may be asked.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    term: term::Term,
}

/// The lists of a site that conditions may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// `lists.NAME`.
    pub named: BTreeMap<String, Vec<String>>,
    /// `site.domains`.
    pub site_domains: Vec<String>,
}

/// All that a condition can see.
#[derive(Clone, Copy, Debug)]
pub struct View<'v> {
    /// What is known of the message.
    pub gathered: &'v Gathered,
    /// What it is.
    pub verdict: &'v Verdict,
    /// Whose copy.
    pub recipient: &'v Recipient,
    /// Of the policy's preset.
    pub thresholds: Thresholds,
}

impl Condition {
    /// Reads and checks.
    ///
    /// # Errors
    /// A [`Fault`] with the byte offset in `text`.
    pub fn parse(text: &str, lists: &Lists) -> Result<Self, Fault> {
        let syntax = parse::parse(text)?;
        let term = check::condition(&syntax, lists)?;
        Ok(Self { text: text.to_owned(), term })
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Asks.
    #[must_use]
    pub fn evaluate(&self, view: &View<'_>) -> Truth {
        evaluate::truth(&self.term, view, &mut Vec::new())
    }

    /// The value of each part.
    #[must_use]
    pub fn explain(&self, view: &View<'_>) -> Explained {
        explain::explain(&self.text, &self.term, view)
    }

    /// Adds what it asks of the content.
    pub fn questions(&self, into: &mut BTreeSet<Question>) {
        self.term.visit(&mut |term| {
            if let term::Op::Ask(questions) = &term.op {
                into.extend(questions.iter().map(|(question, _)| question.clone()));
            }
        });
    }

    /// The texts that are looked for in the list of this name: `"eicar" in evidence`.
    #[must_use]
    pub fn looked_for_in(&self, list: Name) -> Vec<&str> {
        let mut texts = Vec::new();
        self.term.visit(&mut |term| {
            if let term::Op::In(text, within) = &term.op
                && let (term::Op::Text(text), term::Op::Name(name)) = (&text.op, &within.op)
                && *name == list
            {
                texts.push(text.as_str());
            }
        });
        texts
    }

    /// It is the constant `true`.
    #[must_use]
    pub const fn is_always(&self) -> bool {
        matches!(self.term.op, term::Op::Bool(true))
    }
}

#[cfg(test)]
mod tests;
