//! Deflated data as tolerant readers take it: with or without the head of zlib (RFC 1950), its checksum not asked for, and what
//! came before a fault is kept.

use std::io::{Error, ErrorKind, Read, Result};

use flate2::{Decompress, FlushDecompress, Status};

/// Reads inflated bytes.
pub(crate) struct Inflate<'a> {
    input: &'a [u8],
    state: Decompress,
    fault: Option<ErrorKind>,
    is_over: bool,
}

impl<'a> Inflate<'a> {
    /// Where the head of zlib is not one, the data is taken for bare.
    pub(crate) fn new(input: &'a [u8]) -> Self {
        let input = match input {
            [method, check, rest @ ..]
                if method & 15 == 8 && u16::from_be_bytes([*method, *check]).checked_rem(31) == Some(0) =>
            {
                rest
            }
            _ => input,
        };
        Self { input, state: Decompress::new(false), fault: None, is_over: false }
    }
}

impl Read for Inflate<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        if let Some(fault) = self.fault {
            return Err(Error::from(fault));
        }
        if self.is_over || into.is_empty() {
            return Ok(0);
        }
        let (read, written) = (self.state.total_in(), self.state.total_out());
        let status = self.state.decompress(self.input, into, FlushDecompress::None);
        let took = usize::try_from(self.state.total_in().saturating_sub(read)).unwrap_or_default();
        let made = usize::try_from(self.state.total_out().saturating_sub(written)).unwrap_or_default();
        self.input = self.input.get(took..).unwrap_or_default();
        match status {
            Ok(Status::StreamEnd) => self.is_over = true,
            Ok(Status::Ok) if took > 0 || made > 0 => {}
            Ok(_) => self.fault = Some(ErrorKind::UnexpectedEof),
            Err(_) => self.fault = Some(ErrorKind::InvalidData),
        }
        match self.fault {
            Some(fault) if made == 0 => Err(Error::from(fault)),
            _ => Ok(made),
        }
    }
}
