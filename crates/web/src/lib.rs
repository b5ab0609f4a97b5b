//! The only crate that serves HTTP. Each surface is a listener of its own: what is for operators never shares an origin
//! with what is for the public.

pub mod metrics;
pub mod operations;
