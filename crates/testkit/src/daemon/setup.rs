//! What a test sets: the rest of the configuration is made for it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::loopback;

/// Configuration and settings of a gateway under test.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where it takes mail from outside.
    pub listen: SocketAddr,
    /// Where it takes mail from inside, if at all.
    pub outbound: Option<SocketAddr>,
    /// Networks that may use that.
    pub networks: Vec<String>,
    /// DNS server; without one, a port where nobody answers.
    pub dns: Option<SocketAddr>,
    /// Metrics, if at all.
    pub http: Option<SocketAddr>,
    /// Domains that it relays for.
    pub domains: Vec<Relayed>,
    /// Policies of the site: name and text.
    pub policies: Vec<(String, String)>,
    /// Lines of `[limits]`.
    pub limits: Vec<String>,
    /// Lines of `[scan]`.
    pub scan: Vec<String>,
    /// More of `postern.toml`, whole tables.
    pub extra: String,
    /// User to become; only root can.
    pub user: String,
    /// Data folder, if not the usual one.
    pub data: Option<PathBuf>,
    /// A command that starts the program: `["strace", "-f"]`.
    pub prefix: Vec<String>,
}

/// A domain that the gateway relays for.
#[derive(Clone, Debug)]
pub struct Relayed {
    /// Its name.
    pub name: String,
    /// `["host:port", ...]`, or `"mx"`, as TOML.
    pub next_hop: String,
    /// `"any"`, `"ask"` or a list, as TOML.
    pub recipients: String,
    /// Its policy.
    pub policy: String,
}

impl Relayed {
    /// `name` goes to a server, for all recipients, by this policy.
    #[must_use]
    pub fn to(name: &str, server: SocketAddr, policy: &str) -> Self {
        Self {
            name: name.to_owned(),
            next_hop: format!("[\"{server}\"]"),
            recipients: "\"any\"".to_owned(),
            policy: policy.to_owned(),
        }
    }
}

impl Setup {
    /// A gateway for `corp.example` that sends to `server`.
    #[must_use]
    pub fn new(server: SocketAddr, policy: &str) -> Self {
        Self::of(vec![Relayed::to("corp.example", server, policy)])
    }

    /// A gateway for these domains.
    #[must_use]
    pub fn of(domains: Vec<Relayed>) -> Self {
        Self {
            listen: loopback::socket(2525),
            outbound: None,
            networks: vec!["127.0.0.0/8".to_owned()],
            dns: None,
            http: None,
            domains,
            policies: Vec::new(),
            limits: Vec::new(),
            scan: Vec::new(),
            extra: String::new(),
            user: "nobody".to_owned(),
            data: None,
            prefix: Vec::new(),
        }
    }

    /// With a DNS server.
    #[must_use]
    pub const fn with_dns(mut self, server: SocketAddr) -> Self {
        self.dns = Some(server);
        self
    }

    /// `postern.toml`.
    #[must_use]
    pub fn config(&self) -> String {
        let mut text = String::from("hostname = \"gateway.example\"\nsettings = \"settings\"\n");
        let mut line = |line: String| {
            text.push_str(&line);
            text.push('\n');
        };
        let data = self.data.as_ref().map_or_else(|| "data".to_owned(), |data| data.display().to_string());
        line(format!("data = {data:?}"));
        line(format!("[inbound]\nlisten = [\"{}\"]", self.listen));
        if let Some(outbound) = self.outbound {
            line(format!("[outbound]\nlisten = [\"{outbound}\"]\nnetworks = {:?}", self.networks));
        }
        let dns = self.dns.unwrap_or_else(|| SocketAddr::new(self.listen.ip(), 9));
        line(format!("[dns]\nservers = [\"{dns}\"]"));
        let http = self.http.unwrap_or_else(|| SocketAddr::new(self.listen.ip(), 9252));
        line(format!("[http]\nlisten = \"{http}\""));
        line(format!("[process]\nuser = {:?}", self.user));
        line(format!("[limits]\n{}", self.limits.join("\n")));
        line(format!("[scan]\n{}", self.scan.join("\n")));
        line(self.extra.clone());
        text
    }

    /// `settings/domains.toml`.
    #[must_use]
    pub fn domains_text(&self) -> String {
        let mut text = String::new();
        for domain in &self.domains {
            let Relayed { name, next_hop, recipients, policy } = domain;
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "[[domain]]\nname = {name:?}\nnext_hop = {next_hop}\nrecipients = {recipients}\npolicy = {policy:?}\n"
            );
        }
        text
    }

    /// Writes `postern.toml` and the folder of settings.
    ///
    /// # Panics
    /// If a file cannot be written: a test cannot go on then.
    #[expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test that cannot write its files must stop")]
    pub fn write(&self, folder: &Path) {
        let policies = folder.join("settings/policy");
        std::fs::create_dir_all(&policies).expect("folders");
        std::fs::write(folder.join("postern.toml"), self.config()).expect("postern.toml");
        std::fs::write(folder.join("settings/domains.toml"), self.domains_text()).expect("domains.toml");
        for (name, text) in &self.policies {
            std::fs::write(policies.join(format!("{name}.toml")), text).expect("a policy");
        }
    }
}
