//! Steps that only happen when the log is read at start.

use mail::id::MailId;

use super::{Effect, Entry, Index, Place};
use crate::record::mail::StateRecord;

impl Index {
    /// A copy stands for everything that came before it, there or not.
    pub(crate) fn replay_copy(&mut self, entry: Entry, place: Place) {
        let mail = entry.state.id;
        if let Some(known) = self.mails.get_mut(&mail) {
            known.state = entry.state;
            self.settle(Effect::Copy { mail }, place);
        } else {
            self.tally(place.generation).live += place.length;
            self.mails.insert(mail, Entry { place, ..entry });
        }
    }

    /// All states of a mail. The account knows of them from a checkpoint.
    pub(crate) fn replay_states(&mut self, mail: MailId, states: Vec<StateRecord>, generation: u64) {
        let Some(entry) = self.mails.get_mut(&mail) else { return };
        for (recipient, state) in entry.state.recipients.iter_mut().zip(states) {
            recipient.state = state;
        }
        self.restated(mail, generation);
    }

    /// A mail that is finished though its record was read.
    pub(crate) fn replay_finished(&mut self, mail: MailId, generation: u64) {
        if self.mails.contains_key(&mail) {
            self.finished(mail, generation);
        } else {
            self.still_finished(mail, generation);
        }
    }

    /// All was read: counts what is unfinished. Says how many recipients' copies are missing.
    pub(crate) fn replay_ends(&mut self) -> u64 {
        for ledger in [&mut self.ledger, &mut self.logged] {
            ledger.recount(self.mails.values().map(|entry| &entry.state));
        }
        self.balance()
    }
}
