//! Schedules, routes, retries, delivers, bounces.
//!
//! [`scheduler`] keeps what is due in memory, rebuilt from the log at start; [`delivery`] makes one attempt at one next hop;
//! [`schedule`] says when to try again; [`dsn`] writes what the sender is told. State changes go through `store::Mails`.

pub mod delivery;
pub mod dsn;
pub mod job;
pub mod jump;
pub mod outcome;
pub mod paused;
pub mod probe;
pub mod route;
pub mod schedule;
pub mod scheduler;
