//! What detectors know beside the message: lists and phrases, and the site's own domains. An immutable snapshot with a
//! version; it is handed in and swapped whole.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use mail::address::Domain;
use scan::Scan;
use sha2::{Digest, Sha256};

use crate::phrases::{List, Phrases, PhrasesFound};

const FREEMAIL: &str = include_str!("../data/freemail.txt");
const SENDING_SERVICES: &str = include_str!("../data/sending-services.txt");
const CREDENTIAL_LURES: &str = include_str!("../data/credential-lures.txt");
const ADVANCE_FEE: &str = include_str!("../data/advance-fee.txt");
const OFFERS: &str = include_str!("../data/offers.txt");

const PHRASES: [(List, &str); 3] =
    [(List::CredentialLures, CREDENTIAL_LURES), (List::AdvanceFee, ADVANCE_FEE), (List::Offers, OFFERS)];

/// Content hash of all that a [`Knowledge`] knows, 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KnowledgeVersion(pub String);

/// An immutable snapshot. Cheap to clone: the lists are shared.
#[derive(Clone, Debug)]
pub struct Knowledge {
    /// What the journal records.
    pub version: KnowledgeVersion,
    /// Domains of the site: mail that comes from outside in their name is suspect.
    own_domains: Arc<[Domain]>,
    lists: Arc<Lists>,
    /// Phrases of the message that is looked at ([`Knowledge::for_one`]); none: they are looked for when somebody asks.
    found: Option<Arc<PhrasesFound>>,
}

#[derive(Debug)]
struct Lists {
    hash: [u8; 32],
    freemail: HashSet<&'static str>,
    sending_services: HashSet<&'static str>,
    phrases: Phrases,
}

/// The lists could not be compiled.
#[derive(Debug, thiserror::Error)]
#[error("knowledge: the lists of phrases: {0}")]
pub struct KnowledgeError(#[from] aho_corasick::BuildError);

impl Knowledge {
    /// What ships with the program, for a site with these domains. Compiles the lists, some milliseconds: do it once, then
    /// [`Knowledge::with_own_domains`].
    ///
    /// # Errors
    /// [`KnowledgeError`]: the lists are too large to compile.
    pub fn built_in(own_domains: Vec<Domain>) -> Result<Self, KnowledgeError> {
        let mut hash = Sha256::new();
        for text in [FREEMAIL, SENDING_SERVICES].into_iter().chain(PHRASES.map(|(_, text)| text)) {
            hash.update(text.as_bytes());
        }
        let lists = Arc::new(Lists {
            hash: hash.finalize().into(),
            freemail: lines(FREEMAIL).collect(),
            sending_services: lines(SENDING_SERVICES).collect(),
            phrases: Phrases::compile(
                PHRASES.into_iter().flat_map(|(list, text)| lines(text).map(move |line| (list, line))),
            )?,
        });
        Ok(Self { version: version(&lists, &own_domains), own_domains: own_domains.into(), lists, found: None })
    }

    /// The same lists for other domains.
    #[must_use]
    pub fn with_own_domains(&self, own_domains: Vec<Domain>) -> Self {
        let version = version(&self.lists, &own_domains);
        Self { version, own_domains: own_domains.into(), lists: Arc::clone(&self.lists), found: None }
    }

    /// The same for one message: what several detectors ask is looked for once.
    pub(crate) fn for_one(&self, scan: &Scan) -> Self {
        Self { found: Some(Arc::new(self.lists.phrases.find(scan))), ..self.clone() }
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

    /// The different phrases of a list in subject and text, in the order in which they first stand.
    pub(crate) fn phrases_in(&self, scan: &Scan, list: List) -> Vec<&str> {
        let phrases = &self.lists.phrases;
        match &self.found {
            Some(found) => phrases.of(list, found),
            None => phrases.of(list, &phrases.find(scan)),
        }
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
