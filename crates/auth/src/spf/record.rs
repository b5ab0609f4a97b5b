//! An SPF record as text becomes terms (RFC 7208 4.5, 4.6, 5, 6). The whole record is read before anything is looked up: a
//! mistake anywhere is a permanent error (4.6).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::domain_spec::DomainSpec;

/// Bytes of one record that are read; a longer one is a permanent error.
const RECORD_BYTES_MAX: usize = 4096;

/// The record says something that RFC 7208 does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadRecord;

/// A record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) directives: Vec<Directive>,
    pub(crate) redirect: Option<DomainSpec>,
}

/// A mechanism and what its match means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directive {
    pub(crate) qualifier: Qualifier,
    pub(crate) mechanism: Mechanism,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// Section 5. A missing domain is the domain that is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    All,
    Include(DomainSpec),
    A(Option<DomainSpec>, Prefixes),
    Mx(Option<DomainSpec>, Prefixes),
    Ptr(Option<DomainSpec>),
    Ip4(Ipv4Addr, u8),
    Ip6(Ipv6Addr, u8),
    Exists(DomainSpec),
}

/// Lengths of the network part for each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefixes {
    pub(crate) four: u8,
    pub(crate) six: u8,
}

/// It is an SPF record at all: `v=spf1`, then a space or the end (4.5).
pub(crate) fn is_spf(text: &[u8]) -> bool {
    text.split_at_checked(6).is_some_and(|(version, rest)| {
        version.eq_ignore_ascii_case(b"v=spf1") && matches!(rest.first(), None | Some(b' '))
    })
}

impl Record {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, BadRecord> {
        if text.len() > RECORD_BYTES_MAX || !text.is_ascii() {
            return Err(BadRecord);
        }
        let text = std::str::from_utf8(text).map_err(|_| BadRecord)?;
        let mut record = Self::default();
        let mut has_explanation = false;
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            match modifier(term) {
                Some(("redirect", _)) if record.redirect.is_some() => return Err(BadRecord),
                Some(("redirect", value)) => record.redirect = Some(DomainSpec::parse(value)?),
                Some(("exp", _)) if has_explanation => return Err(BadRecord),
                Some(("exp", value)) => {
                    // Its syntax counts, its text is the sender's word to the sender: it is not fetched.
                    DomainSpec::parse(value)?;
                    has_explanation = true;
                }
                Some((_, value)) => DomainSpec::check_macro_string(value)?,
                None => record.directives.push(directive(term)?),
            }
        }
        Ok(record)
    }
}

/// `name=value` (4.6.1); the known names in lower case.
fn modifier(term: &str) -> Option<(&'static str, &str)> {
    let (name, value) = term.split_once('=')?;
    let mut bytes = name.bytes();
    let is_name = bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !is_name {
        return None;
    }
    let known = ["redirect", "exp"].into_iter().find(|known| name.eq_ignore_ascii_case(known));
    Some((known.unwrap_or("unknown"), value))
}

fn directive(term: &str) -> Result<Directive, BadRecord> {
    let (qualifier, rest) = match term.split_at_checked(1) {
        Some(("+", rest)) => (Qualifier::Pass, rest),
        Some(("-", rest)) => (Qualifier::Fail, rest),
        Some(("~", rest)) => (Qualifier::SoftFail, rest),
        Some(("?", rest)) => (Qualifier::Neutral, rest),
        _ => (Qualifier::Pass, term),
    };
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (name, argument) = rest.split_at(end);
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Mechanism::All,
        "include" => Mechanism::Include(required(argument)?),
        "exists" => Mechanism::Exists(required(argument)?),
        "a" => {
            let (domain, prefixes) = with_prefixes(argument)?;
            Mechanism::A(domain, prefixes)
        }
        "mx" => {
            let (domain, prefixes) = with_prefixes(argument)?;
            Mechanism::Mx(domain, prefixes)
        }
        "ptr" if argument.is_empty() => Mechanism::Ptr(None),
        "ptr" => Mechanism::Ptr(Some(required(argument)?)),
        "ip4" => {
            let (ip, prefix) = network(argument, 32)?;
            Mechanism::Ip4(four(ip)?, prefix)
        }
        "ip6" => {
            let (ip, prefix) = network(argument, 128)?;
            Mechanism::Ip6(ip.parse().map_err(|_| BadRecord)?, prefix)
        }
        _ => return Err(BadRecord),
    };
    Ok(Directive { qualifier, mechanism })
}

fn required(argument: &str) -> Result<DomainSpec, BadRecord> {
    DomainSpec::parse(argument.strip_prefix(':').ok_or(BadRecord)?)
}

/// `[":" domain-spec] ["/" ip4] ["//" ip6]` (5.6). A slash may also stand in the domain, so the lengths are cut off at the
/// end.
fn with_prefixes(argument: &str) -> Result<(Option<DomainSpec>, Prefixes), BadRecord> {
    let mut prefixes = Prefixes { four: 32, six: 128 };
    let mut rest = argument;
    if let Some((before, digits)) = rest.rsplit_once("//")
        && is_number(digits)
    {
        prefixes.six = prefix(digits, 128)?;
        rest = before;
    }
    if let Some((before, digits)) = rest.rsplit_once('/')
        && is_number(digits)
    {
        prefixes.four = prefix(digits, 32)?;
        rest = before;
    }
    let domain = if rest.is_empty() { None } else { Some(required(rest)?) };
    Ok((domain, prefixes))
}

fn network(argument: &str, longest: u8) -> Result<(&str, u8), BadRecord> {
    let argument = argument.strip_prefix(':').ok_or(BadRecord)?;
    match argument.split_once('/') {
        Some((ip, digits)) => Ok((ip, prefix(digits, longest)?)),
        None => Ok((argument, longest)),
    }
}

fn four(text: &str) -> Result<Ipv4Addr, BadRecord> {
    text.parse().map_err(|_| BadRecord)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A length without leading zeros.
fn prefix(digits: &str, longest: u8) -> Result<u8, BadRecord> {
    let leading_zero = digits.len() > 1 && digits.starts_with('0');
    if !is_number(digits) || leading_zero {
        return Err(BadRecord);
    }
    digits.parse::<u8>().ok().filter(|length| *length <= longest).ok_or(BadRecord)
}
