//! What all sessions share: settings that are swapped whole, the door to the line, counters.

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use mail::envelope::TenantId;
use net::clock::Clock;
use parking_lot::Mutex;
use pipeline::line::Line;
use policy::admission::prefix::prefix;
use policy::admission::sessions::{SessionCounts, SessionLimits};
use policy::admission::{AdmissionRules, Listener, Refused};
use rustls::ServerConfig;
use smtp::server::{RoutingMarks, Settings};
use store::Mails;
use store::memory::Memory;
use store::record::RefusalRecord;

use super::RecipientCheck;
use super::counters::HourlyCounts;
use worker::FairKey;

/// Share of the sessions from which time-outs shrink, percent.
const STRESS_PERCENT: u64 = 80;

/// What sessions share.
pub(crate) struct Front {
    smtp: ArcSwap<SmtpSettings>,
    admission: ArcSwap<AdmissionRules>,
    tls: Option<Arc<ServerConfig>>,
    line: Arc<Line>,
    mails: Arc<dyn Mails>,
    memory: Memory,
    clock: Arc<dyn Clock>,
    recipients: RecipientCheck,
    sessions: Mutex<SessionCounts>,
    limits: SessionLimits,
    unknown: HourlyCounts,
    refusals: HourlyCounts,
}

/// Of both listeners, made once for all sessions.
struct SmtpSettings {
    inbound: Arc<Settings>,
    outbound: Arc<Settings>,
}

impl SmtpSettings {
    // Whether a local part may ask for routing is admission's question inside, and nobody's outside.
    fn new(inbound: Settings) -> Self {
        let outbound = Settings { routing_marks: RoutingMarks::Ask, ..inbound.clone() };
        Self { inbound: Arc::new(inbound), outbound: Arc::new(outbound) }
    }
}

/// What a front is made of.
pub(crate) struct FrontParts {
    pub(crate) smtp: Settings,
    pub(crate) admission: AdmissionRules,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) line: Arc<Line>,
    pub(crate) mails: Arc<dyn Mails>,
    pub(crate) memory: Memory,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) recipients: RecipientCheck,
    pub(crate) limits: SessionLimits,
}

impl Front {
    pub(crate) fn new(parts: FrontParts) -> Arc<Self> {
        Arc::new(Self {
            smtp: ArcSwap::from_pointee(SmtpSettings::new(parts.smtp)),
            admission: ArcSwap::from_pointee(parts.admission),
            tls: parts.tls,
            line: parts.line,
            mails: parts.mails,
            memory: parts.memory,
            clock: parts.clock,
            recipients: parts.recipients,
            sessions: Mutex::new(SessionCounts::new(parts.limits)),
            limits: parts.limits,
            unknown: HourlyCounts::default(),
            refusals: HourlyCounts::default(),
        })
    }

    /// Other settings are in force for the next command.
    pub(crate) fn set(&self, smtp: Settings, admission: AdmissionRules) {
        self.recipients.forget();
        self.smtp.store(Arc::new(SmtpSettings::new(smtp)));
        self.admission.store(Arc::new(admission));
    }

    /// Counts a session in; the guard counts it out.
    pub(crate) fn enter(self: &Arc<Self>, client: IpAddr) -> Result<Entered, Refused> {
        self.sessions.lock().open(client)?;
        Ok(Entered { front: Arc::clone(self), client })
    }

    /// Sessions that are open.
    pub(crate) fn open_sessions(&self) -> u32 {
        self.sessions.lock().total()
    }

    pub(super) fn is_stressed(&self) -> bool {
        is_stressed(self.open_sessions(), self.limits.total_max)
    }

    pub(super) fn smtp_settings(&self, listener: Listener) -> Arc<Settings> {
        let settings = self.smtp.load();
        match listener {
            Listener::Inbound => Arc::clone(&settings.inbound),
            Listener::Outbound => Arc::clone(&settings.outbound),
        }
    }

    pub(super) fn admission(&self) -> Arc<AdmissionRules> {
        self.admission.load_full()
    }

    pub(super) fn tls(&self) -> Option<Arc<ServerConfig>> {
        self.tls.clone()
    }

    pub(super) fn line(&self) -> &Arc<Line> {
        &self.line
    }

    pub(super) fn mails(&self) -> &dyn Mails {
        self.mails.as_ref()
    }

    /// Room for messages, of the client's share.
    pub(super) fn memory(&self, client: IpAddr) -> Memory {
        self.memory.of_client(FairKey::of(client).number())
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(super) fn recipients(&self) -> &RecipientCheck {
        &self.recipients
    }

    pub(super) fn unknown_in_hour(&self, client: IpAddr) -> u32 {
        self.unknown.of(prefix(client), self.clock.now().unix_millis())
    }

    pub(super) fn count_unknown(&self, client: IpAddr) {
        self.unknown.add(prefix(client), self.clock.now().unix_millis());
    }

    /// Notes that a connection was refused before its session began, and gives the line to say.
    pub(crate) async fn refuse_connection(&self, client: IpAddr, refused: &Refused) -> String {
        let id = net::random::mail_id();
        let record = RefusalRecord {
            id: *id.as_bytes(),
            tenant: TenantId::GATEWAY.0,
            at: self.clock.now().unix_millis(),
            stage: "connect".to_owned(),
            code: refused.code,
            enhanced: refused.enhanced.to_owned(),
            reason: refused.reason.word().to_owned(),
            client_ip: client.to_string(),
            helo: String::new(),
            sender: String::new(),
            recipients: Vec::new(),
            judged: None,
            count: 1,
        };
        self.journal(client, record).await;
        format!("{} {} {} (ref {})\r\n", refused.code, refused.enhanced, refused.text, id.reference())
    }

    /// Notes a refusal in the journal. Beyond the cap of a prefix it is only counted: a flood must not become our disk's.
    pub(super) async fn journal(&self, client: IpAddr, refusal: RefusalRecord) {
        metrics::counter!("postern_refusals_total", "stage" => refusal.stage.clone()).increment(1);
        let count = self.refusals.add(prefix(client), self.clock.now().unix_millis());
        if count > store::limits::REFUSALS_PER_PREFIX_HOUR_MAX {
            metrics::counter!("postern_refusals_uncounted_total").increment(1);
            return;
        }
        if let Err(error) = self.mails.refuse(refusal).await {
            tracing::warn!(%error, "a refusal could not be noted");
        }
    }
}

/// A session that is counted.
pub(crate) struct Entered {
    front: Arc<Front>,
    client: IpAddr,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.front.sessions.lock().close(self.client);
    }
}

fn is_stressed(open: u32, max: u32) -> bool {
    u64::from(open).saturating_mul(100) > u64::from(max).saturating_mul(STRESS_PERCENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_begins_at_four_fifths_whatever_the_maximum() {
        for (open, max, expected) in
            [(0, 8, false), (6, 8, false), (7, 8, true), (0, 1, false), (1, 1, true), (80, 100, false), (81, 100, true)]
        {
            assert_eq!(is_stressed(open, max), expected, "{open} of {max}");
        }
        assert!(!is_stressed(3_000_000_000, u32::MAX) && is_stressed(4_000_000_000, u32::MAX));
    }
}
