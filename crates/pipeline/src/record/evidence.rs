//! Evidence, its place and its words, as records. Words of the message go to the personal fields and are named by index.

use scan::evidence::{Arg, Detail, Evidence, EvidenceId, Place, Strength, TextId};
use store::record::judged::{ArgRecord, EvidenceRecord};

/// Writes one piece of evidence; words of the message are appended to `words`.
pub(super) fn write(evidence: &Evidence, words: &mut Vec<String>) -> EvidenceRecord {
    let args = evidence.detail.args.iter().map(|arg| match arg {
        Arg::Meta(text) => ArgRecord::Meta(text.clone()),
        Arg::Content(text) => {
            words.push(text.clone());
            ArgRecord::Word(u32::try_from(words.len() - 1).unwrap_or(u32::MAX))
        }
    });
    EvidenceRecord {
        id: evidence.id.name().to_owned(),
        strength: evidence.strength.value(),
        place: write_place(&evidence.place),
        text: evidence.detail.text.0.to_string(),
        args: args.collect(),
    }
}

/// Reads it back; a word that was erased is empty.
pub(super) fn read(record: &EvidenceRecord, words: &[String]) -> Evidence {
    let args = record.args.iter().map(|arg| match arg {
        ArgRecord::Meta(text) => Arg::Meta(text.clone()),
        ArgRecord::Word(index) => {
            let word = usize::try_from(*index).ok().and_then(|index| words.get(index));
            Arg::Content(word.cloned().unwrap_or_default())
        }
    });
    Evidence {
        id: EvidenceId(record.id.clone().into()),
        strength: Strength::new(record.strength),
        place: read_place(&record.place),
        detail: Detail { text: TextId(record.text.clone().into()), args: args.collect() },
    }
}

fn write_place(place: &Place) -> (String, String, u32) {
    let (kind, text, number) = match place {
        Place::Envelope => ("envelope", "", 0),
        Place::Header(name) => ("header", name.as_str(), 0),
        Place::Part(part) => ("part", part.as_str(), 0),
        Place::Link { part, number } => ("link", part.as_str(), *number),
        Place::Authentication => ("authentication", "", 0),
        Place::Fact(name) => ("fact", name.as_str(), 0),
        Place::Message => ("message", "", 0),
    };
    (kind.to_owned(), text.to_owned(), number)
}

// A kind that a later release adds is shown as the message as a whole.
fn read_place((kind, text, number): &(String, String, u32)) -> Place {
    match kind.as_str() {
        "envelope" => Place::Envelope,
        "header" => Place::Header(text.clone()),
        "part" => Place::Part(text.clone()),
        "link" => Place::Link { part: text.clone(), number: *number },
        "authentication" => Place::Authentication,
        "fact" => Place::Fact(text.clone()),
        _ => Place::Message,
    }
}
