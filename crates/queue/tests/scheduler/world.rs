//! A queue over a store in memory, with a clock that is moved by hand and next hops that do as they are told.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use mail::timestamp::Timestamp;
use net::clock::{Clock, ManualClock};
use parking_lot::Mutex;
use queue::job::{Job, ReadyBody};
use queue::outcome::{Delivery, Outcome};
use queue::paused::Paused;
use queue::route::Routes;
use queue::scheduler::{Concurrency, Deliver, Parts, Queue};
use store::Mails;
use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;
use store::mails::{Change, Changed, MailState, NewBody, NewMail};
use store::memory::Memory;
use store::record::RecipientChange;
use store::record::mail::{EnvelopeRecord, RecipientRecord, StateRecord};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::trap::Trap;

pub(crate) const START: i64 = 1_795_000_000_000;
const LIMIT: Duration = Duration::from_secs(10);
/// Room in memory of each mail that is sent.
const ROOM_BYTES: u64 = 1024 * 1024;

/// What a destination does with an attempt.
#[derive(Clone)]
pub(crate) enum Answer {
    Says(Delivery),
    /// Says nothing until the gate opens.
    Waits(watch::Receiver<bool>, Delivery),
    Panics,
}

/// One attempt as the next hop saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) mail: MailId,
    pub(crate) domain: String,
    pub(crate) recipients: Vec<u16>,
    pub(crate) attempts: u16,
    pub(crate) has_bytes: bool,
}

#[derive(Default)]
struct Inner {
    answers: BTreeMap<String, Answer>,
    seen: Vec<Seen>,
    ended: usize,
    running: BTreeMap<String, usize>,
    running_max: BTreeMap<String, usize>,
    in_flight: HashSet<(MailId, u16)>,
    overlaps: usize,
    done: BTreeMap<(MailId, u16), usize>,
}

/// All next hops. They take everything unless told otherwise.
#[derive(Default)]
pub(crate) struct Hops(Mutex<Inner>);

impl Hops {
    pub(crate) fn answer(&self, domain: &str, answer: Answer) {
        self.0.lock().answers.insert(domain.to_owned(), answer);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.lock().seen.clone()
    }

    pub(crate) fn attempts(&self) -> usize {
        self.0.lock().seen.len()
    }

    pub(crate) fn running(&self, domain: &str) -> usize {
        self.0.lock().running.get(domain).copied().unwrap_or(0)
    }

    pub(crate) fn running_max(&self, domain: &str) -> usize {
        self.0.lock().running_max.get(domain).copied().unwrap_or(0)
    }

    pub(crate) fn overlaps(&self) -> usize {
        self.0.lock().overlaps
    }

    /// How often each copy was taken.
    pub(crate) fn done(&self) -> BTreeMap<(MailId, u16), usize> {
        self.0.lock().done.clone()
    }

    fn begin(&self, job: &Job) -> Answer {
        let mut inner = self.0.lock();
        for (recipient, _) in &job.recipients {
            if !inner.in_flight.insert((job.mail, *recipient)) {
                inner.overlaps += 1;
            }
        }
        let running = inner.running.entry(job.domain.clone()).or_default();
        *running += 1;
        let running = *running;
        let most = inner.running_max.entry(job.domain.clone()).or_default();
        *most = running.max(*most);
        inner.seen.push(Seen {
            mail: job.mail,
            domain: job.domain.clone(),
            recipients: job.recipients.iter().map(|(at, _)| *at).collect(),
            attempts: job.attempts,
            has_bytes: job.ready.is_some(),
        });
        inner.answers.get(&job.domain).cloned().unwrap_or(Answer::Says(Delivery::Done))
    }

    fn end(&self, job: &Job, result: Delivery) -> Vec<Outcome> {
        let mut inner = self.0.lock();
        inner.ended += 1;
        *inner.running.get_mut(&job.domain).unwrap() -= 1;
        let outcome = |recipient: u16| Outcome {
            recipient,
            result,
            peer: "mx.example [192.0.2.1]".to_owned(),
            reply: "as told".to_owned(),
            status: "4.2.0".to_owned(),
        };
        let mut outcomes = Vec::new();
        for (recipient, _) in &job.recipients {
            inner.in_flight.remove(&(job.mail, *recipient));
            if result == Delivery::Done {
                *inner.done.entry((job.mail, *recipient)).or_default() += 1;
            }
            outcomes.push(outcome(*recipient));
        }
        outcomes
    }
}

impl Deliver for Hops {
    fn attempt<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let result = match self.begin(job) {
                Answer::Says(result) => {
                    tokio::task::yield_now().await;
                    result
                }
                Answer::Waits(mut gate, result) => {
                    gate.wait_for(|open| *open).await.unwrap();
                    result
                }
                Answer::Panics => {
                    self.end(job, Delivery::Transient);
                    panic!("as told");
                }
            };
            self.end(job, result)
        })
    }
}

pub(crate) struct World {
    pub(crate) disk: FaultyDisk,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<Embedded>,
    pub(crate) trap: Arc<Trap>,
    pub(crate) hops: Arc<Hops>,
    pub(crate) queue: Arc<Queue>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(FaultyDisk::new(), Concurrency { per_destination_max: 5, total_max: 20 }, Routes::default()).await
    }

    pub(crate) async fn with(disk: FaultyDisk, concurrency: Concurrency, routes: Routes) -> Self {
        let options = OpenOptions { disk: Arc::new(disk.clone()), segment_bytes: 1 << 20, ..OpenOptions::new("/data") };
        let store = Embedded::open(options).await.unwrap();
        let trap = Arc::new(Trap::new(store.clone()));
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_millis(START)));
        let hops = Arc::new(Hops::default());
        let queue = Queue::new(Parts {
            mails: trap.clone(),
            clock: clock.clone(),
            deliver: hops.clone(),
            routes,
            paused: Arc::new(Paused::default()),
            hostname: "gate.example".to_owned(),
            concurrency,
        });
        let (stop, stopped) = watch::channel(false);
        let task = Some(tokio::spawn(Arc::clone(&queue).run(stopped)));
        Self { disk, clock, store, trap, hops, queue, stop, task }
    }

    /// Tells the queue to stop and does not wait for it.
    pub(crate) fn tell_to_stop(&self) {
        self.stop.send(true).unwrap();
    }

    pub(crate) fn has_stopped(&self) -> bool {
        self.task.as_ref().unwrap().is_finished()
    }

    /// Stops and gives the disk, for another start.
    pub(crate) async fn stop(mut self) -> FaultyDisk {
        self.tell_to_stop();
        self.task.take().unwrap().await.unwrap();
        self.store.close().await;
        self.disk
    }

    /// Stores a mail and says nothing to the queue.
    pub(crate) async fn put(&self, mail: NewMail) -> MailState {
        let id = mail.id;
        let state = MailState {
            id,
            tenant: mail.tenant,
            received_at: mail.received_at,
            sender: mail.sender.clone(),
            recipients: mail.recipients.clone(),
            size: 0,
            sender_genuine: mail.sender_genuine,
            eight_bit: false,
        };
        self.store.accept(mail).await.unwrap();
        self.state(id).unwrap_or(state)
    }

    /// Stores a mail and offers it with its bytes, as a session does.
    pub(crate) async fn send(&self, mail: NewMail) -> MailState {
        let NewBody::Inline(raw) = &mail.body else { panic!("bodies of these tests are short") };
        let ready = ReadyBody {
            raw: raw.clone(),
            variants: Vec::new(),
            room: std::sync::Arc::new(Memory::new(1 << 30).try_reserve(ROOM_BYTES).unwrap()),
        };
        let state = self.put(mail).await;
        self.queue.offer(&state, Some(ready));
        state
    }

    pub(crate) fn state(&self, mail: MailId) -> Option<MailState> {
        self.store.state(TenantId::DEFAULT, mail)
    }

    /// Sets the clock forward and wakes the queue without telling it anything.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.wake();
    }

    pub(crate) fn wake(&self) {
        let nothing = MailState {
            id: MailId::from_bytes([0; 16]),
            tenant: TenantId::DEFAULT,
            received_at: 0,
            sender: String::new(),
            recipients: Vec::new(),
            size: 0,
            sender_genuine: false,
            eight_bit: false,
        };
        self.queue.offer(&nothing, None);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().unix_millis()
    }

    /// Gives a recipient another state, as a person does.
    pub(crate) async fn change(&self, mail: MailId, recipient: u16, state: StateRecord) {
        let change = Change {
            recipients: vec![RecipientChange {
                recipient,
                state,
                event: "changed".to_owned(),
                peer: String::new(),
                reply: String::new(),
                variant: None,
            }],
            expect: &["queued", "quarantined"],
            at: self.now(),
            by: "admin".to_owned(),
            durable: true,
            judged: None,
        };
        let changed = self.store.change(TenantId::DEFAULT, mail, change).await.unwrap();
        assert!(matches!(changed, Changed::Done(_)));
    }

    /// Waits for something that the queue will do.
    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let looked = tokio::time::timeout(LIMIT, async {
            while !is_so(self) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        assert!(looked.await.is_ok(), "waited in vain for: {what}");
    }

    /// Until so many attempts have been made, and what they brought is written down.
    pub(crate) async fn until_ended(&self, attempts: usize) {
        self.until(&format!("{attempts} attempts"), |world| world.hops.0.lock().ended >= attempts).await;
        self.until("the queue to be done", Self::is_idle).await;
    }

    /// Nothing runs and nothing is due.
    pub(crate) fn is_idle(&self) -> bool {
        let running: usize = self.hops.0.lock().running.values().sum();
        let now = self.now();
        let mails = self.store.unfinished(TenantId::DEFAULT);
        let is_due =
            |state: &StateRecord| matches!(state, StateRecord::Queued { next_attempt, .. } if *next_attempt <= now);
        running == 0 && !mails.iter().flat_map(|mail| &mail.recipients).any(|recipient| is_due(&recipient.state))
    }

    /// Nothing happens, though there was time for it: what is asked of the store meanwhile was done.
    pub(crate) async fn nothing_happens(&self) {
        let before = self.hops.attempts();
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(self.hops.attempts(), before, "{:?}", self.hops.seen().last());
    }

    pub(crate) fn check_account(&self) -> store::mails::Account {
        let account = self.store.account(TenantId::DEFAULT);
        assert_eq!(account.difference(), 0, "{account:?}");
        account
    }
}

/// A mail for these recipients, each queued for a time behind the start, in milliseconds.
pub(crate) fn mail(number: u32, sender: &str, recipients: &[(&str, i64)]) -> NewMail {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id[15] = 1;
    let recipient = |(address, due): &(&str, i64)| RecipientRecord {
        address: (*address).to_owned(),
        outbound: false,
        state: StateRecord::Queued { attempts: 0, next_attempt: START + due },
        variant: None,
        groups: Vec::new(),
        added: false,
    };
    NewMail {
        id: MailId::from_bytes(id),
        tenant: TenantId::DEFAULT,
        received_at: START,
        sender: sender.to_owned(),
        recipients: recipients.iter().map(recipient).collect(),
        body: NewBody::Inline(Bytes::from_static(b"Subject: hello\r\nFrom: a@sender.example\r\n\r\nText\r\n")),
        variants: Vec::new(),
        judged: None,
        sender_genuine: true,
        envelope: EnvelopeRecord { client_ip: "192.0.2.9".to_owned(), ..EnvelopeRecord::default() },
    }
}

/// A gate that is closed.
pub(crate) fn gate() -> (watch::Sender<bool>, watch::Receiver<bool>) {
    watch::channel(false)
}
