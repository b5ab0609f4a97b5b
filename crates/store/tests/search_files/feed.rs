//! A log in memory, and records to put into it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use mail::timestamp::Timestamp;
use parking_lot::Mutex;
use store::error::StoreError;
use store::journal::{JournalRow, Page, Query};
use store::log::feed::Feed;
use store::record::features::FeaturesRecord;
use store::record::judged::{
    ActionRecord, AuthRecord, EvidenceRecord, FactsRecord, PersonalRecord, RecipientNote, RulingRecord, VerdictRecord,
    VersionsRecord,
};
use store::record::mail::{BodyRecord, EnvelopeRecord, RecipientRecord, StateRecord};
use store::record::{ChangeRecord, JudgedRecord, MailRecord, RecipientChange, Record, RefusalRecord};
use store::search::{Search, SearchOptions};
use store::{Journal, Quarantine};
use tokio::sync::Notify;

pub(crate) const TENANT: TenantId = TenantId(1);

/// A log that a test fills.
#[derive(Debug, Default)]
pub(crate) struct MemoryFeed {
    records: Mutex<Vec<(u64, Record)>>,
    news: Notify,
    pub(crate) absorbed: AtomicU64,
    /// Largest batch; 0 for no limit of its own.
    batch_max: usize,
    /// Nothing above this is given; 0 for all.
    pub(crate) gate: AtomicU64,
}

impl MemoryFeed {
    pub(crate) fn in_batches(batch_max: usize) -> Self {
        Self { batch_max, ..Self::default() }
    }

    /// Returns the last sequence.
    pub(crate) fn push_all(&self, records: Vec<Record>) -> u64 {
        records.into_iter().map(|record| self.push(record)).last().unwrap_or(0)
    }

    pub(crate) fn push(&self, record: Record) -> u64 {
        let mut records = self.records.lock();
        // Sequences have gaps.
        let sequence = records.last().map_or(0, |(last, _)| *last) + 3;
        records.push((sequence, record));
        self.news.notify_one();
        sequence
    }
}

impl Feed for MemoryFeed {
    fn read_from(&self, sequence: u64, max: usize) -> BoxFuture<'_, Result<Vec<(u64, Record)>, StoreError>> {
        let max = if self.batch_max > 0 { max.min(self.batch_max) } else { max };
        let gate = match self.gate.load(Ordering::SeqCst) {
            0 => u64::MAX,
            gate => gate,
        };
        let all = self.records.lock();
        let start = all.partition_point(|(at, _)| *at <= sequence);
        let records = all[start..].iter().take_while(|(at, _)| *at <= gate).take(max).cloned().collect();
        async move { Ok(records) }.boxed()
    }

    fn last_sequence(&self) -> u64 {
        self.records.lock().last().map_or(0, |(last, _)| *last)
    }

    fn changed(&self) -> BoxFuture<'_, ()> {
        self.news.notified().boxed()
    }

    fn set_absorbed(&self, sequence: u64) {
        self.absorbed.store(sequence, Ordering::SeqCst);
    }
}

/// Search files in a scratch folder.
pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) feed: Arc<MemoryFeed>,
    pub(crate) search: Arc<Search>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::over(MemoryFeed::default()).await
    }

    pub(crate) async fn over(feed: MemoryFeed) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let feed = Arc::new(feed);
        let search = open(folder.path(), &feed).await;
        Self { folder, feed, search }
    }

    /// Closes and opens again.
    pub(crate) async fn reopen(&mut self) {
        self.search.close().await;
        self.search = open(self.folder.path(), &self.feed).await;
    }

    pub(crate) async fn find(&self, query: Query) -> Page<JournalRow> {
        self.search.settle().await.unwrap();
        self.search.search(TENANT, query).await.unwrap()
    }

    /// Numbers of the mails that a query finds, as [`id`] made them.
    pub(crate) async fn numbers(&self, query: Query) -> Vec<u32> {
        self.find(query).await.rows.iter().map(|row| number(&row.id)).collect()
    }

    pub(crate) async fn quarantined(&self) -> Vec<String> {
        self.search.settle().await.unwrap();
        let page = self.search.list(TENANT, Default::default()).await.unwrap();
        let text = |row: store::quarantine::QuarantineRow| {
            format!("{} {} {} {} {}", number(&row.id), row.recipient, row.subject, row.verdict, row.reasons.join(","))
        };
        page.rows.into_iter().map(text).collect()
    }

    pub(crate) fn day_file(&self, day: &str) -> std::path::PathBuf {
        self.folder.path().join("journal").join(format!("{day}.db"))
    }
}

pub(crate) async fn open(folder: &std::path::Path, feed: &Arc<MemoryFeed>) -> Arc<Search> {
    let feed: Arc<dyn Feed> = feed.clone();
    Search::open(SearchOptions { folder: folder.to_owned() }, feed).await.unwrap()
}

/// A raw connection, to look at or spoil a file.
pub(crate) async fn raw(path: &std::path::Path) -> sqlx::SqliteConnection {
    use sqlx::ConnectOptions;
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

pub(crate) fn id(number: u32) -> [u8; 16] {
    let mut bytes = [0x5a; 16];
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    bytes
}

pub(crate) fn id_text(number: u32) -> String {
    MailId::from_bytes(id(number)).to_string()
}

fn number(id: &str) -> u32 {
    let id: MailId = id.parse().unwrap();
    u32::from_be_bytes(id.as_bytes()[12..].try_into().unwrap())
}

pub(crate) fn at(text: &str) -> i64 {
    Timestamp::parse(text).unwrap().unix_millis()
}

/// What a test says of a mail; the rest is filled in.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) number: u32,
    pub(crate) tenant: TenantId,
    pub(crate) at: i64,
    pub(crate) sender: &'static str,
    pub(crate) from: &'static str,
    pub(crate) recipients: Vec<&'static str>,
    pub(crate) subject: String,
    pub(crate) message_id: &'static str,
    pub(crate) client: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) action: &'static str,
    pub(crate) state: StateRecord,
    pub(crate) features: Option<FeaturesRecord>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            number: 1,
            tenant: TENANT,
            at: at("2026-11-25T10:00:00Z"),
            sender: "alice@sender.test",
            from: "Alice <alice@sender.test>",
            recipients: vec!["bob@example.org"],
            subject: "Hello".into(),
            message_id: "<1@sender.test>",
            client: "192.0.2.1",
            verdict: "clean",
            action: "deliver",
            state: QUEUED,
            features: None,
        }
    }
}

pub(crate) const QUEUED: StateRecord = StateRecord::Queued { attempts: 0, next_attempt: 0 };

impl Sample {
    pub(crate) fn judged(&self) -> JudgedRecord {
        let note = |address: &&str| RecipientNote { address: (*address).into(), ..Default::default() };
        let action = ActionRecord { word: self.action.into(), ..Default::default() };
        let evidence = |id: &str| EvidenceRecord {
            id: id.into(),
            strength: 1.0,
            place: ("header".into(), "from".into(), 0),
            text: "t".into(),
            args: vec![],
        };
        JudgedRecord {
            scan: 0,
            at: self.at,
            personal: PersonalRecord {
                sender: self.sender.into(),
                recipients: self.recipients.iter().map(note).collect(),
                subject: self.subject.clone(),
                from: self.from.into(),
                message_id: self.message_id.into(),
                words: vec!["secret-word".into()],
                erased: false,
                from_domain: "sender.test".into(),
                done: vec![],
            },
            envelope: EnvelopeRecord { client_ip: self.client.into(), ..Default::default() },
            size: 4_711,
            ambiguities: vec![],
            auth: AuthRecord::default(),
            facts: FactsRecord::default(),
            findings: vec![],
            evidence: vec![evidence("lookalike_domain"), evidence("known_sender")],
            failed_checks: vec![],
            verdict: VerdictRecord {
                class: self.verdict.into(),
                probability: vec![],
                reasons: vec![(0, 2.0), (1, -1.0)],
                calibrated: false,
            },
            rulings: vec![RulingRecord { actions: vec![action], ..Default::default() }],
            versions: VersionsRecord::default(),
            after_accept: false,
            received_at: None,
            features: self.features.clone(),
        }
    }

    pub(crate) fn mail(&self) -> Record {
        let recipient = |address: &&str| RecipientRecord {
            address: (*address).into(),
            outbound: false,
            state: self.state.clone(),
            variant: None,
            groups: vec![],
            added: false,
        };
        Record::Mail(Box::new(MailRecord {
            id: id(self.number),
            tenant: self.tenant.0,
            received_at: self.at,
            sender: self.sender.into(),
            recipients: self.recipients.iter().map(recipient).collect(),
            body: BodyRecord::Inline { length: 4_711 },
            variants: vec![],
            judged: (!self.verdict.is_empty()).then(|| self.judged()),
            sender_genuine: true,
            envelope: EnvelopeRecord { client_ip: self.client.into(), ..Default::default() },
        }))
    }

    pub(crate) fn refusal(&self, stage: &str, reason: &str) -> Record {
        Record::Refusal(Box::new(RefusalRecord {
            id: id(self.number),
            tenant: self.tenant.0,
            at: self.at,
            stage: stage.into(),
            code: 550,
            enhanced: "5.7.1".into(),
            reason: reason.into(),
            client_ip: self.client.into(),
            helo: "helo.test".into(),
            sender: self.sender.into(),
            recipients: self.recipients.iter().map(|r| (*r).into()).collect(),
            judged: (stage == "content").then(|| self.judged()),
            count: 1,
        }))
    }

    pub(crate) fn change(&self, recipient: u16, state: StateRecord, event: &str) -> Record {
        Record::Change(ChangeRecord {
            mail: id(self.number),
            tenant: self.tenant.0,
            at: self.at + 60_000,
            recipients: vec![RecipientChange {
                recipient,
                state,
                event: event.into(),
                peer: "mx.example.org [192.0.2.9]".into(),
                reply: "250 2.0.0 Ok bob@example.org".into(),
                variant: None,
            }],
            by: String::new(),
        })
    }
}
