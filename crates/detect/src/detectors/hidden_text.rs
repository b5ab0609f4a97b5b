//! **Finds** much text that the reader does not see (styled away, zero size, colour of the ground).
//! **Why** filler for word filters, and orders to machines that read mail, are hidden so.
//! **Not** attached files, whose authors hide what they like; the hidden first line of newsletters, and the second layout for small screens where it is not the larger part.
//! **Strength** half where more is hidden than shown, low where it is less.

use scan::Scan;
use scan::content::Item;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;

/// Characters that newsletters hide.
const USUAL_CHARS_MAX: usize = 600;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("hidden_text"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some((item, hidden)) = scan.content.items.iter().filter(|item| item.inline).find_map(much_hidden) else {
        return;
    };
    let strength = if hidden > seen_chars(&item.text) { Strength::HALF } else { Strength::LOW };
    found.push(DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![meta(hidden.to_string())]));
}

fn much_hidden(item: &Item) -> Option<(&Item, usize)> {
    if item.hidden_text.len() <= USUAL_CHARS_MAX {
        return None;
    }
    let hidden = seen_chars(&item.hidden_text);
    (hidden > USUAL_CHARS_MAX).then_some((item, hidden))
}

// Letters and digits: newsletters fill the preview line with hundreds of invisible joiners.
fn seen_chars(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}
