//! Mail that is not finished, on the log.

use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use tokio::sync::oneshot;

use super::Embedded;
use super::body::{Spool, StoredBody, blocking, trouble, unreadable};
use crate::bodies::StrayGuard;
use crate::error::StoreError;
use crate::index::{Effect, Entry, Index, moved};
use crate::log::{Answer, Append, Core, Kind, Payload, ReadFault};
use crate::mails::{
    Account, Body, BodyFile, Change, Changed, MailState, Mails, NewBody, NewMail, Rejudged, SpoolWriter, SpooledBody,
    StoredMail, change_record, is_expected,
};
use crate::record::mail::BodyRecord;
use crate::record::{JudgedAgain, MailRecord, Record, RefusalRecord};

/// Inodes that must be free to accept mail.
const INODES_FREE_MIN: u64 = 16;
/// How often a mail that moved while it was read is looked for again.
const MOVES_MAX: u32 = 8;

impl Mails for Embedded {
    fn spool(&self) -> BoxFuture<'_, Result<Box<dyn SpoolWriter>, StoreError>> {
        let (log, turns) = (Arc::clone(&self.log), self.body_turns.clone());
        async move {
            if let Some(failure) = log.core.failure() {
                return Err(failure);
            }
            let spool = blocking(move || {
                let writer = log.core.bodies.create().map_err(|error| trouble(&log, "making a body", &error))?;
                Ok(Spool { log, turns, writer: Some(writer) })
            });
            Ok(Box::new(spool.await?) as Box<dyn SpoolWriter>)
        }
        .boxed()
    }

    fn spooled(&self, body: &SpooledBody) -> BoxFuture<'_, Result<Arc<dyn BodyFile>, StoreError>> {
        let (log, name, length) = (Arc::clone(&self.log), body.name.clone(), body.length);
        let work = move || {
            let file = log.core.bodies.reopen(&name).map_err(|error| unreadable("a body", &error))?;
            Ok(Arc::new(StoredBody { file, length }) as Arc<dyn BodyFile>)
        };
        blocking(work).boxed()
    }

    fn accept(&self, mail: NewMail) -> BoxFuture<'_, Result<(), StoreError>> {
        accept(&self.log.core, mail).boxed()
    }

    fn refuse(&self, refusal: RefusalRecord) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let payload = Payload::records(&[Record::Refusal(Box::new(refusal))], Bytes::new())?;
            self.log.core.append_and_wait(records(payload, false, Effect::None, Answer::Written)).await
        }
        .boxed()
    }

    fn change(&self, tenant: TenantId, mail: MailId, change: Change) -> BoxFuture<'_, Result<Changed, StoreError>> {
        self.log.core.change(tenant, mail, change).boxed()
    }

    fn state(&self, tenant: TenantId, mail: MailId) -> Option<MailState> {
        self.log.core.index.lock().find(tenant, mail).map(|entry| entry.state.clone())
    }

    fn load(&self, tenant: TenantId, mail: MailId) -> BoxFuture<'_, Result<StoredMail, StoreError>> {
        let log = Arc::clone(&self.log);
        blocking(move || log.core.load(tenant, mail)).boxed()
    }

    fn unfinished(&self, tenant: TenantId) -> Vec<MailState> {
        let mut all: Vec<MailState> = {
            let index = self.log.core.index.lock();
            let mine = index.entries().filter(|(_, entry)| entry.state.tenant == tenant);
            mine.map(|(_, entry)| entry.state.clone()).collect()
        };
        all.sort_by_key(|mail| (mail.received_at, mail.id));
        all
    }

    fn held(&self, tenant: TenantId, now: i64, limit: usize) -> Vec<MailState> {
        let index = self.log.core.index.lock();
        let mine = index.entries().filter(|(_, entry)| entry.state.tenant == tenant);
        let mut due: Vec<&MailState> =
            mine.map(|(_, entry)| &entry.state).filter(|mail| mail.is_held_and_due(now)).collect();
        due.sort_by_key(|mail| (mail.received_at, mail.id));
        due.into_iter().take(limit).cloned().collect()
    }

    fn tenants(&self) -> Vec<TenantId> {
        self.log.core.index.lock().tenants()
    }

    fn account(&self, tenant: TenantId) -> Account {
        self.log.core.index.lock().account(tenant)
    }

    fn has_room(&self, message_bytes_max: u64) -> bool {
        let wanted = message_bytes_max.saturating_add(message_bytes_max / 2);
        // A disk that does not even say is not one to trust mail to.
        self.disk.free_space(&self.folder).is_ok_and(|free| free.bytes >= wanted && free.inodes >= INODES_FREE_MIN)
    }

    fn is_healthy(&self) -> bool {
        !self.log.core.is_failed()
    }
}

async fn accept(core: &Core, mail: NewMail) -> Result<(), StoreError> {
    let state = MailState {
        id: mail.id,
        tenant: mail.tenant,
        received_at: mail.received_at,
        sender: mail.sender.clone(),
        recipients: mail.recipients.clone(),
        size: match &mail.body {
            NewBody::Inline(bytes) => bytes.len() as u64,
            NewBody::Spooled(spooled) => spooled.length,
        },
        sender_genuine: mail.sender_genuine,
        eight_bit: mail.envelope.eight_bit,
    };
    let (body, bytes, guard) = match mail.body {
        NewBody::Inline(bytes) => (BodyRecord::Inline { length: bytes.len() as u64 }, bytes, None),
        NewBody::Spooled(spooled) => {
            let sha256 = spooled.sha256.to_vec();
            (BodyRecord::File { name: spooled.name, length: spooled.length, sha256 }, Bytes::new(), Some(spooled.guard))
        }
    };
    let body_file = match &body {
        BodyRecord::File { name, .. } => Some(name.clone()),
        BodyRecord::Inline { .. } => None,
    };
    let finishes = state.is_finished();
    let entry = Entry::new(state, mail.envelope.client_ip.is_empty(), body_file);
    let record = MailRecord {
        id: *mail.id.as_bytes(),
        tenant: mail.tenant.0,
        received_at: mail.received_at,
        sender: mail.sender,
        recipients: mail.recipients,
        body,
        variants: mail.variants,
        judged: mail.judged,
        sender_genuine: mail.sender_genuine,
        envelope: mail.envelope,
    };
    let payload = Payload::records(&[Record::Mail(Box::new(record))], bytes)?;
    // From here on the record may be on disk, whatever becomes of this call.
    arm(guard.as_ref(), false);
    let effect = Effect::Accept(Box::new(entry));
    let accepted = core.append_and_wait(records(payload, finishes, effect, Answer::Durable)).await;
    if matches!(accepted, Err(StoreError::Full | StoreError::Closed | StoreError::TooLarge(_))) {
        arm(guard.as_ref(), true);
    }
    accepted
}

fn arm(guard: Option<&Arc<dyn Any + Send + Sync>>, armed: bool) {
    if let Some(guard) = guard.and_then(|guard| guard.downcast_ref::<StrayGuard>()) {
        guard.arm(armed);
    }
}

fn records(payload: Payload, finishes: bool, effect: Effect, answer: Answer) -> Append {
    Append { payload, kind: Kind::Records, finishes, effect, answer, done: None }
}

/// What one try of a change brought.
enum Try {
    Conflict(MailState),
    /// Another change is on its way to disk.
    Busy,
    Sent(MailState, oneshot::Receiver<Result<(), StoreError>>),
}

impl Core {
    async fn change(&self, tenant: TenantId, mail: MailId, change: Change) -> Result<Changed, StoreError> {
        let mut list = Vec::with_capacity(2);
        if let Some(Rejudged { judged, variants, sender_genuine, added, .. }) = &change.judged {
            list.push(Record::Judged(Box::new(JudgedAgain {
                mail: *mail.as_bytes(),
                tenant: tenant.0,
                judged: judged.clone(),
                variants: Some(variants.clone()),
                sender_genuine: Some(*sender_genuine),
                added: added.clone(),
            })));
        }
        list.push(Record::Change(change_record(tenant, mail, &change)));
        let payload = Payload::records(&list, Bytes::new())?;
        loop {
            // Made before the look, so that an end between look and wait is not missed.
            let settled = self.settled.notified();
            match self.try_change(tenant, mail, &change, &payload)? {
                Try::Conflict(state) => return Ok(Changed::Conflict(state)),
                Try::Busy => settled.await,
                Try::Sent(state, answer) => {
                    answer.await.unwrap_or(Err(StoreError::Closed))?;
                    return Ok(Changed::Done(state));
                }
            }
        }
    }

    /// Looks and appends under one lock: nothing can come between.
    fn try_change(
        &self,
        tenant: TenantId,
        mail: MailId,
        change: &Change,
        payload: &Payload,
    ) -> Result<Try, StoreError> {
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        let mut index = self.index.lock();
        let Some(entry) = index.find_mut(tenant, mail) else { return Err(StoreError::NoMail(mail.to_string())) };
        if entry.busy {
            return Ok(Try::Busy);
        }
        let now = &entry.state;
        let mut next = now.clone();
        next.change(&change.recipients, change.judged.as_ref().map(|again| (again.sender_genuine, &*again.added)));
        let fits = change.recipients.iter().all(|wish| match now.recipients.get(usize::from(wish.recipient)) {
            Some(now) => !now.state.is_final() && is_expected(&now.state, change.expect),
            None => next.recipients.get(usize::from(wish.recipient)).is_some_and(|new| new.state == wish.state),
        });
        let is_of_the_last = change.judged.as_ref().is_none_or(|again| again.after == entry.judgements);
        if !fits || !is_of_the_last {
            return Ok(Try::Conflict(now.clone()));
        }
        let answer = self.send_change(&mut index, &next, change, payload)?;
        Ok(Try::Sent(next, answer))
    }

    fn send_change(
        &self,
        index: &mut Index,
        next: &MailState,
        change: &Change,
        payload: &Payload,
    ) -> Result<oneshot::Receiver<Result<(), StoreError>>, StoreError> {
        let (mail, tenant) = (next.id, next.tenant);
        let Some(entry) = index.find_mut(tenant, mail) else { return Err(StoreError::NoMail(mail.to_string())) };
        let delta = Box::new(moved(&entry.state.recipients, &next.recipients));
        let finishes = next.is_finished();
        let later = change.durable.then(|| Box::new(next.clone()));
        let effect = Effect::Change { mail, tenant, next: later, delta, finishes, rejudged: change.judged.is_some() };
        let answer = if change.durable { Answer::Durable } else { Answer::Written };
        let mut append = records(payload.clone(), finishes, effect, answer);
        let (done, receiver) = oneshot::channel();
        append.done = Some(done);
        self.append(append).map_err(|(_, error)| error)?;
        if change.durable {
            entry.busy = true;
        } else {
            index.change_now(mail, next.clone());
        }
        Ok(receiver)
    }

    /// Blocks.
    fn load(&self, tenant: TenantId, mail: MailId) -> Result<StoredMail, StoreError> {
        let missing = || StoreError::NoMail(mail.to_string());
        let find = || self.index.lock().find(tenant, mail).map(|entry| (entry.place, entry.rejudged, entry.judgements));
        let mut places = find().ok_or_else(missing)?;
        let mut moves = 0;
        let (record, bytes) = loop {
            match self.read_mail(places.0, places.1) {
                Ok(read) => break read,
                Err(ReadFault::Disk(error)) => return Err(unreadable(&format!("mail {mail}"), &error)),
                Err(ReadFault::NotThere(why, bytes)) => {
                    let now = find().ok_or_else(missing)?;
                    moves += 1;
                    if now == places || moves > MOVES_MAX {
                        return Err(self.set_mail_aside(mail, &bytes, &why));
                    }
                    places = now;
                }
            }
        };
        let body = match &record.body {
            BodyRecord::Inline { .. } => Body::Inline(bytes),
            BodyRecord::File { name, length, sha256 } => {
                match self.bodies.open(name, *length, sha256).map_err(|error| unreadable("a body", &error))? {
                    Ok(file) => Body::File(Arc::new(StoredBody { file, length: *length })),
                    Err(why) => {
                        // Finished meanwhile: its body has gone rightly.
                        find().ok_or_else(missing)?;
                        let content = minicbor::to_vec(&record).unwrap_or_default();
                        return Err(self.set_mail_aside(mail, &content, &why));
                    }
                }
            }
        };
        let state = self.index.lock().find(tenant, mail).map(|entry| entry.state.clone()).ok_or_else(missing)?;
        let (envelope, variants, judged) = (record.envelope, record.variants, record.judged);
        Ok(StoredMail { state, envelope, variants, judged, judgements: places.2, body })
    }
}
