//! Content disarm and reconstruction: a file without what it could do, as the same kind of file, for people who are to have
//! its words and pictures all the same.
//!
//! What is not known to be harmless is not called so: a kind that nobody here writes anew is clean if its reader sees nothing
//! active in it, else it is [`Outcome::Impossible`]. Whatever comes out is opened once more by the readers of this crate, and
//! what still shows an active mark is impossible too. Encrypted files are impossible: nobody sees into them.
//!
//! Not done: active content of old office documents (`doc`, `xls`, `ppt`), of 7z, rar and other containers than zip, of
//! programs and scripts; formulas of text tables.

mod html;
mod names;
mod odf;
mod ooxml;
mod package;
mod rtf;
mod verify;
mod xml;
mod zip;

use crate::budget::Budget;
use crate::formats::pdf;
use crate::request::{Part, Request};
use crate::sniff::{self, sniff};

pub(crate) use crate::disarm::html::is_harmless_target;
pub use crate::disarm::names::{new_kind, renamed};

/// Zips within zips that are written anew.
const ZIP_DEPTH_MAX: u32 = 4;
/// Kinds of things removed that are told of one file.
const REMOVED_MAX: usize = 64;
/// Bytes of one line of what was removed.
const REMOVED_BYTES_MAX: usize = 200;

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to remove: it stays as it is, byte for byte.
    Clean,
    /// It is another file now.
    Disarmed(Disarmed),
    /// It cannot be disarmed, for this reason: it is not to be delivered.
    Impossible(String),
}

/// A file that was written anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disarmed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What is missing in it, each kind of thing once.
    pub removed: Vec<String>,
    /// It is of another kind now: the endings that its name may have had, and the one it must have (`docm`, `docx`), and the
    /// media type.
    pub kind: Option<NewKind>,
}

/// The kind that a file has become: one with macros became one without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewKind {
    /// Its ending.
    pub ending: &'static str,
    /// Its media type.
    pub media_type: &'static str,
}

/// Disarms every part of a message; one outcome for each, in order.
#[must_use]
pub fn disarm_all(request: &Request, budget: &mut Budget) -> Vec<Outcome> {
    budget.begin(request.size());
    request.parts.iter().map(|part| of_part(part, budget)).collect()
}

/// Disarms one part of a message. Never fails: what cannot be done is said.
#[must_use]
pub fn disarm(part: &Part, budget: &mut Budget) -> Outcome {
    budget.begin(u64::try_from(part.bytes.len()).unwrap_or(u64::MAX));
    of_part(part, budget)
}

fn of_part(part: &Part, budget: &mut Budget) -> Outcome {
    let outcome = of_file(part, budget, 0);
    let result = match &outcome {
        Outcome::Impossible(_) => return outcome,
        Outcome::Clean => part.clone(),
        Outcome::Disarmed(disarmed) => {
            let names = part.names.iter().map(|name| renamed(name, disarmed.kind)).collect();
            let declared = disarmed.kind.map_or_else(|| part.declared.clone(), |kind| kind.media_type.to_owned());
            Part { names, declared, bytes: disarmed.bytes.clone().into(), ..part.clone() }
        }
    };
    match verify::active(&result, budget) {
        None => outcome,
        Some(why) => Outcome::Impossible(why),
    }
}

// Not verified: the caller does that, of the whole.
fn of_file(part: &Part, budget: &mut Budget, depth: u32) -> Outcome {
    let bytes = part.bytes.as_ref();
    let kind = sniff(bytes);
    let is_page = || html::is_page(kind, part);
    let made = match sniff::general(kind) {
        "zip" => zip::disarm(part, budget, depth),
        "pdf" => pdf::disarm(bytes, budget),
        "rtf" => rtf::disarm(bytes),
        _ if is_page() => html::disarm(bytes, html::is_xml(kind, part)),
        _ => Ok(None),
    };
    match made {
        Ok(None) => Outcome::Clean,
        Ok(Some(disarmed)) => Outcome::Disarmed(disarmed),
        Err(why) => Outcome::Impossible(why),
    }
}

/// What a disarmer of one kind brings: the new file, nothing if there is nothing to remove, or why it cannot be done.
pub(crate) type Made = Result<Option<Disarmed>, String>;

/// What was removed so far, each kind of thing once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removed {
    kinds: Vec<String>,
}

impl Removed {
    /// Notes one.
    pub(crate) fn note(&mut self, what: &str) {
        let what = what.get(..what.floor_char_boundary(REMOVED_BYTES_MAX)).unwrap_or_default();
        if self.kinds.len() < REMOVED_MAX && !self.kinds.iter().any(|known| known == what) {
            self.kinds.push(what.to_owned());
        }
    }

    /// Was it noted?
    pub(crate) fn has(&self, what: &str) -> bool {
        self.kinds.iter().any(|known| known == what)
    }

    /// Nothing was removed.
    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Nothing but this was, if anything: no reason to write a file anew.
    pub(crate) fn is_nothing_but(&self, what: &str) -> bool {
        self.kinds.iter().all(|known| known == what)
    }

    /// All of them, with the new file.
    pub(crate) fn with(self, bytes: Vec<u8>, kind: Option<NewKind>) -> Disarmed {
        Disarmed { bytes, removed: self.kinds, kind }
    }
}

#[cfg(test)]
mod tests;
