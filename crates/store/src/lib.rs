//! What survives a restart.
//!
//! The log is the truth for mail that is not finished: append-only segments, one record a mail, written and flushed before
//! the reply. SQLite holds what people search and absorbs the log behind it. One process owns the data folder.
//!
//! Callers see four small traits ([`Mails`], [`Journal`], [`Quarantine`], [`Documents`]), each with the tenant in every method;
//! [`backends::embedded`] is the default behind them.

pub mod backends;
mod bodies;
pub mod disk;
pub mod documents;
pub mod error;
mod index;
pub mod journal;
pub mod limits;
pub mod lock;
pub mod log;
pub mod mails;
pub mod manifest;
pub mod memory;
pub mod quarantine;
pub mod record;
pub mod search;
pub mod site;
pub mod whole;

pub use crate::documents::Documents;
pub use crate::error::StoreError;
pub use crate::journal::Journal;
pub use crate::mails::Mails;
pub use crate::quarantine::Quarantine;
