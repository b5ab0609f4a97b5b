//! What comes from a server: heads, and chunked bodies that are compared with what we sent and kept nowhere.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::head::Head;
use crate::scanners::ScanTrouble;
use crate::scanners::progress::Progress;

/// Bytes of a head.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// Bytes of the heads inside an answer.
const INNER_BYTES_MAX: usize = 64 << 10;
/// Bytes of the line that begins a chunk.
const CHUNK_LINE_BYTES_MAX: usize = 256;
/// Bytes that are read at a time.
const READ_BYTES: usize = 16 << 10;

/// The reading side of a connection.
pub(super) struct Incoming<'a, R> {
    reader: R,
    progress: &'a Progress,
    buffer: BytesMut,
}

/// How a body compares with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// The same bytes.
    Same,
    /// Others.
    Different,
}

impl<'a, R: AsyncRead + Unpin> Incoming<'a, R> {
    pub(super) fn new(reader: R, progress: &'a Progress) -> Self {
        Self { reader, progress, buffer: BytesMut::new() }
    }

    pub(super) const fn progress(&self) -> &'a Progress {
        self.progress
    }

    /// The head of an ICAP answer.
    pub(super) async fn head(&mut self) -> Result<Head, ScanTrouble> {
        let mut looked = 0;
        loop {
            let end = head_end(&self.buffer, looked);
            if end.unwrap_or(self.buffer.len()) > HEAD_BYTES_MAX {
                return Err(ScanTrouble::Garbage);
            }
            if let Some(end) = end {
                return Head::read(&self.take(end), "ICAP/1.");
            }
            looked = self.buffer.len();
            self.more().await?;
        }
    }

    /// So many bytes of heads inside an answer.
    pub(super) async fn inner(&mut self, length: usize) -> Result<BytesMut, ScanTrouble> {
        if length > INNER_BYTES_MAX {
            return Err(ScanTrouble::Garbage);
        }
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.take(length))
    }

    /// Reads a chunked body as far as it is the same as the file, and to its very end if it is.
    pub(super) async fn compare(&mut self, file: &[u8]) -> Result<Compared, ScanTrouble> {
        let mut rest = file;
        loop {
            let (size, original_from) = self.chunk_line().await?;
            if size == 0 {
                self.trailer().await?;
                // draft-icap-ext-partial-content 3: the rest is the original from there on.
                let from = original_from.map(|from| file.get(from..));
                let is_same = match from {
                    Some(original) => original == Some(rest),
                    None => rest.is_empty(),
                };
                return Ok(if is_same { Compared::Same } else { Compared::Different });
            }
            let Some(expected) = rest.get(..size) else { return Ok(Compared::Different) };
            if !self.is_next(expected).await? {
                return Ok(Compared::Different);
            }
            rest = rest.get(size..).unwrap_or_default();
            if !self.line().await?.is_empty() {
                return Err(ScanTrouble::Garbage);
            }
        }
    }

    /// The next bytes are these.
    async fn is_next(&mut self, mut expected: &[u8]) -> Result<bool, ScanTrouble> {
        while !expected.is_empty() {
            if self.buffer.is_empty() {
                self.more().await?;
            }
            let length = expected.len().min(self.buffer.len());
            let (now, later) = expected.split_at(length);
            if self.take(length).as_ref() != now {
                return Ok(false);
            }
            expected = later;
        }
        Ok(true)
    }

    /// Size of the next chunk, and what `use-original-body` says.
    async fn chunk_line(&mut self) -> Result<(usize, Option<usize>), ScanTrouble> {
        let line = self.line().await?;
        let line = str::from_utf8(&line).map_err(|_| ScanTrouble::Garbage)?;
        let mut words = line.split(';').map(str::trim);
        let size = words.next().unwrap_or_default();
        let is_hex = !size.is_empty() && size.len() <= 8 && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex {
            return Err(ScanTrouble::Garbage);
        }
        let size = usize::from_str_radix(size, 16).map_err(|_| ScanTrouble::Garbage)?;
        let original = words.find_map(|word| word.strip_prefix("use-original-body="));
        let original = original.map(str::parse).transpose().map_err(|_| ScanTrouble::Garbage)?;
        Ok((size, original))
    }

    async fn trailer(&mut self) -> Result<(), ScanTrouble> {
        let mut bytes = 0_usize;
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok(());
            }
            bytes = bytes.saturating_add(line.len());
            if bytes > HEAD_BYTES_MAX {
                return Err(ScanTrouble::Garbage);
            }
        }
    }

    /// A line without its end.
    async fn line(&mut self) -> Result<BytesMut, ScanTrouble> {
        loop {
            if let Some(end) = self.buffer.iter().take(CHUNK_LINE_BYTES_MAX).position(|byte| *byte == b'\n') {
                let mut line = self.take(end.saturating_add(1));
                line.truncate(end);
                if line.last() == Some(&b'\r') {
                    line.truncate(end.saturating_sub(1));
                }
                return Ok(line);
            }
            if self.buffer.len() >= CHUNK_LINE_BYTES_MAX {
                return Err(ScanTrouble::Garbage);
            }
            self.more().await?;
        }
    }

    /// The next bytes, without copying them.
    fn take(&mut self, length: usize) -> BytesMut {
        self.buffer.split_to(length.min(self.buffer.len()))
    }

    async fn more(&mut self) -> Result<(), ScanTrouble> {
        self.buffer.reserve(READ_BYTES);
        match self.reader.read_buf(&mut self.buffer).await {
            Ok(came) if came > 0 => {
                self.progress.read(came);
                Ok(())
            }
            Ok(_) | Err(_) => Err(self.progress.closed()),
        }
    }
}

/// Where a head ends: behind its empty line. `looked` bytes were looked at before.
fn head_end(buffer: &[u8], looked: usize) -> Option<usize> {
    let from = looked.saturating_sub(3);
    let seen = buffer.get(from..)?;
    for (at, _) in seen.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let rest = seen.get(at..)?;
        let end = if rest.starts_with(b"\n\r\n") {
            3
        } else if rest.starts_with(b"\n\n") {
            2
        } else {
            continue;
        };
        return Some(from.saturating_add(at).saturating_add(end));
    }
    None
}
