//! Untrusted bytes to text, links and children, within a budget. Pure: no clock, no disk, no network; the worker's child
//! process calls it, where a panic or a fault costs nobody but that process.
//!
//! [`unpack::unpack`] looks at each part: [`sniff`] says what it is, [`formats`] read it, [`budget`] says when it is enough.
//! "Could not open it" is a word of its own in the result, never nothing. A new format is one file in `formats/` and a line in
//! the table of `formats.rs`; its magic bytes stand in `sniff.rs`.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions)]

mod bounded;
pub mod budget;
mod caught;
pub mod disarm;
mod eicar;
mod fingerprint;
mod formats;
pub mod header_links;
mod kept;
pub mod passwords;
mod polyglot;
pub mod request;
pub mod sniff;
mod text;
pub mod unpack;

pub use crate::budget::{Budget, Limits};
pub use crate::request::{Part, Request};
pub use crate::unpack::{Inspect, unpack, unpack_with};
