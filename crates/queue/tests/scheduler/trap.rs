//! A store with bugs, when told, and a count of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use store::backends::embedded::Embedded;
use store::mails::{Account, BodyFile, Change, Changed, MailState, NewMail, SpoolWriter, SpooledBody, StoredMail};
use store::record::RefusalRecord;
use store::{Mails, StoreError};

/// Panics in this many of the next calls, then does what the store does.
pub(crate) struct Trap {
    store: Arc<Embedded>,
    pub(crate) changes: AtomicUsize,
    pub(crate) loads: AtomicUsize,
}

impl Trap {
    pub(crate) fn new(store: Arc<Embedded>) -> Self {
        Self { store, changes: AtomicUsize::new(0), loads: AtomicUsize::new(0) }
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
        spring(&self.loads);
        self.store.load(tenant, mail)
    }

    fn unfinished(&self, tenant: TenantId) -> Vec<MailState> {
        self.store.unfinished(tenant)
    }

    fn held(&self, tenant: TenantId, now: i64, limit: usize) -> Vec<MailState> {
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

/// Counts the panics that were caught on this thread, while it is the recorder there.
#[derive(Default)]
pub(crate) struct Panics(Arc<AtomicU64>);

impl Panics {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Recorder for Panics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if key.name() == "postern_panics_total" { Counter::from_arc(Arc::clone(&self.0)) } else { Counter::noop() }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
