//! What lies on the disk in memory: contents, names, and of both what is not durable yet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::Listed;

/// Bytes that a medium writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// Something that was done to the disk. Files go by number, so that a renamed one stays the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A new empty file.
    Create {
        /// Where.
        path: PathBuf,
        /// Its number.
        file: u64,
    },
    /// Bytes were written.
    Write {
        /// Into which file.
        file: u64,
        /// From where.
        offset: u64,
        /// Which.
        bytes: Arc<[u8]>,
    },
    /// The whole content was changed by no regular write.
    Content {
        /// Of which file.
        file: u64,
        /// To this.
        content: Arc<[u8]>,
    },
    /// The file's bytes are durable.
    Sync {
        /// Which file.
        file: u64,
    },
    /// A name changed.
    Rename {
        /// From.
        from: PathBuf,
        /// To, replacing.
        to: PathBuf,
    },
    /// A name went.
    Remove {
        /// Which.
        path: PathBuf,
    },
    /// The names of a folder are durable.
    SyncDir {
        /// Which folder.
        folder: PathBuf,
    },
}

/// What becomes of writes that were not flushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// All are there: the process was killed, the machine went on.
    Killed,
    /// None is there.
    Dropped,
    /// The first ones are there, the last of them in part.
    Torn,
    /// Some are there, each perhaps in part, whatever their order was.
    Reordered,
}

#[derive(Clone, Default)]
pub(super) struct Image {
    contents: BTreeMap<u64, Vec<u8>>,
    names: BTreeMap<PathBuf, u64>,
}

impl Image {
    pub(super) fn after(events: &[Event], how: Cut, seed: u64) -> Self {
        let mut chance = Chance(seed | 1);
        let mut image = Self::default();
        let mut waiting: Vec<&Event> = Vec::new();
        for event in events {
            match event {
                Event::Sync { file } => image.settle(&mut waiting, |other| writes_to(other, *file)),
                Event::SyncDir { folder } => image.settle(&mut waiting, |other| names_in(other, folder)),
                other => waiting.push(other),
            }
        }
        match how {
            Cut::Killed => waiting.iter().for_each(|event| image.apply(event)),
            Cut::Dropped => {}
            Cut::Torn => {
                let kept = chance.below(waiting.len() + 1);
                waiting[..kept].iter().for_each(|event| image.apply(event));
                if let Some(event) = waiting.get(kept) {
                    image.tear(event, &mut chance);
                }
            }
            Cut::Reordered => {
                for event in waiting {
                    match chance.below(3) {
                        0 => image.apply(event),
                        1 => image.tear(event, &mut chance),
                        _ => {}
                    }
                }
            }
        }
        image
    }

    /// The events that make this image, all durable.
    pub(super) fn as_events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for (path, file) in &self.names {
            events.push(Event::Create { path: path.clone(), file: *file });
            events.push(Event::Content { file: *file, content: self.content(*file).into() });
            events.push(Event::Sync { file: *file });
            events.push(Event::SyncDir { folder: parent(path).to_owned() });
        }
        events
    }

    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Create { path, file } => {
                self.names.insert(path.clone(), *file);
                self.contents.entry(*file).or_default();
            }
            Event::Write { file, offset, bytes } => self.write(*file, *offset, bytes),
            Event::Content { file, content } => {
                self.contents.insert(*file, content.to_vec());
            }
            Event::Rename { from, to } => {
                if let Some(file) = self.names.remove(from) {
                    self.names.insert(to.clone(), file);
                }
            }
            Event::Remove { path } => {
                self.names.remove(path);
            }
            Event::Sync { .. } | Event::SyncDir { .. } => {}
        }
    }

    pub(super) fn next_file(&self) -> u64 {
        self.contents.keys().next_back().map_or(1, |last| last + 1)
    }

    pub(super) fn file_of(&self, path: &Path) -> Option<u64> {
        self.names.get(path).copied()
    }

    pub(super) fn content(&self, file: u64) -> Vec<u8> {
        self.contents.get(&file).cloned().unwrap_or_default()
    }

    pub(super) fn length(&self, file: u64) -> u64 {
        self.contents.get(&file).map_or(0, |content| content.len() as u64)
    }

    pub(super) fn read(&self, file: u64, offset: u64, buffer: &mut [u8]) -> usize {
        let content = self.contents.get(&file).map_or(&[][..], Vec::as_slice);
        let rest = usize::try_from(offset).ok().and_then(|offset| content.get(offset..)).unwrap_or(&[]);
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        length
    }

    pub(super) fn list(&self, folder: &Path) -> Vec<Listed> {
        let here = self.names.iter().filter(|(path, _)| parent(path) == folder);
        here.map(|(path, file)| Listed {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            length: self.length(*file),
            is_file: true,
        })
        .collect()
    }

    fn settle(&mut self, waiting: &mut Vec<&Event>, done: impl Fn(&Event) -> bool) {
        waiting.retain(|event| {
            if done(event) {
                self.apply(event);
            }
            !done(event)
        });
    }

    fn write(&mut self, file: u64, offset: u64, bytes: &[u8]) {
        let content = self.contents.entry(file).or_default();
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(bytes.len());
        if content.len() < end {
            content.resize(end, 0);
        }
        content[start..end].copy_from_slice(bytes);
    }

    /// A write arrives in part, by sectors; a change of a name is whole or not there.
    fn tear(&mut self, event: &Event, chance: &mut Chance) {
        let Event::Write { file, offset, bytes } = event else { return };
        let sectors = bytes.len().div_ceil(SECTOR_BYTES);
        let first = chance.below(sectors + 1);
        for (number, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
            if number < first || chance.below(8) == 0 {
                self.write(*file, offset + (number * SECTOR_BYTES) as u64, sector);
            }
        }
    }
}

fn writes_to(event: &Event, wanted: u64) -> bool {
    matches!(event, Event::Write { file, .. } | Event::Content { file, .. } if *file == wanted)
}

fn names_in(event: &Event, folder: &Path) -> bool {
    match event {
        Event::Create { path, .. } | Event::Remove { path } => parent(path) == folder,
        // Between two folders it counts for the one it goes to.
        Event::Rename { to, .. } => parent(to) == folder,
        _ => false,
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// xorshift64: the same seed, the same disk.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % bound.max(1)
    }
}
