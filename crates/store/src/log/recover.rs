//! Start: reads every segment, rebuilds the index, sets damaged things aside, removes what no record names.
//!
//! A segment is read up to its clean end. What is no entry before it was either written and never flushed when power went
//! (nobody was told, it is cut), or is damaged; later entries say which, since each knows what was durable before it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;

use super::entry::{END, Head, Kind, Mark, aligned};
use super::scan::{Found, Scan};
use super::segment::{Segment, Segments, file_name, generation_of, trouble};
use super::upkeep::Upkeep;
use super::{Aside, Core, ReadFault, Recent, keeper, queue, read, replay};
use crate::bodies::Bodies;
use crate::disk::{Disk, Listed};
use crate::error::StoreError;
use crate::index::{Index, Place};
use ::mail::id::MailId;

/// Sequences left out at each start: records that were read by others and lost unflushed keep theirs to themselves.
const SEQUENCES_SKIPPED: u64 = 1 << 20;

/// A stretch that is no entry.
struct Stretch {
    generation: u64,
    from: u64,
    to: u64,
    bytes: Vec<u8>,
}

struct Recovery<'a> {
    segments: &'a Segments,
    aside: &'a Aside,
    mark: Mark,
    index: Index,
    open: BTreeMap<u64, Arc<Segment>>,
    spares: Vec<Arc<Segment>>,
    last_sequence: u64,
    last_record: u64,
    /// The end of the newest segment with entries, if that is not clean.
    torn: Option<(Stretch, Arc<Segment>)>,
    damage: bool,
}

/// Reads the log. Gives the next sequence too.
pub(super) fn recover(
    disk: Arc<dyn Disk>,
    folder: &Path,
    mark: Mark,
    segment_bytes: u64,
) -> Result<(Core, u64), StoreError> {
    let log = folder.join("log");
    let segments = Segments::new(Arc::clone(&disk), log.clone(), segment_bytes);
    let aside = Aside::new(Arc::clone(&disk), folder.join("corrupt"));
    let bodies = Bodies::new(Arc::clone(&disk), folder.join("bodies"));
    let listed = disk.list(&log).map_err(|error| trouble("reading the folder of the log", &error))?;
    let mut recovery = Recovery {
        segments: &segments,
        aside: &aside,
        mark,
        index: Index::default(),
        open: BTreeMap::new(),
        spares: Vec::new(),
        last_sequence: 0,
        last_record: 0,
        torn: None,
        damage: false,
    };
    for generation in known(&*disk, &log, &aside, listed) {
        recovery.segment(generation);
    }
    recovery.cut_torn();
    recovery.make_durable(&*disk, &log)?;
    recovery.keep_spares()?;
    let missing = recovery.index.replay_ends();
    if missing > 0 {
        tracing::error!(missing, "copies that were taken are not in the log any more: look into the folder corrupt");
    }
    let Recovery { index, open, last_sequence, last_record, damage, .. } = recovery;
    let core = Core {
        mark,
        index: Mutex::new(index),
        bodies,
        aside,
        settled: Notify::new(),
        queue: queue::Queue::default(),
        segments,
        open: RwLock::new(open),
        recent: Mutex::new(Recent::new(last_record)),
        cursor: Mutex::new(read::Cursor::default()),
        durable: AtomicU64::new(last_sequence),
        visible: AtomicU64::new(last_record),
        absorbed: AtomicU64::new(0),
        changed: Notify::new(),
        failed: RwLock::new(None),
        keeper: keeper::Bell::default(),
        compacting: Mutex::new(()),
        owing: AtomicBool::new(false),
        body_files_done: Mutex::new(Vec::new()),
    };
    check_bodies(&core, damage)?;
    let next = if last_sequence == 0 { 1 } else { last_sequence + SEQUENCES_SKIPPED };
    Ok((core, next))
}

/// The generations in the folder, in order. What is not a segment is moved away.
fn known(disk: &dyn Disk, log: &Path, aside: &Aside, listed: Vec<Listed>) -> Vec<u64> {
    let mut generations = Vec::new();
    for Listed { name, is_file, .. } in listed {
        let path = log.join(&name);
        match generation_of(&name) {
            Some(generation) if is_file => generations.push(generation),
            // Being filled when the process ended.
            None if name.ends_with(".tmp") => _ = disk.remove(&path),
            _ => aside.take(&path, &name, "a file in the folder of the log that is not the log's"),
        }
    }
    generations.sort_unstable();
    generations
}

impl Recovery<'_> {
    fn segment(&mut self, generation: u64) {
        let name = file_name(generation);
        let segment = match self.segments.open(generation) {
            Ok(segment) => segment,
            Err(error) => {
                self.damage = true;
                let why = format!("it cannot be opened: {error}");
                return self.aside.take(&self.segments.path(generation), &name, &why);
            }
        };
        let used = self.entries(&segment);
        let short = segment.bytes < self.segments.bytes();
        if used {
            if short {
                self.damage = true;
                self.aside.keep(&format!("{name}.short"), &[], "the file of a segment has been cut short");
            }
            self.open.insert(generation, segment);
        } else if segment.bytes == self.segments.bytes() {
            self.spares.push(segment);
        } else {
            self.aside.take(&self.segments.path(generation), &name, "no entry in it, and not the length of a segment");
        }
    }

    /// Applies all entries of a segment; false if there are none.
    fn entries(&mut self, segment: &Arc<Segment>) -> bool {
        let generation = segment.generation;
        let mut scan = Scan::new(&*segment.file, self.mark, generation, 0, segment.bytes);
        let mut gap: Option<Stretch> = None;
        let mut used = false;
        loop {
            match scan.next() {
                Ok(Some(Found::Entry { offset, head, fields, .. })) => {
                    self.end_gap(gap.take(), Some(&head));
                    if !std::mem::replace(&mut used, true) {
                        self.end_torn();
                    }
                    self.entry(offset, &head, fields);
                }
                Ok(Some(Found::Damaged { from, to })) => {
                    gap = Some(Stretch { generation, from, to, bytes: stretch(segment, from, to) });
                }
                Ok(None) => break,
                Err(error) => {
                    self.damage = true;
                    self.aside.keep(&format!("{}.unreadable", file_name(generation)), &[], &error.to_string());
                    break;
                }
            }
        }
        if let Some(gap) = gap {
            self.torn = Some((gap, Arc::clone(segment)));
        }
        used
    }

    fn entry(&mut self, offset: u64, head: &Head, fields: &[u8]) {
        if head.sequence <= self.last_sequence {
            self.damage = true;
            let name = format!("{}-{offset}", file_name(head.generation));
            return self.aside.keep(&name, fields, "an entry out of order");
        }
        self.check_end_before(head, fields);
        let place = Place { generation: head.generation, offset, length: aligned(head.length()) };
        self.last_sequence = head.last_sequence();
        if head.kind == Kind::Records {
            self.last_record = self.last_sequence;
        }
        let tally = self.index.tally(head.generation);
        if tally.first_sequence == 0 {
            tally.first_sequence = head.sequence;
        }
        tally.last_sequence = head.last_sequence();
        tally.used = offset + place.length;
        if let Err(error) = replay::apply(&mut self.index, place, head, fields) {
            self.damage = true;
            let name = format!("{}-{offset}", file_name(head.generation));
            self.aside.keep(&name, fields, &format!("its fields cannot be read: {error}"));
        }
    }

    /// A checkpoint says how far the segment before it went: zeros there hide nothing.
    fn check_end_before(&mut self, head: &Head, fields: &[u8]) {
        if head.kind != Kind::Upkeep {
            return;
        }
        let Ok(Upkeep::Checkpoint(checkpoint)) = minicbor::decode(fields) else { return };
        let before = self.index.segments().get(&checkpoint.before);
        if before.is_some_and(|tally| tally.last_sequence < checkpoint.last_sequence) {
            self.damage = true;
            let name = format!("{}.end", file_name(checkpoint.before));
            self.aside.keep(&name, &[], "records at the end of a segment are gone");
        }
    }

    /// Entries come behind a stretch that is none.
    fn end_gap(&mut self, gap: Option<Stretch>, next: Option<&Head>) {
        let Some(gap) = gap else { return };
        if next.is_some_and(|head| head.flushed > self.last_sequence) {
            self.damaged(&gap);
        } else {
            // Written with the entries behind it and perhaps not flushed. Those behind are kept: rather twice than lost.
            tracing::warn!(generation = gap.generation, from = gap.from, to = gap.to, "a torn write was cut");
        }
    }

    /// The log went on in a later segment: an unclean end was flushed and is damage.
    fn end_torn(&mut self) {
        if let Some((stretch, _)) = self.torn.take() {
            self.damaged(&stretch);
        }
    }

    fn damaged(&mut self, stretch: &Stretch) {
        self.damage = true;
        let name = format!("{}-{}", file_name(stretch.generation), stretch.from);
        self.aside.keep(&name, &stretch.bytes, "no valid entry where one was durable");
    }

    /// The end of the log was torn. A copy is kept all the same, since a bad medium looks like this too.
    fn cut_torn(&mut self) {
        let Some((torn, segment)) = self.torn.take() else { return };
        let Stretch { generation, from, bytes, .. } = torn;
        let ours = Head::decode(&bytes, &self.mark, generation).is_some();
        tracing::warn!(generation, from, ours, "the end of the log was torn and is cut");
        let name = format!("{}-{from}.torn", file_name(generation));
        self.aside.keep_torn(&name, &bytes);
        let cut = segment.file.write_at(from, &[&END]).and_then(|()| segment.file.sync_data());
        if let Err(error) = cut {
            tracing::warn!(generation, %error, "the torn end of the log stays as it is");
        }
    }

    /// After a kill the kernel may still have to write what we have just read.
    fn make_durable(&self, disk: &dyn Disk, log: &Path) -> Result<(), StoreError> {
        for segment in self.open.values() {
            segment.file.sync_data().map_err(|error| trouble("flushing the log", &error))?;
        }
        disk.sync_dir(log).map_err(|error| trouble("flushing the folder of the log", &error))
    }

    fn keep_spares(&mut self) -> Result<(), StoreError> {
        let newest = self.open.keys().next_back().copied().unwrap_or(0);
        for spare in std::mem::take(&mut self.spares) {
            if spare.generation > newest {
                self.segments.add_spare(spare);
            } else {
                // Generations are used in their order.
                self.segments.give_back(spare.generation).map_err(|error| trouble("renaming a segment", &error))?;
            }
        }
        Ok(())
    }
}

fn stretch(segment: &Segment, from: u64, to: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(to - from).unwrap_or(0)];
    let read = segment.file.read_at(from, &mut bytes).unwrap_or(0);
    bytes.truncate(read);
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(end);
    bytes
}

/// Every body has its mail and every mail its body.
fn check_bodies(core: &Core, damage: bool) -> Result<(), StoreError> {
    let mut there: HashMap<String, u64> = HashMap::new();
    for listed in core.bodies.list().map_err(|error| trouble("reading the folder of the bodies", &error))? {
        there.insert(listed.name, listed.length);
    }
    let mut broken: Vec<(MailId, Place, &str)> = Vec::new();
    for (mail, entry) in core.index.lock().entries() {
        let Some(name) = &entry.body_file else { continue };
        match there.remove(name) {
            Some(length) if length == entry.state.size => {}
            Some(_) => broken.push((*mail, entry.place, "its body does not have its length")),
            None => broken.push((*mail, entry.place, "its body is not there")),
        }
    }
    for (mail, place, why) in broken {
        let content = match core.read(place) {
            Ok(entry) => entry.fields,
            Err(ReadFault::NotThere(_, bytes)) => bytes,
            Err(ReadFault::Disk(_)) => bytes::Bytes::new(),
        };
        core.set_mail_aside(mail, &content, why);
    }
    for name in there.keys() {
        let path = core.bodies.path(name);
        if damage {
            core.aside.take(&path, name, "a body whose record may be damaged");
        } else if let Err(error) = core.bodies.remove(name) {
            core.aside.take(&path, name, &format!("no body of ours: {error}"));
        }
    }
    Ok(())
}
