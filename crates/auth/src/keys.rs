//! The public keys that a message's signatures name, fetched beforehand in parallel through the budget. The library is
//! given these and nothing else: for a name that is not here the answer is "does not exist", so it never asks by itself.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use futures_util::future::join_all;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::{DnsError as LibraryDnsError, Error, ResolverCache, Txt};
use net::dns::{Asker, DnsError};

use crate::tags::tag;

/// What DNS said under each name (with trailing dot, as the library asks).
#[derive(Default)]
pub(crate) struct Keys(HashMap<Box<str>, Key>);

/// One answer.
pub(crate) enum Key {
    /// A key.
    Found(Arc<DomainKey>),
    /// A record that is no usable key for mail.
    Unusable(Error),
    /// DNS did not answer.
    Unknown,
}

impl Keys {
    /// Fetches the first `max` different names.
    pub(crate) async fn fetch(names: impl IntoIterator<Item = String>, max: usize, asker: Asker<'_>) -> Self {
        let mut wanted: Vec<String> = Vec::new();
        for name in names {
            if wanted.len() < max && !wanted.contains(&name) {
                wanted.push(name);
            }
        }
        let answers = join_all(wanted.iter().map(|name| asker.txt(name))).await;
        Self(wanted.into_iter().zip(answers).map(|(name, answer)| (name.into_boxed_str(), key(answer))).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Key> {
        self.0.get(name)
    }
}

fn key(answer: Result<Vec<Vec<u8>>, DnsError>) -> Key {
    let records = match answer {
        Ok(records) => records,
        Err(error) if error.is_nothing() => return Key::Unusable(absent()),
        Err(_) => return Key::Unknown,
    };
    let mut unusable = absent();
    for record in &records {
        match DomainKey::parse(record) {
            Ok(key) if is_for_mail(record) => return Key::Found(Arc::new(key)),
            Ok(_) => {}
            Err(error) => unusable = error,
        }
    }
    Key::Unusable(unusable)
}

/// RFC 6376 3.6.1: `s=` names the services the key is for.
fn is_for_mail(record: &[u8]) -> bool {
    let services = String::from_utf8_lossy(record);
    tag(&services, "s")
        .is_none_or(|services| services.split(':').any(|service| matches!(service.trim(), "*" | "email")))
}

const fn absent() -> Error {
    Error::Dns(LibraryDnsError::RecordNotFound(ResponseCode::NXDomain))
}

impl ResolverCache<Box<str>, Txt> for Keys {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(match self.0.get(name) {
            Some(Key::Found(key)) => Txt::DomainKey(Arc::clone(key)),
            Some(Key::Unusable(error)) => Txt::Error(error.clone()),
            Some(Key::Unknown) => Txt::Error(Error::Dns(LibraryDnsError::Resolver(String::new()))),
            None => Txt::Error(absent()),
        })
    }

    fn remove<Q>(&self, _name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _name: Box<str>, _value: Txt, _valid_until: std::time::Instant) {}
}
