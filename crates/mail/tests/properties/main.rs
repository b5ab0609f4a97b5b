//! What holds for every sequence of bytes.

mod canonical;
mod mutated;

use bytes::Bytes;
use mail::edit::{self, Edit, Piece};
use mail::message::Message;
use mail::part::Part;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::mutated::mutated;

fn assert_nested(part: &Part) {
    assert!(part.whole.start <= part.body.start && part.body.start <= part.body.end);
    assert_eq!(part.body.end, part.whole.end);
    assert_eq!(part.header.end, part.body.start);
    let mut last = part.body.start;
    for child in &part.children {
        assert!(last <= child.whole.start && child.whole.end <= part.body.end, "{child:?} in {part:?}");
        last = child.whole.end;
        assert_nested(child);
    }
    for field in &part.header.fields {
        assert!(part.whole.start <= field.whole.start && field.whole.end <= part.header.end);
        assert!(field.whole.start <= field.name.start && field.name.end < field.value.start);
        assert!(field.value.start <= field.value.end && field.value.end <= field.whole.end);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_view_of_every_message_is_whole(raw in mutated()) {
        let message = Message::parse(Bytes::from(raw.0));
        assert_nested(&message.root);
        message.alternatives.iter().for_each(assert_nested);
        for (_, part) in message.parts() {
            prop_assert!(part.whole.end <= message.raw().len());
            let _ = (part.text(message.raw()), part.encoding_defect(message.raw()));
        }
        for field in message.fields() {
            let _ = (field.unfolded(), field.decoded(), message.mailboxes(&field.name()));
        }
        for offset in message.defects.iter().map(|d| d.offset).chain(message.ambiguities.iter().map(|a| a.offset)) {
            prop_assert!(offset <= message.raw().len());
        }
        let _ = (message.subject(), message.date(), message.received_count());
    }

    #[test]
    fn noise_is_read(raw in prop::collection::vec(any::<u8>(), 0..400)) {
        assert_nested(&Message::parse(Bytes::from(raw)).root);
    }

    #[test]
    fn without_edits_nothing_changes(raw in mutated()) {
        let raw = Bytes::from(raw.0);
        prop_assert_eq!(edit::apply(&raw, &[]), Ok(raw));
    }

    #[test]
    fn an_edit_of_one_part_leaves_all_other_bytes(raw in mutated(), which in any::<Index>(), text in "\\PC{0,20}") {
        let message = Message::parse(Bytes::from(raw.0));
        let parts: Vec<&Part> = message.parts().map(|(_, part)| part).collect();
        let range = which.get(&parts).body.clone();
        let edit = Edit { range: range.clone(), replacement: text.clone().into() };
        let changed = edit::apply(message.raw(), &[edit]).expect("one edit fits");
        prop_assert_eq!(&changed[..range.start], &message.raw()[..range.start]);
        prop_assert_eq!(&changed[range.start..range.start + text.len()], text.as_bytes());
        prop_assert_eq!(&changed[range.start + text.len()..], &message.raw()[range.end..]);
    }

    #[test]
    fn pieces_and_apply_say_the_same(raw in mutated(), places in prop::collection::vec((any::<Index>(), 0..9_usize), 0..6)) {
        let raw = Bytes::from(raw.0);
        let edit = |(place, length): (Index, usize)| {
            let start = place.index(raw.len() + 1);
            Edit { range: start..(start + length).min(raw.len()), replacement: Bytes::from_static(b"new") }
        };
        let edits: Vec<Edit> = places.into_iter().map(edit).collect();
        let whole = edit::apply(&raw, &edits);
        let joined = edit::pieces(raw.len(), &edits).map(|pieces| {
            let bytes = |piece: Piece| match piece {
                Piece::Raw(range) => raw.slice(range),
                Piece::New(bytes) => bytes,
            };
            Bytes::from(pieces.into_iter().flat_map(bytes).collect::<Vec<u8>>())
        });
        prop_assert_eq!(whole, joined);
    }
}
