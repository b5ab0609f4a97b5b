//! What tests share. Only ever a dev-dependency.
//!
//! Peers: [`dns`] answers questions, [`client`] sends, [`sink`] receives and misbehaves as told, [`postfix`] and [`dovecot`] are the
//! real ones. [`daemon`] runs the program under test, [`corpus`] has messages, [`wait`] waits without guessing times, [`kill`] pulls
//! the plug. A test that cannot go on stops with a panic that says why.

pub mod clamd;
pub mod client;
pub mod compare;
pub mod corpus;
pub mod daemon;
pub mod dns;
pub mod dovecot;
pub mod files;
pub mod http_service;
pub mod icap;
pub mod kill;
pub mod loopback;
pub mod patience;
pub mod postfix;
pub mod power;
pub mod program;
pub mod random;
pub mod raw_peer;
pub mod siege;
pub mod sink;
pub mod tls;
pub mod wait;
