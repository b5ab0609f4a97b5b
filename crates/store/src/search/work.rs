//! What a batch of the log means for the files: pure, so that it is the same however often a batch is read.

use std::collections::{BTreeMap, HashMap};

use mail::id::MailId;

use super::day::Day;
use super::details::Details;
use super::fold::join_lines;
use super::schema::{Kind, number_of};
use super::sql::signed;
use crate::record::mail::{BodyRecord, MailRecord, StateRecord};
use crate::record::{ChangeRecord, JudgedRecord, Record, RefusalRecord};

/// 16 bytes of a mail id.
pub(super) type Id = [u8; 16];

/// Where a message's row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Whose file.
    pub(super) day: Day,
    /// Which row.
    pub(super) number: i64,
}

/// A row of `messages`.
#[derive(Debug)]
pub(super) struct MessageRow {
    pub(super) number: i64,
    pub(super) id: Id,
    pub(super) tenant: u32,
    pub(super) at: i64,
    pub(super) kind: Kind,
    pub(super) details: Details,
    pub(super) decision: String,
    pub(super) reason: String,
    pub(super) client: String,
}

/// A row of `states`.
#[derive(Debug)]
pub(super) struct StateRow {
    pub(super) message: i64,
    pub(super) recipient: u16,
    pub(super) state: i64,
    pub(super) since: i64,
    pub(super) sequence: i64,
}

/// A row of `events`.
#[derive(Debug)]
pub(super) struct EventRow {
    pub(super) message: i64,
    pub(super) sequence: i64,
    pub(super) part: i64,
    pub(super) at: i64,
    pub(super) event: String,
    pub(super) recipient: Option<u16>,
    pub(super) detail: String,
    pub(super) by: String,
}

/// Part numbers of events about the making of copies: past those of recipients, and of what is noted of the message.
const DONE_PART: i64 = 1 << 17;

/// A row of `judged`.
#[derive(Debug)]
pub(super) struct JudgedRow {
    pub(super) message: i64,
    pub(super) sequence: i64,
    pub(super) id: Id,
    pub(super) record: JudgedRecord,
    /// It is a later judgement, with the recipients that rules have added by then: the message's row changes.
    pub(super) again: Option<Vec<String>>,
}

/// What one day's file gets.
#[derive(Debug, Default)]
pub(super) struct DayWork {
    pub(super) messages: Vec<MessageRow>,
    pub(super) states: Vec<StateRow>,
    pub(super) events: Vec<EventRow>,
    pub(super) judged: Vec<JudgedRow>,
}

impl DayWork {
    /// Leaves out what a file with this cursor has already.
    pub(super) fn skip_to(&mut self, cursor: u64) {
        let cursor = signed(cursor);
        self.messages.retain(|row| row.number > cursor);
        self.states.retain(|row| row.sequence > cursor);
        self.events.retain(|row| row.sequence > cursor);
        self.judged.retain(|row| row.sequence > cursor);
    }

    /// Nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.states.is_empty() && self.events.is_empty() && self.judged.is_empty()
    }
}

/// A step of the quarantine list.
#[derive(Debug)]
pub(super) enum CopyStep {
    /// The copy lies in quarantine from now on.
    Put {
        /// Since, milliseconds.
        since: i64,
        /// Whose.
        tenant: u32,
        /// What is known of it; none: ask the day's file.
        details: Option<Box<Details>>,
    },
    /// It does not any more.
    Remove,
}

/// All that a batch brings.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// For the files of days, oldest first.
    pub(super) days: BTreeMap<Day, DayWork>,
    /// For the quarantine list: mail, recipient, sequence, step; in order.
    pub(super) copies: Vec<(Id, u16, u64, CopyStep)>,
    /// Mails judged again, with what is now known of them.
    pub(super) rejudged: Vec<(Id, u64, Details)>,
    /// Where each message of the batch stands.
    pub(super) places: HashMap<Id, Place>,
}

impl Work {
    /// Reads a batch. `known` says where the messages stand whose beginning is not in the batch.
    pub(super) fn of(records: Vec<(u64, Record)>, known: HashMap<Id, Place>) -> Self {
        let mut work = Self { places: known, ..Self::default() };
        for (sequence, record) in records {
            match record {
                Record::Mail(mail) => work.mail(sequence, *mail),
                Record::Refusal(refusal) => work.refusal(sequence, *refusal),
                Record::Change(change) => work.change(sequence, change),
                Record::Judged(again) => {
                    let place = work.place(again.mail, again.tenant, again.judged.at, sequence);
                    let details = Details::of_judged(&again.judged);
                    let added = again.added.into_iter().map(|recipient| recipient.address).collect();
                    work.rejudged.push((again.mail, sequence, details));
                    let row = JudgedRow {
                        message: place.number,
                        sequence: signed(sequence),
                        id: again.mail,
                        record: again.judged,
                        again: Some(added),
                    };
                    let file = work.days.entry(place.day).or_default();
                    file.events.extend(done(&row.record, (place.number, signed(sequence))));
                    file.judged.push(row);
                }
            }
        }
        work
    }

    fn mail(&mut self, sequence: u64, mail: MailRecord) {
        let number = signed(sequence);
        let day = Day::of(mail.received_at);
        // A mail that was moved in the log comes again: the file decides which row it has.
        self.places.entry(mail.id).or_insert(Place { day, number });
        let details = details_of_mail(&mail);
        let decision = decision_of_mail(&mail);
        let file = self.days.entry(day).or_default();
        for (index, recipient) in (0_u16..).zip(&mail.recipients) {
            let since = since_of(&recipient.state).unwrap_or(mail.received_at);
            let state = number_of(&recipient.state);
            file.states.push(StateRow { message: number, recipient: index, state, since, sequence: number });
            if !matches!(recipient.state, StateRecord::Queued { .. }) {
                file.events.push(first_event(&mail, sequence, index, &recipient.state));
            }
            if let StateRecord::Quarantined { since } = recipient.state {
                let step = CopyStep::Put { since, tenant: mail.tenant, details: Some(Box::new(details.clone())) };
                self.copies.push((mail.id, index, sequence, step));
            }
        }
        file.messages.push(MessageRow {
            number,
            id: mail.id,
            tenant: mail.tenant,
            at: mail.received_at,
            kind: Kind::Mail,
            details,
            decision: decision.to_owned(),
            reason: String::new(),
            client: mail.envelope.client_ip,
        });
        if let Some(record) = mail.judged {
            file.events.extend(done(&record, (number, number)));
            file.judged.push(JudgedRow { message: number, sequence: number, id: mail.id, record, again: None });
        }
    }

    fn refusal(&mut self, sequence: u64, refusal: RefusalRecord) {
        let number = signed(sequence);
        let day = Day::of(refusal.at);
        self.places.entry(refusal.id).or_insert(Place { day, number });
        let mut details = refusal.judged.as_ref().map(Details::of_judged).unwrap_or_default();
        details.sender.clone_from(&refusal.sender);
        details.recipients = refusal.recipients;
        let mut detail = format!("{} {} {} {}", refusal.stage, refusal.code, refusal.enhanced, refusal.reason);
        if refusal.count > 1 {
            detail.push_str(&format!(", {} like it", refusal.count));
        }
        let file = self.days.entry(day).or_default();
        file.events.push(EventRow {
            message: number,
            sequence: number,
            part: 0,
            at: refusal.at,
            event: "refused".into(),
            recipient: None,
            detail,
            by: String::new(),
        });
        file.messages.push(MessageRow {
            number,
            id: refusal.id,
            tenant: refusal.tenant,
            at: refusal.at,
            kind: if matches!(refusal.stage.as_str(), "data" | "content") {
                Kind::RefusedContent
            } else {
                Kind::RefusedEarly
            },
            details,
            decision: "refused".into(),
            reason: refusal.reason,
            client: refusal.client_ip,
        });
        if let Some(record) = refusal.judged {
            file.judged.push(JudgedRow { message: number, sequence: number, id: refusal.id, record, again: None });
        }
    }

    fn change(&mut self, sequence: u64, change: ChangeRecord) {
        let place = self.place(change.mail, change.tenant, change.at, sequence);
        let file = self.days.entry(place.day).or_default();
        for (part, changed) in (0_i64..).zip(change.recipients) {
            let step = match changed.state {
                StateRecord::Quarantined { since } => CopyStep::Put { since, tenant: change.tenant, details: None },
                _ => CopyStep::Remove,
            };
            self.copies.push((change.mail, changed.recipient, sequence, step));
            file.states.push(StateRow {
                message: place.number,
                recipient: changed.recipient,
                state: number_of(&changed.state),
                since: since_of(&changed.state).unwrap_or(change.at),
                sequence: signed(sequence),
            });
            let separator = if changed.peer.is_empty() || changed.reply.is_empty() { "" } else { ": " };
            file.events.push(EventRow {
                message: place.number,
                sequence: signed(sequence),
                part,
                at: change.at,
                event: changed.event,
                recipient: Some(changed.recipient),
                detail: format!("{}{separator}{}", changed.peer, changed.reply),
                by: change.by.clone(),
            });
        }
    }

    /// Where a message stands; one whose beginning is lost gets a row of the day on which it was heard of again.
    fn place(&mut self, id: Id, tenant: u32, at: i64, sequence: u64) -> Place {
        if let Some(place) = self.places.get(&id) {
            return *place;
        }
        let place = Place { day: Day::of(at), number: signed(sequence) };
        self.places.insert(id, place);
        self.days.entry(place.day).or_default().messages.push(MessageRow {
            number: place.number,
            id,
            tenant,
            at,
            kind: Kind::Beginningless,
            details: Details::default(),
            decision: String::new(),
            reason: String::new(),
            client: String::new(),
        });
        place
    }
}

/// The text of an id.
pub(super) fn text_of(id: Id) -> String {
    MailId::from_bytes(id).to_string()
}

fn details_of_mail(mail: &MailRecord) -> Details {
    let mut details = mail.judged.as_ref().map(Details::of_judged).unwrap_or_default();
    details.sender.clone_from(&mail.sender);
    details.recipients = mail.recipients.iter().map(|r| r.address.clone()).collect();
    details.size = match mail.body {
        BodyRecord::Inline { length } | BodyRecord::File { length, .. } => length,
    };
    details
}

fn decision_of_mail(mail: &MailRecord) -> &'static str {
    match &mail.judged {
        Some(judged) => decision_of(judged, Kind::Mail),
        None => super::schema::weightiest(mail.recipients.iter().map(|r| match r.state {
            StateRecord::Held { .. } => "hold",
            StateRecord::Quarantined { .. } => "quarantine",
            StateRecord::Discarded => "discard",
            _ => "deliver",
        })),
    }
}

/// The weightiest action of a judgement. For a mail that was taken, reject means quarantine and defer means hold.
pub(super) fn decision_of(judged: &JudgedRecord, kind: Kind) -> &'static str {
    let words = judged.rulings.iter().flat_map(|r| r.actions.iter().map(|a| a.word.as_str()));
    if kind != Kind::Mail {
        return super::schema::weightiest(words);
    }
    super::schema::weightiest(words.map(|word| match word {
        "reject" => "quarantine",
        "defer" => "hold",
        other => other,
    }))
}

fn since_of(state: &StateRecord) -> Option<i64> {
    match state {
        StateRecord::Held { since, .. } | StateRecord::Quarantined { since } => Some(*since),
        _ => None,
    }
}

fn first_event(mail: &MailRecord, sequence: u64, recipient: u16, state: &StateRecord) -> EventRow {
    EventRow {
        message: signed(sequence),
        sequence: signed(sequence),
        part: i64::from(recipient),
        at: since_of(state).unwrap_or(mail.received_at),
        event: state.word().to_owned(),
        recipient: Some(recipient),
        detail: if let StateRecord::Held { why, .. } = state { why.clone() } else { String::new() },
        by: String::new(),
    }
}

/// What rules did to copies.
fn done(record: &JudgedRecord, (message, sequence): (i64, i64)) -> Vec<EventRow> {
    let rows = (DONE_PART..).zip(&record.personal.done).map(|(part, done)| EventRow {
        message,
        sequence,
        part,
        at: record.at,
        event: done.event.clone(),
        recipient: Some(done.recipient),
        detail: done.detail.clone(),
        by: String::new(),
    });
    rows.collect()
}

/// Addresses as one column holds them: the place in the list is the recipient's number.
pub(super) fn recipients_column(recipients: &[String]) -> String {
    join_lines(recipients)
}
