//! Results that somebody else found and hands to us, as `scan --batch` may: they are taken as facts instead of asking DNS.

use mail::address::{Domain, ReversePath};
use scan::auth::{AuthResults, DkimCheck, DkimResult, DmarcResult, SpfCheck, SpfResult};

use crate::authenticate::Input;
use crate::from::{self, Author};

/// The given words; what is missing is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Result of SPF.
    pub spf: Option<SpfResult>,
    /// Best result of all signatures.
    pub dkim: Option<DkimResult>,
    /// Result of DMARC.
    pub dmarc: Option<DmarcResult>,
}

impl Given {
    /// Nothing is given.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.spf.is_none() && self.dkim.is_none() && self.dmarc.is_none()
    }

    /// Everything is given: DNS need not be asked.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.spf.is_some() && self.dkim.is_some() && self.dmarc.is_some()
    }

    /// Results made of the given words alone; what is not given is `None`.
    #[must_use]
    pub fn results(&self, input: &Input<'_>) -> AuthResults {
        self.put_into(AuthResults::none(), input)
    }

    /// Puts the given words into results that were found otherwise. A signature has no domain in words: one that passed is
    /// taken as the author's where DMARC passed and SPF cannot be the reason.
    #[must_use]
    pub fn put_into(&self, mut results: AuthResults, input: &Input<'_>) -> AuthResults {
        let author = match from::author(input.message) {
            Author::One(domain) => Some(domain),
            Author::Unclear => None,
        };
        if let Some(result) = self.spf {
            let (domain, of_helo) = match input.sender {
                ReversePath::Address(address) => (Some(address.domain().clone()), false),
                ReversePath::Null => (Domain::parse(input.helo).ok().filter(|domain| !domain.is_literal()), true),
            };
            results.spf = SpfCheck { result, domain, of_helo };
        }
        if let Some(result) = self.dkim {
            results.dkim = given_signature(result);
        }
        if let Some(result) = self.dmarc {
            results.dmarc.result = result;
            results.dmarc.from = author.clone();
        }
        let is_related = |domain: Option<&Domain>| match (domain, author.as_ref()) {
            (Some(domain), Some(author)) => domain.is_within(author) || author.is_within(domain),
            _ => false,
        };
        if self.spf.is_some() || self.dmarc.is_some() {
            results.dmarc.spf_aligned =
                results.spf.result == SpfResult::Pass && is_related(results.spf.domain.as_ref());
        }
        if self.dkim.is_some() || self.dmarc.is_some() {
            let is_explained = results.dmarc.spf_aligned || results.dmarc.result != DmarcResult::Pass;
            results.dmarc.dkim_aligned = results.dkim_result() == DkimResult::Pass && !is_explained;
        }
        if self.dkim.is_some() && results.dmarc.dkim_aligned {
            results.dkim.iter_mut().for_each(|check| check.domain.clone_from(&author));
        }
        results
    }
}

fn given_signature(result: DkimResult) -> Vec<DkimCheck> {
    if result == DkimResult::None {
        return Vec::new();
    }
    vec![DkimCheck { result, domain: None, selector: String::new(), comment: "given".to_owned() }]
}

#[cfg(test)]
mod tests;
