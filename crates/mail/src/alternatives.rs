//! The other readings of an ambiguous message. A choice alone is one client's way, two together are another's; with few
//! choices every combination is read. A choice may open others, so it goes on until nothing new comes.

use crate::defect::{Ambiguity, AmbiguityKind};
use crate::limits;
use crate::part::Part;
use crate::reading::{Choices, Notes, Reading};
use crate::suspects;
use crate::tree;

/// Choices of which all combinations are read.
const ALL_COMBINED_MAX: u32 = 4;
/// Choices of which all pairs are read; of more each one alone and all together, and the message counts as cut.
const PAIRED_MAX: u32 = 9;

/// Reads the message in every other way that differs from `root`.
pub(crate) fn read(raw: &[u8], root: &Part, notes: &mut Notes) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let mut tried = vec![Choices::default()];
    let mut parts = 0_usize;
    while let Some(choices) = next(notes.open, &tried) {
        if tried.len() >= limits::READINGS_MAX {
            notes.limit(root.body.start);
            return found;
        }
        tried.push(choices);
        let mut other = Notes::with_open(notes.open);
        let reading = tree::read(&Reading::new(raw, choices), &mut other);
        note(raw, (&reading, root), choices, &other, notes);
        parts = parts.saturating_add(other.parts);
        if parts > limits::ALTERNATIVE_PARTS_MAX || other.is_limited() {
            notes.limit(root.body.start);
        }
        if parts > limits::ALTERNATIVE_PARTS_MAX {
            return found;
        }
        if reading != *root && !found.contains(&reading) {
            found.push(reading);
        }
    }
    if notes.open.count() > PAIRED_MAX {
        notes.limit(root.body.start);
    }
    found
}

// What another reading met.
fn note(raw: &[u8], (reading, root): (&Part, &Part), choices: Choices, other: &Notes, notes: &mut Notes) {
    notes.open = other.open;
    notes.visit(other.bytes);
    for ambiguity in &other.ambiguities {
        notes.ambiguity(ambiguity.kind, ambiguity.offset);
    }
    let is_settled = |choice| choices == Choices::only(choice);
    let suspects: Vec<Ambiguity> =
        notes.suspects.iter().filter(|(choice, _)| is_settled(*choice)).map(|(_, ambiguity)| *ambiguity).collect();
    let mut kinds: Vec<AmbiguityKind> = suspects.iter().map(|suspect| suspect.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.retain(|kind| suspects::shows_more(*kind, raw, reading, root));
    for ambiguity in suspects.iter().filter(|suspect| kinds.contains(&suspect.kind)) {
        notes.ambiguity(ambiguity.kind, ambiguity.offset);
    }
}

fn next(open: Choices, tried: &[Choices]) -> Option<Choices> {
    let is_new = |choices: &Choices| !tried.contains(choices);
    if let Some(single) = open.singles().find(is_new) {
        return Some(single);
    }
    if open.count() <= ALL_COMBINED_MAX {
        return open.singles().fold(vec![Choices::default()], doubled).into_iter().find(is_new);
    }
    if open.count() <= PAIRED_MAX {
        let pairs = open.singles().flat_map(|one| open.singles().map(move |other| one.with(other)));
        return pairs.chain([open]).find(is_new);
    }
    Some(open).filter(is_new)
}

// Every set with and without this one.
fn doubled(sets: Vec<Choices>, single: Choices) -> Vec<Choices> {
    sets.iter().copied().chain(sets.iter().map(|set| set.with(single))).collect()
}
