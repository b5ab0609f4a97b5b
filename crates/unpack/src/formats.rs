//! The formats that are read, one file each.

pub(crate) mod html;
pub(crate) mod zip;
