//! Delimiters that stand within lines. RFC 2046 5.1.1 knows none there and honest mail has none; readers that look for two hyphens
//! and the boundary wherever they stand (mail-parser) begin a part at each.

use memchr::memmem;

use crate::defect::AmbiguityKind;
use crate::lines::is_blank;
use crate::reading::Notes;

/// Blanks before and behind a delimiter that are looked at.
const BLANKS_MAX: usize = 64;

/// Looks for the boundaries of a message in its body, from `from` on: each is noted where it first stands so.
pub(crate) fn note(raw: &[u8], from: usize, notes: &mut Notes) {
    let body = raw.get(from..).unwrap_or_default();
    let mut boundaries = std::mem::take(&mut notes.boundaries);
    let hyphens = memmem::Finder::new("--");
    let mut at = 0_usize;
    while !boundaries.is_empty()
        && let Some(found) = body.get(at..).and_then(|rest| hyphens.find(rest))
    {
        let place = at.saturating_add(found);
        at = place.saturating_add(1);
        if matches!(place.checked_sub(1).and_then(|before| body.get(before)), None | Some(b'\n')) {
            continue;
        }
        let text = body.get(place.saturating_add(2)..).unwrap_or_default();
        let known = boundaries.len();
        boundaries
            .retain(|boundary| text.strip_prefix(boundary.as_slice()).is_none_or(|tail| is_line(body, place, tail)));
        if boundaries.len() < known {
            notes.ambiguity(AmbiguityKind::DelimiterWithinLine, from.saturating_add(place));
        }
    }
    notes.visit(at.min(body.len()));
}

// A whole line behind a CR or blanks is told by kinds of its own.
fn is_line(body: &[u8], place: usize, tail: &[u8]) -> bool {
    let before = body.get(..place).unwrap_or_default();
    let last = before.iter().rev().take(BLANKS_MAX).find(|byte| !is_blank(**byte));
    let tail = tail.strip_prefix(b"--").unwrap_or(tail);
    let next = tail.iter().take(BLANKS_MAX).find(|byte| !is_blank(**byte));
    matches!(last, None | Some(b'\n' | b'\r')) && matches!(next, None | Some(b'\n' | b'\r'))
}
