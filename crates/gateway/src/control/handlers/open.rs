//! `postern quarantine open`: a mail that holds something encrypted is opened with a password, judged anew and, where policy
//! lets it go now, delivered. The page for recipients will ask here, too: id, recipient and password in, a typed answer out.
//!
//! A password goes to the worker and nowhere else. Several are tried together, as one: a mail may hold two archives with two of
//! them. What is wrong is counted before it is tried, durably; after [`PASSWORD_TRIES_MAX`] the mail is locked.

use mail::envelope::TenantId;
use mail::id::MailId;
use pipeline::given::Passwords;
use pipeline::process::Processed;
use pipeline::rejudge::opening::{Bench, Fate, NotLooked, Sealed};
use pipeline::rejudge::other_words::OtherMail;
use serde_json::{Value, json};
use store::mails::{Change, Changed, MailState};
use store::record::RecipientChange;
use store::record::mail::StateRecord;
use store::site::tries::PASSWORD_TRIES_MAX;

use super::{Handlers, find, quarantine};
use crate::control::protocol::{Fault, Secret};

/// Bytes of the passwords of one try, line ends between them included.
const PASSWORDS_BYTES_MAX: usize = 1024;
/// Passwords of one try.
const PASSWORDS_MAX: usize = 5;
/// Reasons that are told.
const REASONS_MAX: usize = 8;

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    /// The mail.
    mail: MailId,
    outcome: Outcome,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It was opened and judged; each copy that was asked for, and whether it goes.
    Opened { found: Found, copies: Vec<Copy> },
    /// The password opens nothing, or none of several does.
    Wrong { tries_left: u32 },
    /// Too many wrong ones were given.
    Locked,
    /// All that is closed is encrypted for who reads it: no password opens it here, and none was tried.
    ForItsReader,
    /// No password was given, and no word of the sender's other mail opens anything.
    NoWordFits,
    /// Nothing in it waits for a password.
    NothingEncrypted,
}

/// What the message is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    class: &'static str,
    /// Probability that it is bad.
    bad: f64,
    /// Names of evidence and what they say, strongest first.
    reasons: Vec<(String, String)>,
}

/// One recipient's copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copy {
    recipient: String,
    is_released: bool,
    because: Vec<String>,
    /// Why it stays; empty where it goes.
    why: String,
}

/// Opens a mail for one of its recipients, or for all whose copies lie in quarantine.
///
/// # Errors
/// [`Fault`] if there is no such mail, or nobody could look at it now: no try was used then.
pub(super) async fn open(
    handlers: &Handlers,
    (id, recipient): (&str, Option<&str>),
    password: Option<Secret>,
    by: &str,
) -> Result<Answered, Fault> {
    let mail = find(handlers, id).await?;
    let chosen = quarantine::chosen_quarantined(&mail, recipient)?;
    let answered = |outcome| Ok(Answered { mail: mail.id, outcome });
    let passwords = password.map(passwords).transpose()?;
    let is_locked = is_locked(handlers, mail.id).await?;
    if passwords.is_some() && is_locked {
        return answered(Outcome::Locked);
    }
    let bench = bench(handlers)?;
    let Some(sealed) = bench.sealed(handlers.mails.as_ref(), &mail).await.map_err(not_looked)? else {
        return answered(Outcome::NothingEncrypted);
    };
    if sealed.is_for_its_reader() {
        return answered(Outcome::ForItsReader);
    }
    let opening = Opening { handlers, bench: &bench, mail: &mail, chosen: &chosen, by };
    let tried = match passwords {
        Some(passwords) => opening.with_passwords(&sealed, passwords).await?,
        None => opening.with_other_words(&sealed).await?,
    };
    match tried {
        Ok(processed) => answered(opening.settle(sealed, *processed).await?),
        // Words of mail are no guesses and are tried all the same, but to ask for a password now would be in vain.
        Err(Outcome::NoWordFits) if is_locked => answered(Outcome::Locked),
        Err(outcome) => answered(outcome),
    }
}

// Each line is one.
fn passwords(given: Secret) -> Result<Passwords, Fault> {
    let lines = given.0.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let passwords: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if !(1..=PASSWORDS_MAX).contains(&passwords.len()) || given.0.len() > PASSWORDS_BYTES_MAX {
        let message =
            format!("one to {PASSWORDS_MAX} passwords are taken, one a line, of {PASSWORDS_BYTES_MAX} bytes together");
        return Err(Fault::usage(message, "without one, words of the sender's other mail are tried"));
    }
    Ok(Passwords(passwords))
}

/// A mail of which all tries are used.
pub(super) async fn is_locked(handlers: &Handlers, mail: MailId) -> Result<bool, Fault> {
    Ok(handlers.site.tries(TenantId::DEFAULT, mail).await? >= PASSWORD_TRIES_MAX)
}

fn bench(handlers: &Handlers) -> Result<Bench, Fault> {
    let bench = handlers.daemon.as_ref().map(|daemon| daemon.bench()).or_else(|| handlers.bench.clone());
    bench.ok_or_else(|| Fault::unavailable("nothing here can judge a mail", "start the gateway"))
}

fn not_looked(error: NotLooked) -> Fault {
    match error {
        NotLooked::Store(error) => error.into(),
        other => Fault::unavailable(format!("the mail was not opened: {other}"), "no try was used; try again later"),
    }
}

struct Opening<'a> {
    handlers: &'a Handlers,
    bench: &'a Bench,
    mail: &'a MailState,
    /// Numbers of the recipients whose copies are asked for.
    chosen: &'a [u16],
    by: &'a str,
}

impl Opening<'_> {
    async fn with_passwords(
        &self,
        sealed: &Sealed,
        passwords: Passwords,
    ) -> Result<Result<Box<Processed>, Outcome>, Fault> {
        let site = &self.handlers.site;
        let now = self.handlers.clock.now().unix_millis();
        let Some(tries) = site.count_try(TenantId::DEFAULT, self.mail.id, now).await? else {
            return Ok(Err(Outcome::Locked));
        };
        let opened = self.bench.open(sealed, passwords).await;
        if !matches!(opened, Ok(None)) {
            site.take_try_back(TenantId::DEFAULT, self.mail.id).await?;
        }
        if let Some(processed) = opened.map_err(not_looked)? {
            return Ok(Ok(Box::new(processed)));
        }
        let tries_left = PASSWORD_TRIES_MAX.saturating_sub(tries);
        let left = if tries_left == 1 { "1 try left".to_owned() } else { format!("{tries_left} tries left") };
        self.note("password_wrong", &left).await?;
        if tries_left == 0 {
            tracing::warn!(mail = %self.mail.id.reference(), by = self.by, event = "locked", "too many wrong passwords");
            self.note("locked", &format!("{PASSWORD_TRIES_MAX} wrong passwords")).await?;
        }
        Ok(Err(Outcome::Wrong { tries_left }))
    }

    // Nobody guesses here, so nothing is counted.
    async fn with_other_words(&self, sealed: &Sealed) -> Result<Result<Box<Processed>, Outcome>, Fault> {
        let other = OtherMail { journal: self.handlers.journal.as_ref(), mails: self.handlers.mails.as_ref() };
        let words = self.bench.other_words(sealed, other).await;
        if words.0.is_empty() {
            return Ok(Err(Outcome::NoWordFits));
        }
        let opened = self.bench.open(sealed, words).await.map_err(not_looked)?;
        Ok(opened.map(Box::new).ok_or(Outcome::NoWordFits))
    }

    // For the journal; the copies stay what they are.
    async fn note(&self, event: &str, detail: &str) -> Result<(), Fault> {
        let recipients = self.chosen.iter().filter_map(|at| {
            Some(RecipientChange {
                recipient: *at,
                state: self.mail.recipients.get(usize::from(*at))?.state.clone(),
                event: event.to_owned(),
                peer: String::new(),
                reply: detail.to_owned(),
                variant: None,
            })
        });
        self.change(Change {
            recipients: recipients.collect(),
            expect: &["quarantined"],
            at: self.handlers.clock.now().unix_millis(),
            by: self.by.to_owned(),
            durable: true,
            judged: None,
        })
        .await
        .map(drop)
    }

    async fn change(&self, change: Change) -> Result<MailState, Fault> {
        match self.handlers.mails.change(TenantId::DEFAULT, self.mail.id, change).await? {
            Changed::Done(state) => Ok(state),
            Changed::Conflict(_) => Err(quarantine::too_late(self.mail)),
        }
    }

    // First what was found, then the release: a crash between them leaves it in quarantine, with the new judgement.
    async fn settle(&self, sealed: Sealed, processed: Processed) -> Result<Outcome, Fault> {
        let found = Found::of(&processed);
        let now = self.handlers.clock.now();
        let settled = self.bench.settle(sealed, processed, self.chosen, (now, self.by));
        self.change(settled.change).await?;
        let queued = StateRecord::Queued { attempts: 0, next_attempt: now.unix_millis() };
        let released = settled.fates.iter().filter(|fate| fate.is_released);
        let released: Vec<RecipientChange> = released
            .map(|fate| RecipientChange {
                recipient: fate.recipient,
                state: queued.clone(),
                event: "released".to_owned(),
                peer: String::new(),
                reply: "opened and judged anew".to_owned(),
                variant: None,
            })
            .collect();
        if !released.is_empty() {
            let state = self
                .change(Change {
                    recipients: released,
                    expect: &["quarantined"],
                    at: now.unix_millis(),
                    by: self.by.to_owned(),
                    durable: true,
                    judged: None,
                })
                .await?;
            if let Some(daemon) = &self.handlers.daemon {
                daemon.offer(&state);
            }
        }
        let copies = settled.fates.into_iter().map(|fate| self.copy(fate)).collect();
        Ok(Outcome::Opened { found, copies })
    }

    fn copy(&self, fate: Fate) -> Copy {
        let recipient = self.mail.recipients.get(usize::from(fate.recipient));
        Copy {
            recipient: recipient.map(|recipient| recipient.address.clone()).unwrap_or_default(),
            is_released: fate.is_released,
            because: fate.because.into_iter().map(|rule| rule.0).collect(),
            why: fate.why,
        }
    }
}

impl Found {
    fn of(processed: &Processed) -> Self {
        let verdict = &processed.concluded.verdict;
        let reasons = verdict.reasons.iter().take(REASONS_MAX).map(|reason| {
            let detail = detect::texts::render(&reason.evidence.detail, detect::texts::Language::English);
            (reason.evidence.id.name().to_owned(), detail)
        });
        Self { class: verdict.class.word(), bad: verdict.bad(), reasons: reasons.collect() }
    }
}

impl Answered {
    /// The JSON form of docs/reference/json.md: `result` is one of `released`, `stopped` (at least one copy stays), `wrong_password`,
    /// `locked`, `for_its_reader`, `no_word_fits`, `nothing_encrypted`.
    pub(super) fn json(&self) -> Value {
        let id = self.mail.to_string();
        match &self.outcome {
            Outcome::Opened { found, copies } => {
                let result = if copies.iter().all(|copy| copy.is_released) { "released" } else { "stopped" };
                let reasons: Vec<Value> =
                    found.reasons.iter().map(|(id, detail)| json!({ "id": id, "detail": detail })).collect();
                let copies: Vec<Value> = copies
                    .iter()
                    .map(|copy| {
                        json!({
                            "recipient": copy.recipient, "released": copy.is_released, "because": copy.because,
                            "why": copy.why,
                        })
                    })
                    .collect();
                json!({
                    "id": id, "result": result, "class": found.class, "probability": found.bad, "reasons": reasons,
                    "copies": copies,
                })
            }
            Outcome::Wrong { tries_left } => json!({ "id": id, "result": "wrong_password", "tries_left": tries_left }),
            Outcome::Locked => json!({ "id": id, "result": "locked", "tries_left": 0 }),
            Outcome::ForItsReader => json!({ "id": id, "result": "for_its_reader" }),
            Outcome::NoWordFits => json!({ "id": id, "result": "no_word_fits" }),
            Outcome::NothingEncrypted => json!({ "id": id, "result": "nothing_encrypted" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &str) -> Option<Vec<String>> {
        passwords(Secret(given.to_owned())).ok().map(|passwords| passwords.0)
    }

    #[test]
    fn each_line_is_a_password() {
        assert_eq!(read(" Sommer 2024! "), Some(vec![" Sommer 2024! ".to_owned()]));
        assert_eq!(read("alpha-1!\r\n\nbeta-2!\n"), Some(vec!["alpha-1!".to_owned(), "beta-2!".to_owned()]));
        assert_eq!(read("1\n2\n3\n4\n5").map(|passwords| passwords.len()), Some(PASSWORDS_MAX));
        for refused in ["", "\n\r\n", "1\n2\n3\n4\n5\n6", "x".repeat(PASSWORDS_BYTES_MAX + 1).as_str()] {
            assert_eq!(read(refused), None, "{refused:?}");
        }
    }
}
