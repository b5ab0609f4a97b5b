//! The account: every (mail, recipient) that came is in exactly one state.

use std::collections::BTreeMap;

use mail::envelope::TenantId;

use crate::log::upkeep::Totals;
use crate::mails::{Account, MailState};
use crate::record::mail::{RecipientRecord, StateRecord};

/// The accounts of all tenants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(BTreeMap<u32, Account>);

impl Ledger {
    pub(crate) fn of(&self, tenant: TenantId) -> Account {
        self.0.get(&tenant.0).copied().unwrap_or_default()
    }

    pub(crate) fn with_unfinished(&self) -> Vec<TenantId> {
        let some = self.0.iter().filter(|(_, account)| account.queued + account.held + account.quarantined > 0);
        some.map(|(tenant, _)| TenantId(*tenant)).collect()
    }

    pub(crate) fn accepted(&mut self, mail: &MailState, own: bool) {
        let account = self.0.entry(mail.tenant.0).or_default();
        for recipient in &mail.recipients {
            *(if own || recipient.added { &mut account.added } else { &mut account.accepted }) += 1;
            *place_of(account, &recipient.state) += 1;
        }
    }

    pub(crate) fn moved(&mut self, tenant: TenantId, before: &[RecipientRecord], after: &[RecipientRecord]) {
        let account = self.0.entry(tenant.0).or_default();
        for (old, new) in before.iter().zip(after) {
            let from = place_of(account, &old.state);
            *from = from.saturating_sub(1);
            *place_of(account, &new.state) += 1;
        }
        for new in after.iter().skip(before.len()) {
            account.added += 1;
            *place_of(account, &new.state) += 1;
        }
    }

    /// Adds what a change ended, and whom it added. Only totals are kept where this is used.
    pub(crate) fn add(&mut self, tenant: TenantId, delta: &Account) {
        let account = self.0.entry(tenant.0).or_default();
        account.added += delta.added;
        account.delivered += delta.delivered;
        account.bounced += delta.bounced;
        account.discarded += delta.discarded;
        account.deleted += delta.deleted;
    }

    pub(crate) fn damaged(&mut self, mail: &MailState) {
        let account = self.0.entry(mail.tenant.0).or_default();
        for recipient in mail.recipients.iter().filter(|recipient| !recipient.state.is_final()) {
            let from = place_of(account, &recipient.state);
            *from = from.saturating_sub(1);
            account.damaged += 1;
        }
    }

    pub(crate) fn totals(&self) -> Vec<Totals> {
        let all = self.0.iter();
        all.map(|(tenant, account)| Totals {
            tenant: *tenant,
            accepted: account.accepted,
            added: account.added,
            delivered: account.delivered,
            bounced: account.bounced,
            discarded: account.discarded,
            deleted: account.deleted,
        })
        .collect()
    }

    pub(crate) fn restore(&mut self, totals: &[Totals]) {
        for total in totals {
            let account = self.0.entry(total.tenant).or_default();
            account.accepted = total.accepted;
            account.added = total.added;
            account.delivered = total.delivered;
            account.bounced = total.bounced;
            account.discarded = total.discarded;
            account.deleted = total.deleted;
        }
    }

    /// Counts what is unfinished anew; what ended stays.
    pub(crate) fn recount<'a>(&mut self, mails: impl Iterator<Item = &'a MailState>) {
        for account in self.0.values_mut() {
            (account.queued, account.held, account.quarantined) = (0, 0, 0);
        }
        for mail in mails {
            let account = self.0.entry(mail.tenant.0).or_default();
            for recipient in mail.recipients.iter().filter(|recipient| !recipient.state.is_final()) {
                *place_of(account, &recipient.state) += 1;
            }
        }
    }

    /// Makes the sums agree. Says how many are damaged.
    pub(crate) fn balance(&mut self) -> u64 {
        let mut damaged = 0;
        for account in self.0.values_mut() {
            let came = account.accepted + account.added;
            let known = account.queued
                + account.held
                + account.quarantined
                + account.delivered
                + account.bounced
                + account.discarded
                + account.deleted;
            account.damaged = came.saturating_sub(known);
            // A change was lost with a damaged record and its mail is back: it came once more.
            account.accepted += known.saturating_sub(came);
            damaged += account.damaged;
        }
        damaged
    }
}

/// What a change adds to the totals.
pub(crate) fn moved(before: &[RecipientRecord], after: &[RecipientRecord]) -> Account {
    let mut delta = Account::default();
    for (old, new) in before.iter().zip(after) {
        if !old.state.is_final() && new.state.is_final() {
            *place_of(&mut delta, &new.state) += 1;
        }
    }
    for new in after.iter().skip(before.len()) {
        delta.added += 1;
        if new.state.is_final() {
            *place_of(&mut delta, &new.state) += 1;
        }
    }
    delta
}

fn place_of<'a>(account: &'a mut Account, state: &StateRecord) -> &'a mut u64 {
    match state {
        StateRecord::Queued { .. } => &mut account.queued,
        StateRecord::Held { .. } => &mut account.held,
        StateRecord::Quarantined { .. } => &mut account.quarantined,
        StateRecord::Delivered => &mut account.delivered,
        StateRecord::Bounced => &mut account.bounced,
        StateRecord::Discarded => &mut account.discarded,
        StateRecord::Deleted | StateRecord::Expired => &mut account.deleted,
    }
}
