//! What is known of unfinished mail without reading the log: states, where each record lies, what each segment still
//! holds, and the account. Rebuilt from the log at start by the same steps that keep it while the log is written.

mod account;
mod entry;
mod replay;
mod tally;

use std::collections::{BTreeMap, HashMap};

use mail::envelope::TenantId;
use mail::id::MailId;

use crate::log::upkeep::Totals;
use crate::mails::Account;

pub(crate) use self::account::{Ledger, moved};
pub(crate) use self::entry::{Effect, Entry, Place};
pub(crate) use self::tally::Tally;

/// All unfinished mail, behind one lock that is never held while the disk is waited for.
#[derive(Default)]
pub(crate) struct Index {
    mails: HashMap<MailId, Entry>,
    /// What callers see.
    ledger: Ledger,
    /// What the log says so far: a change that waits to be written is not in it.
    logged: Ledger,
    segments: BTreeMap<u64, Tally>,
}

impl Index {
    /// An unfinished mail of this tenant.
    pub(crate) fn find(&self, tenant: TenantId, mail: MailId) -> Option<&Entry> {
        self.mails.get(&mail).filter(|entry| entry.state.tenant == tenant && !entry.finished)
    }

    pub(crate) fn find_mut(&mut self, tenant: TenantId, mail: MailId) -> Option<&mut Entry> {
        self.mails.get_mut(&mail).filter(|entry| entry.state.tenant == tenant && !entry.finished)
    }

    /// Whosever it is, finished or not.
    pub(crate) fn any_mut(&mut self, mail: MailId) -> Option<&mut Entry> {
        self.mails.get_mut(&mail)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&MailId, &Entry)> {
        self.mails.iter().filter(|(_, entry)| !entry.finished)
    }

    pub(crate) fn account(&self, tenant: TenantId) -> Account {
        self.ledger.of(tenant)
    }

    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        self.ledger.with_unfinished()
    }

    pub(crate) fn totals(&self) -> Vec<Totals> {
        self.logged.totals()
    }

    pub(crate) const fn segments(&self) -> &BTreeMap<u64, Tally> {
        &self.segments
    }

    pub(crate) fn tally(&mut self, generation: u64) -> &mut Tally {
        self.segments.entry(generation).or_default()
    }

    /// The account as a checkpoint kept it: what is unfinished stays as it was counted.
    pub(crate) fn restore(&mut self, totals: &[Totals]) {
        self.ledger.restore(totals);
        self.logged.restore(totals);
    }

    /// Makes the sums agree after damage: what came and is nowhere is damaged. Says how many.
    fn balance(&mut self) -> u64 {
        self.logged.balance();
        self.ledger.balance()
    }

    /// A change that need not be durable is true at once; its record follows.
    pub(crate) fn change_now(&mut self, mail: MailId, next: crate::mails::MailState) {
        let Some(entry) = self.mails.get_mut(&mail) else { return };
        self.ledger.moved(next.tenant, &entry.state.recipients, &next.recipients);
        entry.finished = next.recipients.iter().all(|recipient| recipient.state.is_final());
        entry.state = next;
    }

    /// Takes a mail out that cannot be read any more. Its recipients count as damaged.
    pub(crate) fn set_aside(&mut self, mail: MailId) -> Option<Entry> {
        let entry = self.mails.remove(&mail)?;
        self.ledger.damaged(&entry.state);
        self.logged.damaged(&entry.state);
        self.tally(entry.place.generation).live -= entry.place.length;
        self.unpin(&entry.pins);
        Some(entry)
    }

    /// An entry of the log stands at `place`: what it did is now in the log. Gives back the file of the body when that is
    /// not needed any more.
    pub(crate) fn settle(&mut self, effect: Effect, place: Place) -> Option<String> {
        match effect {
            Effect::None | Effect::Checkpoint => None,
            Effect::Accept(entry) => self.accepted(*entry, place),
            Effect::Change { mail, tenant, next, delta, finishes, rejudged } => {
                self.logged.add(tenant, &delta);
                if let Some(next) = next {
                    self.change_now(mail, *next);
                    self.release(mail);
                }
                if rejudged && let Some(entry) = self.mails.get_mut(&mail) {
                    entry.rejudged = Some(place);
                    entry.judgements = entry.judgements.saturating_add(1);
                }
                if finishes { self.finished(mail, place.generation) } else { self.pin(mail, place.generation) }
            }
            Effect::Copy { mail } => {
                self.copied(mail, place);
                None
            }
            Effect::States { mails } => {
                for mail in mails {
                    self.restated(mail, place.generation);
                }
                None
            }
            Effect::Finished { mails } => {
                for mail in mails {
                    self.still_finished(mail, place.generation);
                }
                None
            }
        }
    }

    /// An entry was not written and never will be.
    pub(crate) fn undo(&mut self, effect: &Effect) {
        if let Effect::Change { mail, next: Some(_), .. } = effect {
            self.release(*mail);
        }
    }

    fn release(&mut self, mail: MailId) {
        if let Some(entry) = self.mails.get_mut(&mail) {
            entry.busy = false;
        }
    }

    fn accepted(&mut self, mut entry: Entry, place: Place) -> Option<String> {
        if self.mails.contains_key(&entry.state.id) {
            return None;
        }
        self.ledger.accepted(&entry.state, entry.own);
        self.logged.accepted(&entry.state, entry.own);
        if entry.state.recipients.iter().all(|recipient| recipient.state.is_final()) {
            return entry.body_file;
        }
        entry.place = place;
        self.tally(place.generation).live += place.length;
        self.mails.insert(entry.state.id, entry);
        None
    }

    /// The change of a mail whose record stands elsewhere is needed as long as that record is.
    fn pin(&mut self, mail: MailId, generation: u64) -> Option<String> {
        let entry = self.mails.get_mut(&mail)?;
        if entry.place.generation != generation && !entry.pins.contains(&generation) {
            entry.pins.push(generation);
            self.tally(generation).pins += 1;
        }
        None
    }

    fn unpin(&mut self, pins: &[u64]) {
        for generation in pins {
            if let Some(tally) = self.segments.get_mut(generation) {
                tally.pins -= 1;
            }
        }
    }

    /// The end of a mail is needed as long as any segment holds its beginning.
    fn finished(&mut self, mail: MailId, generation: u64) -> Option<String> {
        let entry = self.mails.remove(&mail)?;
        self.tally(entry.place.generation).live -= entry.place.length;
        self.unpin(&entry.pins);
        let mut holds = 0;
        for held in entry.copies.iter().chain([&entry.place.generation]) {
            if *held != generation
                && let Some(tally) = self.segments.get_mut(held)
            {
                tally.finished.insert(mail, generation);
                holds += 1;
            }
        }
        self.tally(generation).holds += holds;
        entry.body_file
    }

    fn copied(&mut self, mail: MailId, place: Place) {
        let Some(entry) = self.mails.get_mut(&mail) else { return };
        let old = std::mem::replace(&mut entry.place, place);
        let pins = std::mem::take(&mut entry.pins);
        entry.rejudged = None;
        if old.generation != place.generation {
            entry.copies.push(old.generation);
        }
        self.unpin(&pins);
        self.tally(old.generation).live -= old.length;
        self.tally(place.generation).live += place.length;
    }

    fn restated(&mut self, mail: MailId, generation: u64) {
        let Some(entry) = self.mails.get_mut(&mail) else { return };
        let kept = entry.rejudged.map(|place| place.generation);
        let (kept, gone): (Vec<u64>, Vec<u64>) = entry.pins.iter().partition(|pin| Some(**pin) == kept);
        entry.pins = kept;
        self.unpin(&gone);
        self.pin(mail, generation);
    }

    fn still_finished(&mut self, mail: MailId, generation: u64) {
        let mut moved = Vec::new();
        for tally in self.segments.values_mut() {
            if let Some(held) = tally.finished.get_mut(&mail) {
                moved.push(std::mem::replace(held, generation));
            }
        }
        for old in &moved {
            self.tally(*old).holds -= 1;
        }
        self.tally(generation).holds += moved.len() as u64;
    }

    /// The segment is gone, and with it every need for the ends of its mails.
    pub(crate) fn forget_segment(&mut self, generation: u64) {
        let Some(tally) = self.segments.remove(&generation) else { return };
        for held in tally.finished.values() {
            if let Some(other) = self.segments.get_mut(held) {
                other.holds -= 1;
            }
        }
    }
}
