//! What each request does. The same code answers the daemon's control socket and a command that opened the store itself.

mod known;
mod open;
mod quarantine;
mod queue;
mod reference;
mod replay;
mod rescan;
mod trace;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use mail::envelope::TenantId;
use mail::id::MailId;
use net::clock::Clock;
use pipeline::rejudge::opening::Bench;
use serde_json::{Value, json};
use store::mails::MailState;
use store::site::Site;
use store::{Documents, Journal, Mails, Quarantine};

use super::protocol::{Answer, Fault, Request, exit};

/// Fewest characters of an id that name a mail.
const ID_CHARS_MIN: usize = 6;

/// What the handlers work on.
#[derive(Clone)]
pub(crate) struct Handlers {
    /// Mail that is not finished.
    pub(crate) mails: Arc<dyn Mails>,
    /// What happened.
    pub(crate) journal: Arc<dyn Journal>,
    /// Quarantine's list.
    pub(crate) quarantine: Arc<dyn Quarantine>,
    /// Documents by hash, for replay.
    pub(crate) documents: Arc<dyn Documents>,
    /// Time.
    pub(crate) clock: Arc<dyn Clock>,
    /// How often which mail was tried to be opened.
    pub(crate) site: Arc<Site>,
    /// What judges where no daemon runs; none where no request asked for it.
    pub(crate) bench: Option<Bench>,
    /// The running daemon's parts; none when a command opened the store itself.
    pub(crate) daemon: Option<Arc<dyn Daemon>>,
    /// Weights, lists and policies in force now, for `replay --with current`; none where no request asked for them.
    pub(crate) current: Option<Arc<arc_swap::ArcSwap<pipeline::replay::InForce>>>,
    /// Destinations that an operator stopped.
    pub(crate) paused: Arc<crate::paused::KeptPaused>,
}

/// What a running daemon adds.
pub(crate) trait Daemon: Send + Sync {
    /// Reads configuration and settings again; says what changed or why it was refused.
    fn reload(&self) -> BoxFuture<'_, Result<String, Fault>>;
    /// A mail was released: the queue takes it up.
    fn offer(&self, mail: &MailState);
    /// The queue looks at its whole index now.
    fn wake_queue(&self);
    /// Numbers for `postern status`.
    fn status(&self) -> BoxFuture<'_, Value>;
    /// What judges.
    fn bench(&self) -> Bench;
}

/// Answers a request of the user `by`, as the journal names him.
pub(crate) async fn answer(handlers: &Handlers, request: Request, by: &str) -> Answer {
    match dispatch(handlers, request, by).await {
        Ok(value) => Answer::Done(value),
        Err(fault) => Answer::Failed(fault),
    }
}

async fn dispatch(handlers: &Handlers, request: Request, by: &str) -> Result<Value, Fault> {
    match request {
        Request::Status => Ok(status(handlers).await),
        Request::Reload => reload(handlers).await,
        Request::QueueList(selection) => queue::list(handlers, &selection).await,
        Request::QueueShow { id } => queue::show(handlers, &id).await,
        Request::QueueRetry(selection) => queue::retry(handlers, &selection, by).await,
        Request::QueuePause { destination } => queue::pause(handlers, &destination, by).await,
        Request::QueueResume { destination } => queue::resume(handlers, &destination, by).await,
        Request::QueueDelete { id, recipient } => queue::delete(handlers, &id, recipient.as_deref(), by).await,
        Request::QuarantineList(selection) => quarantine::list(handlers, selection).await,
        Request::QuarantineShow { id } => quarantine::show(handlers, &id).await,
        Request::QuarantineRelease { id, recipient } => {
            quarantine::release(handlers, &id, recipient.as_deref(), by).await
        }
        Request::QuarantineDelete { id, recipient } => {
            quarantine::delete(handlers, &id, recipient.as_deref(), by).await
        }
        Request::QuarantineOpen { id, recipient, password } => {
            open::open(handlers, (&id, recipient.as_deref()), password, by).await.map(|answer| answer.json())
        }
        Request::QuarantineRaw { id } => quarantine::raw(handlers, &id).await,
        Request::TraceSearch(selection) => trace::search(handlers, selection).await,
        Request::TraceShow { id } => trace::show(handlers, &id).await,
        Request::Rescan { hashes, links, since } => rescan::rescan(handlers, (&hashes, &links), since).await,
        Request::Replay { id, selection, with, settings } => {
            let against = replay::against(handlers, with, settings).await?;
            replay::replay(handlers, id.as_deref(), selection, &against).await
        }
    }
}

async fn reload(handlers: &Handlers) -> Result<Value, Fault> {
    let Some(daemon) = &handlers.daemon else {
        return Err(Fault::unavailable(
            "no daemon is running",
            "`postern serve` reads the configuration when it starts",
        ));
    };
    daemon.reload().await.map(|text| json!({ "message": text }))
}

async fn status(handlers: &Handlers) -> Value {
    let account = handlers.mails.account(TenantId::DEFAULT);
    let mut status = json!({
        "running": handlers.daemon.is_some(),
        "version": env!("CARGO_PKG_VERSION"),
        "difference": account.difference(),
        "healthy": handlers.mails.is_healthy(),
        "paused": handlers.paused.all().await.keys().collect::<Vec<_>>(),
        "account": {
            "accepted": account.accepted, "added": account.added, "queued": account.queued, "held": account.held,
            "quarantined": account.quarantined, "delivered": account.delivered, "bounced": account.bounced,
            "discarded": account.discarded, "deleted": account.deleted, "damaged": account.damaged,
        },
    });
    if let (Some(daemon), Some(fields)) = (&handlers.daemon, status.as_object_mut()) {
        fields.insert("daemon".into(), daemon.status().await);
    }
    status
}

/// The one unfinished mail whose id begins with `id`.
///
/// # Errors
/// If there is none: what became of it, if it is known.
async fn find(handlers: &Handlers, id: &str) -> Result<MailState, Fault> {
    let wanted = reference::id(id);
    if let Ok(id) = wanted.parse::<MailId>() {
        return match handlers.mails.state(TenantId::DEFAULT, id) {
            Some(mail) => Ok(mail),
            None => Err(finished(handlers, &wanted).await?),
        };
    }
    check_length(&wanted)?;
    let mut found = handlers.mails.unfinished(TenantId::DEFAULT);
    found.retain(|mail| mail.id.to_string().starts_with(&wanted));
    match found.len() {
        0 => Err(finished(handlers, &wanted).await?),
        1 => Ok(found.remove(0)),
        several => Err(Fault {
            message: format!("{several} mails begin with {id}"),
            hint: "give more characters".into(),
            exit: exit::USAGE,
        }),
    }
}

/// A beginning of an id is long enough to name one mail.
///
/// # Errors
/// If it is not.
fn check_length(id: &str) -> Result<(), Fault> {
    if id.len() < ID_CHARS_MIN {
        return Err(Fault::usage(format!("{id:?} is too short for a mail id"), "give at least 6 of its characters"));
    }
    Ok(())
}

// Why a mail cannot be worked on any more.
async fn finished(handlers: &Handlers, id: &str) -> Result<Fault, Fault> {
    handlers.journal.settle().await?;
    let known = trace::find(handlers, id).await?;
    let released = known.events.iter().rev().find(|event| event.event == "released");
    let (id, status) = (&known.row.id, &known.row.status);
    let message = match released {
        Some(event) => format!("{id} was released already ({}, by {}): {status}", queue::time(event.at), event.by),
        None => format!("{id} is neither queued nor held nor in quarantine: {status}"),
    };
    Ok(Fault::unavailable(message, format!("`postern trace show {}` says what became of it", short(id))))
}

/// As much of an id as commands take and lists show.
fn short(id: &str) -> &str {
    id.get(..mail::id::REFERENCE_CHARS).unwrap_or(id)
}

/// A page of a search begins behind `after`.
///
/// # Errors
/// If it is not what a page ended with.
fn check_page(after: Option<&str>) -> Result<(), Fault> {
    let reads = |after: &str| {
        after.split_once('.').is_some_and(|(at, row)| at.parse::<i64>().is_ok() && row.parse::<i64>().is_ok())
    };
    if after.is_none_or(reads) { Ok(()) } else { Err(no_page()) }
}

fn no_page() -> Fault {
    let hint = "take the value behind `More: --after` of the page before, with --json that of `next`";
    Fault::usage("no page of this list ended with that value of --after", hint)
}

/// Indexes of the recipients that a command names; all when it names none.
fn chosen(mail: &MailState, recipient: Option<&str>) -> Result<Vec<u16>, Fault> {
    let wanted = recipient.map(str::to_ascii_lowercase);
    let fits = |address: &str| wanted.as_ref().is_none_or(|wanted| address.eq_ignore_ascii_case(wanted));
    let chosen: Vec<u16> =
        (0..u16::MAX).zip(&mail.recipients).filter(|(_, entry)| fits(&entry.address)).map(|(at, _)| at).collect();
    if chosen.is_empty() {
        let message = format!("{} is no recipient of {}", recipient.unwrap_or(""), mail.id);
        return Err(Fault::usage(message, "`show` lists the recipients"));
    }
    Ok(chosen)
}
