//! SIGHUP and `postern reload`: configuration and settings are read and checked whole; a mistake leaves the old ones in
//! force. Listeners and the data folder change with a restart only.

use std::sync::Arc;

use mail::envelope::TenantId;
use net::tls::ServerCertificate;
use pipeline::rejudge::opening::Bench;
use policy::admission::sessions::SessionLimits;
use policy::admission::{AdmissionLimits, AdmissionRules};
use serde_json::{Value, json};

use super::{Gateway, Pem, stations};
use crate::cli::output::counted;
use crate::config::{self, Config, Origin};
use crate::control::handlers::Daemon;
use crate::control::protocol::Fault;
use crate::scanners::{Means, NamedFiles, Outside};
use crate::settings::{self, Settings};
use crate::signatures::{Occasion, SignatureSet};
use store::Mails as _;

/// The daemon as its commands see it.
pub(super) struct Running(pub(super) Arc<Gateway>);

impl Daemon for Running {
    fn reload(&self) -> futures_util::future::BoxFuture<'_, Result<String, Fault>> {
        Box::pin(self.0.reload())
    }

    fn offer(&self, mail: &store::mails::MailState) {
        self.0.queue.offer(mail, None);
    }

    fn wake_queue(&self) {
        self.0.queue.read_index();
    }

    fn bench(&self) -> Bench {
        let line = &self.0.line;
        Bench { stations: line.stations(), memory: line.memory().clone(), identity: line.identity().clone() }
    }

    fn status(&self) -> futures_util::future::BoxFuture<'_, Value> {
        Box::pin(async {
            let health = self.0.looked().await.shown();
            let (front, signatures) = (&self.0.front, self.0.signatures.load());
            json!({
                "sessions": front.open_sessions(), "hostname": self.0.config.load().values.hostname,
                "signatures": signatures.shown(), "health": health,
            })
        })
    }
}

impl Gateway {
    /// Reads everything again and puts it in force.
    ///
    /// # Errors
    /// The mistake; nothing has changed then.
    pub(crate) async fn reload(&self) -> Result<String, Fault> {
        self.try_reload().await.map_err(|fault| Fault {
            message: format!("the old configuration stays in force: {}", fault.message),
            ..fault
        })
    }

    async fn try_reload(&self) -> Result<String, Fault> {
        let mut named_files = self.reloading.lock().await;
        let old = self.config.load_full();
        let mut config = match &old.origin {
            Origin::File(file) => config::load(file)?,
            Origin::Defaults => Config::clone(&old),
            Origin::Trial => {
                let message = "this is a trial: it has no configuration to read again";
                return Err(Fault::unavailable(message, "for your own domain: postern init"));
            }
        };
        let waiting = keep_until_restart(&self.started, &mut config);
        let settings = settings::in_force(&config)?;
        self.refuse_to_lose_all(&config, &settings)?;
        let unusable = |error: &dyn std::fmt::Display| Fault::usage(format!("certificate: {error}"), "");
        let pem = match Pem::of_files(&config)? {
            Some(pem) => pem,
            None => Pem::self_made(&config, &self.data).await.map_err(|error| unusable(&format!("{error:#}")))?,
        };
        // A pair that does not fit is found before anything changes.
        ServerCertificate::from_pem(&pem.certificate, &pem.key).map_err(|error| unusable(&error))?;
        let signatures = super::load_signatures(&config, &[], Occasion::Change).await?;
        let domains = settings.domains.all().len();
        let files = NamedFiles::of(&config);
        let outside = self.outside(&config, *named_files == files)?;
        self.put_in_force(&config, settings, (&signatures, outside)).await?;
        self.certificate.replace(&pem.certificate, &pem.key).map_err(|error| unusable(&error))?;
        self.config.store(Arc::new(config));
        *named_files = files;
        tracing::info!(event = "reloaded");
        let domains = counted(u64::try_from(domains).unwrap_or(u64::MAX), "domain");
        let mut said = format!("Reloaded; {domains}, {}.", signatures.counted());
        if !waiting.is_empty() {
            said.push_str(&format!(" Changed with the next start only: {}.", waiting.join(", ")));
        }
        for note in &signatures.notes {
            said.push_str(&format!("\nwarning: {note}"));
        }
        Ok(said)
    }

    // An emptied file is a mistake far more often than an intent, and what waits for these domains would go to their MX: us.
    fn refuse_to_lose_all(&self, config: &Config, settings: &Settings) -> Result<(), Fault> {
        let in_force = self.current.load().policies.by_domain.len();
        if in_force == 0 || !settings.domains.all().is_empty() {
            return self.refuse_to_strand(config, settings);
        }
        let file = config.values.settings.join("domains.toml");
        let message = format!("{}: it names no domain, and {in_force} are in force", file.display());
        Err(Fault::usage(message, "to relay for none any more, restart Postern"))
    }

    // What was accepted as ours must not go by MX, as the mail of strangers does.
    fn refuse_to_strand(&self, config: &Config, settings: &Settings) -> Result<(), Fault> {
        let is_left = |name: &str| settings.domains.all().iter().any(|domain| domain.name.as_str() == name);
        let current = self.current.load();
        let gone = |name: &String| current.policies.by_domain.contains_key(name) && !is_left(name);
        for mail in self.data.mails.unfinished(TenantId::DEFAULT) {
            let waiting =
                mail.recipients.iter().filter(|recipient| ["queued", "held"].contains(&recipient.state.word()));
            let mut domains =
                waiting.filter_map(|recipient| Some(recipient.address.rsplit_once('@')?.1.to_lowercase()));
            if let Some(domain) = domains.find(gone) {
                let file = config.values.settings.join("domains.toml");
                let message = format!("{}: {domain} is missing, and mail waits for it", file.display());
                let hint = format!("postern queue list --destination {domain} shows it: deliver or delete it first");
                return Err(Fault::usage(message, hint));
            }
        }
        Ok(())
    }

    // Where nothing changed, what scanners have said and what a sandbox is at is kept.
    fn outside(&self, config: &Config, has_same_files: bool) -> Result<Outside, Fault> {
        if !has_same_files || !Outside::is_same(&self.config.load(), config) {
            return Ok(Outside::of(config, &Means { dns: &self.dns, clock: &self.clock })?);
        }
        let stations = self.line.stations();
        Ok(Outside { file_checks: Arc::clone(&stations.file_checks), pictures: stations.pictures.clone() })
    }

    async fn put_in_force(
        &self,
        config: &Config,
        settings: Settings,
        (signatures, outside): (&SignatureSet, Outside),
    ) -> Result<(), Fault> {
        self.data.remember(&settings).await?;
        // New workers beside the old ones, which finish what they have: no message waits, none is looked at with neither.
        if let Err(error) = self.pool.reload(signatures.for_workers.clone()).await {
            return Err(Fault::unavailable(format!("signatures: no worker starts with them: {error}"), ""));
        }
        for warning in &settings.warnings {
            tracing::warn!(warning, "policy");
        }
        self.line.set_stations(stations(
            (config, &settings),
            signatures,
            (&self.dns, &self.pool),
            (&self.clock, outside),
        ));
        self.queue.set_routes(settings.routes.clone());
        self.front.set(smtp_settings(config), admission(config, &settings));
        self.current.store(Arc::new(settings.in_force));
        self.signatures.store(Arc::new(signatures.clone()));
        Ok(())
    }
}

// So that everything which is made of the configuration goes by the same values. Names what waits for the restart.
fn keep_until_restart(started: &Config, config: &mut Config) -> Vec<&'static str> {
    let (old, new) = (&started.values, &mut config.values);
    let (old_limits, limits) = (&old.limits, &mut new.limits);
    let kept = [
        put_back("hostname", &old.hostname, &mut new.hostname),
        put_back("inbound.listen", &old.inbound.listen, &mut new.inbound.listen),
        put_back("outbound.listen", &old.outbound.listen, &mut new.outbound.listen),
        put_back("http.listen", &old.http.listen, &mut new.http.listen),
        put_back("dns.servers", &old.dns.servers, &mut new.dns.servers),
        put_back("limits.sessions_max", &old_limits.sessions_max, &mut limits.sessions_max),
        put_back(
            "limits.sessions_per_prefix_max",
            &old_limits.sessions_per_prefix_max,
            &mut limits.sessions_per_prefix_max,
        ),
        put_back("limits.message_memory_bytes", &old_limits.message_memory_bytes, &mut limits.message_memory_bytes),
        put_back("scan.workers", &old.scan.workers, &mut new.scan.workers),
        put_back("scan.session_budget_ms", &old.scan.session_budget_ms, &mut new.scan.session_budget_ms),
        put_back("process.user", &old.process.user, &mut new.process.user),
        put_back("process.sandbox", &old.process.sandbox, &mut new.process.sandbox),
        put_back("data", &old.data, &mut new.data),
        put_back(
            "limits.deliveries_per_destination_max",
            &old_limits.deliveries_per_destination_max,
            &mut limits.deliveries_per_destination_max,
        ),
        put_back("limits.drain_seconds", &old_limits.drain_seconds, &mut limits.drain_seconds),
        put_back("log.level", &old.log.level, &mut new.log.level),
        put_back("log.format", &old.log.format, &mut new.log.format),
    ];
    kept.into_iter().flatten().collect()
}

fn put_back<T: Clone + PartialEq>(name: &'static str, old: &T, new: &mut T) -> Option<&'static str> {
    let is_changed = old != new;
    new.clone_from(old);
    is_changed.then_some(name)
}

/// What the SMTP machine is told.
pub(super) fn smtp_settings(config: &Config) -> smtp::server::Settings {
    smtp::server::Settings {
        host: config.values.hostname.clone(),
        size_bytes_max: config.values.limits.message_bytes_max,
        recipients_max: config.values.limits.recipients_max,
        offers_tls: true,
        ..smtp::server::Settings::default()
    }
}

/// What admission is told.
pub(super) fn admission(config: &Config, settings: &Settings) -> AdmissionRules {
    AdmissionRules {
        domains: settings.domains.clone(),
        outbound_networks: config.outbound_networks.clone(),
        limits: AdmissionLimits {
            message_bytes_max: config.values.limits.message_bytes_max,
            recipients_max: config.values.limits.recipients_max,
            ..AdmissionLimits::default()
        },
    }
}

/// Caps of sessions.
pub(super) fn session_limits(config: &Config) -> SessionLimits {
    let limits = &config.values.limits;
    SessionLimits {
        of_prefix_max: u32::try_from(limits.sessions_per_prefix_max).unwrap_or(u32::MAX),
        total_max: u32::try_from(limits.sessions_max).unwrap_or(u32::MAX),
    }
}
