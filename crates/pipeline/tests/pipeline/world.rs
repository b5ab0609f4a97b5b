//! A line whose disk, clock, worker and next hops do as they are told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use detect::Knowledge;
use futures_util::future::BoxFuture;
use lookup::{LookupSettings, Sources};
use mail::address::{Address, Domain, ReversePath};
use mail::edit::{Edit, apply};
use mail::envelope::{BodyType, Client, Direction, Envelope, Helo, Recipient, TenantId};
use mail::id::MailId;
use mail::timestamp::Timestamp;
use net::clock::{Clock, ManualClock};
use parking_lot::Mutex;
use pipeline::arrive::{Arrived, Arriving};
use pipeline::aside::Aside;
use pipeline::conclude::Policies;
use pipeline::line::{Line, LineSettings, Taken};
use pipeline::record::Versions;
use pipeline::rejudge;
use pipeline::replay::InForce;
use pipeline::scan_files::FileChecks;
use pipeline::stations::Stations;
use pipeline::trace_fields::Identity;
use policy::rules::Policy;
use queue::job::Job;
use queue::outcome::{Delivery, Outcome};
use queue::paused::Paused;
use queue::route::Routes;
use queue::scheduler::{Concurrency, Deliver, Parts, Queue};
use scan::weights::Weights;
use store::Mails;
use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;
use store::mails::{Account, Body, MailState};
use store::memory::Memory;
use store::record::mail::{StateRecord, VariantRecord};
use store::record::{JudgedRecord, Record, RefusalRecord};
use tokio::sync::watch;
use tokio::task::JoinSet;
use worker::{FairKey, InProcess, OpenError, Opened, Opener, Wanted};

use crate::journal::Rows;
use crate::trap::Trap;

pub(crate) const TENANT: TenantId = TenantId::DEFAULT;
const LIMIT: Duration = Duration::from_secs(10);

/// What the worker does with a message; in the end it opens it.
#[derive(Clone, Copy)]
pub(crate) enum Open {
    Hangs,
    /// Until it is let go.
    Waits,
    IsBusy,
    HasNoWorker,
    Panics,
}

/// A worker that does as told, then opens.
#[derive(Default)]
pub(crate) struct Worker {
    script: Mutex<VecDeque<Open>>,
    /// Nothing is disarmed while this says so.
    pub(crate) disarms_not: std::sync::atomic::AtomicBool,
    go: tokio::sync::Notify,
}

impl Worker {
    pub(crate) fn next(&self, script: &[Open]) {
        self.script.lock().extend(script);
    }

    /// What it was told and has not done yet.
    pub(crate) fn left(&self) -> usize {
        self.script.lock().len()
    }

    /// One that waits goes on.
    pub(crate) fn let_go(&self) {
        self.go.notify_one();
    }
}

impl Opener for Worker {
    fn open<'a>(
        &'a self,
        key: FairKey,
        request: unpack::Request,
        wanted: Wanted,
    ) -> BoxFuture<'a, Result<Opened, OpenError>> {
        let open = self.script.lock().pop_front();
        Box::pin(async move {
            match open {
                Some(Open::Hangs) => std::future::pending().await,
                Some(Open::Waits) => {
                    self.go.notified().await;
                    InProcess::default().open(key, request, wanted).await
                }
                Some(Open::IsBusy) => Err(OpenError::SlowLaneFull),
                Some(Open::HasNoWorker) => Err(OpenError::NoWorker),
                Some(Open::Panics) => panic!("as told"),
                None => InProcess::default().open(key, request, wanted).await,
            }
        })
    }

    fn disarm<'a>(
        &'a self,
        key: FairKey,
        request: unpack::Request,
    ) -> BoxFuture<'a, Result<Vec<unpack::disarm::Outcome>, OpenError>> {
        Box::pin(async move {
            if self.disarms_not.load(std::sync::atomic::Ordering::SeqCst) {
                return Err(OpenError::NoWorker);
            }
            InProcess::default().disarm(key, request).await
        })
    }
}

/// Next hops that take everything but at domains that were named; they keep the copies.
pub(crate) struct Hops {
    mails: Arc<dyn Mails>,
    refusing: Mutex<Vec<String>>,
    copies: Mutex<Vec<(String, String)>>,
}

impl Hops {
    pub(crate) fn refuse(&self, domain: &str) {
        self.refusing.lock().push(domain.to_owned());
    }

    /// Recipient and copy, in order of arrival. Bytes that are no UTF-8 are shown as one does.
    pub(crate) fn copies(&self) -> Vec<(String, String)> {
        self.copies.lock().clone()
    }

    async fn copy(&self, job: &Job) -> String {
        let (raw, variants) = match &job.ready {
            Some(ready) => (ready.raw.clone(), ready.variants.clone()),
            None => {
                let stored = self.mails.load(job.tenant, job.mail).await.unwrap();
                let raw = match stored.body {
                    Body::Inline(bytes) => bytes,
                    Body::File(file) => file.read(0, usize::try_from(file.length()).unwrap()).await.unwrap(),
                };
                (raw, stored.variants)
            }
        };
        copy(&raw, job.variant.map(|at| &variants[usize::from(at)]))
    }
}

impl Deliver for Hops {
    fn attempt<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let copy = self.copy(job).await;
            let result = if self.refusing.lock().contains(&job.domain) { Delivery::Permanent } else { Delivery::Done };
            let outcome = |(recipient, address): &(u16, String)| {
                if result == Delivery::Done {
                    self.copies.lock().push((address.clone(), copy.clone()));
                }
                Outcome {
                    recipient: *recipient,
                    result,
                    peer: "mx.example [192.0.2.1]".to_owned(),
                    reply: "as told".to_owned(),
                    status: "5.1.1".to_owned(),
                }
            };
            job.recipients.iter().map(outcome).collect()
        })
    }
}

/// The changed form of a message.
pub(crate) fn copy(raw: &Bytes, variant: Option<&VariantRecord>) -> String {
    let edit = |record: &store::record::mail::EditRecord| Edit {
        range: usize::try_from(record.start).unwrap()..usize::try_from(record.end).unwrap(),
        replacement: Bytes::from(record.replacement.clone()),
    };
    let edits: Vec<Edit> = variant.into_iter().flat_map(|variant| &variant.edits).map(edit).collect();
    String::from_utf8_lossy(&apply(raw, &edits).unwrap()).into_owned()
}

pub(crate) struct World {
    pub(crate) store: Arc<Embedded>,
    pub(crate) trap: Arc<Trap>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) worker: Arc<Worker>,
    pub(crate) hops: Arc<Hops>,
    pub(crate) line: Arc<Line>,
    /// Of other mail.
    pub(crate) journal: Arc<Rows>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl World {
    /// With this policy for everybody.
    pub(crate) async fn new(policy: &str) -> Self {
        Self::with(policy, Duration::from_secs(8), 64 << 20).await
    }

    pub(crate) async fn with(policy: &str, session_budget: Duration, memory_bytes: u64) -> Self {
        let options =
            OpenOptions { disk: Arc::new(FaultyDisk::new()), segment_bytes: 8 << 20, ..OpenOptions::new("/data") };
        let store = Embedded::open(options).await.unwrap();
        let clock = Arc::new(ManualClock::new(start()));
        let trap = Arc::new(Trap::new(store.clone()));
        let mails: Arc<dyn Mails> = trap.clone();
        let hops = Arc::new(Hops { mails: mails.clone(), refusing: Mutex::default(), copies: Mutex::default() });
        let worker = Arc::new(Worker::default());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let queue = Queue::new(Parts {
            mails: mails.clone(),
            clock: clock.clone(),
            deliver: hops.clone(),
            routes: Routes::default(),
            paused: Arc::new(Paused::default()),
            hostname: "gate.example".to_owned(),
            concurrency: Concurrency { per_destination_max: 5, total_max: 20 },
        });
        tasks.spawn(Arc::clone(&queue).run(stopped));
        let settings = LineSettings { identity: identity(), session_budget };
        let stations = stations(policy, clock.clone(), worker.clone());
        let line = Line::new(stations, mails, queue, Memory::new(memory_bytes), settings);
        Self { store, trap, clock, worker, hops, line, journal: Arc::default(), stop, tasks }
    }

    /// Lets held mail be judged again.
    pub(crate) fn judge_again(&mut self) {
        let (line, journal, clock) = (Arc::clone(&self.line), self.journal.clone(), self.clock.clone());
        self.tasks.spawn(rejudge::run(line, journal, clock, self.stop.subscribe()));
    }

    pub(crate) async fn take(&self, id: MailId, envelope: Envelope, raw: &[u8]) -> Taken {
        let arrived = self.arrived(raw).await;
        let taken = self.line.take(id, envelope, arrived).await;
        if let Taken::Rejected(record) | Taken::Deferred(record) | Taken::Overloaded(record) = &taken {
            self.store.refuse(RefusalRecord::clone(record)).await.unwrap();
        }
        taken
    }

    pub(crate) async fn arrived(&self, raw: &[u8]) -> Arrived {
        let mut arriving = Arriving::new(self.line.memory().clone());
        for piece in raw.chunks(10_000) {
            arriving.push(Bytes::copy_from_slice(piece), self.store.as_ref()).await.unwrap();
        }
        arriving.finish().await.unwrap()
    }

    pub(crate) fn state(&self, mail: MailId) -> MailState {
        self.store.state(TENANT, mail).expect("an unfinished mail")
    }

    /// The one refusal of the journal.
    pub(crate) async fn refusal(&self) -> RefusalRecord {
        let records = self.store.feed().read_from(0, 100).await.unwrap();
        let mut refusals = records.into_iter().filter_map(|(_, record)| match record {
            Record::Refusal(refusal) => Some(*refusal),
            _ => None,
        });
        let refusal = refusals.next().expect("a refusal");
        assert!(refusals.next().is_none(), "one refusal");
        refusal
    }

    /// All judgements of the journal, in order.
    pub(crate) async fn judgements(&self) -> Vec<JudgedRecord> {
        let records = self.store.feed().read_from(0, 100).await.unwrap();
        let judged = |(_, record)| match record {
            Record::Mail(mail) => mail.judged,
            Record::Judged(again) => Some(again.judged),
            Record::Refusal(refusal) => refusal.judged,
            Record::Change(_) => None,
        };
        records.into_iter().filter_map(judged).collect()
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().unix_millis()
    }

    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let looked = tokio::time::timeout(LIMIT, async {
            while !is_so(self) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        assert!(looked.await.is_ok(), "waited in vain for: {what}: {:?}", self.store.unfinished(TENANT));
    }

    pub(crate) fn check_account(&self) -> Account {
        let account = self.store.account(TENANT);
        assert_eq!(account.difference(), 0, "{account:?}");
        account
    }

    /// Ends the tasks.
    pub(crate) async fn stop(mut self) {
        self.stop.send(true).unwrap();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

pub(crate) fn start() -> Timestamp {
    Timestamp::parse("2026-11-25T21:00:00Z").unwrap()
}

pub(crate) fn identity() -> Identity {
    Identity { hostname: "gate.example".to_owned(), hop: "h0p".to_owned() }
}

/// Weights and this policy, which is called `default` whatever its name.
pub(crate) fn in_force(policy: &str) -> InForce {
    let text = policy::builtin::builtin(policy).unwrap_or(policy);
    let policy = Arc::new(Policy::parse("test.toml", text).unwrap_or_else(|error| panic!("{error}")));
    let name = policy::domains::DEFAULT_POLICY.to_owned();
    let policies = Policies { by_name: BTreeMap::from([(name, policy)]), ..Policies::default() };
    InForce { weights: Arc::new(Weights::parse(detect::WEIGHTS).unwrap()), policies }
}

pub(crate) fn stations(policy: &str, clock: Arc<ManualClock>, worker: Arc<Worker>) -> Stations {
    let in_force = in_force(policy);
    Stations {
        opener: worker,
        aside: Aside::new(2),
        file_checks: Arc::new(FileChecks::none(clock.clone())),
        pictures: None,
        known_files: Arc::default(),
        dns: None,
        sources: Arc::new(Sources::new(&LookupSettings::default())),
        clock,
        knowledge: Arc::new(Knowledge::built_in(vec![Domain::parse("corp.example").unwrap()]).unwrap()),
        questions: Stations::questions_of(&in_force),
        in_force,
        versions: Arc::new(Versions::default()),
    }
}

pub(crate) fn id(number: u8) -> MailId {
    MailId::from_bytes([number; 16])
}

/// From `ann@sender.example` at 192.0.2.9 to these: inbound at `corp.example`, else outbound.
pub(crate) fn envelope(recipients: &[&str]) -> Envelope {
    let recipient = |text: &&str| {
        let address = Address::parse(text).unwrap();
        let inbound = address.domain().as_str() == "corp.example";
        let direction = if inbound { Direction::Inbound } else { Direction::Outbound };
        Recipient { address, tenant: TENANT, direction, groups: Vec::new() }
    };
    Envelope {
        client: Client { ip: "192.0.2.9".parse().unwrap(), port: 4242, tls: None },
        helo: Helo { name: "mx.sender.example".to_owned(), extended: true },
        sender: ReversePath::Address(Address::parse("ann@sender.example").unwrap()),
        recipients: recipients.iter().map(recipient).collect(),
        received_at: start(),
        body: BodyType::SevenBit,
    }
}

/// An ordinary mail with this subject.
pub(crate) fn text(subject: &str) -> Vec<u8> {
    format!(
        "From: Ann <ann@sender.example>\r\nTo: Bob <bob@corp.example>\r\nSubject: {subject}\r\n\
         Date: Wed, 25 Nov 2026 20:59:00 +0000\r\nMessage-ID: <1@sender.example>\r\n\r\nShall we meet at ten?\r\n"
    )
    .into_bytes()
}

/// A program as attachment.
pub(crate) fn program() -> Vec<u8> {
    let head =
        text("the tool").split(|byte| *byte == b'\n').take(5).map(<[u8]>::to_vec).collect::<Vec<_>>().join(&b'\n');
    let mut mail = head;
    mail.extend_from_slice(
        b"\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n\
          --b\r\nContent-Type: application/octet-stream; name=\"tool.exe\"\r\n\
          Content-Disposition: attachment; filename=\"tool.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
          TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA=\r\n--b--\r\n",
    );
    mail
}

/// `queued`, `held not_judged` and so on, of each recipient.
pub(crate) fn words(mail: &MailState) -> Vec<String> {
    let word = |state: &StateRecord| match state {
        StateRecord::Held { why, .. } => format!("held {why}"),
        other => other.word().to_owned(),
    };
    mail.recipients.iter().map(|recipient| word(&recipient.state)).collect()
}
