//! Delimiters that stand within lines. RFC 2046 5.1.1 knows none there and honest mail has none; readers that look for two hyphens
//! and the boundary wherever they stand (mail-parser) begin a part at each.

use memchr::memmem;

use crate::defect::AmbiguityKind;
use crate::lines::is_blank;
use crate::reading::Notes;

/// Blanks before and behind a delimiter that are looked at.
const BLANKS_MAX: usize = 64;

/// Looks for the boundaries of a message in its body, from `from` on.
pub(crate) fn note(raw: &[u8], from: usize, notes: &mut Notes) {
    let body = raw.get(from..).unwrap_or_default();
    for boundary in std::mem::take(&mut notes.boundaries) {
        let delimiter = [b"--".as_slice(), &boundary].concat();
        notes.visit(body.len());
        let is_within =
            |at: &usize| !matches!(at.checked_sub(1).and_then(|before| body.get(before)), None | Some(b'\n'));
        // A whole line behind a CR or blanks is told by kinds of its own.
        let is_other = |at: usize| {
            let (before, behind) = body.split_at_checked(at).unwrap_or_default();
            let last = before.iter().rev().take(BLANKS_MAX).find(|byte| !is_blank(**byte));
            let tail = behind.get(delimiter.len()..).unwrap_or_default();
            let tail = tail.strip_prefix(b"--").unwrap_or(tail);
            let next = tail.iter().take(BLANKS_MAX).find(|byte| !is_blank(**byte));
            matches!(last, None | Some(b'\n' | b'\r')) && matches!(next, None | Some(b'\n' | b'\r'))
        };
        let first = memmem::find_iter(body, &delimiter).filter(is_within).find(|at| !is_other(*at));
        if let Some(at) = first {
            notes.ambiguity(AmbiguityKind::DelimiterWithinLine, from.saturating_add(at));
        }
    }
}
