//! What each entry of the log does to the index at start. Only the fields that the index needs are decoded.

use ::mail::envelope::TenantId;
use ::mail::id::MailId;
use minicbor::{Decode, Decoder};

use super::entry::{Head, Kind};
use super::upkeep::{MailName, Upkeep};
use crate::index::{Effect, Entry, Index, Place, moved};
use crate::mails::MailState;
use crate::record::ChangeRecord;
use crate::record::mail::{BodyRecord, EnvelopeRecord, RecipientRecord};

/// The part of [`crate::record::Record`] that matters here, by the same numbers.
#[derive(Decode)]
enum Slim {
    #[n(0)]
    Mail(#[n(0)] SlimMail),
    #[n(1)]
    Change(#[n(0)] ChangeRecord),
    #[n(2)]
    Refusal(#[n(0)] Skipped),
    #[n(3)]
    Judged(#[n(0)] SlimJudged),
}

/// A map of which nothing matters.
#[derive(Decode)]
#[cbor(map)]
struct Skipped {}

/// The part of [`crate::record::MailRecord`] that the index keeps.
#[derive(Decode)]
#[cbor(map)]
struct SlimMail {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[n(1)]
    tenant: u32,
    #[n(2)]
    received_at: i64,
    #[n(3)]
    sender: String,
    #[n(4)]
    recipients: Vec<RecipientRecord>,
    #[n(5)]
    body: BodyRecord,
    #[n(8)]
    sender_genuine: bool,
    #[n(9)]
    envelope: EnvelopeRecord,
}

/// The part of [`crate::record::JudgedAgain`] that the index keeps.
#[derive(Decode)]
#[cbor(map)]
struct SlimJudged {
    #[cbor(n(0), with = "minicbor::bytes")]
    mail: [u8; 16],
    #[n(4)]
    sender_genuine: Option<bool>,
    #[cbor(n(5), default)]
    added: Vec<RecipientRecord>,
}

impl SlimMail {
    fn entry(self) -> Entry {
        let (size, body_file) = match self.body {
            BodyRecord::Inline { length } => (length, None),
            BodyRecord::File { name, length, .. } => (length, Some(name)),
        };
        let state = MailState {
            id: MailId::from_bytes(self.id),
            tenant: TenantId(self.tenant),
            received_at: self.received_at,
            sender: self.sender,
            recipients: self.recipients,
            size,
            sender_genuine: self.sender_genuine,
            eight_bit: self.envelope.eight_bit,
        };
        Entry::new(state, self.envelope.client_ip.is_empty(), body_file)
    }
}

/// Applies one entry. An error says that the fields are not what the kind promises.
pub(super) fn apply(
    index: &mut Index,
    place: Place,
    head: &Head,
    fields: &[u8],
) -> Result<(), minicbor::decode::Error> {
    match head.kind {
        Kind::Records => records(index, place, head, fields),
        Kind::Copy => {
            index.replay_copy(minicbor::decode::<SlimMail>(fields)?.entry(), place);
            Ok(())
        }
        Kind::Upkeep => {
            upkeep(index, place, minicbor::decode(fields)?);
            Ok(())
        }
    }
}

fn records(index: &mut Index, place: Place, head: &Head, fields: &[u8]) -> Result<(), minicbor::decode::Error> {
    let mut decoder = Decoder::new(fields);
    let mut judged = None;
    for _ in 0..head.count {
        let start = decoder.position();
        match decoder.decode::<Slim>() {
            Ok(Slim::Mail(mail)) => _ = index.settle(Effect::Accept(Box::new(mail.entry())), place),
            Ok(Slim::Change(change)) => replay_change(index, place, head, &change, judged.take()),
            Ok(Slim::Judged(again)) => judged = Some(again),
            Ok(Slim::Refusal(_)) => {}
            // A kind of record of a later release: not ours to keep.
            Err(error) if error.is_unknown_variant() => {
                decoder.set_position(start);
                decoder.skip()?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn replay_change(index: &mut Index, place: Place, head: &Head, change: &ChangeRecord, judged: Option<SlimJudged>) {
    let (mail, tenant) = (MailId::from_bytes(change.mail), TenantId(change.tenant));
    // Finished and gone, or its record is damaged.
    let Some(entry) = index.find(tenant, mail) else { return };
    let mut next = entry.state.clone();
    let judged = judged.filter(|again| again.mail == change.mail);
    next.change(
        &change.recipients,
        judged.as_ref().map(|again| (again.sender_genuine.unwrap_or(entry.state.sender_genuine), &*again.added)),
    );
    let delta = Box::new(moved(&entry.state.recipients, &next.recipients));
    let (finishes, rejudged, next) = (head.finishes, judged.is_some(), Some(Box::new(next)));
    index.settle(Effect::Change { mail, tenant, next, delta, finishes, rejudged }, place);
}

fn upkeep(index: &mut Index, place: Place, note: Upkeep) {
    match note {
        Upkeep::Checkpoint(checkpoint) => index.restore(&checkpoint.totals),
        Upkeep::States(all) => {
            for one in all {
                index.replay_states(name(one.mail), one.states, place.generation);
            }
        }
        Upkeep::Finished(all) => {
            for one in all {
                index.replay_finished(name(one), place.generation);
            }
        }
    }
}

const fn name(name: MailName) -> MailId {
    MailId::from_bytes(name.0)
}
