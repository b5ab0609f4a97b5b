//! Signatures: rules (YARA-X) and hash lists over everything that was found inside a message. Pure: texts and bytes in, matches
//! out; no clock, no disk, no network. The worker's child process calls it for each extracted item.
//!
//! In the parent, before: [`rules::Rules::compile`] turns [`fault::Source`]s (our own are [`builtin::sources`]) into one set with a
//! version and says what is wrong with each text; [`rules::Rules::to_bytes`] hands the set to the worker. In the worker:
//! [`rules::Rules::from_bytes`], one [`scanner::Scanner`] for its whole life, [`scanner::Scanner::warm_up`], and only then the
//! sandbox closes. [`hashes::HashList`] finds known files, exactly by SHA-256 and nearly by TLSH. [`limits`] has every limit.
//!
//! Our rules stand in `rules/*.yar`, the cases of each in `rules/cases/RULE/`; [`describe::describe`] makes their page.

pub mod limits;

pub mod fault;

pub mod rules;

pub mod builtin;

pub mod scanner;

mod loops;

mod probe;

mod trial;

pub mod hashes;

pub mod describe;

pub use crate::{
    describe::describe,
    fault::{Fault, Level, Source},
    hashes::{HashList, Known, tlsh},
    rules::{Rules, Unusable},
    scanner::{Match, Scanned, Scanner, Severity},
};
