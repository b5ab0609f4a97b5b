//! What is noted while a message is read, and the choices in which readers differ. The first reading makes none of the
//! choices; for each one that arises the message is read once more the other way.

use crate::defect::{Ambiguity, AmbiguityKind, Defect, DefectKind};
use crate::limits;
use crate::lines::Line;

/// A place where readers part ways; the first reading does the other thing than what is said here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The last of several Content-Type fields counts.
    LastType,
    /// The last of several boundary parameters counts.
    LastBoundary,
    /// The last of several Content-Transfer-Encoding fields counts.
    LastEncoding,
    /// The encoding of a multipart counts: it is one opaque body.
    DecodeMultipart,
    /// Parts after the close delimiter are parts.
    ReadAfterClose,
    /// A multipart without boundary parameter has the boundary of its first delimiter-like line.
    GuessBoundary,
    /// A header line without a colon is the first line of the body.
    BodyAtBadLine,
}

impl Choice {
    pub(crate) const ALL: [Self; 7] = [
        Self::LastType,
        Self::LastBoundary,
        Self::LastEncoding,
        Self::DecodeMultipart,
        Self::ReadAfterClose,
        Self::GuessBoundary,
        Self::BodyAtBadLine,
    ];
}

/// A set of choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choices([bool; Choice::ALL.len()]);

impl Choices {
    pub(crate) fn has(&self, choice: Choice) -> bool {
        Choice::ALL.iter().zip(self.0).any(|(each, made)| *each == choice && made)
    }

    pub(crate) fn add(&mut self, choice: Choice) {
        for (each, made) in Choice::ALL.iter().zip(&mut self.0) {
            *made |= *each == choice;
        }
    }

    pub(crate) fn only(choice: Choice) -> Self {
        let mut choices = Self::default();
        choices.add(choice);
        choices
    }
}

/// Defects, ambiguities and choices met in one reading.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) defects: Vec<Defect>,
    pub(crate) ambiguities: Vec<Ambiguity>,
    pub(crate) open: Choices,
    /// Parts of the reading.
    pub(crate) parts: usize,
    is_limited: bool,
}

impl Notes {
    /// Nothing noted yet of a reading for which these choices are known to be open.
    pub(crate) fn with_open(open: Choices) -> Self {
        Self { open, ..Self::default() }
    }

    pub(crate) fn defect(&mut self, kind: DefectKind, offset: usize) {
        if self.defects.len() < limits::DEFECTS_MAX {
            self.defects.push(Defect { kind, offset });
        }
    }

    /// Noted once, for the first limit that is reached, and also where there is no room for other defects.
    pub(crate) fn limit(&mut self, offset: usize) {
        if !self.is_limited {
            self.is_limited = true;
            self.defects.truncate(limits::DEFECTS_MAX.saturating_sub(1));
            self.defect(DefectKind::LimitReached, offset);
        }
    }

    pub(crate) fn ambiguity(&mut self, kind: AmbiguityKind, offset: usize) {
        let ambiguity = Ambiguity { kind, offset };
        if self.ambiguities.len() < limits::AMBIGUITIES_MAX && !self.ambiguities.contains(&ambiguity) {
            self.ambiguities.push(ambiguity);
        }
    }

    pub(crate) fn line(&mut self, line: Line) {
        if line.end.saturating_sub(line.start) > limits::LINE_BYTES_USUAL {
            self.defect(DefectKind::LongLine, line.start);
        }
    }
}
