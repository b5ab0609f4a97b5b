//! What is done with each recipient's copy. A decision becomes first states and variants; one file for each verb. Actions
//! never decide: what a reply of the session means for all recipients was settled by `policy::reconcile`.

pub(crate) mod changed;
mod deliver;
mod disarm;
mod discard;
mod hold;
mod junk;
mod part;
mod quarantine;
mod rebuild;
mod remove;
mod tag;

pub use hold::{ALARM_AFTER, GIVE_UP_AFTER, RETRY_WAIT, RETRY_WAIT_LONGEST};
pub use quarantine::QUARANTINE_TIME;

use changed::{Changes, Form};
use mail::edit::Edit;
use mail::envelope::Direction;
use mail::message::Message;
use mail::timestamp::Timestamp;
use scan::action::Action;
use scan::decision::{Decision, Ruling};
use store::record::mail::{EditRecord, RecipientRecord, StateRecord, VariantRecord};

/// First states of the recipients, and the changed forms that their copies are sent in.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// One for each recipient of the decision, in order.
    pub recipients: Vec<RecipientRecord>,
    /// Forms; recipients with equal marks share one.
    pub variants: Vec<VariantRecord>,
    /// For each copy that was changed, by its recipient's number: an entry of the same address that keeps the original.
    pub originals: Vec<(usize, RecipientRecord)>,
}

/// Why a copy is held, stable words.
pub mod held {
    /// The in-session budget ended before it was judged.
    pub const NOT_JUDGED: &str = "not_judged";
    /// A required check failed; the names of those that did stand behind it: `check_failed: dmarc`.
    pub const CHECK_FAILED: &str = "check_failed";
    /// A rule asks for it.
    pub const BY_RULE: &str = "by_rule";
    /// Stands as the name of a check where no worker could disarm it.
    pub const DISARM: &str = "disarm";
}

/// Makes the plan of a message whose content nobody changes: a copy that a rule wants changed is kept in quarantine.
/// `arrival` are the edits that every copy gets.
#[must_use]
pub fn plan(
    decision: &Decision,
    message: &Message,
    arrival: &[Edit],
    now: Timestamp,
    failed_checks: &[String],
) -> Plan {
    plan_changed(decision, (message, arrival), &Changes::default(), now, failed_checks)
}

/// Makes the plan, with the changes of content that were made for it. What could not be changed is never delivered as it was.
#[must_use]
pub(crate) fn plan_changed(
    decision: &Decision,
    (message, arrival): (&Message, &[Edit]),
    changes: &Changes,
    now: Timestamp,
    failed_checks: &[String],
) -> Plan {
    let mut plan = Plan::default();
    for (number, ruling) in decision.per_recipient.iter().enumerate() {
        let mut state = first_state(ruling, now, failed_checks);
        let wish = changed::wish(ruling);
        let made = match changes.of(&wish) {
            _ if wish.is_empty() || !is_delivered(ruling) => None,
            Some(Form::Made(made)) => Some(made.as_ref()),
            Some(Form::NotNow) => {
                state = hold::state(now, &format!("{}: {}", held::CHECK_FAILED, held::DISARM));
                None
            }
            Some(Form::Impossible(_)) | None => {
                state = quarantine::state(now);
                None
            }
        };
        let mut edits = edits_of(ruling, message, arrival);
        if let Some(made) = made.filter(|made| made.is_changed()) {
            match made.whole(message, arrival, &|base| marks(ruling, base)) {
                Some(own) => edits = own,
                None => state = quarantine::state(now),
            }
            if matches!(state, StateRecord::Queued { .. }) {
                let variant = place_of(&mut plan, arrival);
                let kept = RecipientRecord { added: true, ..record(ruling, quarantine::state(now), variant) };
                plan.originals.push((number, kept));
            }
        }
        let variant = place_of(&mut plan, &edits);
        plan.recipients.push(record(ruling, state, variant));
    }
    plan
}

fn record(ruling: &Ruling, state: StateRecord, variant: Option<u16>) -> RecipientRecord {
    RecipientRecord {
        address: ruling.recipient.address.to_string(),
        outbound: ruling.recipient.direction == Direction::Outbound,
        state,
        variant,
        groups: ruling.recipient.groups.iter().map(|group| group.0.clone()).collect(),
        added: false,
    }
}

/// Nothing keeps the copy back.
fn is_delivered(ruling: &Ruling) -> bool {
    let weightiest = ruling.actions.iter().min_by_key(|action| action.rank());
    weightiest.is_none_or(|action| action.rank() >= Action::Junk.rank())
}

/// A plan for a message that is accepted before it could be judged: every copy is held, with the edits of `arrival` for the
/// case that a person releases it without a judgement.
#[must_use]
pub fn plan_unjudged(recipients: &[mail::envelope::Recipient], arrival: &[Edit], now: Timestamp) -> Plan {
    let records = recipients.iter().map(|recipient| RecipientRecord {
        address: recipient.address.to_string(),
        outbound: recipient.direction == Direction::Outbound,
        state: hold::state(now, held::NOT_JUDGED),
        variant: Some(0),
        groups: recipient.groups.iter().map(|group| group.0.clone()).collect(),
        added: false,
    });
    let variant = VariantRecord { edits: arrival.iter().map(edit_record).collect() };
    Plan { recipients: records.collect(), variants: vec![variant], originals: Vec::new() }
}

// The weightiest action gives the state. Reject and defer do not get here: with any copy kept they are quarantine and hold.
fn first_state(ruling: &Ruling, now: Timestamp, failed_checks: &[String]) -> StateRecord {
    let weightiest = ruling.actions.iter().min_by_key(|action| action.rank());
    match weightiest {
        Some(Action::Reject | Action::Quarantine) => quarantine::state(now),
        Some(Action::Defer | Action::Hold) if !failed_checks.is_empty() => {
            hold::state(now, &format!("{}: {}", held::CHECK_FAILED, failed_checks.join(", ")))
        }
        Some(Action::Defer | Action::Hold) => hold::state(now, held::BY_RULE),
        Some(Action::Discard) => discard::state(),
        Some(
            Action::Junk | Action::Remove(_) | Action::Disarm | Action::Rebuild | Action::Tag(_) | Action::Deliver,
        )
        | None => deliver::state(now),
    }
}

// Marks of all its tag and junk actions.
fn marks(ruling: &Ruling, message: &Message) -> Vec<Edit> {
    let tags = ruling.actions.iter().filter_map(|action| match action {
        Action::Tag(tag) => Some(tag),
        _ => None,
    });
    let tags: Vec<_> = tags.collect();
    let mut edits = tag::edits(&tags, message);
    if ruling.actions.contains(&Action::Junk) {
        edits.push(junk::edit(message));
    }
    edits
}

// A released copy is sent with its marks: quarantined ones get their form now.
fn edits_of(ruling: &Ruling, message: &Message, arrival: &[Edit]) -> Vec<Edit> {
    let mut edits = arrival.to_vec();
    edits.extend(marks(ruling, message));
    edits.sort_by_key(|edit| edit.range.start);
    edits
}

// Equal forms are kept once.
fn place_of(plan: &mut Plan, edits: &[Edit]) -> Option<u16> {
    let record = VariantRecord { edits: edits.iter().map(edit_record).collect() };
    let at = plan.variants.iter().position(|known| *known == record).unwrap_or_else(|| {
        plan.variants.push(record);
        plan.variants.len() - 1
    });
    u16::try_from(at).ok()
}

fn edit_record(edit: &Edit) -> EditRecord {
    EditRecord {
        start: u64::try_from(edit.range.start).unwrap_or(u64::MAX),
        end: u64::try_from(edit.range.end).unwrap_or(u64::MAX),
        replacement: edit.replacement.to_vec(),
    }
}
