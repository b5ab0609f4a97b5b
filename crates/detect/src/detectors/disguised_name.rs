//! **Finds** a file name that hides its ending: characters that turn the direction of text, a document's ending before one that
//! is run, a long run of blanks, letters that only look like those of an ending that is run, a class id as ending.
//! **Why** `invoice.pdf.exe` is shown as `invoice.pdf`.
//! **Not** names with several dots, and right-to-left names without such characters.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta};
use crate::file_name;
use crate::knowledge::Knowledge;

/// Blanks in a row that nobody types.
const BLANKS_MAX: usize = 8;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("disguised_name"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for item in &scan.content.items {
        let trick = item.names.iter().find_map(|name| disguise(name).map(|why| (name, why)));
        let Some((name, why)) = trick else { continue };
        let args = vec![content(name), meta(why)];
        found.push(DETECTOR.saw(Strength::FULL, Place::Part(item.place.clone()), args));
        return;
    }
}

fn disguise(name: &str) -> Option<&'static str> {
    if name.chars().any(file_name::turns_direction) {
        return Some("direction_mark");
    }
    if file_name::has_two_endings(name) {
        return Some("two_endings");
    }
    if file_name::looks_run(name) {
        return Some("look_alike_ending");
    }
    if file_name::ends_in_class_id(name) {
        return Some("class_id");
    }
    let mut run = 0_usize;
    let blanks = name.chars().any(|c| {
        run = if c.is_whitespace() || c == '\u{2800}' { run.saturating_add(1) } else { 0 };
        run > BLANKS_MAX
    });
    blanks.then_some("blanks")
}
