//! A message: the raw bytes, and what was read in them.

use bytes::Bytes;

use crate::defect::{Ambiguity, Defect};
use crate::header::Header;
use crate::part::{Encoding, MediaType, Part};

/// A message with its header and MIME tree. Never changed; see [`crate::edit`].
#[derive(Clone, Debug)]
pub struct Message {
    raw: Bytes,
    /// The root part; its header is the message's header.
    pub root: Part,
    /// What is wrong and harmless, at most [`crate::limits::DEFECTS_MAX`].
    pub defects: Vec<Defect>,
    /// What two readers would read differently.
    pub ambiguities: Vec<Ambiguity>,
}

impl Message {
    /// The bytes as they came.
    #[must_use]
    pub const fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Reads a message. Never fails.
    #[must_use]
    pub fn parse(raw: Bytes) -> Self {
        let end = raw.len();
        let media_type = MediaType { top: "text".into(), sub: "plain".into(), parameters: Vec::new() };
        let root = Part {
            header: Header::default(),
            whole: 0..end,
            body: 0..end,
            media_type,
            encoding: Encoding::Identity,
            disposition: String::new(),
            names: Vec::new(),
            children: Vec::new(),
        };
        Self { raw, root, defects: Vec::new(), ambiguities: Vec::new() }
    }
}
