//! A deliverer over a store in memory.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use mail::envelope::TenantId;
use mail::id::MailId;
use mail::timestamp::Timestamp;
use net::clock::ManualClock;
use net::dns::{Dns, DnsSettings, Servers};
use queue::delivery::Smtp;
use queue::job::{Job, ReadyBody, jobs};
use queue::outcome::{Delivery, Outcome};
use queue::route::{HostPort, Route, Routes};
use queue::scheduler::Deliver as _;
use rustls::{ClientConfig, RootCertStore};
use store::Mails;
use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::faulty::FaultyDisk;
use store::mails::{NewBody, NewMail};
use store::record::mail::{EditRecord, EnvelopeRecord, RecipientRecord, StateRecord, VariantRecord};
use testkit::dns::TestDns;
use testkit::sink::Sink;

pub(crate) const TEXT: &[u8] = b"Subject: hello\r\n\r\n.dot\r\n..two\r\ntext\r\n";

pub(crate) struct World {
    pub(crate) store: Arc<Embedded>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) smtp: Arc<Smtp>,
    pub(crate) dns: Arc<Dns>,
    _server: TestDns,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_zone("nothing.example A 192.0.2.1").await
    }

    pub(crate) async fn with_zone(zone: &str) -> Self {
        Self::with(zone, testkit::tls::client()).await
    }

    /// Every certificate is a wrong one.
    pub(crate) async fn that_trusts_nobody() -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        Self::with("nothing.example A 192.0.2.1", Arc::new(config)).await
    }

    async fn with(zone: &str, tls: Arc<ClientConfig>) -> Self {
        let server = TestDns::start_text(zone).await;
        let settings = DnsSettings { servers: Servers::List(vec![server.address]), query_timeout_ms: 500, retries: 0 };
        let dns = Arc::new(Dns::new(&settings).unwrap());
        let options =
            OpenOptions { disk: Arc::new(FaultyDisk::new()), segment_bytes: 4 << 20, ..OpenOptions::new("/data") };
        let store = Embedded::open(options).await.unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_millis(1_795_000_000_000)));
        let smtp = Smtp::new(
            store.clone(),
            Arc::clone(&dns),
            tls,
            clock.clone(),
            ("gate.example".to_owned(), store::memory::Memory::new(64 * 1024 * 1024)),
        );
        Self { store, clock, smtp, dns, _server: server }
    }

    /// Stores a mail and gives its one job, by this route.
    pub(crate) async fn job(&self, mail: NewMail, route: Route) -> Job {
        let id = mail.id;
        self.store.accept(mail).await.unwrap();
        let state = self.store.state(TenantId::DEFAULT, id).unwrap();
        let routes = Routes::new([].into(), Some(route));
        let mut jobs = jobs(&state, &routes);
        assert_eq!(jobs.len(), 1);
        jobs.remove(0)
    }

    /// One attempt with one mail.
    pub(crate) async fn send(&self, mail: NewMail, to: &[SocketAddr]) -> Vec<Outcome> {
        let job = self.job(mail, hosts(to)).await;
        self.smtp.attempt(&job).await
    }
}

pub(crate) fn hosts(addresses: &[SocketAddr]) -> Route {
    let host = |address: &SocketAddr| HostPort { host: address.ip().to_string(), port: address.port() };
    Route::Hosts(addresses.iter().map(host).collect())
}

/// An address where nobody listens.
pub(crate) fn nobody() -> SocketAddr {
    testkit::loopback::socket(2525)
}

pub(crate) fn mail(raw: &[u8], recipients: &[&str]) -> NewMail {
    let recipient = |address: &&str| RecipientRecord {
        address: (*address).to_owned(),
        outbound: false,
        state: StateRecord::Queued { attempts: 0, next_attempt: 0 },
        variant: None,
        groups: Vec::new(),
        added: false,
    };
    NewMail {
        id: net::random::mail_id(),
        tenant: TenantId::DEFAULT,
        received_at: 0,
        sender: "a@sender.example".to_owned(),
        recipients: recipients.iter().map(recipient).collect(),
        body: NewBody::Inline(Bytes::copy_from_slice(raw)),
        variants: Vec::new(),
        judged: None,
        sender_genuine: true,
        envelope: EnvelopeRecord { client_ip: "192.0.2.9".to_owned(), ..EnvelopeRecord::default() },
    }
}

/// The mail with one variant of these edits for everybody.
pub(crate) fn edited(mut mail: NewMail, edits: &[(u64, u64, &str)]) -> NewMail {
    let edit = |(start, end, text): &(u64, u64, &str)| EditRecord {
        start: *start,
        end: *end,
        replacement: text.as_bytes().to_vec(),
    };
    mail.variants = vec![VariantRecord { edits: edits.iter().map(edit).collect() }];
    mail.recipients.iter_mut().for_each(|recipient| recipient.variant = Some(0));
    mail
}

pub(crate) fn ready(mail: &NewMail) -> ReadyBody {
    let NewBody::Inline(raw) = &mail.body else { panic!("a spooled body is not at hand") };
    ReadyBody { raw: raw.clone(), variants: mail.variants.clone(), room: Arc::new(store::memory::Reserved::none()) }
}

/// `0 Done 2.6.0 250 2.6.0 taken`, one a line; the peer, where there was one, must be the sink.
pub(crate) fn lines(outcomes: &[Outcome], sink: Option<&Sink>) -> String {
    let mut out = String::new();
    for outcome in outcomes {
        let Outcome { recipient, result, peer, reply, status } = outcome;
        if let Some(sink) = sink {
            let (ip, port) = (sink.address.ip(), sink.address.port());
            assert_eq!(peer, &format!("{ip} [{ip}]:{port}"));
        }
        out.push_str(&format!("{recipient} {result:?} {status} {reply}\n"));
    }
    out
}

pub(crate) fn is_all(outcomes: &[Outcome], result: Delivery) -> bool {
    !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.result == result)
}

/// The id as a session would make it.
pub(crate) fn id_of(mail: &NewMail) -> MailId {
    mail.id
}
