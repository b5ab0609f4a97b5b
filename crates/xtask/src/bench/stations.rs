//! CPU of each station of the line, in one process and one thread, over the messages of the mix: what `bench gateway` puts beside
//! the CPU of the whole. To be built as a release.

mod crossing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::unpack::{Budget, Limits, Request, unpack};
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use detect::Knowledge;
use lookup::{LookupSettings, Sources};
use mail::address::{Address, Domain, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, Helo, Recipient, TenantId};
use mail::message::Message;
use mail::timestamp::Timestamp;
use net::clock::SystemClock;
use net::dns::{Dns, DnsBudget, DnsSettings, Servers};
use pipeline::conclude::{Policies, conclude};
use pipeline::record::{self, Versions};
use policy::decide::Attempt;
use policy::rules::Policy;
use rustix::time::{ClockId, clock_gettime};
use scan::judge::judge;
use scan::weights::Weights;
use scan::{Gathered, Scan, ScanId};
use store::Mails;
use store::backends::embedded::{Embedded, OpenOptions};
use store::mails::{NewBody, NewMail};
use store::record::mail::{RecipientRecord, StateRecord};
use store::search::{Search, SearchOptions};
use testkit::corpus;
use testkit::dns::TestDns;

/// The world of the mix: senders at example.net, and nothing else.
const ZONE: &str = r#"
    example.net TXT "v=spf1 ip4:203.0.113.0/24 -all"
    example.net MX 10 client.example.net.
    client.example.net A 203.0.113.1
    _dmarc.example.net TXT "v=DMARC1; p=none"
    example.com MX 10 mx.example.com.
    mx.example.com A 203.0.113.250
"#;
const POLICY: &str = "observe";
/// The stations, as the report names them.
pub(super) const PARSE: &str = "parse";
pub(super) const BOUNDARY: &str = "boundary to the worker";
pub(super) const UNPACK: &str = "unpack";
pub(super) const SIGNATURES: &str = "signatures";
pub(super) const AUTHENTICATE: &str = "authenticate and look up";
pub(super) const DETECT: &str = "detect and judge";
pub(super) const POLICY_AND_JOURNAL: &str = "policy and journal";
/// Field beside the stations: what half of the messages cost there at most.
pub(super) const BOUNDARY_MEDIAN: &str = "boundary_median_ms";

/// What is measured.
pub(super) struct Plan {
    /// Folder with `list.txt` and the messages.
    pub(super) corpus: PathBuf,
    /// The gateway: its workers are this program.
    pub(super) binary: PathBuf,
    /// Messages; the mix is gone through as often as needed.
    pub(super) messages: usize,
}

/// A message and what is known of it so far.
struct Case {
    raw: Bytes,
    request: Request,
    /// CPU of opening it here.
    unpacking: Duration,
}

/// Milliseconds of CPU a message, by station.
pub(super) fn run(plan: &Plan) -> Result<serde_json::Value> {
    let raws = messages(&plan.corpus)?;
    let raws: Vec<Bytes> = raws.iter().cycle().take(plan.messages).cloned().collect();
    // The server has a thread of its own: what it costs is not the gateway's.
    let (address, _server) = serve_dns()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut spent: BTreeMap<&str, Duration> = BTreeMap::new();
    let bytes: usize = raws.iter().map(Bytes::len).sum();
    let crossing = runtime.block_on(async {
        let cases = line(&raws, address, &mut spent).await?;
        crossing::measure(&cases, &plan.binary).await
    })?;
    let count = u32::try_from(raws.len())?;
    let in_ms = |time: Duration| serde_json::Value::from(time.as_secs_f64() * 1_000.0);
    let mut stations: serde_json::Map<String, serde_json::Value> =
        spent.iter().map(|(name, all)| ((*name).to_owned(), in_ms(*all / count.max(1)))).collect();
    stations.insert(BOUNDARY.to_owned(), in_ms(crossing.boundary));
    stations.insert(SIGNATURES.to_owned(), in_ms(crossing.signatures));
    Ok(serde_json::json!({
        "messages": count,
        "bytes_mean": bytes / raws.len().max(1),
        "ms": stations,
        (BOUNDARY_MEDIAN): in_ms(crossing.boundary_median),
    }))
}

fn messages(folder: &Path) -> Result<Vec<Bytes>> {
    let list = std::fs::read_to_string(folder.join("list.txt")).with_context(|| folder.display().to_string())?;
    let read =
        list.lines().map(|name| anyhow::Ok(Bytes::from(corpus::with_crlf(&std::fs::read(folder.join(name.trim()))?))));
    let all = read.collect::<Result<Vec<_>>>()?;
    if all.is_empty() {
        bail!("{} has no messages", folder.display());
    }
    Ok(all)
}

fn serve_dns() -> Result<(std::net::SocketAddr, impl Drop)> {
    let (told, hear) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let thread = std::thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let server = TestDns::start_text(ZONE).await;
            told.send(server.address)?;
            // Whoever drops the other end wants it to stop.
            drop(stopped.await);
            Ok(())
        })
    });
    Ok((hear.recv()?, Server(Some(stop), Some(thread))))
}

/// Stops the thread when dropped.
struct Server(Option<tokio::sync::oneshot::Sender<()>>, Option<std::thread::JoinHandle<Result<()>>>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.take();
        if let Some(thread) = self.1.take() {
            // It ends by itself now.
            drop(thread.join());
        }
    }
}

/// Adds the CPU of this thread from one look to the next.
struct Meter<'a> {
    spent: &'a mut BTreeMap<&'static str, Duration>,
    last: Duration,
}

impl Meter<'_> {
    fn skip(&mut self) {
        self.last = cpu(ClockId::ThreadCPUTime);
    }

    fn lap(&mut self, station: &'static str) -> Duration {
        let lap = cpu(ClockId::ThreadCPUTime).saturating_sub(self.last);
        *self.spent.entry(station).or_default() += lap;
        self.last = cpu(ClockId::ThreadCPUTime);
        lap
    }
}

fn cpu(clock: ClockId) -> Duration {
    let now = clock_gettime(clock);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// The line, message by message, each station by itself.
async fn line(
    raws: &[Bytes],
    dns: std::net::SocketAddr,
    spent: &mut BTreeMap<&'static str, Duration>,
) -> Result<Vec<Case>> {
    let settings = DnsSettings { servers: Servers::List(vec![dns]), query_timeout_ms: 2_000, retries: 0 };
    let dns = Dns::new(&settings)?;
    let sources = Sources::new(&LookupSettings::default());
    let (clock, knowledge) = (SystemClock::new(), Knowledge::built_in(vec![domain("example.com")?])?);
    let weights = Weights::parse(detect::WEIGHTS)?;
    let text = policy::builtin::builtin(POLICY).context("the built-in policy")?;
    let policies = Policies {
        by_name: BTreeMap::from([(POLICY.to_owned(), Arc::new(Policy::parse(POLICY, text)?))]),
        ..Policies::default()
    };
    let names = [POLICY.to_owned()];
    let mut cases = Vec::with_capacity(raws.len());
    let mut journal = Journal::default();
    let mut meter = Meter { spent, last: Duration::ZERO };
    for raw in raws {
        let (mail, envelope) = (net::random::mail_id(), envelope()?);
        meter.skip();
        let message = Message::parse(raw.clone());
        // Every reading of every transfer encoding is decoded here.
        let request = pipeline::open::request(&message);
        meter.lap(PARSE);
        let content = unpack(&request, &mut Budget::new(Limits::default()));
        let unpacking = meter.lap(UNPACK);
        let input = auth::Input {
            client_ip: envelope.client.ip,
            helo: &envelope.helo.name,
            sender: &envelope.sender,
            message: &message,
            received_at: envelope.received_at,
        };
        let auth = auth::authenticate(&input, &dns, &DnsBudget::of_a_message()).await;
        let asked = [domain("example.net")?];
        let input = lookup::Input { client_ip: envelope.client.ip, domains: &asked, reverse_dns: None };
        let facts = sources.gather(&input, &dns, &clock).await;
        meter.lap(AUTHENTICATE);
        let scan = Scan { id: ScanId(0), mail, envelope, message, content, auth, facts, findings: Default::default() };
        let evidence = detect::detect(&scan, &knowledge);
        let _ = judge(&evidence, &weights);
        meter.lap(DETECT);
        let summary = pipeline::summary::summarize(&scan.message);
        let Scan { envelope, auth, facts, findings, .. } = scan;
        let gathered = Gathered {
            id: ScanId(0),
            mail,
            envelope,
            summary,
            auth,
            facts,
            findings,
            evidence,
            failed_checks: Vec::new(),
        };
        let concluded = conclude(&gathered, &weights, &policies.by_name, &names, Attempt::InSession)?;
        let judged = record::judged(&gathered, &concluded.verdict, &concluded.decision, &names, &Versions::default());
        meter.lap(POLICY_AND_JOURNAL);
        journal.note(&gathered, judged);
        cases.push(Case { raw: raw.clone(), request, unpacking });
    }
    let journal = journal.cost().await?;
    *spent.entry(POLICY_AND_JOURNAL).or_default() += journal;
    Ok(cases)
}

fn domain(name: &str) -> Result<Domain> {
    Domain::parse(name).map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

fn address(text: &str) -> Result<Address> {
    Address::parse(text).map_err(|error| anyhow::anyhow!("{text}: {error}"))
}

fn envelope() -> Result<Envelope> {
    let recipient = Recipient {
        address: address("user1@example.com")?,
        tenant: TenantId::DEFAULT,
        direction: Direction::Inbound,
        groups: Vec::new(),
    };
    Ok(Envelope {
        client: Client { ip: "203.0.113.1".parse()?, port: 40_000, tls: None },
        helo: Helo { name: "client.example.net".to_owned(), extended: true },
        sender: ReversePath::Address(address("sender1@example.net")?),
        recipients: vec![recipient],
        received_at: Timestamp::from_unix_millis(1_795_000_000_000),
        body: BodyType::SevenBit,
    })
}

/// What the search files cost: the CPU of a store that is followed by them, less that of one that is not.
#[derive(Default)]
struct Journal {
    notes: Vec<(NewMail, NewMail)>,
}

impl Journal {
    fn note(&mut self, gathered: &Gathered, judged: store::record::JudgedRecord) {
        let new = || NewMail {
            id: gathered.mail,
            tenant: TenantId::DEFAULT,
            received_at: gathered.envelope.received_at.unix_millis(),
            sender: gathered.envelope.sender.to_string(),
            recipients: vec![RecipientRecord {
                address: "user1@example.com".to_owned(),
                outbound: false,
                state: StateRecord::Queued { attempts: 0, next_attempt: 0 },
                variant: None,
                groups: Vec::new(),
                added: false,
            }],
            body: NewBody::Inline(Bytes::from_static(b"Subject: x\r\n\r\nx\r\n")),
            variants: Vec::new(),
            judged: Some(judged.clone()),
            sender_genuine: true,
            envelope: record::envelope_record(&gathered.envelope),
        };
        self.notes.push((new(), new()));
    }

    async fn cost(self) -> Result<Duration> {
        let (followed, alone): (Vec<_>, Vec<_>) = self.notes.into_iter().unzip();
        let alone = store_all(alone, false).await?;
        Ok(store_all(followed, true).await?.saturating_sub(alone))
    }
}

async fn store_all(mails: Vec<NewMail>, follow: bool) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let store = Embedded::open(OpenOptions::new(folder.path())).await?;
    let search = match follow {
        true => Some(Search::open(SearchOptions { folder: folder.path().to_owned() }, store.feed()).await?),
        false => None,
    };
    let start = cpu(ClockId::ProcessCPUTime);
    for mail in mails {
        store.accept(mail).await?;
    }
    if let Some(search) = &search {
        // It takes what is there before it ends.
        search.close().await;
    }
    let spent = cpu(ClockId::ProcessCPUTime).saturating_sub(start);
    store.close().await;
    Ok(spent)
}
