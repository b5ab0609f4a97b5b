//! `postern`: the secure email gateway.
mod config;
fn main() {}
