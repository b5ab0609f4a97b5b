//! What is odd about a message. Each detector is a value in [`detectors::ALL`]: a name and a pure function of the scan and of
//! what we know ([`knowledge::Knowledge`]); it says what it saw and how clearly, never what follows from it. Weights are data
//! (`data/weights.toml`, read by `scan::weights`), and so are the words for people ([`texts`]).
//!
//! Pure: no clock, no network, no disk. A detector's cases stand in `corpus/<pattern>/`: mail in, evidence out.

mod detector;

pub mod answer;
pub mod detectors;
pub mod knowledge;
pub mod texts;

mod file_name;
mod link;
mod matched;
mod phrases;
mod scanned;
mod seen;
mod sender;

pub use crate::answer::answer;
pub use crate::detector::Detector;
pub use crate::detectors::detect;
pub use crate::knowledge::Knowledge;

/// The weights that ship: hand set, `calibrated = false`. Read them with `scan::weights::Weights::parse`.
pub const WEIGHTS: &str = include_str!("../data/weights.toml");
