//! A message: the raw bytes, and what was read in them.

use bytes::Bytes;
use memchr::{memchr, memmem};

use crate::alternatives;
use crate::apart;
use crate::date;
use crate::decode::words;
use crate::defect::{Ambiguity, Defect, DefectKind};
use crate::header::{FieldRef, Header, unfold};
use crate::limits;
use crate::mailbox::{self, Mailbox};
use crate::part::{Part, PartPath};
use crate::reading::{Choices, Notes, Reading};
use crate::timestamp::Timestamp;
use crate::tree;
use crate::within;

/// Fields that may stand once (RFC 5322 3.6).
const SINGLE_FIELDS: [&str; 11] =
    ["date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject"];

/// Fields that hold addresses.
const ADDRESS_FIELDS: [&str; 6] = ["from", "sender", "reply-to", "to", "cc", "bcc"];

/// A message with its header and MIME tree. Never changed; see [`crate::edit`].
#[derive(Clone, Debug)]
pub struct Message {
    raw: Bytes,
    /// The root part; its header is the message's header.
    pub root: Part,
    /// The root as other readers would read it, where they read something else; each differs from all others.
    pub alternatives: Vec<Part>,
    /// What is wrong and harmless, at most [`crate::limits::DEFECTS_MAX`].
    pub defects: Vec<Defect>,
    /// What two readers would read differently.
    pub ambiguities: Vec<Ambiguity>,
    work: Work,
    is_cut: bool,
}

/// What reading a message took, in numbers that do not depend on the machine: the proof that hostile mail costs no more than
/// its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Readings that differ, the first one included.
    pub readings: usize,
    /// Bytes looked at for line ends, fields and delimiters, in all readings that were tried.
    pub bytes: usize,
}

impl Message {
    /// Reads a message. Never fails; the time is linear in the bytes, times the number of readings of an ambiguous one.
    #[must_use]
    pub fn parse(raw: Bytes) -> Self {
        let mut notes = Notes::default();
        let reading = Reading::new(&raw, Choices::default());
        let mut root = tree::read(&reading, &mut notes);
        note_fields(&raw, &root.header, &mut notes);
        if reading.has_nul {
            note_nul(&raw, &root, &mut notes);
        }
        within::note(&raw, root.body.start, &mut notes);
        let mut alternatives = alternatives::read(&raw, &root, &mut notes);
        apart::note(&mut root);
        alternatives.iter_mut().for_each(apart::note);
        let work = Work { readings: alternatives.len().saturating_add(1), bytes: notes.bytes };
        let is_cut = notes.is_limited();
        Self { raw, root, alternatives, defects: notes.defects, ambiguities: notes.ambiguities, work, is_cut }
    }

    /// The bytes as they came.
    #[must_use]
    pub const fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// What reading it took.
    #[must_use]
    pub const fn work(&self) -> Work {
        self.work
    }

    /// A limit of [`crate::limits`] was reached: something was not read, or is one opaque leaf where it has parts. Such a
    /// message has not been looked into.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The header of the message.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.root.header
    }

    /// The fields of the header, in order.
    pub fn fields(&self) -> impl Iterator<Item = FieldRef<'_>> {
        self.header().fields(&self.raw)
    }

    /// The fields of a name, in any case.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = FieldRef<'a>> + use<'a, 'n> {
        self.header().all(&self.raw, name)
    }

    /// The first field of a name, in any case.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<FieldRef<'_>> {
        self.header().first(&self.raw, name)
    }

    /// The first Subject, decoded; empty if there is none.
    #[must_use]
    pub fn subject(&self) -> String {
        self.first("subject").map(|field| field.decoded()).unwrap_or_default()
    }

    /// The mailboxes of all fields of a name.
    #[must_use]
    pub fn mailboxes(&self, field: &str) -> Vec<Mailbox> {
        let lists = self.all(field).map(|field| mailbox::parse(field.raw_value(), field.value_range().start));
        lists.flat_map(|list| list.mailboxes).take(limits::MAILBOXES_MAX).collect()
    }

    /// Every part, depth first from the root, whose path is empty; then those of the alternative readings (see
    /// [`PartPath`]).
    pub fn parts(&self) -> impl Iterator<Item = (PartPath, &Part)> {
        let mut waiting: Vec<(PartPath, &Part)> =
            numbered(&self.alternatives).map(|(number, part)| (PartPath(vec![0, number]), part)).collect();
        waiting.reverse();
        waiting.push((PartPath::default(), &self.root));
        std::iter::from_fn(move || {
            let (path, part) = waiting.pop()?;
            let children = numbered(&part.children).map(|(number, child)| {
                let mut below = path.clone();
                below.0.push(number);
                (below, child)
            });
            let first = waiting.len();
            waiting.extend(children);
            waiting.get_mut(first..).unwrap_or_default().reverse();
            Some((path, part))
        })
    }

    /// The part at a path.
    #[must_use]
    pub fn part(&self, path: &PartPath) -> Option<&Part> {
        let (mut part, steps) = match path.0.as_slice() {
            [0, number, steps @ ..] => (child(&self.alternatives, *number)?, steps),
            steps => (&self.root, steps),
        };
        for number in steps {
            part = child(&part.children, *number)?;
        }
        Some(part)
    }

    /// How many hops the header names.
    #[must_use]
    pub fn received_count(&self) -> usize {
        self.all("received").count()
    }

    /// The first Date that can be read.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        self.all("date").find_map(|field| date::parse(&field.unfolded()))
    }
}

fn numbered(parts: &[Part]) -> impl Iterator<Item = (u16, &Part)> {
    (1..=u16::MAX).zip(parts)
}

fn child(parts: &[Part], number: u16) -> Option<&Part> {
    parts.get(usize::from(number).checked_sub(1)?)
}

fn note_fields(raw: &[u8], header: &Header, notes: &mut Notes) {
    for (name, kind) in [("date", DefectKind::MissingDate), ("from", DefectKind::MissingFrom)] {
        if header.first(raw, name).is_none() {
            notes.defect(kind, header.end);
        }
    }
    let mut seen = [false; SINGLE_FIELDS.len()];
    for field in header.fields(raw) {
        for (name, seen) in SINGLE_FIELDS.iter().zip(&mut seen) {
            if field.is(name) {
                if *seen {
                    notes.defect(DefectKind::DuplicateField, field.offset());
                }
                *seen = true;
            }
        }
        if ADDRESS_FIELDS.iter().any(|name| field.is(name)) {
            note_addresses(field, notes);
        }
        let value = field.raw_value();
        if memmem::find(value, b"=?").is_some() && words::decode(&unfold(value)).is_bad {
            notes.defect(DefectKind::BadEncodedWord, field.offset());
        }
    }
}

// One in a header is an ambiguity; content may hold them (RFC 3030), and some readers take them for the end.
fn note_nul(raw: &[u8], root: &Part, notes: &mut Notes) {
    let body = raw.get(root.body.start..).unwrap_or_default();
    if let Some(at) = memchr(0, body) {
        notes.defect(DefectKind::NulInBody, root.body.start.saturating_add(at));
    }
}

fn note_addresses(field: FieldRef<'_>, notes: &mut Notes) {
    let list = mailbox::parse(field.raw_value(), field.value_range().start);
    if list.is_bad {
        notes.defect(DefectKind::BadAddressList, field.offset());
    }
    if list.is_cut {
        notes.limit(field.offset());
    }
}
