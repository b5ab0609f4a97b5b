//! The whole line on one screen.
//!
//! ```text
//! parse -> unpack -> authenticate -> look up -> detect -> judge -> decide
//! \_________________ gather _________________/   \___ conclude ___/
//! ```
//!
//! A message by SMTP, a scan from the command line and a held mail that is judged again enter at [`process`]. Replay has a
//! record and no body: it enters at [`conclude`]. Receiving stands before this line, carrying out and delivering behind
//! it, see [`crate::line`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mail::envelope::{Direction, Envelope};
use mail::id::MailId;
use mail::message::Message;
use policy::decide::Attempt;
use scan::content::{Content, WhyUnopened};
use scan::facts::{Fact, Facts, ScannerFact};
use scan::question::Findings;
use scan::{Gathered, Scan, ScanId};
use worker::{FairKey, Opened};

use crate::conclude::{Concluded, NoPolicy, conclude};
use crate::given::{Given, Passwords};
use crate::open::Wait;
use crate::pictures::Texts;
use crate::record::Versions;
use crate::scan_files::Asking;
use crate::stations::Stations;
use crate::summary::summarize;
use crate::{aside, authenticate, look_up, open, pictures, scan_files};

/// A message that has arrived.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its name.
    pub mail: MailId,
    /// Which look at it this is.
    pub scan: ScanId,
    /// Who brought it, and for whom.
    pub envelope: Envelope,
    /// Its bytes.
    pub raw: Bytes,
    /// What somebody else found out already (`scan --batch`); usually nothing.
    pub given: Given,
}

/// What the line brings: everything that verdict and decision were made from, and both.
#[derive(Clone, Debug)]
pub struct Processed {
    /// The message, read.
    pub message: Message,
    /// What stands in it.
    pub content: Content,
    /// What was gathered.
    pub gathered: Gathered,
    /// Verdict and decision.
    pub concluded: Concluded,
    /// Name of the deciding policy of each recipient, in order.
    pub policy_names: Vec<String>,
    /// Hashes of what judged and decided.
    pub versions: Arc<Versions>,
    /// What it waits for, if nobody could open it now.
    pub wait: Option<Wait>,
}

/// What gathering brings.
struct Gathering {
    message: Message,
    content: Content,
    gathered: Gathered,
    wait: Option<Wait>,
}

/// Gathers, judges, decides.
///
/// # Errors
/// [`NoPolicy`] if settings name a policy that is not there.
pub async fn process(incoming: Incoming, stations: &Stations, attempt: Attempt) -> Result<Processed, NoPolicy> {
    let Gathering { message, content, gathered, wait } = gather(incoming, stations, attempt).await;
    let policy_names = stations.in_force.policies.names_for(&gathered.envelope.recipients);
    let in_force = &stations.in_force;
    let concluded = conclude(&gathered, &in_force.weights, &in_force.policies.by_name, &policy_names, attempt)?;
    let versions = Arc::clone(&stations.versions);
    Ok(Processed { message, content, gathered, concluded, policy_names, versions, wait })
}

/// Parse, unpack, authenticate, look up, detect. Facts are fetched side by side; evidence is deduced from them.
async fn gather(incoming: Incoming, stations: &Stations, attempt: Attempt) -> Gathering {
    let Incoming { mail, scan: id, envelope, raw, given } = incoming;
    let (bytes, key) = (raw.len(), FairKey::of(envelope.client.ip));
    let message = stations.aside.run(key, bytes, || Message::parse(raw)).await;
    let inbound = envelope.recipients.iter().any(|recipient| recipient.direction == Direction::Inbound);
    let (looked_into, auth, facts) = futures_util::join!(
        look_into((mail, &message), &envelope, (&given, attempt), stations),
        authenticate::authenticate(&message, &envelope, &given, stations),
        look_up::look_up(&message, &envelope, &given, stations),
    );
    let LookedInto { content, scanners, ocr, wait } = looked_into;
    let facts = Facts { scanners, ocr, ..facts };
    let mut scan = Scan { id, mail, envelope, message, content, auth, facts, findings: Default::default() };
    let bytes = bytes.max(aside::found_bytes(&scan.content));
    let detecting = stations.aside.run(key, bytes, || {
        let answered = stations.questions.iter().map(|(key, question)| (key.clone(), detect::answer(question, &scan)));
        scan.findings = Findings(answered.collect());
        detect::detect(&scan, &stations.knowledge)
    });
    let evidence = detecting.await;
    let not_authenticated = authenticate::failed_check(&scan.auth, inbound);
    let not_opened = wait.filter(|wait| *wait != Wait::ForSandbox).map(|_| open::UNPACK);
    let failed = [not_opened, not_authenticated].into_iter().flatten().map(str::to_owned);
    let failed_checks = failed.chain(scan_files::failed_checks(&scan.facts.scanners)).collect();
    let summary = summarize(&scan.message);
    let Scan { message, content, envelope, auth, facts, findings, .. } = scan;
    let gathered = Gathered { id, mail, envelope, summary, auth, facts, findings, evidence, failed_checks };
    Gathering { message, content, gathered, wait }
}

/// What looking into a message brings.
struct LookedInto {
    content: Content,
    scanners: Vec<ScannerFact>,
    ocr: Fact<u32>,
    wait: Option<Wait>,
}

// Unpack, then whoever needs what was found: scanners of files and the reader of pictures, side by side.
async fn look_into(
    (mail, message): (MailId, &Message),
    envelope: &Envelope,
    (given, attempt): (&Given, Attempt),
    stations: &Stations,
) -> LookedInto {
    let (mut opened, mut wait) = open::open(message, envelope, &given.passwords, stations).await;
    let key = FairKey::of(envelope.client.ip);
    let locked = pictures_beside_locked(&opened, stations, key).await;
    let words = locked.passwords();
    if !words.is_empty() {
        // The files that came out go first: twice they would need twice the room.
        drop(opened);
        let passwords = Passwords(given.passwords.0.iter().cloned().chain(words).collect());
        (opened, wait) = open::open(message, envelope, &passwords, stations).await;
    }
    if opened.content.unopened.iter().any(|one| one.why == WhyUnopened::WorkerFailed) {
        tracing::warn!(event = "not_opened", mail = %mail.reference(), "two workers gave up something of this message");
    }
    let asking = Asking { mail, key, attempt, aside: &stations.aside };
    let (scanners, texts) = match wait {
        // It will be looked at again, then whole.
        Some(_) => (Vec::new(), Texts::none()),
        None => futures_util::join!(
            stations.file_checks.facts(asking, message.raw(), &opened),
            pictures::read((&opened.content, &opened.files), stations.pictures.as_deref(), (key, locked.used)),
        ),
    };
    let (mut content, ocr) = (opened.content, texts.fact.clone());
    texts.put_into(&mut content);
    let wait = wait.or_else(|| scan_files::only_runs(&scanners).then_some(Wait::ForSandbox));
    LookedInto { content, scanners, ocr, wait }
}

// What is encrypted may open with a word that stands in a picture beside it: then that is read first, and all is opened anew.
async fn pictures_beside_locked(opened: &Opened, stations: &Stations, key: FairKey) -> Texts {
    let is_locked = opened.content.unopened.iter().any(|one| one.why == WhyUnopened::Encrypted);
    match stations.pictures.as_deref() {
        Some(pictures) if is_locked => {
            pictures::read((&opened.content, &opened.files), Some(pictures), (key, Duration::ZERO)).await
        }
        _ => Texts::none(),
    }
}
