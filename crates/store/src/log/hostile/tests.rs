use bytes::Bytes;

use super::*;
use crate::log::entry::{END, Kind, Payload};
use crate::log::upkeep::{Checkpoint, MailName, MailStates, Totals, Upkeep};
use crate::record::mail::StateRecord;
use crate::record::{ChangeRecord, RecipientChange, Record};

fn notes() -> Vec<Upkeep> {
    let totals = Totals { tenant: 1, accepted: 9, added: 1, delivered: 5, bounced: 1, discarded: 1, deleted: 1 };
    vec![
        Upkeep::Checkpoint(Checkpoint { before: 4, last_sequence: 77, totals: vec![totals] }),
        Upkeep::States(vec![MailStates { mail: MailName([3; 16]), states: vec![StateRecord::Delivered] }]),
        Upkeep::Finished(vec![MailName([3; 16]), MailName([4; 16])]),
    ]
}

fn change() -> Record {
    let state = StateRecord::Queued { attempts: 1, next_attempt: 2 };
    let one = RecipientChange {
        recipient: 0,
        state,
        event: "deferred".to_owned(),
        peer: "mx".to_owned(),
        reply: "451".to_owned(),
        variant: None,
    };
    Record::Change(ChangeRecord { mail: [3; 16], tenant: 1, at: 5, recipients: vec![one], by: String::new() })
}

fn push(segment: &mut Vec<u8>, sequence: u64, kind: Kind, payload: &Payload) {
    let (fields, body) = (payload.fields.len() as u32, payload.body.len() as u32);
    let count = payload.count;
    let head = Head { generation: 1, sequence, flushed: 0, fields, body, kind, finishes: false, count };
    segment.extend(head.encode(&HOSTILE_MARK, &payload.checksum));
    segment.extend_from_slice(&payload.fields);
    segment.extend_from_slice(&payload.body);
    segment.resize(segment.len().next_multiple_of(8), 0);
}

/// Three notes, three changes, a clean end.
fn segment() -> Vec<u8> {
    let mut segment = Vec::new();
    for (number, note) in (1..).zip(notes()) {
        push(&mut segment, number, Kind::Upkeep, &Payload::one(&note, Bytes::new()).unwrap());
    }
    for number in 10..13 {
        let body = Bytes::from(vec![b'x'; 100]);
        push(&mut segment, number, Kind::Records, &Payload::records(&[change()], body).unwrap());
    }
    segment.extend(END);
    segment
}

#[test]
fn notes_survive_their_form() {
    for note in notes() {
        assert_eq!(minicbor::decode::<Upkeep>(&minicbor::to_vec(&note).unwrap()).unwrap(), note);
    }
}

#[test]
fn every_flipped_bit_is_seen() {
    let clean = segment();
    assert_eq!(read_hostile(&clean), 6);
    for place in 0..clean.len() - END.len() {
        for bit in 0..8 {
            let mut bytes = clean.clone();
            bytes[place] ^= 1 << bit;
            let entries = read_hostile(&bytes);
            // Only the zeros of a padding are nobody's.
            assert!(entries == 5 || (entries == 6 && clean[place] == 0), "bit {bit} of byte {place}: {entries}");
        }
    }
}

#[test]
fn an_entry_inside_a_body_is_never_found() {
    let inner = segment();
    let mut outer = Vec::new();
    let payload = Payload::records(&[change()], Bytes::from(inner.clone())).unwrap();
    push(&mut outer, 1, Kind::Records, &payload);
    assert_eq!(read_hostile(&outer), 1);
    // Who knows the mark could hide entries behind a damaged head: this is why it is random and secret.
    let mut guessed = inner;
    guessed[..8].copy_from_slice(b"guessed!");
    assert_eq!(read_hostile(&guessed), 5);
}

#[test]
fn a_record_of_a_later_release_is_passed_over() {
    let mut fields = minicbor::to_vec(change()).unwrap();
    // Variant 99 with a map in it.
    let later = [0x82, 0x18, 99, 0x81, 0xa1, 0x01, 0x02];
    fields.splice(0..0, later);
    assert_eq!(read_hostile_fields(&fields), 1);
}

#[test]
fn nothing_that_is_cut_or_mixed_panics() {
    let clean = segment();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 12).unwrap() % bound
    };
    for _ in 0..20_000 {
        let mut bytes = clean[..random(clean.len() + 1)].to_vec();
        for _ in 0..random(6) {
            if !bytes.is_empty() {
                let place = random(bytes.len());
                bytes[place] = u8::try_from(random(256)).unwrap();
            }
        }
        assert!(read_hostile(&bytes) <= 6);
        let start = random(bytes.len() + 1);
        _ = read_hostile_fields(&bytes[start..]);
    }
}
