//! The control socket: how commands speak to a running daemon.

pub(crate) mod client;
pub(crate) mod handlers;
pub(crate) mod protocol;
pub(crate) mod server;
