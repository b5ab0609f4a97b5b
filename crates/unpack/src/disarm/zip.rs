//! Zip archives: documents by their own rules, all others with each file in them disarmed.

use crate::budget::Budget;
use crate::disarm::{Made, Outcome, Removed, ZIP_DEPTH_MAX, odf, of_file, ooxml, package, renamed};
use crate::formats::zip::whole::{self, Whole};
use crate::request::Part;

/// Disarms an archive or a document.
pub(super) fn disarm(part: &Part, budget: &mut Budget, depth: u32) -> Made {
    if depth >= ZIP_DEPTH_MAX {
        return Err("it holds archives within archives".to_owned());
    }
    let whole = whole::read(&part.bytes, budget)?;
    let has = |name: &str| whole.files.iter().any(|(own, _)| package::plain(own) == name);
    if has("[content_types].xml") {
        return ooxml::disarm(whole);
    }
    if has("mimetype") && has("content.xml") {
        return odf::disarm(whole);
    }
    archive(whole, budget, depth)
}

fn archive(whole: Whole, budget: &mut Budget, depth: u32) -> Made {
    let mut removed = Removed::default();
    if whole.is_odd {
        removed.note("what stands around or between its files");
    }
    let mut files = Vec::with_capacity(whole.files.len());
    for (name, bytes) in whole.files {
        if budget.is_late() {
            return Err("it takes too long".to_owned());
        }
        let inner = Part { names: vec![name.clone()], bytes: bytes.into(), ..Part::default() };
        match of_file(&inner, budget, depth.saturating_add(1)) {
            Outcome::Clean => files.push((name, inner.bytes.to_vec())),
            Outcome::Disarmed(disarmed) => {
                disarmed.removed.iter().for_each(|what| removed.note(what));
                files.push((renamed(&name, disarmed.kind), disarmed.bytes));
            }
            Outcome::Impossible(why) => return Err(format!("a file in it: {why}")),
        }
    }
    if removed.is_empty() {
        return Ok(None);
    }
    let bytes = package::write(&files)?;
    Ok(Some(removed.with(bytes, None)))
}
