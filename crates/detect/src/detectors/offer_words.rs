//! **Finds** the words of unwanted offers: pharmacies, casinos, easy money, weight loss, replicas.
//! **Why** whoever sells so has nothing else to say.
//! **Not** one such word alone: honest shops have limited offers too.
//! **Strength** by the number of different phrases: two low, three half, four 0.8, six and more full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::phrases::List;

/// Phrases that are named to people.
const NAMED_MAX: usize = 4;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("offer_words"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let phrases = knowledge.phrases_in(scan, List::Offers);
    let strength = match phrases.len() {
        0 | 1 => return,
        2 => Strength::LOW,
        3 => Strength::HALF,
        4 | 5 => Strength::new(0.8),
        _ => Strength::FULL,
    };
    let named = phrases.get(..phrases.len().min(NAMED_MAX)).unwrap_or_default().join(", ");
    found.push(DETECTOR.saw(strength, Place::Message, vec![meta(named)]));
}
