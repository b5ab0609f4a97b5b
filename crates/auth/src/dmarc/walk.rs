//! The walk up the tree of names (RFC 9989 4.10): which records there are, which of them is the organisation's.

use futures_util::future::join_all;
use mail::address::Domain;
use net::dns::{Asker, DnsError};

use super::record::{PublicSuffix, Record};

/// Names of one walk.
const WALK_NAMES_MAX: usize = 8;
/// Labels that a long name is cut to after its first question (4.10).
const LABELS_AFTER_FIRST: usize = 7;

/// The walk from one domain, longest name first, down to where it stops.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    start: String,
    found: Vec<(String, Record)>,
    /// The walk met a name that did not answer, before it stopped.
    trouble: Option<Trouble>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// The starting point itself did not answer.
    AtStart,
    /// A name above it did not.
    Above,
}

impl Walk {
    /// Asks for every name of the walk at once: most answers are in the cache, and the walk is short.
    pub(crate) async fn from(domain: &Domain, asker: Asker<'_>) -> Self {
        let start = domain.as_str().to_owned();
        let names = names(&start);
        let answers = join_all(names.iter().map(|name| lookup(name, asker))).await;
        let mut walk = Self { start, found: Vec::new(), trouble: None };
        for (at, (name, answer)) in names.into_iter().zip(answers).enumerate() {
            match answer {
                Ok(None) => {}
                Ok(Some(record)) => {
                    let is_end = record.public_suffix != PublicSuffix::Unsaid;
                    walk.found.push((name, record));
                    if is_end {
                        break;
                    }
                }
                Err(_) => walk.trouble = walk.trouble.or(Some(if at == 0 { Trouble::AtStart } else { Trouble::Above })),
            }
        }
        walk
    }

    /// The record of the starting point.
    pub(crate) fn own_record(&self) -> Option<&Record> {
        self.found.first().filter(|(name, _)| *name == self.start).map(|(_, record)| record)
    }

    /// The record that speaks for a starting point without its own: the organisation's, else the public suffix's (4.10.1).
    pub(crate) fn record_above(&self) -> Option<&Record> {
        let organisation = self.organisation();
        let of_organisation = self.found.iter().find(|(name, _)| *name == organisation);
        of_organisation.or_else(|| self.found.last()).map(|(_, record)| record)
    }

    /// The organisational domain (4.10.2); the starting point itself if there is no record at all.
    pub(crate) fn organisation(&self) -> String {
        for (name, record) in &self.found {
            match record.public_suffix {
                PublicSuffix::No => return name.clone(),
                PublicSuffix::Yes if *name != self.start => return one_label_below(name, &self.start),
                _ => {}
            }
        }
        self.found.last().map_or_else(|| self.start.clone(), |(name, _)| name.clone())
    }

    /// Something on the way did not answer: the organisation is not certain.
    pub(crate) const fn is_uncertain(&self) -> bool {
        self.trouble.is_some()
    }

    /// The starting point did not answer: not even its own record is certain.
    pub(crate) fn start_is_uncertain(&self) -> bool {
        self.trouble == Some(Trouble::AtStart)
    }
}

/// The names that are asked: the start; then, of a long name, its last seven labels; then one label less each time.
fn names(start: &str) -> Vec<String> {
    let labels: Vec<&str> = start.split('.').collect();
    let mut names = vec![start.to_owned()];
    let next = labels.len().saturating_sub(1).min(LABELS_AFTER_FIRST);
    for count in (1..=next).rev() {
        names.push(labels.get(labels.len() - count..).unwrap_or_default().join("."));
    }
    names.truncate(WALK_NAMES_MAX);
    names
}

/// The one valid record of a name. Several are as none (4.10).
async fn lookup(name: &str, asker: Asker<'_>) -> Result<Option<Record>, DnsError> {
    match asker.txt(&format!("_dmarc.{name}")).await {
        Ok(texts) => {
            let mut records = texts.iter().filter(|text| is_dmarc(text));
            match (records.next(), records.next()) {
                (Some(text), None) => Ok(Record::parse(text)),
                _ => Ok(None),
            }
        }
        Err(error) if error.is_nothing() => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_dmarc(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    crate::tags::tags(&text).next() == Some(("v", "DMARC1"))
}

fn one_label_below(suffix: &str, start: &str) -> String {
    let labels: Vec<&str> = start.split('.').collect();
    let keep = suffix.split('.').count().saturating_add(1);
    labels.get(labels.len().saturating_sub(keep)..).unwrap_or_default().join(".")
}
