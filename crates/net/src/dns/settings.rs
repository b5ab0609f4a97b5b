//! How the resolver is set up: which servers, how long, how often.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;

/// Responses in the cache.
const CACHE_RESPONSES_MAX: u64 = 32_768;
/// Longest life of an answer in the cache, whatever its TTL says.
const ANSWER_LIFE_S_MAX: u64 = 86_400;
/// Longest life of "there is none" in the cache.
const NOTHING_LIFE_S_MAX: u64 = 900;
/// Questions in flight to one server over one connection.
const IN_FLIGHT_MAX: usize = 256;

/// Settings of [`super::Dns`].
#[derive(Clone, Debug)]
pub struct DnsSettings {
    /// Whom to ask.
    pub servers: Servers,
    /// Milliseconds for one question, repetitions included.
    pub query_timeout_ms: u64,
    /// Repetitions of a question that got no answer.
    pub retries: usize,
}

/// Which servers are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Servers {
    /// Those of `/etc/resolv.conf`.
    System,
    /// These, by UDP, and TCP where an answer is too long.
    List(Vec<SocketAddr>),
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self { servers: Servers::System, query_timeout_ms: 5_000, retries: 1 }
    }
}

/// The resolver could not be made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DnsSetupError {
    /// The system's settings cannot be read, or the library refused ours.
    #[error("cannot set up DNS: {0}")]
    Library(#[from] NetError),
    /// There is nobody to ask.
    #[error("no DNS server is configured")]
    NoServer,
}

pub(super) fn resolver(settings: &DnsSettings) -> Result<TokioResolver, DnsSetupError> {
    let config = match &settings.servers {
        Servers::System => {
            let (mut config, _) = hickory_resolver::system_conf::read_system_conf()?;
            config.domain = None;
            config.search.clear();
            config
        }
        Servers::List(list) => {
            ResolverConfig::from_parts(None, Vec::new(), list.iter().map(|at| server(*at)).collect())
        }
    };
    if config.name_servers.is_empty() {
        return Err(DnsSetupError::NoServer);
    }
    let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    Ok(builder.with_options(options(settings)).build()?)
}

fn server(at: SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(at.ip());
    server.connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].into();
    for connection in &mut server.connections {
        connection.port = at.port();
    }
    server
}

fn options(settings: &DnsSettings) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    let tries = u64::try_from(settings.retries).unwrap_or(u64::MAX).saturating_add(1);
    options.timeout = Duration::from_millis((settings.query_timeout_ms / tries).max(1));
    options.attempts = settings.retries;
    options.edns0 = true;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.cache_size = CACHE_RESPONSES_MAX;
    options.use_hosts_file = ResolveHosts::Never;
    options.positive_max_ttl = Some(Duration::from_secs(ANSWER_LIFE_S_MAX));
    options.negative_max_ttl = Some(Duration::from_secs(NOTHING_LIFE_S_MAX));
    options.max_active_requests = IN_FLIGHT_MAX;
    options.try_tcp_on_error = false;
    options
}
