//! The line on one screen ([`process`]) and what is done with a message ([`actions`]). Everything it works with is handed in:
//! stations, store, queue. The front door of the code base.

pub mod aside;
mod authenticate;
pub mod caught;
pub mod conclude;
pub mod features;
pub mod given;
mod known_files;
mod look_up;
pub mod open;
pub mod pictures;
pub mod process;
pub mod scan_files;
pub mod stations;
pub mod summary;

pub mod actions;
pub mod arrive;
pub mod line;
pub mod rejudge;
pub mod trace_fields;

mod read_back;
pub mod record;
pub mod replay;
