//! A store with bugs, when told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use store::backends::embedded::Embedded;
use store::mails::{Account, BodyFile, Change, Changed, MailState, NewMail, SpoolWriter, SpooledBody, StoredMail};
use store::record::RefusalRecord;
use store::{Mails, StoreError};

/// Panics in this many of the next calls, then does what the store does.
pub(crate) struct Trap {
    store: Arc<Embedded>,
    pub(crate) accepts: AtomicUsize,
    pub(crate) changes: AtomicUsize,
    /// Looks at the list of what is held.
    pub(crate) held_looks: AtomicUsize,
}

impl Trap {
    pub(crate) fn new(store: Arc<Embedded>) -> Self {
        Self { store, accepts: AtomicUsize::new(0), changes: AtomicUsize::new(0), held_looks: AtomicUsize::new(0) }
    }
}

fn spring(left: &AtomicUsize) {
    let sprung = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    assert!(sprung.is_err(), "as told");
}

impl Mails for Trap {
    fn spool(&self) -> BoxFuture<'_, Result<Box<dyn SpoolWriter>, StoreError>> {
        self.store.spool()
    }

    fn spooled(&self, body: &SpooledBody) -> BoxFuture<'_, Result<Arc<dyn BodyFile>, StoreError>> {
        self.store.spooled(body)
    }

    fn accept(&self, mail: NewMail) -> BoxFuture<'_, Result<(), StoreError>> {
        spring(&self.accepts);
        self.store.accept(mail)
    }

    fn refuse(&self, refusal: RefusalRecord) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.refuse(refusal)
    }

    fn change(&self, tenant: TenantId, mail: MailId, change: Change) -> BoxFuture<'_, Result<Changed, StoreError>> {
        spring(&self.changes);
        self.store.change(tenant, mail, change)
    }

    fn state(&self, tenant: TenantId, mail: MailId) -> Option<MailState> {
        self.store.state(tenant, mail)
    }

    fn load(&self, tenant: TenantId, mail: MailId) -> BoxFuture<'_, Result<StoredMail, StoreError>> {
        self.store.load(tenant, mail)
    }

    fn unfinished(&self, tenant: TenantId) -> Vec<MailState> {
        self.store.unfinished(tenant)
    }

    fn held(&self, tenant: TenantId, now: i64, limit: usize) -> Vec<MailState> {
        self.held_looks.fetch_add(1, Ordering::SeqCst);
        self.store.held(tenant, now, limit)
    }

    fn tenants(&self) -> Vec<TenantId> {
        self.store.tenants()
    }

    fn account(&self, tenant: TenantId) -> Account {
        self.store.account(tenant)
    }

    fn has_room(&self, message_bytes_max: u64) -> bool {
        self.store.has_room(message_bytes_max)
    }

    fn is_healthy(&self) -> bool {
        self.store.is_healthy()
    }
}
