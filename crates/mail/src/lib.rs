//! What arrived. A message is bytes that a stranger chose; this crate gives them names and places and never changes them:
//! every value points back into the raw bytes, so that one part can be replaced and every other byte stays.
//!
//! Parsing never fails: what is wrong is a [`defect::Defect`], what two readers could read differently an
//! [`defect::Ambiguity`]. Pure and bounded (see [`limits`]): no clock, no network, no disk, no recursion without a limit.

pub mod address;
mod alternatives;
mod apart;
mod boundary;
pub mod canonical;
mod contents;
mod cursor;
mod date;
mod declared;
pub mod decode;
pub mod defect;
mod delimiter;
pub mod edit;
mod elsewhere;
mod encoding;
pub mod envelope;
mod external;
mod fold;
mod guess;
pub mod header;
pub mod id;
pub mod limits;
mod lines;
pub mod links;
pub mod mailbox;
mod media_type;
pub mod message;
pub mod names;
mod parameters;
pub mod part;
mod reading;
pub mod results;
mod suspects;
pub mod timestamp;
mod tree;
pub mod visible;
mod within;
