//! The line for messages from the command line: same stations, own workers, no store.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use lookup::Sources;
use mail::address::{Address, Domain, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope as MailEnvelope, Helo, Recipient, TenantId};
use mail::message::Message;
use mail::timestamp::Timestamp;
use net::clock::{Clock, SystemClock};
use pipeline::aside::Aside;
use pipeline::given::Given;
use pipeline::open::Wait;
use pipeline::process::{Incoming, Processed, process};
use pipeline::record::Versions;
use pipeline::stations::Stations;
use policy::decide::{Attempt, after_accept};
use policy::reconcile::{SessionReply, reconcile};
use policy::rules::Policy;
use scan::ScanId;
use tokio::runtime::Runtime;

use super::Envelope;
use super::mailboxes::{is_message, no_message, read_file};
use crate::cli::{Global, configuration};
use crate::control::protocol::Fault;
use crate::scanners::{Means, Outside};
use crate::settings;
use crate::signatures::Occasion;

/// Judges messages.
pub(crate) struct Judge {
    runtime: Runtime,
    stations: Arc<Stations>,
    clock: SystemClock,
    own_domains: Vec<Domain>,
    /// Scanners of the configuration that are not asked, as this is offline.
    not_asked: Vec<String>,
}

/// One judged message.
pub(crate) struct JudgedFile {
    /// Its name.
    pub(crate) name: String,
    /// All about it; the decision is that of a session for all recipients.
    pub(crate) processed: Processed,
    /// Scanners of the configuration that were not asked, as this is offline.
    pub(crate) not_asked: Vec<String>,
    /// It is no message, but was scanned as the attachment of a made one.
    pub(crate) is_wrapped: bool,
}

/// Stands for a client that nobody named (RFC 5737: documentation).
pub(super) const NO_CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

impl Judge {
    pub(crate) fn open_with(global: &Global, offline: bool, rules: &[PathBuf]) -> Result<Self, Fault> {
        let failed = |error: &dyn std::fmt::Display| Fault::unavailable(error.to_string(), "");
        let config = configuration(global)?;
        let settings = settings::load(&config.values.settings)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| failed(&error))?;
        let stations = runtime.block_on(async {
            let signatures = crate::gateway::load_signatures(&config, rules, Occasion::Start).await?;
            signatures.notes.iter().for_each(|text| super::say(global, text));
            let pool = crate::gateway::start_pool(&config, &signatures)
                .await
                .map_err(|error| failed(&format!("{error:#}")))?;
            let dns =
                if offline { None } else { Some(Arc::new(crate::resolver(&config).map_err(|error| failed(&error))?)) };
            let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
            let outside = match &dns {
                Some(dns) => Outside::of(&config, &Means { dns, clock: &clock })?,
                None => Outside::offline(&config, Arc::clone(&clock)),
            };
            Ok::<_, Fault>(Stations {
                opener: Arc::new(pool),
                // Nobody else waits here: all cores may be used.
                aside: Aside::new(2 * crate::cores()),
                file_checks: outside.file_checks,
                pictures: outside.pictures,
                dns,
                sources: Arc::new(Sources::new(&crate::sources(&config))),
                clock,
                knowledge: Arc::clone(&settings.knowledge),
                in_force: settings.in_force.clone(),
                questions: Stations::questions_of(&settings.in_force),
                known_files: Arc::clone(&signatures.lists),
                versions: Arc::new(Versions { signatures: signatures.version.clone(), ..settings.versions.clone() }),
            })
        })?;
        let scanners = config.values.scanner.iter().filter(|_| offline);
        let not_asked = scanners.map(|scanner| format!("scanner:{}", scanner.name)).collect();
        let own_domains = settings.domains.all().iter().map(|domain| domain.name.clone()).collect();
        Ok(Self { runtime, stations: Arc::new(stations), clock: SystemClock::new(), own_domains, not_asked })
    }

    /// The runtime, for work on all cores.
    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// A policy in force.
    pub(crate) fn policy(&self, name: &str) -> Option<&Arc<Policy>> {
        self.stations.in_force.policies.by_name.get(name)
    }

    /// Judges a file; `-` is standard input.
    ///
    /// # Errors
    /// If it cannot be read, or holds no message.
    pub(crate) fn file(&self, path: &Path, envelope: &Envelope) -> Result<JudgedFile, Fault> {
        let name = path.display().to_string();
        let raw = read_file(path)?;
        if !is_message(&raw) {
            return Err(no_message(&name, &raw));
        }
        self.message(&name, raw, envelope)
    }

    /// Judges a message.
    pub(crate) fn message(&self, name: &str, raw: Vec<u8>, given: &Envelope) -> Result<JudgedFile, Fault> {
        let raw = with_line_ends(raw);
        let envelope = self.envelope(&raw, given)?;
        let given = if given.client_ip.is_some() { Given::default() } else { Given::without_client() };
        let judged = self.runtime.block_on(judge(Arc::clone(&self.stations), envelope, raw, given));
        let not_asked = self.not_asked.clone();
        judged.map(|processed| JudgedFile { name: name.to_owned(), processed, not_asked, is_wrapped: false })
    }

    /// Scanners of the configuration that are not asked, as this is offline.
    pub(super) fn not_asked(&self) -> &[String] {
        &self.not_asked
    }

    /// What `judge` needs, for tasks of their own.
    pub(super) fn stations(&self) -> Arc<Stations> {
        Arc::clone(&self.stations)
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn envelope(&self, raw: &Bytes, given: &Envelope) -> Result<MailEnvelope, Fault> {
        let outbound = given.direction == "outbound";
        let header = Message::parse(raw.clone());
        let address =
            |field: &str| header.mailboxes(field).into_iter().filter_map(|mailbox| mailbox.address).collect::<Vec<_>>();
        let parse = |text: &str| {
            Address::parse(text.trim_matches(['<', '>']))
                .map_err(|error| Fault::usage(format!("{text:?} is no address: {error}"), ""))
        };
        let sender = match given.sender.as_deref() {
            Some("" | "<>") => ReversePath::Null,
            Some(text) => ReversePath::Address(parse(text)?),
            None => address("from").into_iter().next().map_or(ReversePath::Null, ReversePath::Address),
        };
        let mut addresses = given.recipients.iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
        if addresses.is_empty() {
            addresses = address("to");
        }
        if addresses.is_empty() {
            addresses.extend(postmaster_of(&self.own_domains));
        }
        Ok(MailEnvelope {
            client: Client { ip: given.client_ip.unwrap_or(NO_CLIENT).to_canonical(), port: 0, tls: None },
            helo: Helo { name: given.helo.clone(), extended: true },
            sender,
            recipients: recipients(addresses, outbound),
            received_at: self.now(),
            body: BodyType::EightBitMime,
        })
    }
}

/// One message through the line; mixed decisions are settled as the session would.
pub(super) async fn judge(
    stations: Arc<Stations>,
    envelope: MailEnvelope,
    raw: Bytes,
    given: Given,
) -> Result<Processed, Fault> {
    let incoming = Incoming { mail: net::random::mail_id(), scan: ScanId(0), envelope, raw, given };
    let processed = process(incoming, &stations, Attempt::InSession).await;
    let mut processed = processed.map_err(|error| Fault::usage(error.to_string(), ""))?;
    let (mut decision, reply) = reconcile(processed.concluded.decision);
    // What a sandbox is at takes minutes: a session does not let the sender wait for it.
    if reply == SessionReply::DeferAll && processed.wait == Some(Wait::ForSandbox) {
        for ruling in &mut decision.per_recipient {
            ruling.actions = ruling.actions.drain(..).map(after_accept).collect();
        }
    }
    processed.concluded.decision = decision;
    Ok(processed)
}

/// Recipients of the default tenant.
pub(super) fn recipients(addresses: Vec<Address>, outbound: bool) -> Vec<Recipient> {
    let direction = if outbound { Direction::Outbound } else { Direction::Inbound };
    let recipient = |address| Recipient { address, tenant: TenantId::DEFAULT, direction, groups: Vec::new() };
    addresses.into_iter().map(recipient).collect()
}

fn postmaster_of(domains: &[Domain]) -> Option<Address> {
    let domain = domains.first().cloned().or_else(|| Domain::parse("localhost").ok())?;
    Address::from_parts("postmaster", domain).ok()
}

/// Files have LF where SMTP has CRLF; a message with any CRLF is taken as it is.
pub(super) fn with_line_ends(raw: Vec<u8>) -> Bytes {
    let first = memchr::memchr(b'\n', &raw);
    if first.is_none_or(|at| at > 0 && raw.get(at - 1) == Some(&b'\r')) {
        return raw.into();
    }
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 32);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(text) => {
                out.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    out.into()
}
