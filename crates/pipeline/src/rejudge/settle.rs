//! What a later judgement changes: only copies that are held. Others have been decided already and keep their forms, so new
//! forms come behind the old ones.

use std::time::Duration;

use mail::timestamp::Timestamp;
use store::StoreError;
use store::mails::{Change, Changed, MailState, Rejudged};
use store::record::RecipientChange;
use store::record::mail::{RecipientRecord, StateRecord, VariantRecord};

use super::look::postpone;
use crate::actions::{RETRY_WAIT, RETRY_WAIT_LONGEST};
use crate::line::{self, Changing, Line};
use crate::process::Processed;
use crate::{features, record};

/// For changing the content of one copy: longer than any worker may take.
const CHANGES_TIMEOUT: Duration = Duration::from_secs(200);

/// A mail as it was when it was judged.
pub(super) struct Before {
    pub(super) mail: MailState,
    pub(super) variants: Vec<VariantRecord>,
    /// See [`store::mails::StoredMail::judgements`].
    pub(super) judgements: u32,
}

pub(super) async fn settle(
    line: &Line,
    Before { mail, mut variants, judgements }: Before,
    processed: Processed,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Processed { message, content, gathered, concluded, policy_names, versions, .. } = processed;
    let mut judged = record::judged(&gathered, &concluded.verdict, &concluded.decision, &policy_names, &versions);
    judged.features = features::of(&content);
    judged.after_accept = true;
    judged.received_at = Some(judged.at);
    judged.at = now.unix_millis();
    line::log_verdict(mail.id, &gathered, &concluded.verdict, &concluded.decision);
    let changing =
        Changing { mail: mail.id, gathered: &gathered, decision: &concluded.decision, time: CHANGES_TIMEOUT };
    let (plan, done) = line.plan(changing, (&message, &content), now).await;
    judged.personal.done = done;
    let pairs = (0..u16::MAX).zip(mail.recipients.iter().zip(&plan.recipients));
    let held = pairs.filter(|(_, (before, _))| matches!(before.state, StateRecord::Held { .. }));
    let held: Vec<_> = held.collect();
    // Nothing new: no record for each of the many looks.
    if held.iter().all(|(_, (before, after))| is_held_for_the_same(&before.state, &after.state)) {
        postpone(line, &mail, now).await;
        return Ok(());
    }
    let forms: Vec<u16> = plan.variants.into_iter().map(|form| place_of(form, &mut variants)).collect();
    let originals = plan.originals.into_iter().filter(|(at, _)| held.iter().any(|(own, _)| usize::from(*own) == *at));
    let originals = originals.map(|(_, kept)| RecipientRecord { variant: form_of(&kept, &forms), ..kept });
    let originals: Vec<RecipientRecord> = originals.collect();
    let mut recipients: Vec<RecipientChange> =
        held.into_iter().map(|(at, (before, after))| change(at, before, (after, &forms), now)).collect();
    recipients.extend(numbered(mail.recipients.len(), &originals));
    let known = mail.recipients.iter().filter(|recipient| recipient.added).cloned();
    let added = known.chain(originals).collect();
    let sender_genuine = line::sender_is_genuine(&gathered);
    let next = Change {
        recipients,
        expect: &["held"],
        at: now.unix_millis(),
        by: String::new(),
        durable: true,
        judged: Some(Rejudged { after: judgements, judged, variants, sender_genuine, added }),
    };
    // Where another judgement came first it is looked at once more.
    if let Changed::Done(state) = line.mails().change(mail.tenant, mail.id, next).await? {
        line.queue().offer(&state, None);
    }
    Ok(())
}

fn is_held_for_the_same(before: &StateRecord, after: &StateRecord) -> bool {
    match (before, after) {
        (StateRecord::Held { why, .. }, StateRecord::Held { why: now, .. }) => why == now,
        _ => false,
    }
}

// A form that is known already is not kept twice, however often a mail is judged.
pub(super) fn place_of(form: VariantRecord, variants: &mut Vec<VariantRecord>) -> u16 {
    let at = variants.iter().position(|known| *known == form).unwrap_or_else(|| {
        variants.push(form);
        variants.len() - 1
    });
    u16::try_from(at).unwrap_or(u16::MAX)
}

// A copy that is still held stays so since the first time. `forms` are the places of the plan's forms among all.
fn change(
    at: u16,
    before: &RecipientRecord,
    (after, forms): (&RecipientRecord, &[u16]),
    now: Timestamp,
) -> RecipientChange {
    let state = match (&before.state, &after.state) {
        (StateRecord::Held { since, .. }, StateRecord::Held { why, .. }) => {
            StateRecord::Held { since: *since, next_attempt: next_look(*since, now), why: why.clone() }
        }
        (_, state) => state.clone(),
    };
    let event = match &state {
        StateRecord::Quarantined { .. } => "quarantined",
        StateRecord::Held { .. } => "held",
        StateRecord::Discarded => "discarded",
        _ => "judged",
    };
    RecipientChange {
        recipient: at,
        state,
        event: event.to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: form_of(after, forms),
    }
}

fn form_of(after: &RecipientRecord, forms: &[u16]) -> Option<u16> {
    after.variant.and_then(|variant| forms.get(usize::from(variant)).copied())
}

// Originals of copies that were changed just now take the next numbers.
fn numbered(first: usize, originals: &[RecipientRecord]) -> Vec<RecipientChange> {
    let numbers = u16::try_from(first).into_iter().flat_map(|first| first..u16::MAX);
    let changes = numbers.zip(originals).map(|(recipient, original)| RecipientChange {
        recipient,
        state: original.state.clone(),
        event: "quarantined".to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: original.variant,
    });
    changes.collect()
}

// The longer it is held, the longer the wait, up to a quarter of an hour.
pub(super) fn next_look(since: i64, now: Timestamp) -> i64 {
    let held_for = now.since(Timestamp::from_unix_millis(since));
    now.plus((held_for / 4).clamp(RETRY_WAIT, RETRY_WAIT_LONGEST)).unix_millis()
}
