//! One mail, looked at once. A mail has one `MailId` and may have many scans.

use mail::envelope::Envelope;
use mail::id::MailId;
use mail::message::Message;

use crate::auth::AuthResults;
use crate::content::Content;
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::question::Findings;

/// Number of a scan within its mail: 0 in the session, then one more for each re-judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScanId(pub u32);

/// All that detectors may look at.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Which look at the mail this is.
    pub id: ScanId,
    /// The mail.
    pub mail: MailId,
    /// Who brought it, and for whom.
    pub envelope: Envelope,
    /// Header and MIME tree.
    pub message: Message,
    /// What the worker found inside.
    pub content: Content,
    /// SPF, DKIM, DMARC, ARC.
    pub auth: AuthResults,
    /// What lookups fetched.
    pub facts: Facts,
    /// Answers to policy's questions.
    pub findings: Findings,
}

/// What `gather` hands to `conclude`, and what the journal keeps: everything that verdict and decision are made from.
/// There is no body in it.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Which look at the mail this is.
    pub id: ScanId,
    /// The mail.
    pub mail: MailId,
    /// Who brought it, and for whom.
    pub envelope: Envelope,
    /// What the header says of itself.
    pub summary: Summary,
    /// SPF, DKIM, DMARC, ARC.
    pub auth: AuthResults,
    /// What lookups fetched.
    pub facts: Facts,
    /// Answers to policy's questions.
    pub findings: Findings,
    /// What detectors saw, in the order of `detect::ALL`.
    pub evidence: Vec<Evidence>,
    /// Required checks that failed and would be worth another try (names, for instance `unpack`).
    pub failed_checks: Vec<String>,
}

/// The few header facts that policy, lists and people see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Subject, decoded.
    pub subject: String,
    /// From, decoded: name and address as displayed.
    pub from: String,
    /// Domain of the first From address, lower case; empty where there is none.
    pub from_domain: String,
    /// Message-ID as written.
    pub message_id: String,
    /// Size in bytes as received.
    pub size: u64,
    /// Kinds of ambiguity found, stable words.
    pub ambiguities: Vec<String>,
}
