//! What goes over the socket: a head of 16 bytes (magic, kind, request number, length), then the body. The parent believes
//! nothing that comes back: sizes are capped before memory is taken, and an answer has to fit its request.

pub(crate) mod disarmed;
mod room;
mod setup;

use std::collections::HashSet;

use bytes::Bytes;
use minicbor::{Decode, Encode};
use scan::content::Content;
use unpack::{Part, Request};

use crate::files;
pub use crate::files::Source;
pub use crate::frame::setup::{Setup, read_setup, setup_start};
use crate::limits::{ANSWER_BYTES_MAX, REQUEST_BYTES_MAX};

/// Bytes of a head.
pub const HEAD_BYTES: usize = 16;
/// Parts for which room is made at once.
const PARTS_ROOM_MAX: usize = 1_000;
const MAGIC: [u8; 4] = *b"PWk1";

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Child to parent, once: I am closed in.
    Ready,
    /// Parent to child: open these parts.
    Unpack,
    /// Child to parent.
    Answer,
    /// Parent to child, once, before it closes itself in.
    Setup,
    /// Child to parent: it takes more time than there is in this lane. No body.
    Late,
    /// Parent to child: disarm these parts.
    Disarm,
}

impl Kind {
    const ALL: [(Self, u32); 6] =
        [(Self::Ready, 1), (Self::Unpack, 2), (Self::Answer, 3), (Self::Setup, 4), (Self::Late, 5), (Self::Disarm, 6)];
}

/// The start of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is.
    pub kind: Kind,
    /// The request it belongs to; 0 for [`Kind::Ready`].
    pub number: u32,
    /// Bytes of the body.
    pub length: u32,
}

/// Why an answer is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// No frame of ours, or one of the wrong kind.
    #[error("not a frame")]
    NoFrame,
    /// It answers something that was not asked.
    #[error("wrong request number")]
    WrongNumber,
    /// It announces more than an answer can be.
    #[error("too large")]
    TooLarge,
    /// The body is not the one encoding of a content.
    #[error("not decodable")]
    NotDecodable,
    /// A part has no item, or an item no part.
    #[error("does not fit the request")]
    Unfitting,
    /// It speaks unasked.
    #[error("unasked bytes")]
    Unasked,
    /// The file of the items' bytes cannot be sealed: something still holds it open to write.
    #[error("a file that cannot be sealed")]
    Unsealed,
}

impl Head {
    /// On the wire.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        let kind = Kind::ALL.into_iter().find(|(kind, _)| *kind == self.kind).map_or(0, |(_, code)| code);
        let fields = [MAGIC, kind.to_le_bytes(), self.number.to_le_bytes(), self.length.to_le_bytes()];
        for (to, from) in bytes.iter_mut().zip(fields.iter().flatten()) {
            *to = *from;
        }
        bytes
    }

    /// From the wire; `None`: it is none.
    #[must_use]
    pub fn read(bytes: &[u8; HEAD_BYTES]) -> Option<Self> {
        let (fields, _) = bytes.as_chunks::<4>();
        let [magic, kind, number, length] = fields else { return None };
        let code = u32::from_le_bytes(*kind);
        let (kind, _) = Kind::ALL.into_iter().find(|(_, known)| *known == code).filter(|_| *magic == MAGIC)?;
        Some(Self { kind, number: u32::from_le_bytes(*number), length: u32::from_le_bytes(*length) })
    }

    /// Of an answer to request `number`: the length of its body; `None`: it was late, there is none.
    ///
    /// # Errors
    /// It is no such head, or announces too much.
    pub fn answer_length(bytes: &[u8; HEAD_BYTES], number: u32) -> Result<Option<usize>, Lie> {
        let head = Self::read(bytes).ok_or(Lie::NoFrame)?;
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        match head.kind {
            Kind::Answer | Kind::Late if head.number != number => Err(Lie::WrongNumber),
            Kind::Answer if length > ANSWER_BYTES_MAX => Err(Lie::TooLarge),
            Kind::Answer => Ok(Some(length)),
            Kind::Late if length == 0 => Ok(None),
            _ => Err(Lie::NoFrame),
        }
    }
}

/// A part without its bytes, which follow all of these.
#[derive(Encode, Decode)]
#[cbor(map)]
struct PartHead {
    #[n(0)]
    place: String,
    #[n(1)]
    names: Vec<String>,
    #[n(2)]
    declared: String,
    #[n(3)]
    charset: String,
    #[n(4)]
    inline: bool,
    #[n(5)]
    size: u64,
    #[n(6)]
    points_to: Vec<String>,
    #[n(7)]
    labels: Vec<String>,
    #[n(8)]
    joins_words: bool,
}

/// A request without the bytes of its parts.
#[derive(Encode, Decode)]
#[cbor(map)]
struct RequestHead {
    #[n(0)]
    parts: Vec<PartHead>,
    #[n(1)]
    subject: String,
    #[n(2)]
    passwords: Vec<String>,
}

/// Head and start of the body of a request to open; the bytes of its parts follow as they are. `None`: it is too large.
#[must_use]
pub fn request_start(number: u32, request: &Request) -> Option<Vec<u8>> {
    request_start_of(Kind::Unpack, number, request)
}

/// As [`request_start`], of either kind.
pub(crate) fn request_start_of(kind: Kind, number: u32, request: &Request) -> Option<Vec<u8>> {
    let heads = RequestHead {
        parts: request.parts.iter().map(part_head).collect(),
        subject: request.subject.clone(),
        passwords: request.passwords.clone(),
    };
    let heads = minicbor::to_vec(heads).ok()?;
    let heads_length = u32::try_from(heads.len()).ok()?;
    let parts: usize = request.parts.iter().map(|part| part.bytes.len()).sum();
    let length = heads.len().saturating_add(parts).saturating_add(4);
    if length > REQUEST_BYTES_MAX {
        return None;
    }
    let head = Head { kind, number, length: u32::try_from(length).ok()? };
    Some([head.to_bytes().as_slice(), &heads_length.to_le_bytes(), &heads].concat())
}

fn part_head(part: &Part) -> PartHead {
    PartHead {
        place: part.place.clone(),
        names: part.names.clone(),
        declared: part.declared.clone(),
        charset: part.charset.clone(),
        inline: part.inline,
        size: u64::try_from(part.bytes.len()).unwrap_or(u64::MAX),
        points_to: part.points_to.clone(),
        labels: part.labels.clone(),
        joins_words: part.joins_words,
    }
}

/// The body of a request, its parts sharing the buffer. `None`: it contradicts itself.
#[must_use]
pub fn read_request(body: &Bytes) -> Option<Request> {
    let heads_length = usize::try_from(u32::from_le_bytes(*body.first_chunk()?)).ok()?;
    let mut at = heads_length.checked_add(4)?;
    let RequestHead { parts, subject, passwords } = minicbor::decode(body.get(4..at)?).ok()?;
    let mut request = Request { parts: Vec::with_capacity(parts.len().min(PARTS_ROOM_MAX)), subject, passwords };
    for head in parts {
        let end = at.checked_add(usize::try_from(head.size).ok()?)?;
        body.get(at..end)?;
        let PartHead { place, names, declared, charset, joins_words, inline, points_to, labels, .. } = head;
        let bytes = body.slice(at..end);
        request.parts.push(Part { place, names, declared, charset, joins_words, inline, points_to, labels, bytes });
        at = end;
    }
    (at == body.len()).then_some(request)
}

/// The body of an answer.
#[derive(Encode)]
#[cbor(map)]
struct AnswerOut<'a> {
    #[n(0)]
    content: &'a Content,
    #[n(1)]
    sources: &'a [Option<Source>],
}

/// The same, read.
#[derive(Decode)]
#[cbor(map)]
struct AnswerIn {
    #[n(0)]
    content: Content,
    #[n(1)]
    sources: Vec<Option<Source>>,
}

/// A whole answer, with the places of the items' bytes if those are wanted. One that would be too large is replaced by one
/// that says so.
#[must_use]
pub fn answer(number: u32, request: &Request, content: &Content, sources: &[Option<Source>]) -> Vec<u8> {
    let encode = |content: &Content, sources: &[Option<Source>]| {
        let body = minicbor::to_vec(AnswerOut { content, sources }).ok()?;
        let body = Some(body).filter(|body| body.len() <= ANSWER_BYTES_MAX)?;
        let head = Head { kind: Kind::Answer, number, length: u32::try_from(body.len()).ok()? };
        Some([head.to_bytes().as_slice(), &body].concat())
    };
    let over = || crate::opener::unopened(request, scan::content::WhyUnopened::OverBudget);
    encode(content, sources).or_else(|| encode(&over(), &[])).unwrap_or_default()
}

/// The answer that there is none in this lane.
#[must_use]
pub fn late(number: u32) -> Vec<u8> {
    Head { kind: Kind::Late, number, length: 0 }.to_bytes().to_vec()
}

/// The body of an answer, if it can be one to that request: the content, and where the bytes of its items are (nothing, or
/// one for each). `file_bytes` is the size of the file that went with the request; none: the bytes were not wanted.
///
/// # Errors
/// It cannot: the worker is not to be believed.
pub fn read_answer(
    body: &[u8],
    request: &Request,
    file_bytes: Option<u64>,
) -> Result<(Content, Vec<Option<Source>>), Lie> {
    if !room::fits(body) {
        return Err(Lie::NotDecodable);
    }
    let mut decoder = minicbor::Decoder::new(body);
    let AnswerIn { content, sources } = decoder.decode().map_err(|_| Lie::NotDecodable)?;
    if decoder.position() != body.len() {
        return Err(Lie::NotDecodable);
    }
    let asked: HashSet<&str> = request.parts.iter().map(|part| part.place.as_str()).collect();
    let top = |place: &str| asked.contains(place.split('/').next().unwrap_or(place));
    let items = content.items.iter().map(|item| item.place.as_str());
    let places: HashSet<&str> = items.chain(content.unopened.iter().map(|one| one.place.as_str())).collect();
    let fits = places.iter().all(|place| top(place)) && asked.iter().all(|place| places.contains(place));
    let fits = fits && file_bytes.map_or(sources.is_empty(), |bytes| files::fit(&sources, &content, request, bytes));
    if fits { Ok((content, sources)) } else { Err(Lie::Unfitting) }
}

#[cfg(test)]
mod tests;
