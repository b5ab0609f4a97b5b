//! **Finds** a signature that says how much of the body it covers (DKIM `l=`) where there is more.
//! **Why** what stands behind it can be anybody's, and HTML there can hide what was signed (RFC 6376 8.2).
//! **Not** a short plain text behind it, as mailing lists add one.
//! **Strength** full where a part of a multipart or a page stands behind it, low otherwise.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Signatures that are looked at.
const SIGNATURES_MAX: usize = 20;
/// Bytes behind the signed part that are looked at.
const BEHIND_BYTES_MAX: usize = 256 * 1024;
/// What is more than a footer.
const HOLDS_MORE: [&str; 5] = ["content-type:", "<html", "<a ", "<body", "content-transfer-encoding:"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("dkim_partial_body"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let message = &scan.message;
    let body = message.raw().get(message.root.body.start..).unwrap_or_default();
    let lengths = message.all("dkim-signature").take(SIGNATURES_MAX).filter_map(|field| length(&field.unfolded()));
    let Some(signed) = lengths.min().filter(|signed| *signed < body.len()) else { return };
    let behind = body.get(signed..).unwrap_or_default();
    let head = behind.get(..BEHIND_BYTES_MAX).unwrap_or(behind).to_ascii_lowercase();
    if head.trim_ascii().is_empty() {
        return;
    }
    let holds = |word: &str| memchr::memmem::find(&head, word.as_bytes()).is_some();
    let strength = if HOLDS_MORE.iter().any(|word| holds(word)) { Strength::FULL } else { Strength::LOW };
    found.push(DETECTOR.saw(strength, Place::Header("dkim-signature".into()), vec![meta(behind.len().to_string())]));
}

/// The value of `l=` (RFC 6376 3.5), bytes.
fn length(signature: &str) -> Option<usize> {
    let tags = signature.split(';').filter_map(|tag| tag.split_once('='));
    let (_, value) = tags.into_iter().find(|(name, _)| name.trim() == "l")?;
    value.trim().parse().ok()
}
