//! What tests share. Only ever a dev-dependency.

pub mod dns;
