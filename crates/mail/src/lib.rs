//! What arrived. A message is bytes that a stranger chose; this crate gives them names and places and never changes them:
//! every value points back into the raw bytes, so that one part can be replaced and every other byte stays.
//!
//! Parsing never fails: what is wrong is a [`defect::Defect`], what two readers could read differently an
//! [`defect::Ambiguity`]. Pure and bounded (see [`limits`]): no clock, no network, no disk, no recursion without a limit.

pub mod address;
pub mod decode;
pub mod defect;
pub mod edit;
pub mod envelope;
pub mod header;
pub mod id;
pub mod limits;
pub mod mailbox;
pub mod message;
pub mod part;
pub mod timestamp;
