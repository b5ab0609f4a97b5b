//! The words that the line is written in. Facts are fetched, evidence is deduced; judging and acting are apart:
//!
//! `Scan` (what we know) -> `Evidence` (what is odd) -> `Verdict` (what it is) -> `Decision` (what to do, per recipient).
//!
//! Hardly any code lives here: [`judge::judge`] is the one function of weight.

pub mod action;
pub mod auth;
pub mod class;
pub mod content;
pub mod decision;
pub mod evidence;
pub mod facts;
pub mod judge;
pub mod marks;
pub mod question;
pub mod scan;
pub mod types;
pub mod verdict;
pub mod weights;

pub use crate::scan::{Gathered, Scan, ScanId, Summary};
