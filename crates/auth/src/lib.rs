//! What the message and its sender prove: SPF, DKIM, DMARC, ARC. Signatures are checked by the `mail-auth` crate, which
//! is given every key it may see; SPF and DMARC are evaluated here, because their limits, the budget of a message and
//! "could not ask" must come out exactly. Failed checks are results; nothing here is an error.

mod arc;
mod authenticate;
mod dkim;
mod dmarc;
mod foreign;
mod from;
mod given;
mod keys;
mod results;
#[cfg(test)]
mod sample;
mod spf;
mod tags;

pub use authenticate::{Input, authenticate};
pub use foreign::foreign_results;
pub use given::Given;
pub use results::authentication_results;
pub use spf::check_host;
