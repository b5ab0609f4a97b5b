//! Scan files: everything that was found in a message, and for who wants it the message itself, goes to the outside scanners
//! of the settings, each distinct file once. What they say becomes facts; a required one that says nothing of a file is a
//! failed check, and the message waits.
//!
//! Files for a sandbox are chosen by [`lookup::scanners::detonation::choose`], and only where no scanner has found malware.

mod standing;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use lookup::scanners::detonation::{self, Detonation, DetonationState};
use lookup::scanners::{
    FileScanner as _, FileScanners, FileToScan, Nature, ScanTrouble, ScannerAnswer, Tally, WhySkipped,
};
use mail::id::MailId;
use net::clock::Clock;
use policy::decide::Attempt;
use scan::Gathered;
use scan::content::{Content, Item};
use scan::facts::{Said, ScannerFact, ScannerKind, ScannerNeed};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use worker::{FairGate, FairKey, Opened, Wanted};

use crate::aside::Aside;
use standing::Standings;
pub use standing::{Silent, Standing};

/// Files of one message that scanners are asked about at a time.
const FILES_AT_A_TIME: usize = 4;
/// Bytes of copies of files, of all messages together, that lie in memory for scanners at a time.
const COPIED_BYTES_MAX: u64 = 64 << 20;
/// Unit of these, bytes.
const COPIED_UNIT_BYTES: u64 = 4096;
/// Signatures older than this are worth an alarm, whether they are believed or not.
const SIGNATURES_OLD_AFTER: Duration = Duration::from_secs(7 * 86_400);
/// Type of the message as it came.
const MESSAGE_KIND: &str = "eml";

/// The outside scanners of the settings.
pub struct FileChecks {
    scanners: FileScanners,
    sandboxes: Vec<Sandbox>,
    times: ScanTimes,
    standings: Standings,
    room: Semaphore,
    /// One for each question that a scanner answers at a time: who waits for scanners waits here, by client.
    turns: FairGate,
    clock: Arc<dyn Clock>,
}

/// A sandbox.
pub struct Sandbox {
    /// How it is asked.
    pub detonation: Detonation,
    /// What follows where it says nothing.
    pub need: ScannerNeed,
}

/// Time for all scanners about one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanTimes {
    /// While the sender waits for the reply.
    pub in_session: Duration,
    /// Of a mail that is held.
    pub after_accept: Duration,
}

/// Whose files they are, and where large ones are read and hashed.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) mail: MailId,
    pub(crate) key: FairKey,
    pub(crate) attempt: Attempt,
    pub(crate) aside: &'a Aside,
}

/// One file that scanners were asked about.
struct About {
    place: String,
    /// One for each scanner, none from who does not want it.
    answers: Vec<Option<ScannerAnswer>>,
}

/// The bytes of a file.
enum Loaded<'r> {
    /// Here, with the room that they take.
    File(FileToScan, SemaphorePermit<'r>),
    /// It could not be taken out, and the content says why.
    Unopened,
    /// There is no room for them.
    OutOfReach,
}

impl FileChecks {
    /// These scanners and sandboxes.
    #[must_use]
    pub fn new(scanners: FileScanners, sandboxes: Vec<Sandbox>, times: ScanTimes, clock: Arc<dyn Clock>) -> Self {
        let room = usize::try_from(COPIED_BYTES_MAX / COPIED_UNIT_BYTES).unwrap_or(Semaphore::MAX_PERMITS);
        let connections = scanners.scanners().map(|(_, lane)| lane.connections).max().unwrap_or(1);
        Self {
            scanners,
            sandboxes,
            times,
            standings: Standings::default(),
            room: Semaphore::new(room),
            turns: FairGate::with_one_for_others(connections),
            clock,
        }
    }

    /// Nobody.
    #[must_use]
    pub fn none(clock: Arc<dyn Clock>) -> Self {
        let times = ScanTimes { in_session: Duration::ZERO, after_accept: Duration::ZERO };
        Self::new(FileScanners::new(Vec::new(), Arc::clone(&clock)), Vec::new(), times, clock)
    }

    /// Whether somebody will want the bytes of what is found.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        let nobody = self.scanners.scanners().next().is_none() && self.sandboxes.is_empty();
        if nobody { Wanted::Content } else { Wanted::ContentAndFiles }
    }

    /// Asks them all about a message that was opened.
    pub(crate) async fn facts(&self, asking: Asking<'_>, raw: &Bytes, opened: &Opened) -> Vec<ScannerFact> {
        if self.wanted() == Wanted::Content {
            return Vec::new();
        }
        let limit = match asking.attempt {
            Attempt::InSession => self.times.in_session,
            Attempt::AfterAccept => self.times.after_accept,
        };
        let mut facts = self.scanned(asking, raw, opened, Instant::now() + limit).await;
        if !facts.iter().any(has_malware) && !opened.content.items.iter().any(is_known_malware) {
            let sandboxes = self.sandboxes.iter().map(|sandbox| self.detonated(sandbox, opened, asking));
            facts.extend(join_all(sandboxes).await.into_iter().flatten());
        }
        for fact in &facts {
            self.standings.note_fact(fact, self.clock.now());
            tell(asking.mail, fact);
        }
        facts
    }

    async fn scanned(&self, asking: Asking<'_>, raw: &Bytes, opened: &Opened, deadline: Instant) -> Vec<ScannerFact> {
        let mut seen = HashSet::new();
        let items = opened.content.items.iter().enumerate();
        // The same bytes under another nature or type may be wanted by others.
        let items = items.filter(|(_, item)| {
            item.size > 0 && seen.insert((item.sha256.as_slice(), Nature::of(item), item.kind.as_str()))
        });
        let items = items.map(|(at, item)| self.about_item((at, item), opened, asking, deadline).boxed());
        let tasks: Vec<_> = items.chain([self.about_message(raw, asking, deadline).boxed()]).collect();
        // In the order of the message, so that the record is the same whoever answers first.
        let all: Vec<Option<About>> = stream::iter(tasks).buffered(FILES_AT_A_TIME).collect().await;
        let lanes = self.scanners.scanners();
        let mut tallies: Vec<Tally> =
            lanes.map(|(scanner, lane)| Tally::new(scanner.name(), ScannerKind::AntiVirus, lane.need)).collect();
        for About { place, answers } in all.into_iter().flatten() {
            for (tally, answer) in tallies.iter_mut().zip(answers) {
                if let Some(answer) = answer {
                    tally.add(&place, &answer);
                }
            }
        }
        let mut facts = Vec::new();
        for (tally, (scanner, _)) in tallies.into_iter().zip(self.scanners.scanners()) {
            // Who has just not answered is not asked who he is.
            let identity = if tally.has_failed() {
                None
            } else {
                tokio::time::timeout_at(deadline, scanner.identity()).await.ok().and_then(Result::ok)
            };
            if let Some(identity) = &identity {
                let old = identity.is_old(self.clock.now(), SIGNATURES_OLD_AFTER);
                metrics::counter!("postern_scanner_old_signatures_total").increment(u64::from(old));
            }
            facts.extend(tally.finish(identity.map(|identity| identity.text).unwrap_or_default()));
        }
        facts
    }

    // None: nobody wants it, or it could not be taken out, and the content says why.
    async fn about_item(
        &self,
        (at, item): (usize, &Item),
        opened: &Opened,
        asking: Asking<'_>,
        deadline: Instant,
    ) -> Option<About> {
        let nature = Nature::of(item);
        if !self.scanners.scanners().any(|(_, lane)| lane.selection.wants(nature, &item.kind)) {
            return None;
        }
        let place = item.place.clone();
        let ready = async {
            let turn = self.turns.enter(asking.key).await;
            (turn, self.load((at, item), opened, asking).await)
        };
        match tokio::time::timeout_at(deadline, ready).await {
            Ok((_turn, Loaded::File(file, _room))) => {
                Some(About { place, answers: self.scanners.ask(&file, deadline).await })
            }
            Ok((_, Loaded::Unopened)) => None,
            Ok((_, Loaded::OutOfReach)) | Err(_) => Some(About { place, answers: self.all_busy(nature, &item.kind) }),
        }
    }

    async fn about_message(&self, raw: &Bytes, asking: Asking<'_>, deadline: Instant) -> Option<About> {
        let wanted = self.scanners.scanners().any(|(_, lane)| lane.selection.wants(Nature::Message, MESSAGE_KIND));
        if !wanted {
            return None;
        }
        let file = asking.aside.run(asking.key, raw.len(), || FileToScan::of_message(raw.clone())).await;
        let answers = match tokio::time::timeout_at(deadline, self.turns.enter(asking.key)).await {
            Ok(_turn) => self.scanners.ask(&file, deadline).await,
            Err(_) => self.all_busy(Nature::Message, MESSAGE_KIND),
        };
        Some(About { answers, place: file.place })
    }

    // Its bytes could not be had for want of memory, or nobody had time for it: that is no answer.
    fn all_busy(&self, nature: Nature, kind: &str) -> Vec<Option<ScannerAnswer>> {
        let busy = || ScannerAnswer::Failed(ScanTrouble::Busy);
        self.scanners.scanners().map(|(_, lane)| lane.selection.wants(nature, kind).then(busy)).collect()
    }

    // With room in memory for a copy, for as long as the file is needed.
    async fn load(&self, (at, item): (usize, &Item), opened: &Opened, asking: Asking<'_>) -> Loaded<'_> {
        let units = item.size.min(COPIED_BYTES_MAX).div_ceil(COPIED_UNIT_BYTES);
        let Ok(room) = self.room.acquire_many(u32::try_from(units).unwrap_or(u32::MAX)).await else {
            return Loaded::OutOfReach;
        };
        let size = usize::try_from(item.size).unwrap_or(usize::MAX);
        let read = || opened.files.read(at).map(|bytes| FileToScan::of_item(item, bytes));
        match asking.aside.run(asking.key, size, read).await {
            Ok(file) => Loaded::File(file, room),
            // What was never taken out is unscannable already. Anything else is our own trouble, and not "clean".
            Err(_) if opened.content.unopened.iter().any(|one| one.place == item.place) => Loaded::Unopened,
            Err(_) => Loaded::OutOfReach,
        }
    }

    async fn detonated(&self, sandbox: &Sandbox, opened: &Opened, asking: Asking<'_>) -> Option<ScannerFact> {
        let Sandbox { detonation, need } = sandbox;
        let mut tally = Tally::new(detonation.name(), ScannerKind::Sandbox, *need);
        let (chosen, left_out) = chosen(&opened.content);
        for item in left_out {
            tally.add(&item.place, &ScannerAnswer::Skipped(WhySkipped::OverItsLimits));
        }
        for (at, item) in chosen {
            // What waits for the sandbox has bytes and room of its own there.
            match self.load((at, item), opened, asking).await {
                Loaded::File(file, _room) => match detonation.ask(file).await {
                    DetonationState::Answered(answer) => tally.add(&item.place, &answer),
                    DetonationState::Running => tally.add_running(&item.place),
                },
                Loaded::Unopened => {}
                Loaded::OutOfReach => tally.add(&item.place, &ScannerAnswer::Failed(ScanTrouble::Busy)),
            }
        }
        tally.finish(String::new())
    }
}

// What a sandbox is asked about, with its number among the items; and what would be too many.
fn chosen(content: &Content) -> (Vec<(usize, &Item)>, Vec<&Item>) {
    let (chosen, left_out) = detonation::choose(content, |_| false, detonation::FILES_MAX);
    let number = |item: &&Item| content.items.iter().position(|other| std::ptr::eq(other, *item));
    (chosen.into_iter().filter_map(|item| Some((number(&item)?, item))).collect(), left_out)
}

fn has_malware(fact: &ScannerFact) -> bool {
    fact.has(|said| said == Said::Malware)
}

fn is_known_malware(item: &Item) -> bool {
    item.matches.iter().any(|one| one.severity == "malware")
}

// What an operator must know of.
fn tell(mail: MailId, fact: &ScannerFact) {
    if !fact.has_failed() {
        return;
    }
    metrics::counter!("postern_scanner_failures_total").increment(1);
    let failed = fact.files.iter().find(|file| matches!(file.said, Said::Unknown(_)));
    let words = failed.map(|file| file.words.join(": ")).unwrap_or_default();
    let mail = mail.reference();
    if fact.need == ScannerNeed::FailOpen {
        metrics::counter!("postern_scanner_let_through_total").increment(1);
        tracing::error!(event = "let_through_unscanned", %mail, scanner = fact.scanner, why = words, "fail_open is set");
    } else {
        tracing::warn!(event = "scanner_failed", %mail, scanner = fact.scanner, need = fact.need.word(), why = words);
    }
}

/// Checks that the message waits for: required scanners without an answer, and sandboxes that are at it.
pub(crate) fn failed_checks(facts: &[ScannerFact]) -> impl Iterator<Item = String> {
    let fails = |fact: &&ScannerFact| fact.is_running() || (fact.need == ScannerNeed::Required && fact.has_failed());
    facts.iter().filter(fails).map(ScannerFact::check)
}

/// The failed checks of a message, for people: where a sandbox is at it, that is said.
pub(crate) fn waits_for(gathered: &Gathered) -> Vec<String> {
    let runs = |check: &String| gathered.facts.scanners.iter().any(|fact| fact.is_running() && fact.check() == *check);
    let shown = |check: &String| if runs(check) { format!("{check} (running)") } else { check.clone() };
    gathered.failed_checks.iter().map(shown).collect()
}

/// A sandbox is at it, and nothing else is missing.
pub(crate) fn only_runs(facts: &[ScannerFact]) -> bool {
    let failed = |fact: &ScannerFact| fact.need == ScannerNeed::Required && fact.has_failed();
    facts.iter().any(ScannerFact::is_running) && !facts.iter().any(failed)
}

#[cfg(test)]
mod tests;
