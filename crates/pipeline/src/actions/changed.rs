//! Changes of what a copy says: made before the plan, once for all recipients whose rules ask for the same, in the order
//! rebuild, remove, disarm. The worker does what touches content.
//!
//! A message that two readers read in two ways is first rebuilt: what is changed in one reading would stay in the other.

use std::time::Duration;

use bytes::Bytes;
use mail::edit::{Edit, apply, prepend_fields};
use mail::message::Message;
use scan::action::Action;
use scan::content::Content;
use scan::decision::{Decision, Ruling};
use store::record::judged::DoneRecord;
use tokio::time::{Instant, timeout_at};
use worker::{FairKey, Opener};

use super::disarm::{self, Disarming};
use super::{is_delivered, rebuild, remove};
use crate::aside::Aside;

/// Bytes that changed forms of one mail may take in its record.
const FORMS_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Bytes of one line about what was done.
const DONE_BYTES_MAX: usize = 1_000;

/// Events of the journal about it.
pub(crate) mod event {
    pub(crate) const DISARMED: &str = "disarmed";
    pub(crate) const REMOVED: &str = "removed";
    pub(crate) const REBUILT: &str = "rebuilt";
    pub(crate) const NOT_CHANGED: &str = "not_changed";
}

/// What changes are made of.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) message: &'a Message,
    pub(crate) content: &'a Content,
    pub(crate) opener: &'a dyn Opener,
    pub(crate) key: FairKey,
    pub(crate) aside: &'a Aside,
    /// By which people ask for the original.
    pub(crate) reference: &'a str,
    /// For all forms; what takes longer is tried again later.
    pub(crate) time: Duration,
}

impl Work<'_> {
    /// Long work on a message gives others their turn.
    pub(super) async fn run<T>(&self, message: &Message, work: impl FnOnce() -> T) -> T {
        self.aside.run(self.key, message.raw().len(), work).await
    }
}

/// Makes the edits of arrival for a message.
pub(crate) type Arrival<'a> = dyn Fn(&Message) -> Vec<Edit> + Sync + 'a;

/// The changed forms that a decision asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Vec<(Vec<Action>, Form)>);

/// What became of one wish.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// It was done.
    Made(Box<Made>),
    /// It cannot be done, for this reason.
    Impossible(String),
    /// Nobody could try.
    NotNow,
}

/// A changed form.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// The message written anew, with the edits of arrival for it.
    pub(super) rebuilt: Option<(Message, Vec<Edit>)>,
    /// Against that, or else against the message as it came.
    pub(super) edits: Vec<Edit>,
    /// Event and words.
    pub(super) done: Vec<(&'static str, String)>,
    /// By which people ask for the original.
    reference: String,
}

/// Says in a changed copy what was done to it, and by which reference the original can be asked for.
const FIELD: &str = "X-Postern-Changed";
/// Where that is, and of whom it is asked: nothing else in a disarmed copy tells.
const KEPT: &str = "(the original is kept for 30 days: ask your mail administrators)";

/// Makes them.
pub(crate) async fn make(work: Work<'_>, decision: &Decision, arrival: &Arrival<'_>) -> Changes {
    let mut changes = Changes::default();
    let mut left = FORMS_BYTES_MAX;
    let end = Instant::now() + work.time;
    for ruling in decision.per_recipient.iter().filter(|ruling| is_delivered(ruling)) {
        let wish = wish(ruling);
        if wish.is_empty() || changes.of(&wish).is_some() {
            continue;
        }
        let made = timeout_at(end, form(work, &wish, arrival)).await;
        let form = match made.unwrap_or(Form::NotNow) {
            Form::Made(made) if made.bytes() > left => {
                Form::Impossible("the changed copy would be too large".to_owned())
            }
            form => form,
        };
        if let Form::Made(made) = &form {
            left = left.saturating_sub(made.bytes());
        }
        log(work.reference, &form);
        changes.0.push((wish, form));
    }
    changes
}

impl Changes {
    pub(super) fn of(&self, wish: &[Action]) -> Option<&Form> {
        self.0.iter().find(|(own, _)| own == wish).map(|(_, form)| form)
    }

    /// What was done to each recipient's copy, and what could not be.
    pub(crate) fn done(&self, decision: &Decision) -> Vec<DoneRecord> {
        let mut done = Vec::new();
        for (recipient, ruling) in (0..).zip(&decision.per_recipient).filter(|(_, ruling)| is_delivered(ruling)) {
            let record = |event: &str, detail: &str| DoneRecord {
                recipient,
                event: event.to_owned(),
                detail: detail.to_owned(),
            };
            match self.of(&wish(ruling)) {
                Some(Form::Made(made)) => done.extend(made.done.iter().map(|(event, words)| record(event, words))),
                Some(Form::Impossible(why)) => done.push(record(event::NOT_CHANGED, why)),
                Some(Form::NotNow) | None => {}
            }
        }
        done
    }
}

impl Made {
    /// The copy is another than the one that came.
    pub(super) fn is_changed(&self) -> bool {
        self.rebuilt.is_some() || !self.edits.is_empty()
    }

    // `disarmed, removed; ref=7zwaqnk2kd (the original is kept ...)`
    fn note(&self) -> String {
        let mut events: Vec<&str> = self.done.iter().map(|(event, _)| *event).collect();
        events.dedup();
        format!("{}; ref={} {KEPT}", events.join(", "), self.reference)
    }

    fn bytes(&self) -> usize {
        let rebuilt = self.rebuilt.as_ref().map_or(0, |(message, _)| message.raw().len());
        let edits = self.edits.iter().map(|edit| edit.replacement.len());
        edits.fold(rebuilt, usize::saturating_add)
    }

    /// All edits of the copy against the message as it came. `marks` are made for the message that is sent.
    pub(super) fn whole(
        &self,
        message: &Message,
        arrival: &[Edit],
        marks: &dyn Fn(&Message) -> Vec<Edit>,
    ) -> Option<Vec<Edit>> {
        let gathered = |arrival: &[Edit], base: &Message| {
            let mut edits = arrival.to_vec();
            edits.extend(self.edits.iter().cloned());
            edits.push(prepend_fields(base, &[(FIELD, &self.note())]));
            edits.extend(marks(base));
            edits.sort_by_key(|edit| edit.range.start);
            edits
        };
        match &self.rebuilt {
            None => Some(gathered(arrival, message)),
            Some((base, arrival)) => {
                let replacement = apply(base.raw(), &gathered(arrival, base)).ok()?;
                Some(vec![Edit { range: 0..message.raw().len(), replacement }])
            }
        }
    }
}

/// What a ruling asks for.
pub(super) fn wish(ruling: &Ruling) -> Vec<Action> {
    let mut wish: Vec<Action> = Vec::new();
    for action in ruling.actions.iter().filter(|action| action.changes_content()) {
        if !wish.contains(action) {
            wish.push(action.clone());
        }
    }
    wish
}

async fn form(work: Work<'_>, wish: &[Action], arrival: &Arrival<'_>) -> Form {
    let message = work.message;
    if message.is_cut() {
        return Form::Impossible("the message has more parts than are read".to_owned());
    }
    let mut done = Vec::new();
    let mut rebuilt = None;
    if wish.contains(&Action::Rebuild) || !message.ambiguities.is_empty() {
        let Some(anew) = work.run(message, || rebuild::message(message)).await else {
            return Form::Impossible("the message cannot be read in one way".to_owned());
        };
        // One that is in that form already stays.
        if anew.raw() != message.raw() {
            done.push((event::REBUILT, rebuild::words(message)));
            rebuilt = Some(anew);
        }
    }
    let base = rebuilt.as_ref().unwrap_or(message);
    let removes = wish.iter().filter_map(|action| if let Action::Remove(one) = action { Some(one) } else { None });
    let removes: Vec<_> = removes.collect();
    let removed = match work.run(base, || remove::chosen(base, work.content, &removes)).await {
        Ok(removed) => removed,
        Err(why) => return Form::Impossible(why),
    };
    let mut edits = remove::edits(base, &removed, work.reference);
    done.extend(removed.iter().map(|one| (event::REMOVED, one.words())));
    if wish.contains(&Action::Disarm) {
        let skipped: Vec<_> = removed.into_iter().map(|one| one.path).collect();
        match disarm::parts(base, &skipped, work).await {
            Disarming::Done { edits: own, words } => {
                edits.extend(own);
                done.extend(words.into_iter().map(|words| (event::DISARMED, words)));
            }
            Disarming::Impossible(why) => return Form::Impossible(why),
            Disarming::NotNow => return Form::NotNow,
        }
    }
    for (_, words) in &mut done {
        words.truncate(words.floor_char_boundary(DONE_BYTES_MAX));
    }
    let rebuilt = rebuilt.map(|base| {
        let edits = arrival(&base);
        (base, edits)
    });
    Form::Made(Box::new(Made { rebuilt, edits, done, reference: work.reference.to_owned() }))
}

fn log(reference: &str, form: &Form) {
    let (outcome, why) = match form {
        Form::Made(made) if made.is_changed() => ("made", ""),
        Form::Made(_) => ("nothing_to_do", ""),
        Form::Impossible(why) => ("impossible", why.as_str()),
        Form::NotNow => ("not_now", ""),
    };
    tracing::info!(
        stage = "carry_out",
        mail = %reference,
        event = "changed",
        outcome,
        why = &*mail::visible::visible(why)
    );
    metrics::counter!("postern_changed_copies_total", "outcome" => outcome).increment(1);
}

/// The line end of what is put into a message.
pub(super) fn lines(text: &str) -> Bytes {
    Bytes::from(text.replace('\n', "\r\n"))
}
