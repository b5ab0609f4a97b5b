//! **Finds** the words of advance-fee fraud: estates, lotteries, funds in need of a partner, compensation, extortion for coins.
//! **Why** the story changes slowly, and its words stand together in nothing else.
//! **Not** one such word alone.
//! **Strength** by the number of different phrases: two low, three half, four 0.8, six and more full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::phrases::List;

/// Phrases that are named to people.
const NAMED_MAX: usize = 4;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("advance_fee"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let phrases = knowledge.phrases_in(scan, List::AdvanceFee);
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
