//! A DMARC record (RFC 9989 4.7). Unknown and unreadable tags are ignored, but for the policies.

use scan::auth::DmarcPolicy;

use crate::tags::{tag, tags};

/// What a record asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) policy: DmarcPolicy,
    pub(crate) subdomain_policy: DmarcPolicy,
    pub(crate) missing_domain_policy: DmarcPolicy,
    pub(crate) dkim_alignment: Alignment,
    pub(crate) spf_alignment: Alignment,
    pub(crate) public_suffix: PublicSuffix,
    pub(crate) is_test: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alignment {
    Relaxed,
    Strict,
}

/// `psd=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PublicSuffix {
    Yes,
    No,
    Unsaid,
}

impl Record {
    /// The record, or nothing if the text is none that can be used.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        // 4.7: the version comes first and is case-sensitive.
        if tags(text).next() != Some(("v", "DMARC1")) {
            return None;
        }
        let (policy, subdomain, missing) = (read(text, "p"), read(text, "sp"), read(text, "np"));
        let is_sound = policy.is_ok_and(|policy| policy.is_some()) && subdomain.is_ok() && missing.is_ok();
        let (policy, subdomain, missing) = if is_sound {
            (policy.ok().flatten(), subdomain.ok().flatten(), missing.ok().flatten())
        } else if has_report_address(text) {
            // 4.7: who only wants reports asks for nothing else.
            (None, None, None)
        } else {
            return None;
        };
        let policy = policy.unwrap_or(DmarcPolicy::None);
        let subdomain_policy = subdomain.unwrap_or(policy);
        Some(Self {
            policy,
            subdomain_policy,
            missing_domain_policy: missing.unwrap_or(subdomain_policy),
            dkim_alignment: alignment(text, "adkim"),
            spf_alignment: alignment(text, "aspf"),
            public_suffix: match tag(text, "psd") {
                Some("y" | "Y") => PublicSuffix::Yes,
                Some("n" | "N") => PublicSuffix::No,
                _ => PublicSuffix::Unsaid,
            },
            is_test: matches!(tag(text, "t"), Some("y" | "Y")),
        })
    }
}

/// A policy: absent, known, or an error.
fn read(text: &str, name: &str) -> Result<Option<DmarcPolicy>, ()> {
    match tag(text, name) {
        None => Ok(None),
        Some(word) => DmarcPolicy::from_word(word).map(Some).ok_or(()),
    }
}

fn has_report_address(text: &str) -> bool {
    tag(text, "rua").is_some_and(|addresses| {
        addresses.split(',').any(|address| {
            let address = address.trim();
            address.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) && address.contains('@')
        })
    })
}

fn alignment(text: &str, name: &str) -> Alignment {
    match tag(text, name) {
        Some("s" | "S") => Alignment::Strict,
        _ => Alignment::Relaxed,
    }
}
