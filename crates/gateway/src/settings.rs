//! The settings folder: `domains.toml`, `policy/*.toml`. Read whole, checked whole, put in force whole; a mistake anywhere
//! leaves the old state in force. What was in force is kept by content hash, so that a decision can be recomputed later.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use detect::Knowledge;
use pipeline::conclude::Policies;
use pipeline::record::Versions;
use pipeline::replay::InForce;
use policy::builtin;
use policy::domains::{DEFAULT_POLICY, Domains, HostName, NextHop};
use policy::rules::{Policy, Site, with_site};
use queue::route::{HostPort, Route, Routes};
use scan::weights::Weights;
use sha2::{Digest, Sha256};

use crate::config::ConfigError;

/// Bytes of one settings file.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Policies of a site.
const POLICIES_MAX: usize = 1_000;

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
}

/// A document that replay will need.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads the folder; without one, no domain is relayed for and the built-in policies are in force.
///
/// # Errors
/// [`ConfigError`] with file, line, column, reason and hint.
pub(crate) fn load(folder: &Path) -> Result<Settings, ConfigError> {
    let file = folder.join("domains.toml");
    let text = if is_there(&file)? { read(&file)? } else { String::new() };
    let name = file.display().to_string();
    let domains = Domains::parse(&name, &text)?;
    let mut texts = policy_texts(&folder.join("policy"))?;
    for domain in domains.all() {
        if !texts.contains_key(&domain.policy) {
            let known: Vec<&str> = texts.keys().map(String::as_str).collect();
            let reason = format!(
                "domain {} asks for the policy {:?}; there are {}",
                domain.name,
                domain.policy,
                known.join(", ")
            );
            return Err(ConfigError::other(name, reason));
        }
    }
    compile(domains, &mut texts)
}

/// Settings made by the program itself (`try`, tests).
///
/// # Errors
/// As [`load`].
pub(crate) fn from_text(domains: &str, policy: &str) -> Result<Settings, ConfigError> {
    let domains = Domains::parse("domains", domains)?;
    let mut texts = built_in();
    if let Some(text) = builtin::builtin(policy) {
        texts.insert(DEFAULT_POLICY.to_owned(), (format!("builtin:{policy}"), text.to_owned()));
    }
    compile(domains, &mut texts)
}

// Name -> (file for messages, text). A file of the site stands before a built-in policy of its name.
fn built_in() -> BTreeMap<String, (String, String)> {
    let named = builtin::NAMES.iter().filter_map(|name| Some((*name, builtin::builtin(name)?)));
    named.map(|(name, text)| (name.to_owned(), (format!("builtin:{name}"), text.to_owned()))).collect()
}

fn policy_texts(folder: &Path) -> Result<BTreeMap<String, (String, String)>, ConfigError> {
    let mut texts = built_in();
    if !is_there(folder)? {
        return Ok(texts);
    }
    let unreadable = |error: std::io::Error| ConfigError::unreadable(folder, &error);
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)?.take(POLICIES_MAX) {
        files.insert(entry.map_err(unreadable)?.path());
    }
    for file in files {
        if file.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        texts.insert(name, (file.display().to_string(), read(&file)?));
    }
    Ok(texts)
}

// What may not be looked at is a mistake, not an absence.
fn is_there(path: &Path) -> Result<bool, ConfigError> {
    path.try_exists().map_err(|error| ConfigError::unreadable(path, &error))
}

fn read(file: &Path) -> Result<String, ConfigError> {
    let size = std::fs::metadata(file).map_err(|error| ConfigError::unreadable(file, &error))?.len();
    if size > FILE_BYTES_MAX {
        return Err(ConfigError::other(file.display().to_string(), format!("is larger than {FILE_BYTES_MAX} bytes")));
    }
    std::fs::read_to_string(file).map_err(|error| ConfigError::unreadable(file, &error))
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
    Ok(Settings { domains, routes, in_force, knowledge: Arc::new(knowledge), versions, documents, warnings })
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
