//! One piece of work: a mail, a destination, the recipients there that get the same bytes.

use std::sync::Arc;

use bytes::Bytes;
use mail::envelope::TenantId;
use mail::id::MailId;
use store::mails::MailState;
use store::memory::Reserved;
use store::record::mail::{StateRecord, VariantRecord};

use crate::route::{Route, Routes};

/// Recipients of one transaction; more are sent in another (RFC 5321 4.5.3.1.8 promises 100).
pub const RECIPIENTS_PER_TRANSACTION_MAX: usize = 100;

/// Work for one connection.
#[derive(Clone, Debug)]
pub struct Job {
    /// Whose.
    pub tenant: TenantId,
    /// The mail.
    pub mail: MailId,
    /// Recipient domain, lower case: what MX records are asked of and what an operator pauses.
    pub domain: String,
    /// Where it goes.
    pub route: Route,
    /// Index in the mail's variants; none: as it came.
    pub variant: Option<u16>,
    /// Recipients by index and address.
    pub recipients: Vec<(u16, String)>,
    /// Not before, milliseconds since the epoch.
    pub due: i64,
    /// Attempts made.
    pub attempts: u16,
    /// The bytes, when they are still at hand from the session.
    pub ready: Option<ReadyBody>,
}

/// A message that need not be read from the log again.
#[derive(Clone, Debug)]
pub struct ReadyBody {
    /// As it came.
    pub raw: Bytes,
    /// Changed forms.
    pub variants: Vec<VariantRecord>,
    /// What the bytes hold of the budget; it goes back with the last copy.
    pub room: Arc<Reserved>,
}

impl Job {
    /// Jobs that share connections have the same key.
    #[must_use]
    pub fn destination(&self) -> String {
        match &self.route {
            Route::Mx => self.domain.clone(),
            Route::Hosts(hosts) => hosts.first().map_or_else(String::new, ToString::to_string),
        }
    }
}

/// The jobs of a mail's queued recipients.
#[must_use]
pub fn jobs(mail: &MailState, routes: &Routes) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (at, recipient) in (0..u16::MAX).zip(&mail.recipients) {
        let StateRecord::Queued { attempts, next_attempt } = recipient.state else { continue };
        let domain = recipient.address.rsplit('@').next().unwrap_or("").to_ascii_lowercase();
        let fitting = jobs.iter_mut().find(|job| {
            job.domain == domain
                && job.variant == recipient.variant
                && job.due == next_attempt
                && job.recipients.len() < RECIPIENTS_PER_TRANSACTION_MAX
        });
        if let Some(job) = fitting {
            job.recipients.push((at, recipient.address.clone()));
            continue;
        }
        jobs.push(Job {
            tenant: mail.tenant,
            mail: mail.id,
            route: routes.of(&domain),
            domain,
            variant: recipient.variant,
            recipients: vec![(at, recipient.address.clone())],
            due: next_attempt,
            attempts,
            ready: None,
        });
    }
    jobs
}

#[cfg(test)]
mod tests;
