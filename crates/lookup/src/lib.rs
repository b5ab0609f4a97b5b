//! Gathers facts: everything that needs the network and is worth knowing of a message. All sources are asked at once, each
//! has a deadline, what they said is remembered for a while, and "could not ask" is an answer of its own. Outside scanners of
//! files stand in [`scanners`]; they are asked when a message has been opened.

mod checks;
mod remembered;
pub mod scanners;
mod sources;

pub use checks::{CHECKS, Check, Need, SCANNER_FAILURES, ScannerFailure, fail_modes};
pub use sources::dns_list::{DnsListSettings, ListKind};
pub use sources::reverse_dns::given as given_reverse_dns;
pub use sources::{Input, LookupSettings, Sources};
