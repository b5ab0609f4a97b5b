//! The bytes of one copy: the message as it came with the edits of its variant, in pieces, without being copied.

use bytes::Bytes;
use mail::edit::{Edit, Piece, pieces};
use store::mails::{Body, StoredMail};
use store::record::mail::VariantRecord;
use store::{Mails, StoreError};

use crate::job::Job;

/// Bytes that are read from a file at a time.
const READ_BYTES: usize = 256 * 1024;

/// A copy that is ready to be sent.
pub(super) struct Outgoing {
    /// MAIL FROM without brackets.
    pub(super) sender: String,
    /// BODY=8BITMIME.
    pub(super) eight_bit: bool,
    body: Body,
    pieces: Vec<Piece>,
}

impl Outgoing {
    /// From what the session left in memory, else from the store.
    pub(super) async fn load(job: &Job, mails: &dyn Mails) -> Result<Self, StoreError> {
        if let Some(ready) = &job.ready
            && let Some(state) = mails.state(job.tenant, job.mail)
        {
            let body = Body::Inline(ready.raw.clone());
            return Self::new(state.sender, state.eight_bit, body, &ready.variants, job.variant);
        }
        let StoredMail { state, variants, body, .. } = mails.load(job.tenant, job.mail).await?;
        Self::new(state.sender, state.eight_bit, body, &variants, job.variant)
    }

    fn new(
        sender: String,
        eight_bit: bool,
        body: Body,
        variants: &[VariantRecord],
        variant: Option<u16>,
    ) -> Result<Self, StoreError> {
        let length = match &body {
            Body::Inline(bytes) => bytes.len(),
            Body::File(file) => usize::try_from(file.length()).unwrap_or(usize::MAX),
        };
        let edits = match variant {
            None => Vec::new(),
            Some(index) => edits(variants.get(usize::from(index)).ok_or_else(|| corrupt("there is no such variant"))?)?,
        };
        let pieces = pieces(length, &edits).map_err(|error| corrupt(&error.to_string()))?;
        Ok(Self { sender, eight_bit, body, pieces })
    }

    /// Bytes, before dots are doubled.
    pub(super) fn length(&self) -> u64 {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Raw(range) => range.len(),
            Piece::New(bytes) => bytes.len(),
        });
        lengths.map(|length| u64::try_from(length).unwrap_or(u64::MAX)).sum()
    }

    /// The bytes from `place` on, in order; none at the end.
    pub(super) async fn next(&self, place: &mut Place) -> Result<Option<Bytes>, StoreError> {
        let Some(piece) = self.pieces.get(place.piece) else { return Ok(None) };
        let range = match (piece, &self.body) {
            (Piece::New(bytes), _) => {
                place.piece += 1;
                return Ok(Some(bytes.clone()));
            }
            (Piece::Raw(range), Body::Inline(raw)) => {
                place.piece += 1;
                return Ok(Some(raw.slice(range.clone())));
            }
            (Piece::Raw(range), Body::File(_)) => range,
        };
        let Body::File(file) = &self.body else { return Ok(None) };
        let start = range.start + place.offset;
        let bytes = file.read(u64::try_from(start).unwrap_or(u64::MAX), READ_BYTES.min(range.end - start)).await?;
        if bytes.is_empty() {
            return Err(corrupt("the body file ends early"));
        }
        place.offset += bytes.len();
        if start + bytes.len() >= range.end {
            *place = Place { piece: place.piece + 1, offset: 0 };
        }
        Ok(Some(bytes))
    }
}

/// How far a copy has been sent.
#[derive(Default)]
pub(super) struct Place {
    piece: usize,
    offset: usize,
}

fn edits(variant: &VariantRecord) -> Result<Vec<Edit>, StoreError> {
    let edit = |record: &store::record::mail::EditRecord| {
        let start = usize::try_from(record.start).ok()?;
        let end = usize::try_from(record.end).ok()?;
        Some(Edit { range: start..end, replacement: Bytes::from(record.replacement.clone()) })
    };
    variant.edits.iter().map(|record| edit(record).ok_or_else(|| corrupt("an edit lies outside"))).collect()
}

fn corrupt(why: &str) -> StoreError {
    StoreError::Corrupt { what: "a variant of a mail".to_owned(), why: why.to_owned() }
}
