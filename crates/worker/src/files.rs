//! The bytes of what was found inside a message, for outside scanners: beside the content, and only when they are wanted.
//!
//! A part of the message itself is not copied: whoever asked has its bytes. What came out of containers is written by the
//! worker into one file in memory, each distinct file once. The parent makes that file, hands it over with the request and
//! seals it when the answer is there, so that it receives no descriptor from a worker and a worker can make no file.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use minicbor::{Decode, Encode};
use scan::content::{Content, Item, Unopened, WhyUnopened};
use tokio::sync::OwnedSemaphorePermit;
use unpack::Request;

use crate::limits::FILES_BYTES_MAX;

/// Whether the bytes of the items are wanted beside the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Only what is in the content.
    #[default]
    Content,
    /// The bytes as well: an outside scanner is configured.
    ContentAndFiles,
}

/// The bytes of the items of a content. Cheap to clone; what it holds goes with the last clone.
#[derive(Clone, Debug, Default)]
pub struct Files(Arc<Held>);

#[derive(Debug, Default)]
struct Held {
    /// One for each item.
    sources: Vec<Option<Source>>,
    /// The request's parts.
    parts: Vec<Bytes>,
    store: Store,
}

/// Where bytes that were copied lie.
#[derive(Debug, Default)]
pub(crate) enum Store {
    #[default]
    Nowhere,
    Here(Bytes),
    /// In a sealed file in memory, which counts as long as it is held.
    Sealed {
        file: File,
        _room: OwnedSemaphorePermit,
    },
    /// There was no room for it.
    NoRoom,
}

/// Where the bytes of one item are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Source {
    /// They are those of a part of the request, by its number.
    #[n(0)]
    Part(#[n(0)] u32),
    /// In the file: from here, so many bytes.
    #[n(1)]
    File(#[n(0)] u64, #[n(1)] u64),
}

impl Files {
    pub(crate) fn new(sources: Vec<Option<Source>>, request: &Request, store: Store) -> Self {
        let parts = request.parts.iter().map(|part| part.bytes.clone()).collect();
        Self(Arc::new(Held { sources, parts, store }))
    }

    /// The bytes of the item with this number in the content's `items`.
    ///
    /// # Errors
    /// `NotFound`: they were not wanted, or the worker had none, and the content's `unopened` says why. `OutOfMemory`: too
    /// much is held by others now. What cannot be read has not been scanned and is not to be called clean.
    pub fn read(&self, item: usize) -> io::Result<Bytes> {
        let none =
            if matches!(self.0.store, Store::NoRoom) { io::ErrorKind::OutOfMemory } else { io::ErrorKind::NotFound };
        let source = self.0.sources.get(item).copied().flatten().ok_or(none)?;
        let (start, length) = match source {
            Source::Part(number) => {
                let part = usize::try_from(number).ok().and_then(|number| self.0.parts.get(number));
                return part.cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
            }
            Source::File(start, length) => (start, usize::try_from(length).map_err(io::Error::other)?),
        };
        match &self.0.store {
            Store::Nowhere => Err(io::ErrorKind::NotFound.into()),
            Store::NoRoom => Err(io::ErrorKind::OutOfMemory.into()),
            Store::Here(all) => {
                let start = usize::try_from(start).map_err(io::Error::other)?;
                let end = start.checked_add(length).filter(|end| *end <= all.len());
                end.map(|end| all.slice(start..end)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
            Store::Sealed { file, .. } => {
                // Ranges were checked against the sealed file when it came.
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, start)?;
                Ok(bytes.into())
            }
        }
    }

    /// Are there bytes of this item?
    #[must_use]
    pub fn has(&self, item: usize) -> bool {
        self.0.sources.get(item).is_some_and(Option::is_some)
    }
}

/// Takes copies while a message is unpacked.
pub(crate) struct Copies<'r> {
    request: &'r Request,
    /// By SHA-256.
    known: HashMap<Vec<u8>, Source>,
    length: u64,
    /// A write failed: nobody knows what stands behind what was written before.
    is_broken: bool,
    /// Places of what did not fit.
    left_out: Vec<String>,
    write: &'r mut dyn FnMut(&[u8]) -> io::Result<()>,
}

impl<'r> Copies<'r> {
    pub(crate) fn new(request: &'r Request, write: &'r mut dyn FnMut(&[u8]) -> io::Result<()>) -> Self {
        Self { request, known: HashMap::new(), length: 0, is_broken: false, left_out: Vec::new(), write }
    }

    /// Takes a copy of an item, unless its bytes are known already.
    pub(crate) fn take(&mut self, item: &Item, bytes: &[u8]) {
        if self.known.contains_key(&item.sha256) {
            return;
        }
        match self.part(bytes).or_else(|| self.copy(bytes)) {
            Some(source) => drop(self.known.insert(item.sha256.clone(), source)),
            None => self.left_out.push(item.place.clone()),
        }
    }

    /// The part of the request whose very bytes these are.
    fn part(&self, bytes: &[u8]) -> Option<Source> {
        let at = self.request.parts.iter().position(|part| std::ptr::eq(&*part.bytes, bytes))?;
        u32::try_from(at).ok().map(Source::Part)
    }

    fn copy(&mut self, bytes: &[u8]) -> Option<Source> {
        let (start, length) = (self.length, u64::try_from(bytes.len()).ok()?);
        let end = start.checked_add(length).filter(|end| *end <= FILES_BYTES_MAX && !self.is_broken)?;
        self.is_broken = (self.write)(bytes).is_err();
        if self.is_broken {
            return None;
        }
        self.length = end;
        Some(Source::File(start, length))
    }

    /// Where the bytes of each item are; what did not fit is noted in the content.
    pub(crate) fn finish(self, content: &mut Content) -> Vec<Option<Source>> {
        let left_out = self.left_out.into_iter().map(|place| Unopened { place, why: WhyUnopened::OverBudget });
        content.unopened.extend(left_out);
        content.items.iter().map(|item| self.known.get(&item.sha256).copied()).collect()
    }
}

/// Can these be where the items are? `file_bytes` is the size of the file. Of an item without bytes the content says why.
pub(crate) fn fit(sources: &[Option<Source>], content: &Content, request: &Request, file_bytes: u64) -> bool {
    let unopened: HashSet<&str> = content.unopened.iter().map(|one| one.place.as_str()).collect();
    let fits = |(source, item): (&Option<Source>, &Item)| match source {
        None => unopened.contains(item.place.as_str()),
        Some(Source::Part(number)) => {
            let part = usize::try_from(*number).ok().and_then(|number| request.parts.get(number));
            part.is_some_and(|part| u64::try_from(part.bytes.len()) == Ok(item.size))
        }
        Some(Source::File(start, length)) => {
            *length == item.size && start.checked_add(*length).is_some_and(|end| end <= file_bytes)
        }
    };
    sources.len() == content.items.len() && sources.iter().zip(&content.items).all(fits)
}

#[cfg(test)]
mod tests;
