//! What the server knows: records by name, and names that misbehave.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Seconds that an answer may be cached.
const TTL_S: u32 = 300;

/// Records and misbehaviours by name. Names are lower case without trailing dot; a name is anything between dots.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    records: HashMap<String, Vec<Data>>,
    behaviours: HashMap<String, Behaviour>,
}

/// The data of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// IPv4 address.
    A(Ipv4Addr),
    /// IPv6 address.
    Aaaa(Ipv6Addr),
    /// Preference and host; an empty host is the root (null MX).
    Mx(u16, String),
    /// Strings of at most 255 bytes.
    Txt(Vec<Vec<u8>>),
    /// Name of an address.
    Ptr(String),
    /// Another name.
    Cname(String),
}

/// How a name misbehaves, for every type it has no record of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// It answers SERVFAIL.
    ServFail,
    /// It answers REFUSED.
    Refused,
    /// It does not answer.
    Timeout,
    /// It answers NXDOMAIN, although names below it exist.
    NoSuchName,
    /// Over UDP its answer is cut off; over TCP it is whole.
    Truncated,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneError {
    line: String,
}

impl std::fmt::Display for ZoneError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a record: {}", self.line)
    }
}

impl std::error::Error for ZoneError {}

impl Zone {
    /// Reads lines `NAME TYPE DATA`: `A`, `AAAA`, `MX 10 host`, `TXT "..." "..."` (without quotes: the rest of the line),
    /// `PTR`, `CNAME`; or `NAME` and one of `SERVFAIL REFUSED TIMEOUT NXDOMAIN TRUNCATED`. `#` begins a comment line. `@ip`
    /// as the name of a PTR record is turned into its name under `arpa`.
    ///
    /// # Errors
    /// [`ZoneError`] with the line.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let mut zone = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            zone.line(line).ok_or_else(|| ZoneError { line: line.to_owned() })?;
        }
        Ok(zone)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (name, rest) = line.split_once(char::is_whitespace)?;
        let name = match name.strip_prefix('@') {
            Some(ip) => super::answer::plain(&hickory_proto::rr::Name::from(ip.parse::<std::net::IpAddr>().ok()?)),
            None => name.to_owned(),
        };
        let rest = rest.trim();
        let (kind, data) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let data = data.trim();
        let data = match kind {
            "A" => Data::A(data.parse().ok()?),
            "AAAA" => Data::Aaaa(data.parse().ok()?),
            "PTR" => Data::Ptr(data.to_owned()),
            "CNAME" => Data::Cname(data.to_owned()),
            "TXT" => Data::Txt(strings(data)),
            "MX" => {
                let (preference, host) = data.split_once(' ')?;
                Data::Mx(preference.parse().ok()?, host.trim().to_owned())
            }
            _ => {
                self.behave(&name, Behaviour::from_word(kind)?);
                return Some(());
            }
        };
        self.add(&name, data);
        Some(())
    }

    /// Adds a record.
    pub fn add(&mut self, name: &str, data: Data) {
        self.records.entry(key(name)).or_default().push(data);
    }

    /// Adds a TXT record of one text, cut into strings of 255 bytes.
    pub fn add_txt(&mut self, name: &str, text: &str) {
        self.add(name, Data::Txt(text.as_bytes().chunks(255).map(<[u8]>::to_vec).collect()));
    }

    /// Lets a name misbehave.
    pub fn behave(&mut self, name: &str, behaviour: Behaviour) {
        self.behaviours.insert(key(name), behaviour);
    }

    pub(super) fn behaviour(&self, name: &str) -> Option<Behaviour> {
        self.behaviours.get(name).copied()
    }

    pub(super) fn records(&self, name: &str) -> &[Data] {
        self.records.get(name).map_or(&[], Vec::as_slice)
    }

    /// The name, or one below it, has records or behaves somehow.
    pub(super) fn exists(&self, name: &str) -> bool {
        let below = format!(".{name}");
        self.records.keys().chain(self.behaviours.keys()).any(|known| known == name || known.ends_with(&below))
    }

    pub(super) const fn ttl_s() -> u32 {
        TTL_S
    }
}

impl Behaviour {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "SERVFAIL" => Some(Self::ServFail),
            "REFUSED" => Some(Self::Refused),
            "TIMEOUT" => Some(Self::Timeout),
            "NXDOMAIN" => Some(Self::NoSuchName),
            "TRUNCATED" => Some(Self::Truncated),
            _ => None,
        }
    }
}

fn key(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn strings(data: &str) -> Vec<Vec<u8>> {
    if !data.starts_with('"') {
        return data.as_bytes().chunks(255).map(<[u8]>::to_vec).collect();
    }
    data.split('"').skip(1).step_by(2).flat_map(|text| text.as_bytes().chunks(255)).map(<[u8]>::to_vec).collect()
}
