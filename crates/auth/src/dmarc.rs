//! DMARC (RFC 9989): does what passed belong to the author's domain, and what does its owner ask for? `pct` is gone, `t`
//! steps the policy down by one. Where DNS did not answer and the answer decides, the result is `TempError`: never
//! pass, never "no record".

mod record;
mod walk;

use mail::address::Domain;
use net::dns::{Asker, DnsError};
use scan::auth::{DkimCheck, DkimResult, DmarcCheck, DmarcPolicy, DmarcResult, SpfCheck, SpfResult};

use crate::from::Author;
use record::{Alignment, Record};
use walk::Walk;

/// Walks for other domains than the author's, to compare organisations; more are taken as not aligned.
const ALIGNMENT_WALKS_MAX: u32 = 4;

/// How an identifier stands to the author's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aligned {
    Yes,
    No,
    Unknown,
}

/// Evaluates DMARC over what SPF and DKIM brought.
pub(crate) async fn verify(author: &Author, spf: &SpfCheck, dkim: &[DkimCheck], asker: Asker<'_>) -> DmarcCheck {
    let Author::One(from) = author else { return unclear(DmarcResult::PermError, None) };
    let walk = Walk::from(from, asker).await;
    if walk.start_is_uncertain() {
        return unclear(DmarcResult::TempError, Some(from));
    }
    let (record, policy) = match walk.own_record() {
        Some(record) => (record, record.policy),
        None if walk.is_uncertain() => return unclear(DmarcResult::TempError, Some(from)),
        None => match walk.record_above() {
            None => return unclear(DmarcResult::None, Some(from)),
            Some(record) => match exists(from, asker).await {
                Ok(true) => (record, record.subdomain_policy),
                Ok(false) => (record, record.missing_domain_policy),
                Err(_) => return unclear(DmarcResult::TempError, Some(from)),
            },
        },
    };
    let mut comparison = Comparison { from, walk: &walk, asker, walks_left: ALIGNMENT_WALKS_MAX };
    let spf_aligned = comparison.spf(spf, record).await;
    let dkim_aligned = comparison.dkim(dkim, record).await;
    let result = if spf_aligned == Aligned::Yes || dkim_aligned == Aligned::Yes {
        DmarcResult::Pass
    } else if spf_aligned == Aligned::Unknown || dkim_aligned == Aligned::Unknown {
        // 5.3.6: an identifier that may yet pass leaves the result open.
        DmarcResult::TempError
    } else {
        DmarcResult::Fail
    };
    DmarcCheck {
        result,
        from: Some(from.clone()),
        policy: Some(if record.is_test { one_step_down(policy) } else { policy }),
        spf_aligned: spf_aligned == Aligned::Yes,
        dkim_aligned: dkim_aligned == Aligned::Yes,
    }
}

struct Comparison<'a> {
    from: &'a Domain,
    walk: &'a Walk,
    asker: Asker<'a>,
    walks_left: u32,
}

impl Comparison<'_> {
    async fn spf(&mut self, spf: &SpfCheck, record: &Record) -> Aligned {
        let (true, Some(domain)) = (matches!(spf.result, SpfResult::Pass | SpfResult::TempError), &spf.domain) else {
            return Aligned::No;
        };
        let aligned = self.compare(domain, record.spf_alignment).await;
        known_if(aligned, spf.result == SpfResult::Pass)
    }

    /// The best of all signatures.
    async fn dkim(&mut self, dkim: &[DkimCheck], record: &Record) -> Aligned {
        let mut best = Aligned::No;
        for (passed, wanted) in [(true, DkimResult::Pass), (false, DkimResult::TempError)] {
            for check in dkim.iter().filter(|check| check.result == wanted) {
                let Some(domain) = &check.domain else { continue };
                match known_if(self.compare(domain, record.dkim_alignment).await, passed) {
                    Aligned::Yes => return Aligned::Yes,
                    Aligned::Unknown => best = Aligned::Unknown,
                    Aligned::No => {}
                }
            }
        }
        best
    }

    /// 4.10.2: the same name, or (relaxed) the same organisation.
    async fn compare(&mut self, domain: &Domain, alignment: Alignment) -> Aligned {
        if domain == self.from {
            return Aligned::Yes;
        }
        let organisation = self.walk.organisation();
        let could_be = Domain::parse(&organisation).is_ok_and(|organisation| domain.is_within(&organisation));
        if alignment == Alignment::Strict {
            return Aligned::No;
        }
        if self.walk.is_uncertain() {
            return Aligned::Unknown;
        }
        if !could_be || self.walks_left == 0 {
            return Aligned::No;
        }
        self.walks_left = self.walks_left.saturating_sub(1);
        let other = Walk::from(domain, self.asker).await;
        match other.is_uncertain() {
            true => Aligned::Unknown,
            false if other.organisation() == organisation => Aligned::Yes,
            false => Aligned::No,
        }
    }
}

/// An aligned identifier whose own check could not be made is neither yes nor no.
const fn known_if(aligned: Aligned, passed: bool) -> Aligned {
    match aligned {
        Aligned::Yes if !passed => Aligned::Unknown,
        other => other,
    }
}

const fn one_step_down(policy: DmarcPolicy) -> DmarcPolicy {
    match policy {
        DmarcPolicy::Reject => DmarcPolicy::Quarantine,
        DmarcPolicy::Quarantine | DmarcPolicy::None => DmarcPolicy::None,
    }
}

/// RFC 8020 2: a name that is NXDOMAIN does not exist, and nothing below it.
async fn exists(domain: &Domain, asker: Asker<'_>) -> Result<bool, DnsError> {
    match asker.a(domain.as_str()).await {
        Ok(_) | Err(DnsError::NoRecords) => Ok(true),
        Err(DnsError::NoSuchName | DnsError::BadName) => Ok(false),
        Err(error) => Err(error),
    }
}

fn unclear(result: DmarcResult, from: Option<&Domain>) -> DmarcCheck {
    DmarcCheck { result, from: from.cloned(), policy: None, spf_aligned: false, dkim_aligned: false }
}

#[cfg(test)]
mod tests;
