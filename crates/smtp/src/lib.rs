//! RFC 5321 as state machines without sockets: bytes go in, steps come out, and whoever holds the socket carries them
//! out. So a session is tested byte by byte, without a network and without waiting.
//!
//! [`server`] receives mail, [`client`] hands it on. [`command`] and [`mod@reply`] are what the two say to each other,
//! [`replies`] every refusal of ours in one table, [`extension`] what we offer and understand, [`limits`] how much of
//! anything we take. No clock: the machines name the time-out that applies, the driver keeps it.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod limits;

pub mod extension;

pub mod reply;

pub mod replies;

pub mod command;

pub mod server;

pub mod client;

pub mod drive;
