//! **Finds** an archive that two programs would open in two ways: names that differ between its directory and its entries,
//! entries outside of the directory, entries over one another, something in front of it.
//! **Why** the scanner sees one file and the reader opens another.
//! **Not** archives that are merely broken: those are unscannable.
//! **Strength** full for a contradiction; half where only something stands in front, as in archives that unpack themselves.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta, name};
use crate::knowledge::Knowledge;

/// Marks of `unpack`, worst first.
const MARKS: [(&str, Strength); 3] =
    [("zip_conflict", Strength::FULL), ("zip_overlap", Strength::FULL), ("zip_prefixed", Strength::HALF)];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("archive_ambiguous"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for (word, strength) in MARKS {
        let marked = scan.content.items.iter().find(|item| item.marks.iter().any(|mark| mark == word));
        let Some(item) = marked else { continue };
        let name = name(item);
        found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name), meta(word)]));
        return;
    }
}
