//! From a message that has arrived to the reply: process, settle one reply for all recipients, carry out. The reply comes
//! after the disk has said that it has the message; what is accepted is offered to the queue at once.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::FutureExt as _;
use mail::envelope::{Direction, Envelope, Recipient, TenantId};
use mail::id::MailId;
use mail::message::Message;
use mail::timestamp::Timestamp;
use mail::visible::visible;
use policy::decide::{Attempt, after_accept};
use policy::reconcile::{SessionReply, reconcile};
use queue::job::ReadyBody;
use queue::scheduler::Queue;
use scan::ScanId;
use scan::content::Content;
use scan::decision::Decision;
use store::mails::{NewBody, NewMail};
use store::memory::Memory;
use store::record::judged::DoneRecord;
use store::record::mail::StateRecord;
use store::record::{JudgedRecord, RefusalRecord};
use store::{Mails, StoreError};
use worker::FairKey;

use crate::actions::changed::{self, Work};
use crate::actions::{self, Plan};
use crate::arrive::Arrived;
use crate::caught::{caught, process_caught};
use crate::features;
use crate::given::Given;
use crate::open::Wait;
use crate::process::{Incoming, Processed};
use crate::read_back::read_back;
use crate::record;
use crate::scan_files;
use crate::stations::Stations;
use crate::trace_fields::{self, Identity};

/// What became of a message, for the reply.
#[derive(Debug)]
pub enum Taken {
    /// 250: it is on disk.
    Accepted,
    /// 5xx: nothing is kept but this record, for the journal.
    Rejected(Box<RefusalRecord>),
    /// 451: the sender tries again. The same record.
    Deferred(Box<RefusalRecord>),
    /// 451: there is too much to do, the sender tries again. The same record.
    Overloaded(Box<RefusalRecord>),
    /// It has been here before.
    Loop,
    /// Our own trouble.
    Failed(StoreError),
    /// A bug of ours; nothing is kept.
    Panicked,
}

/// How often a message's bytes lie in memory while it is judged: raw, decoded, on the way to the worker, in the worker.
pub(crate) const COPIES_OF_A_MESSAGE: u64 = 4;
/// Bytes of a large message's beginning in which trace fields are looked for.
const TRACE_BYTES_MAX: usize = 256 * 1024;

// As the journal notes it; the session says the same code with the reference.
struct Refused {
    code: u16,
    enhanced: &'static str,
    reason: &'static str,
}

const REJECTED: Refused = Refused { code: 550, enhanced: "5.7.1", reason: "content_refused" };
const DEFERRED: Refused = Refused { code: 451, enhanced: "4.7.1", reason: "check_down" };
const OVERLOADED: Refused = Refused { code: 451, enhanced: "4.3.2", reason: "overloaded" };

/// The line with the store before it and the queue behind it.
pub struct Line {
    stations: ArcSwap<Stations>,
    mails: Arc<dyn Mails>,
    queue: Arc<Queue>,
    memory: Memory,
    identity: Identity,
    session_budget: Duration,
}

impl Line {
    /// Puts a line together.
    #[must_use]
    pub fn new(
        stations: Stations,
        mails: Arc<dyn Mails>,
        queue: Arc<Queue>,
        memory: Memory,
        settings: LineSettings,
    ) -> Arc<Self> {
        let LineSettings { identity, session_budget } = settings;
        Arc::new(Self { stations: ArcSwap::from_pointee(stations), mails, queue, memory, identity, session_budget })
    }

    /// Other settings are in force for the next message.
    pub fn set_stations(&self, stations: Stations) {
        self.stations.store(Arc::new(stations));
    }

    /// What is in force.
    #[must_use]
    pub fn stations(&self) -> Arc<Stations> {
        self.stations.load_full()
    }

    /// Takes a message. If judging outlasts the in-session budget, or there is no room for it in memory, it is accepted and
    /// held until it is judged.
    pub async fn take(&self, id: MailId, envelope: Envelope, arrived: Arrived) -> Taken {
        let tenant = tenant_of(&envelope);
        // Nothing that it changes outlives it but what is in the store, and that is asked.
        if let Ok(taken) = AssertUnwindSafe(self.carry(id, envelope, arrived)).catch_unwind().await {
            return taken;
        }
        metrics::counter!("postern_panics_total").increment(1);
        tracing::error!(mail = %id.reference(), "a panic while a message was carried out");
        let Some(kept) = self.mails.state(tenant, id) else { return Taken::Panicked };
        caught(|| self.queue.offer(&kept, None));
        Taken::Accepted
    }

    async fn carry(&self, id: MailId, envelope: Envelope, arrived: Arrived) -> Taken {
        let start = match self.header_of(&arrived).await {
            Ok(start) if trace_fields::is_loop(&start, &self.identity) => return Taken::Loop,
            Ok(start) => start,
            Err(error) => return Taken::Failed(error),
        };
        let judging = self.judge_in_session(id, envelope.clone(), &arrived);
        match tokio::time::timeout(self.session_budget, judging).await {
            Ok(Ok(Judged::Processed(processed))) => self.settle(id, *processed, arrived).await,
            Ok(Ok(Judged::NotNow)) | Err(_) => {
                metrics::counter!("postern_held_unjudged_total").increment(1);
                self.hold(id, envelope, &start, arrived).await
            }
            Ok(Err(error)) => Taken::Failed(error),
        }
    }

    async fn judge_in_session(&self, id: MailId, envelope: Envelope, arrived: &Arrived) -> Result<Judged, StoreError> {
        let Some(raw) = self.bytes_of(arrived, FairKey::of(envelope.client.ip)).await? else {
            return Ok(Judged::NotNow);
        };
        let incoming = Incoming { mail: id, scan: ScanId(0), envelope, raw, given: Given::default() };
        let stations = self.stations.load_full();
        match process_caught(incoming, &stations, Attempt::InSession).await {
            Ok(processed) => Ok(Judged::Processed(Box::new(processed))),
            Err(error) => {
                tracing::error!(mail = %id.reference(), %error, "not judged");
                Ok(Judged::NotNow)
            }
        }
    }

    // The message's beginning, where its trace fields stand.
    async fn header_of(&self, arrived: &Arrived) -> Result<bytes::Bytes, StoreError> {
        match (&arrived.bytes, &arrived.body) {
            (Some(bytes), _) | (None, NewBody::Inline(bytes)) => Ok(bytes.clone()),
            (None, NewBody::Spooled(spooled)) => self.mails.spooled(spooled).await?.read(0, TRACE_BYTES_MAX).await,
        }
    }

    // The bytes in memory, with room for what comes out of them, for as long as anybody has them. A spooled body is read back
    // once there is room.
    async fn bytes_of(&self, arrived: &Arrived, client: FairKey) -> Result<Option<bytes::Bytes>, StoreError> {
        let (copies, spooled) = match (&arrived.bytes, &arrived.body) {
            // Raw is reserved already; the other copies come on top.
            (Some(bytes), _) => (COPIES_OF_A_MESSAGE - 1, Err(bytes)),
            (None, NewBody::Spooled(spooled)) => (COPIES_OF_A_MESSAGE, Ok(spooled)),
            (None, NewBody::Inline(bytes)) => (COPIES_OF_A_MESSAGE, Err(bytes)),
        };
        let needed = arrived.length.saturating_mul(copies);
        let memory = self.memory.of_client(client.number());
        let Some(room) = memory.reserve(needed, self.session_budget).await else { return Ok(None) };
        match spooled {
            Err(bytes) => Ok(Some(room.tie_to(bytes.clone()))),
            Ok(spooled) => {
                let length = usize::try_from(arrived.length).unwrap_or(usize::MAX);
                read_back(room, self.mails.spooled(spooled).await?, length).await.map(Some)
            }
        }
    }

    async fn settle(&self, id: MailId, processed: Processed, arrived: Arrived) -> Taken {
        let Processed { message, content, gathered, concluded, policy_names, versions, wait } = processed;
        let (mut decision, mut reply) = reconcile(concluded.decision);
        // What a sandbox is at takes minutes: the sender does not wait for it, we do.
        let is_detonated = reply == SessionReply::DeferAll && wait == Some(Wait::ForSandbox);
        if is_detonated {
            (decision, reply) = (held(decision), SessionReply::AcceptAll);
        }
        let mut judged = record::judged(&gathered, &concluded.verdict, &decision, &policy_names, &versions);
        judged.after_accept = is_detonated;
        log_verdict(id, &gathered, &concluded.verdict, &decision);
        let tenant = tenant_of(&gathered.envelope);
        match reply {
            SessionReply::RejectAll => Taken::Rejected(refusal((id, tenant), judged, &REJECTED)),
            SessionReply::DeferAll if wait == Some(Wait::ForOthers) => {
                Taken::Overloaded(refusal((id, tenant), judged, &OVERLOADED))
            }
            SessionReply::DeferAll => Taken::Deferred(refusal((id, tenant), judged, &DEFERRED)),
            SessionReply::AcceptAll => {
                let changing =
                    Changing { mail: id, gathered: &gathered, decision: &decision, time: self.session_budget };
                let now = gathered.envelope.received_at;
                let (plan, done) = self.plan(changing, (&message, &content), now).await;
                let genuine = sender_is_genuine(&gathered);
                judged.features = features::of(&content);
                judged.personal.done = done;
                self.accept((id, &gathered.envelope), arrived, plan, (Some(judged), genuine)).await
            }
        }
    }

    /// What is to be done with each copy, with the changes of content that rules ask for.
    pub(crate) async fn plan(
        &self,
        changing: Changing<'_>,
        (message, content): (&Message, &Content),
        now: Timestamp,
    ) -> (Plan, Vec<DoneRecord>) {
        let Changing { mail, gathered, decision, time } = changing;
        let arrival = |message: &Message| {
            trace_fields::arrival_edits(message, &gathered.envelope, mail, auth_shown(gathered), &self.identity)
        };
        let stations = self.stations.load_full();
        let (key, reference) = (FairKey::of(gathered.envelope.client.ip), mail.reference().to_string());
        let work = Work {
            message,
            content,
            opener: stations.opener.as_ref(),
            key,
            aside: &stations.aside,
            reference: &reference,
            time,
        };
        let changes = changed::make(work, decision, &arrival).await;
        let failed = scan_files::waits_for(gathered);
        let plan = actions::plan_changed(decision, (message, &arrival(message)), &changes, now, &failed);
        (plan, changes.done(decision))
    }

    async fn hold(&self, id: MailId, envelope: Envelope, start: &bytes::Bytes, arrived: Arrived) -> Taken {
        let arrival = caught(|| {
            let header = Message::parse(start.slice(..trace_fields::header_bytes(start)));
            trace_fields::arrival_edits(&header, &envelope, id, None, &self.identity)
        });
        let plan = actions::plan_unjudged(&envelope.recipients, &arrival.unwrap_or_default(), envelope.received_at);
        tracing::info!(stage = "judge", mail = %id.reference(), event = "held", reason = actions::held::NOT_JUDGED);
        self.accept((id, &envelope), arrived, plan, (None, false)).await
    }

    async fn accept(
        &self,
        (id, envelope): (MailId, &Envelope),
        arrived: Arrived,
        plan: Plan,
        (judged, sender_genuine): (Option<JudgedRecord>, bool),
    ) -> Taken {
        let tenant = tenant_of(envelope);
        let to_deliver = plan.recipients.iter().any(|recipient| matches!(recipient.state, StateRecord::Queued { .. }));
        let room = Arc::new(arrived.reserved);
        // Where memory is short the queue reads it from the log again.
        let ready = arrived.bytes.filter(|_| to_deliver && self.memory.is_roomy());
        let ready = ready.map(|raw| ReadyBody { raw, variants: plan.variants.clone(), room });
        let originals = plan.originals.into_iter().map(|(_, original)| original);
        let mail = NewMail {
            id,
            tenant,
            received_at: envelope.received_at.unix_millis(),
            sender: envelope.sender.to_string(),
            recipients: plan.recipients.into_iter().chain(originals).collect(),
            body: arrived.body,
            variants: plan.variants,
            judged,
            sender_genuine,
            envelope: record::envelope_record(envelope),
        };
        if let Err(error) = self.mails.accept(mail).await {
            return Taken::Failed(error);
        }
        metrics::counter!("postern_messages_accepted_total").increment(1);
        if let Some(state) = self.mails.state(tenant, id).filter(|_| to_deliver) {
            self.queue.offer(&state, ready);
        }
        Taken::Accepted
    }

    /// The store.
    #[must_use]
    pub fn mails(&self) -> &Arc<dyn Mails> {
        &self.mails
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// The budget of message bytes.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Who we are.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// For whom content is changed.
#[derive(Clone, Copy)]
pub(crate) struct Changing<'a> {
    pub(crate) mail: MailId,
    pub(crate) gathered: &'a scan::Gathered,
    pub(crate) decision: &'a Decision,
    /// For each form.
    pub(crate) time: Duration,
}

/// What a line is told once.
#[derive(Clone, Debug)]
pub struct LineSettings {
    /// Who we are.
    pub identity: Identity,
    /// Time for judging inside the session.
    pub session_budget: Duration,
}

enum Judged {
    Processed(Box<Processed>),
    NotNow,
}

// What waits, waits with us.
fn held(mut decision: Decision) -> Decision {
    for ruling in &mut decision.per_recipient {
        ruling.actions = ruling.actions.drain(..).map(after_accept).collect();
    }
    decision
}

// What the session notes, as it notes all its refusals.
fn refusal((id, tenant): (MailId, TenantId), judged: JudgedRecord, reply: &Refused) -> Box<RefusalRecord> {
    Box::new(RefusalRecord {
        id: *id.as_bytes(),
        tenant: tenant.0,
        at: judged.at,
        stage: "content".to_owned(),
        code: reply.code,
        enhanced: reply.enhanced.to_owned(),
        reason: reply.reason.to_owned(),
        client_ip: judged.envelope.client_ip.clone(),
        helo: judged.envelope.helo.clone(),
        sender: judged.personal.sender.clone(),
        recipients: judged.personal.recipients.iter().map(|note| note.address.clone()).collect(),
        judged: Some(judged),
        count: 1,
    })
}

// One transaction has one tenant.
fn tenant_of(envelope: &Envelope) -> TenantId {
    envelope.recipients.first().map_or(TenantId::DEFAULT, |first| first.tenant)
}

/// A bounce may go to the sender: it was verified, or it is one of our own machines.
pub(crate) fn sender_is_genuine(gathered: &scan::Gathered) -> bool {
    let outbound = |recipient: &Recipient| recipient.direction == Direction::Outbound;
    gathered.auth.sender_is_genuine() || gathered.envelope.recipients.iter().any(outbound)
}

/// Results that go into our field: those of mail from outside.
pub(crate) fn auth_shown(gathered: &scan::Gathered) -> Option<&scan::auth::AuthResults> {
    let inbound = gathered.envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Inbound);
    inbound.then_some(&gathered.auth)
}

/// One line of the log for each judgement.
pub(crate) fn log_verdict(
    id: MailId,
    gathered: &scan::Gathered,
    verdict: &scan::verdict::Verdict,
    decision: &Decision,
) {
    tracing::info!(
        stage = "judge",
        mail = %id.reference(),
        scan = gathered.id.0,
        verdict = verdict.class.word(),
        bad = format!("{:.3}", verdict.bad()),
        decision = decision.word(),
        sender = &*visible(&gathered.envelope.sender.to_string()),
        recipients = gathered.envelope.recipients.len(),
        size = gathered.summary.size,
        subject = &*visible(&gathered.summary.subject),
    );
    metrics::counter!("postern_verdicts_total", "class" => verdict.class.word()).increment(1);
}
