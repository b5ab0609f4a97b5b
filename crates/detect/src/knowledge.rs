//! What detectors know beside the message: lists and phrases, and the site's own domains. An immutable snapshot with a
//! version; it is handed in and swapped whole.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use mail::address::Domain;
use sha2::{Digest, Sha256};

use crate::phrases::Phrases;

const FREEMAIL: &str = include_str!("../data/freemail.txt");
const SENDING_SERVICES: &str = include_str!("../data/sending-services.txt");
const CREDENTIAL_LURES: &str = include_str!("../data/credential-lures.txt");
const ADVANCE_FEE: &str = include_str!("../data/advance-fee.txt");
const OFFERS: &str = include_str!("../data/offers.txt");

/// Content hash of all that a [`Knowledge`] knows, 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KnowledgeVersion(pub String);

/// An immutable snapshot. Cheap to clone: the lists are shared.
#[derive(Clone, Debug)]
pub struct Knowledge {
    /// What the journal records.
    pub version: KnowledgeVersion,
    /// Domains of the site: mail that comes from outside in their name is suspect.
    own_domains: Vec<Domain>,
    lists: Arc<Lists>,
}

#[derive(Debug)]
struct Lists {
    hash: [u8; 32],
    freemail: HashSet<&'static str>,
    sending_services: HashSet<&'static str>,
    credential_lures: Phrases,
    advance_fee: Phrases,
    offers: Phrases,
}

/// The lists could not be compiled.
#[derive(Debug, thiserror::Error)]
#[error("knowledge: {list}: {source}")]
pub struct KnowledgeError {
    list: &'static str,
    source: aho_corasick::BuildError,
}

impl Knowledge {
    /// What ships with the program, for a site with these domains. Compiles the lists, some milliseconds: do it once, then
    /// [`Knowledge::with_own_domains`].
    ///
    /// # Errors
    /// [`KnowledgeError`] names the list that is too large to compile.
    pub fn built_in(own_domains: Vec<Domain>) -> Result<Self, KnowledgeError> {
        let compile = |list, text| Phrases::compile(lines(text)).map_err(|source| KnowledgeError { list, source });
        let mut hash = Sha256::new();
        for text in [FREEMAIL, SENDING_SERVICES, CREDENTIAL_LURES, ADVANCE_FEE, OFFERS] {
            hash.update(text.as_bytes());
        }
        let lists = Arc::new(Lists {
            hash: hash.finalize().into(),
            freemail: lines(FREEMAIL).collect(),
            sending_services: lines(SENDING_SERVICES).collect(),
            credential_lures: compile("credential-lures.txt", CREDENTIAL_LURES)?,
            advance_fee: compile("advance-fee.txt", ADVANCE_FEE)?,
            offers: compile("offers.txt", OFFERS)?,
        });
        Ok(Self { version: version(&lists, &own_domains), own_domains, lists })
    }

    /// The same lists for other domains.
    #[must_use]
    pub fn with_own_domains(&self, own_domains: Vec<Domain>) -> Self {
        Self { version: version(&self.lists, &own_domains), own_domains, lists: Arc::clone(&self.lists) }
    }

    /// One of the site's domains, or a name below one.
    #[must_use]
    pub fn is_own(&self, domain: &Domain) -> bool {
        self.own_domains.iter().any(|own| domain.is_within(own))
    }

    /// A mailbox there costs nothing and proves nothing. `organisation` is a registrable domain, lower case.
    pub(crate) fn is_freemail(&self, organisation: &str) -> bool {
        self.lists.freemail.contains(organisation)
    }

    /// A company that sends or counts clicks for others. `organisation` is a registrable domain, lower case.
    pub(crate) fn is_sending_service(&self, organisation: &str) -> bool {
        self.lists.sending_services.contains(organisation)
    }

    pub(crate) fn credential_lures(&self) -> &Phrases {
        &self.lists.credential_lures
    }

    pub(crate) fn advance_fee(&self) -> &Phrases {
        &self.lists.advance_fee
    }

    pub(crate) fn offers(&self) -> &Phrases {
        &self.lists.offers
    }
}

fn version(lists: &Lists, own_domains: &[Domain]) -> KnowledgeVersion {
    let mut text = String::new();
    for domain in own_domains {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{domain}");
    }
    let mut hash = Sha256::new();
    hash.update(lists.hash);
    hash.update(text.as_bytes());
    KnowledgeVersion(HEXLOWER.encode(&hash.finalize()))
}

// Entries of a list: one a line, `#` begins a comment.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests;
