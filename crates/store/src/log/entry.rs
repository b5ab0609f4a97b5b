//! One entry of a segment: a fixed head, tagged fields, an inline body, zeros up to the next multiple of 8.
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | mark of the data folder: random, so that no message can contain an entry |
//! | 8..16 | generation of the segment: a reused segment holds older ones |
//! | 16..24 | sequence of the first record |
//! | 24..32 | everything up to this sequence was durable when the entry was written |
//! | 32..36, 36..40 | bytes of fields and body |
//! | 40, 41 | kind; flags: 1 = the mail is finished with this |
//! | 42..44 | records in the fields |
//! | 44..48 | CRC-32 of bytes 0..44, fields and body |

use bytes::Bytes;
use crc32fast::Hasher;

use crate::error::StoreError;
use crate::limits::{INLINE_BODY_BYTES_MAX, RECORD_FIELDS_BYTES_MAX};
use crate::record::Record;

/// Bytes of a head.
pub(crate) const HEAD_BYTES: u64 = 48;
/// A segment's clean end: where the next head would stand is this.
pub(crate) const END: [u8; HEAD_BYTES as usize] = [0; HEAD_BYTES as usize];

const ALIGN_BYTES: u64 = 8;
const FLAG_FINISHES: u8 = 1;

/// The secret of one data folder.
pub(crate) type Mark = [u8; 8];

/// What the fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Records for everybody, one after the other.
    Records,
    /// The log's own notes: [`super::upkeep::Upkeep`].
    Upkeep,
    /// A mail's record again, in its present state, out of a segment that goes.
    Copy,
}

/// The head of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) generation: u64,
    pub(crate) sequence: u64,
    pub(crate) flushed: u64,
    pub(crate) fields: u32,
    pub(crate) body: u32,
    pub(crate) kind: Kind,
    pub(crate) finishes: bool,
    pub(crate) count: u16,
}

impl Head {
    pub(crate) fn encode(&self, mark: &Mark, payload: &Hasher) -> [u8; HEAD_BYTES as usize] {
        let mut bytes = END;
        bytes[0..8].copy_from_slice(mark);
        bytes[8..16].copy_from_slice(&self.generation.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.flushed.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.fields.to_le_bytes());
        bytes[36..40].copy_from_slice(&self.body.to_le_bytes());
        bytes[40] = match self.kind {
            Kind::Records => 1,
            Kind::Upkeep => 2,
            Kind::Copy => 3,
        };
        bytes[41] = if self.finishes { FLAG_FINISHES } else { 0 };
        bytes[42..44].copy_from_slice(&self.count.to_le_bytes());
        let mut checksum = Hasher::new();
        checksum.update(&bytes[..44]);
        checksum.combine(payload);
        bytes[44..48].copy_from_slice(&checksum.finalize().to_le_bytes());
        bytes
    }

    /// Reads a head of this folder and segment; the checksum over the rest is [`is_intact`]'s.
    pub(crate) fn decode(bytes: &[u8], mark: &Mark, generation: u64) -> Option<Self> {
        let bytes: &[u8; HEAD_BYTES as usize] = bytes.get(..HEAD_BYTES as usize)?.try_into().ok()?;
        if &bytes[..8] != mark || u64_at(bytes, 8) != generation {
            return None;
        }
        let kind = match bytes[40] {
            1 => Kind::Records,
            2 => Kind::Upkeep,
            3 => Kind::Copy,
            _ => return None,
        };
        let head = Self {
            generation,
            sequence: u64_at(bytes, 16),
            flushed: u64_at(bytes, 24),
            fields: u32_at(bytes, 32),
            body: u32_at(bytes, 36),
            kind,
            finishes: bytes[41] & FLAG_FINISHES != 0,
            count: u16::from_le_bytes([bytes[42], bytes[43]]),
        };
        let sane = u64::from(head.fields) <= RECORD_FIELDS_BYTES_MAX && u64::from(head.body) <= INLINE_BODY_BYTES_MAX;
        sane.then_some(head)
    }

    /// Bytes of head, fields and body.
    pub(crate) fn length(&self) -> u64 {
        HEAD_BYTES + u64::from(self.fields) + u64::from(self.body)
    }

    /// The sequence of its last record.
    pub(crate) fn last_sequence(&self) -> u64 {
        self.sequence.saturating_add(u64::from(self.count.max(1)) - 1)
    }
}

/// Bytes of an entry with its padding.
pub(crate) const fn aligned(length: u64) -> u64 {
    length.div_ceil(ALIGN_BYTES) * ALIGN_BYTES
}

/// Whether a whole entry, head first, has the checksum that its head names.
pub(crate) fn is_intact(entry: &[u8]) -> bool {
    let (Some(covered), Some(stored), Some(rest)) = (entry.get(..44), entry.get(44..48), entry.get(48..)) else {
        return false;
    };
    let mut checksum = Hasher::new();
    checksum.update(covered);
    checksum.update(rest);
    checksum.finalize().to_le_bytes() == stored
}

/// What goes behind a head, with its checksum.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) fields: Bytes,
    pub(crate) body: Bytes,
    pub(crate) checksum: Hasher,
    pub(crate) count: u16,
}

impl Payload {
    /// Encodes records that stand or fall together.
    pub(crate) fn records(records: &[Record], body: Bytes) -> Result<Self, StoreError> {
        let mut fields = Vec::with_capacity(2048);
        for record in records {
            encode_into(record, &mut fields)?;
        }
        Self::new(fields, body, u16::try_from(records.len()).map_err(|_| StoreError::TooLarge("an entry"))?)
    }

    /// Encodes anything else that stands alone in its entry.
    pub(crate) fn one<T: minicbor::Encode<()>>(value: &T, body: Bytes) -> Result<Self, StoreError> {
        let mut fields = Vec::with_capacity(2048);
        encode_into(value, &mut fields)?;
        Self::new(fields, body, 1)
    }

    fn new(fields: Vec<u8>, body: Bytes, count: u16) -> Result<Self, StoreError> {
        if fields.len() as u64 > RECORD_FIELDS_BYTES_MAX {
            return Err(StoreError::TooLarge("a record"));
        }
        if body.len() as u64 > INLINE_BODY_BYTES_MAX {
            return Err(StoreError::TooLarge("an inline body"));
        }
        let mut checksum = Hasher::new();
        checksum.update(&fields);
        checksum.update(&body);
        Ok(Self { fields: fields.into(), body, checksum, count })
    }

    /// Bytes in the segment, head and padding with them.
    pub(crate) fn stored(&self) -> u64 {
        aligned(HEAD_BYTES + self.fields.len() as u64 + self.body.len() as u64)
    }
}

/// The records of an entry of [`Kind::Records`]. A kind of record that this release does not know is left out.
pub(crate) fn decode_records(head: &Head, fields: &[u8]) -> Vec<(u64, Record)> {
    let mut decoder = minicbor::Decoder::new(fields);
    let mut records = Vec::with_capacity(usize::from(head.count));
    for number in 0..u64::from(head.count) {
        let start = decoder.position();
        match decoder.decode::<Record>() {
            Ok(record) => records.push((head.sequence + number, record)),
            Err(error) => {
                tracing::warn!(sequence = head.sequence + number, %error, "a record of a kind that is not known");
                decoder.set_position(start);
                if decoder.skip().is_err() {
                    break;
                }
            }
        }
    }
    records
}

fn encode_into<T: minicbor::Encode<()>>(value: &T, fields: &mut Vec<u8>) -> Result<(), StoreError> {
    minicbor::encode(value, fields)
        .map_err(|error| StoreError::Corrupt { what: "a record to write".to_owned(), why: error.to_string() })
}

fn u64_at(bytes: &[u8; HEAD_BYTES as usize], at: usize) -> u64 {
    let mut value = [0; 8];
    value.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(value)
}

fn u32_at(bytes: &[u8; HEAD_BYTES as usize], at: usize) -> u32 {
    let mut value = [0; 4];
    value.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(value)
}
