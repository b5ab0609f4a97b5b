//! An archive as one list of files, for who writes it anew: every entry once, or nothing where not all of them can be had.

use std::collections::HashSet;

use crate::bounded::End;
use crate::budget::Budget;
use crate::formats::archives::shown;
use crate::formats::zip::directory;
use crate::formats::zip::inflate::{Packed, inflate};

/// Every file of an archive.
pub(crate) struct Whole {
    /// Names and bytes, in the order of the directory; a name stands once.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Readers may differ about it, or something stands around it: it has to be written anew.
    pub(crate) is_odd: bool,
}

/// Reads it.
///
/// # Errors
/// Why not all of it can be had.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Whole, &'static str> {
    let directory = directory::read(bytes, budget);
    if directory.is_hidden || directory.entries.iter().any(|entry| entry.is_encrypted()) {
        return Err("it is encrypted");
    }
    if directory.is_broken || directory.is_split {
        return Err("the archive is broken");
    }
    if directory.is_late {
        return Err("it takes too long");
    }
    if directory.is_too_long {
        return Err("it holds too many files");
    }
    if directory.entries.iter().any(|entry| entry.is_link) {
        return Err("it holds links or devices");
    }
    let is_odd = directory.has_conflict || directory.has_overlap || directory.is_prefixed || directory.has_trailing;
    let mut whole = Whole { files: Vec::new(), is_odd };
    let mut names = HashSet::new();
    for entry in directory.entries.iter().filter(|entry| !entry.is_folder()) {
        let name = entry.names.first().map(|name| shown(name)).unwrap_or_default();
        if !names.insert(name.to_lowercase()) {
            whole.is_odd = true;
            continue;
        }
        whole.is_odd |= entry.names.len() > 1;
        if !budget.take_file() {
            return Err("it holds too many files");
        }
        let inflated = inflate(&Packed::of(entry), budget);
        whole.is_odd |= inflated.is_lie || inflated.readings.len() > 1;
        let Some(taken) = inflated.readings.into_iter().next() else { return Err("the archive is broken") };
        budget.spend_unpacked(taken.bytes.len());
        match taken.end {
            End::Whole => whole.files.push((name, taken.bytes)),
            End::Broken | End::Unsupported => return Err("the archive is broken"),
            End::OverBudget => return Err("more comes out of it than is looked at"),
            End::OverTime => return Err("it takes too long"),
        }
    }
    Ok(whole)
}
