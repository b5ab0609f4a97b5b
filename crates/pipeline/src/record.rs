//! From the types of the line to the records of the journal and back. `gathered(judged(x)) == x` for everything that verdict
//! and decision are made from: so a decision can be recomputed without the body.

mod evidence;
mod read;
mod write;

pub use read::{RecordError, action, decision, evidence_at, gathered, verdict};
pub use write::{Versions, envelope_record, judged, recipient_note};

#[cfg(test)]
mod tests;
