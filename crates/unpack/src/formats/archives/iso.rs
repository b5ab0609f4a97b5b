//! Recognised.

use scan::content::WhyUnopened;

use crate::unpack::{File, Walk};

/// Opens it.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    walk.not_opened(file.at, WhyUnopened::Unsupported);
}
