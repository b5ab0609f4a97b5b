//! `settings/domains.toml`: the domains that we relay for, and where their mail goes.
//!
//! ```toml
//! [[domain]]
//! name = "example.org"
//! next_hop = ["mail.example.org:25", "192.0.2.7:2525"]   # or "mx"
//! recipients = "ask"                                      # or "any", or ["a@example.org", ...]
//! policy = "standard"
//! ```

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use mail::address::{Address, Domain};
use mail::envelope::TenantId;
use toml::de::DeValue;

use crate::error::{Fault, PolicyError};
use crate::settings::{self, At, Keys, text_of, texts_of, unknown_word, wrong_type};

/// Port where none is written.
pub const SMTP_PORT: u16 = 25;
/// Rule set of a domain that names none.
pub const DEFAULT_POLICY: &str = "standard";

/// All domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domains {
    by_name: HashMap<Domain, usize>,
    all: Vec<RelayDomain>,
}

/// A domain that we relay for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayDomain {
    /// Its name, A-labels.
    pub name: Domain,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where its mail goes.
    pub next_hop: NextHop,
    /// Who exists.
    pub recipients: Recipients,
    /// Name of its rule set.
    pub policy: String,
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextHop {
    /// To these, in order.
    Hosts(Vec<Host>),
    /// To the MX of the domain as DNS has it. Only right where that is not us.
    Mx,
}

/// A host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host {
    /// Name or address.
    pub name: HostName,
    /// Port.
    pub port: u16,
}

/// Name or address of a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HostName {
    /// Asked of DNS.
    Name(Domain),
    /// Used as it is.
    Ip(IpAddr),
}

/// Who exists in a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipients {
    /// These, by [`Address::key`].
    Listed(HashSet<String>),
    /// The next hop knows.
    Ask,
    /// Everybody.
    Any,
}

impl Domains {
    /// Reads the TOML form; `file` is for messages.
    ///
    /// # Errors
    /// [`PolicyError`] with file, line, column and a hint.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        parse(text).map_err(|fault| fault.in_file(file, text))
    }

    /// The domain of exactly this name. A name below a domain is another domain.
    #[must_use]
    pub fn find(&self, name: &Domain) -> Option<&RelayDomain> {
        self.by_name.get(name).and_then(|at| self.all.get(*at))
    }

    /// All, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[RelayDomain] {
        &self.all
    }

    /// Their names, for [`crate::rules::Site`].
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.all.iter().map(|domain| domain.name.as_str().to_owned()).collect()
    }
}

fn parse(text: &str) -> Result<Domains, Fault> {
    let document = settings::parse(text)?;
    let mut keys = Keys::of(document.get_ref(), 0..0);
    let tables = keys.tables("domain")?;
    keys.finish()?;
    let mut domains = Domains::default();
    for table in tables {
        let at = table.span.start;
        let domain = relay_domain(table)?;
        if domains.by_name.insert(domain.name.clone(), domains.all.len()).is_some() {
            return Err(Fault::new(at, format!("a second domain `{}`", domain.name))
                .hint("a domain belongs to exactly one place"));
        }
        domains.all.push(domain);
    }
    Ok(domains)
}

fn relay_domain(mut keys: Keys<'_>) -> Result<RelayDomain, Fault> {
    let name = keys.needed("name", "name = \"example.org\"")?;
    let domain = domain_name(&name)?;
    let next_hop = next_hop(&mut keys)?;
    let recipients = recipients(&mut keys, &domain)?;
    let policy = keys.text("policy")?.map_or_else(|| DEFAULT_POLICY.to_owned(), |policy| policy.value);
    keys.finish()?;
    Ok(RelayDomain { name: domain, tenant: TenantId::DEFAULT, next_hop, recipients, policy })
}

fn domain_name(name: &At<String>) -> Result<Domain, Fault> {
    let fault = || Fault::new(name.span.start, format!("`{}` is no domain", name.value));
    match Domain::parse(&name.value) {
        Ok(domain) if !domain.is_literal() => Ok(domain),
        Ok(_) => Err(fault().hint("an address literal cannot be relayed for")),
        Err(_) if name.value.contains('@') => Err(fault().hint("without the part before the @")),
        Err(_) if name.value.contains('*') => Err(fault().hint("each domain is written out; there are no wildcards")),
        Err(_) => Err(fault().hint("for instance example.org, without a dot at the end")),
    }
}

fn next_hop(keys: &mut Keys<'_>) -> Result<NextHop, Fault> {
    let hint = "next_hop = [\"mail.example.org:25\"], or \"mx\"";
    let value = keys.value("next_hop").ok_or_else(|| keys.missing("next_hop", hint))?;
    match value.get_ref() {
        DeValue::String(_) => {
            let word = text_of(value, "next_hop")?;
            match word.value.as_str() {
                "mx" => Ok(NextHop::Mx),
                other => Err(Fault::new(word.span.start, format!("`next_hop` cannot be `{other}`")).hint(hint)),
            }
        }
        DeValue::Array(_) => {
            let hosts = texts_of(value, "next_hop")?;
            if hosts.is_empty() {
                return Err(Fault::new(value.span().start, "`next_hop` is empty").hint(hint));
            }
            hosts.iter().map(host).collect::<Result<_, _>>().map(NextHop::Hosts)
        }
        other => Err(wrong_type(value.span().start, "next_hop", "a list of hosts or \"mx\"", other).hint(hint)),
    }
}

fn host(text: &At<String>) -> Result<Host, Fault> {
    parse_host(&text.value).ok_or_else(|| {
        Fault::new(text.span.start, format!("`{}` is no host", text.value))
            .hint("name:port, 192.0.2.1:port or [2001:db8::1]:port; the port may be left out")
    })
}

/// Reads `name`, `name:port`, `192.0.2.1`, `192.0.2.1:port`, `2001:db8::1`, `[2001:db8::1]:port`.
#[must_use]
pub fn parse_host(text: &str) -> Option<Host> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(Host { name: HostName::Ip(ip), port: SMTP_PORT });
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (ip, rest) = rest.split_once(']')?;
        let port = if rest.is_empty() { SMTP_PORT } else { port(rest.strip_prefix(':')?)? };
        return Some(Host { name: HostName::Ip(ip.parse().ok()?), port });
    }
    let (name, port) = match text.rsplit_once(':') {
        Some((name, digits)) => (name, port(digits)?),
        None => (text, SMTP_PORT),
    };
    let name = match name.parse::<IpAddr>() {
        Ok(ip) => HostName::Ip(ip),
        // `999.1.1.1` is a mistyped address, no name.
        Err(_) if name.bytes().all(|b| b.is_ascii_digit() || b == b'.') => return None,
        Err(_) => HostName::Name(Domain::parse(name).ok()?),
    };
    Some(Host { name, port })
}

fn port(digits: &str) -> Option<u16> {
    digits.parse().ok().filter(|port| *port != 0)
}

fn recipients(keys: &mut Keys<'_>, domain: &Domain) -> Result<Recipients, Fault> {
    let hint = "recipients = \"ask\" (the next hop knows), \"any\", or a list of addresses";
    let value = keys.value("recipients").ok_or_else(|| keys.missing("recipients", hint))?;
    match value.get_ref() {
        DeValue::String(_) => {
            let word = text_of(value, "recipients")?;
            match word.value.as_str() {
                "ask" => Ok(Recipients::Ask),
                "any" => Ok(Recipients::Any),
                _ => Err(unknown_word(&word, "recipients", &["ask", "any"]).hint(hint)),
            }
        }
        DeValue::Array(_) => {
            let texts = texts_of(value, "recipients")?;
            texts.iter().map(|text| listed(text, domain)).collect::<Result<_, _>>().map(Recipients::Listed)
        }
        other => Err(wrong_type(value.span().start, "recipients", "a list or a word", other).hint(hint)),
    }
}

fn listed(text: &At<String>, domain: &Domain) -> Result<String, Fault> {
    let fault = |message: String| Fault::new(text.span.start, message);
    let address = Address::parse(&text.value)
        .map_err(|error| fault(format!("`{}`: {error}", text.value)).hint(format!("for instance a.person@{domain}")))?;
    if address.domain() != domain {
        return Err(fault(format!("`{}` is not in {domain}", text.value)).hint("list it with its own domain"));
    }
    Ok(address.key())
}

#[cfg(test)]
mod tests;
