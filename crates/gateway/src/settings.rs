//! The settings folder: `domains.toml`, `policy/*.toml`. Read whole, checked whole, put in force whole; a mistake anywhere
//! leaves the old state in force. What was in force is kept by content hash, so that a decision can be recomputed later.

mod files;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use detect::Knowledge;
use pipeline::conclude::Policies;
use pipeline::record::Versions;
use pipeline::replay::InForce;
use policy::builtin;
use policy::domains::{DEFAULT_POLICY, Domains, HostName, NextHop};
use policy::names::Name;
use policy::rules::{Policy, Site, with_site};
use queue::route::{HostPort, Route, Routes};
use scan::weights::Weights;
use sha2::{Digest, Sha256};

use crate::config::{Config, ConfigError, Origin};

/// Everything that a site sets, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Domains that we relay for.
    pub(crate) domains: Domains,
    /// Where their mail goes.
    pub(crate) routes: Routes,
    /// Weights and policies.
    pub(crate) in_force: InForce,
    /// Lists of the detectors, with our domains.
    pub(crate) knowledge: Arc<Knowledge>,
    /// Hashes of the above, for the journal.
    pub(crate) versions: Versions,
    /// The documents themselves, for the store.
    pub(crate) documents: Vec<Document>,
    /// What deserves a look and is no mistake.
    pub(crate) warnings: Vec<String>,
    /// The files that were read.
    pub(crate) files: Vec<PathBuf>,
}

/// A document that replay will need.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What start and reload put in force. A configuration file promises a settings folder with domains in it; without a file
/// there may be none at all.
///
/// # Errors
/// As [`load`], and if the folder or its domains are missing.
pub(crate) fn in_force(config: &Config) -> Result<Settings, ConfigError> {
    let folder = &config.values.settings;
    if matches!(config.origin, Origin::File(_)) || files::is_there(folder)? {
        files::require(folder)?;
    }
    let mut settings = load(folder)?;
    let scanners = config.values.scanner.iter().map(|scanner| scanner.name.as_str());
    settings.warnings.extend(unknown_names(&settings.in_force.policies, Name::Scanners, scanners, "outside scanner"));
    Ok(settings)
}

// A rule that looks for what is never there protects nothing, and nobody sees it.
fn unknown_names<'a>(
    policies: &Policies,
    list: Name,
    known: impl IntoIterator<Item = &'a str>,
    what: &str,
) -> Vec<String> {
    let known: HashSet<&str> = known.into_iter().collect();
    let policies = policies.by_name.values().filter(|policy| builtin::builtin(&policy.name).is_none());
    let asked = policies.flat_map(|policy| policy.looked_for_in(list));
    let unknown = asked.filter(|(_, text)| !known.contains(text));
    unknown.map(|(rule, text)| format!("rule {}: no {what} is called {text:?}: it never matches", rule.0)).collect()
}

/// Reads the folder; without one, no domain is relayed for and the built-in policies are in force.
///
/// # Errors
/// [`ConfigError`] with file, line, column, reason and hint.
pub(crate) fn load(folder: &Path) -> Result<Settings, ConfigError> {
    let mut texts = files::read_all(folder)?;
    let file = files::domains_file(folder).display().to_string();
    let domains = Domains::parse(&file, &texts.domains)?;
    for domain in domains.all() {
        if !texts.policies.contains_key(&domain.policy) {
            let known: Vec<&str> = texts.policies.keys().map(String::as_str).collect();
            let reason = format!("domain {} asks for the policy {:?}", domain.name, domain.policy);
            return Err(ConfigError::unknown_policy(&file, &texts.domains, reason, (&domain.policy, &known)));
        }
    }
    let mut settings = compile(domains, &mut texts.policies)?;
    let unread = texts
        .unread
        .iter()
        .map(|entry| format!("{} is not read: only domains.toml and policy/NAME.toml are", entry.display()));
    settings.warnings.extend(unread);
    settings.files = texts.files;
    Ok(settings)
}

/// Settings made by the program itself (`try`, tests).
///
/// # Errors
/// As [`load`].
pub(crate) fn from_text(domains: &str, policy: &str) -> Result<Settings, ConfigError> {
    let domains = Domains::parse("domains", domains)?;
    let mut texts = files::built_in();
    if let Some(text) = builtin::builtin(policy) {
        texts.insert(DEFAULT_POLICY.to_owned(), (format!("builtin:{policy}"), text.to_owned()));
    }
    compile(domains, &mut texts)
}

fn compile(domains: Domains, texts: &mut BTreeMap<String, (String, String)>) -> Result<Settings, ConfigError> {
    let site = Site { domains: domains.names(), lists: BTreeMap::new() };
    let mut documents = Vec::new();
    let mut policies = Policies::default();
    let mut versions = Versions::default();
    let mut warnings = Vec::new();
    for (name, (file, text)) in texts {
        let whole = with_site(text, &site);
        let policy = Policy::parse(file, &whole)?;
        warnings.extend(
            policy::lint::lint(&policy)
                .into_iter()
                .map(|warning| format!("{file}: {}: {}", warning.rule, warning.message)),
        );
        versions.policies.insert(name.clone(), hash(&whole));
        policies.by_name.insert(name.clone(), Arc::new(policy));
        documents.push(Document { kind: "policy", name: name.clone(), text: whole });
    }
    let evidence = detect::detectors::ALL.iter().map(|detector| detector.id.name());
    warnings.extend(unknown_names(&policies, Name::Evidence, evidence, "evidence"));
    for domain in domains.all() {
        policies.by_domain.insert(domain.name.to_string(), domain.policy.clone());
    }
    let weights =
        Weights::parse(detect::WEIGHTS).map_err(|error| ConfigError::other("built-in weights", error.to_string()))?;
    versions.weights = hash(detect::WEIGHTS);
    documents.push(Document { kind: "weights", name: weights.version.clone(), text: detect::WEIGHTS.to_owned() });
    let own = domains.all().iter().map(|domain| domain.name.clone()).collect();
    let knowledge =
        Knowledge::built_in(own).map_err(|error| ConfigError::other("built-in lists", error.to_string()))?;
    versions.knowledge.clone_from(&knowledge.version.0);
    let routes = routes(&domains);
    let in_force = InForce { weights: Arc::new(weights), policies };
    let (knowledge, files) = (Arc::new(knowledge), Vec::new());
    Ok(Settings { domains, routes, in_force, knowledge, versions, documents, warnings, files })
}

fn routes(domains: &Domains) -> Routes {
    Routes::new(domains.all().iter().map(|domain| (domain.name.to_string(), route(&domain.next_hop))).collect(), None)
}

/// The queue's form of a next hop.
pub(crate) fn route(hop: &NextHop) -> Route {
    match hop {
        NextHop::Mx => Route::Mx,
        NextHop::Hosts(hosts) => Route::Hosts(hosts.iter().map(host_port).collect()),
    }
}

fn host_port(host: &policy::domains::Host) -> HostPort {
    let name = match &host.name {
        HostName::Name(name) => name.to_string(),
        HostName::Ip(ip) => ip.to_string(),
    };
    HostPort { host: name, port: host.port }
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}
