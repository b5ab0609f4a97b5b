//! Reads the entries of one segment in order and finds its way behind damaged ones.

use std::io;

use memchr::memmem;

use super::entry::{END, HEAD_BYTES, Head, Mark, aligned, is_intact};
use crate::disk::DiskFile;

/// Bytes read at once, more where an entry is longer.
const WINDOW_BYTES: usize = 1024 * 1024;

/// What stands next in a segment.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    /// An entry whose checksum is right.
    Entry {
        /// Where it begins.
        offset: u64,
        /// Its head.
        head: Head,
        /// Its fields.
        fields: &'a [u8],
    },
    /// Bytes that are none.
    Damaged {
        /// First of them.
        from: u64,
        /// One past the last; the end of the segment if no entry comes behind.
        to: u64,
    },
}

/// A pass over a segment.
pub(crate) struct Scan<'a> {
    file: &'a dyn DiskFile,
    mark: Mark,
    generation: u64,
    at: u64,
    end: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Scan<'a> {
    /// From `start`, where an entry begins, up to `end`.
    pub(crate) fn new(file: &'a dyn DiskFile, mark: Mark, generation: u64, start: u64, end: u64) -> Self {
        Self { file, mark, generation, at: start, end, window: Vec::new(), window_at: start }
    }

    /// Where the next entry would begin.
    pub(crate) const fn position(&self) -> u64 {
        self.at
    }

    /// The next entry or damage; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        if self.at + HEAD_BYTES > self.end {
            return Ok(None);
        }
        let offset = self.at;
        if let Some(head) = self.entry_at(offset)? {
            self.at = aligned(offset + head.length());
            let start = self.in_window(offset) + HEAD_BYTES as usize;
            let middle = start + head.fields as usize;
            return Ok(Some(Found::Entry { offset, head, fields: &self.window[start..middle] }));
        }
        let clean = self.is_clean_end(offset)?;
        self.at = self.search(offset + 8)?.unwrap_or(self.end);
        if clean && self.at == self.end {
            return Ok(None);
        }
        Ok(Some(Found::Damaged { from: offset, to: self.at }))
    }

    /// Zeros where a head would be; and in a segment that was never written, whatever an older generation left.
    fn is_clean_end(&mut self, offset: u64) -> io::Result<bool> {
        let (mark, generation) = (self.mark, self.generation.to_le_bytes());
        let bytes = self.bytes(offset, HEAD_BYTES)?;
        let older = bytes.get(..8) == Some(&mark[..]) && bytes.get(8..16) != Some(&generation[..]);
        Ok(bytes == END || (offset == 0 && older))
    }

    fn entry_at(&mut self, offset: u64) -> io::Result<Option<Head>> {
        let (mark, generation, end) = (self.mark, self.generation, self.end);
        let Some(head) = Head::decode(self.bytes(offset, HEAD_BYTES)?, &mark, generation) else { return Ok(None) };
        if offset + head.length() > end {
            return Ok(None);
        }
        let entry = self.bytes(offset, head.length())?;
        Ok((entry.len() as u64 == head.length() && is_intact(entry)).then_some(head))
    }

    /// Where the first entry from `offset` on begins.
    fn search(&mut self, offset: u64) -> io::Result<Option<u64>> {
        let mark = self.mark;
        let finder = memmem::Finder::new(&mark);
        let mut at = offset;
        while at + HEAD_BYTES <= self.end {
            let wanted = (self.end - at).min(WINDOW_BYTES as u64);
            let chunk = self.bytes(at, wanted)?;
            let length = chunk.len() as u64;
            match finder.find(chunk) {
                Some(place) => {
                    at += place as u64;
                    if at.is_multiple_of(8) && self.entry_at(at)?.is_some() {
                        return Ok(Some(at));
                    }
                    at += 1;
                }
                None if length < wanted || length <= 7 => return Ok(None),
                None => at += length - 7,
            }
        }
        Ok(None)
    }

    fn in_window(&self, offset: u64) -> usize {
        usize::try_from(offset - self.window_at).unwrap_or(usize::MAX)
    }

    /// `length` bytes from `offset`, fewer if the file ends.
    fn bytes(&mut self, offset: u64, length: u64) -> io::Result<&[u8]> {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?;
        let inside = offset >= self.window_at && self.in_window(offset).saturating_add(length) <= self.window.len();
        if !inside {
            let rest = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
            self.window.resize(length.max(WINDOW_BYTES.min(rest)), 0);
            let read = self.file.read_at(offset, &mut self.window)?;
            self.window.truncate(read);
            self.window_at = offset;
        }
        let start = self.in_window(offset).min(self.window.len());
        let end = start.saturating_add(length).min(self.window.len());
        Ok(&self.window[start..end])
    }
}
