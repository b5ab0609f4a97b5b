//! Unpack: the leaf parts of the message go to the worker, what is inside them comes back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use bytes::Bytes;
use mail::envelope::Envelope;
use mail::message::Message;
use mail::part::{Part, PartPath};
use unpack::{Request, header_links};
use worker::{FairKey, OpenError, Opened, Wanted};

use crate::given::Passwords;
use crate::known_files;
use crate::stations::Stations;

/// Name of the check in `failed_checks`.
pub(crate) const UNPACK: &str = "unpack";

/// What a message that nobody could look at now waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A check that does not work.
    ForCheck,
    /// Those before it: there is too much to do.
    ForOthers,
    /// A sandbox, which has one of its files.
    ForSandbox,
}

/// Opens every leaf of every reading, each once; beside it, what it waits for if nobody could look at it now.
/// `passwords` are tried before the words of the message.
pub(crate) async fn open(
    message: &Message,
    envelope: &Envelope,
    passwords: &Passwords,
    stations: &Stations,
) -> (Opened, Option<Wait>) {
    let key = FairKey::of(envelope.client.ip);
    let work = || (request(message), header_links::items(message));
    let (mut request, header_links) = stations.aside.run(key, message.raw().len(), work).await;
    request.passwords.clone_from(&passwords.0);
    match stations.opener.open(key, request, stations.wanted()).await {
        Ok(mut opened) => {
            let bytes = known_files::work_bytes(&opened.content, &stations.known_files);
            let mark = || known_files::mark(&mut opened.content, &stations.known_files);
            stations.aside.run(key, bytes, mark).await;
            opened.content.items.extend(header_links);
            (opened, None)
        }
        Err(error) => {
            tracing::warn!(%error, "a message was not opened and waits");
            let wait = match error {
                OpenError::Busy | OpenError::SlowLaneFull => Wait::ForOthers,
                OpenError::NoWorker | OpenError::Stopped => Wait::ForCheck,
            };
            (Opened::default(), Some(wait))
        }
    }
}

/// What a reader of the message sees: its subject, and the text that is no file. Empty where nobody could look.
pub(crate) async fn texts(message: &Message, envelope: &Envelope, stations: &Stations) -> Vec<String> {
    let key = FairKey::of(envelope.client.ip);
    let mut request = stations.aside.run(key, message.raw().len(), || request(message)).await;
    request.parts.retain(|part| part.inline && part.declared.starts_with("text/"));
    let opened = stations.opener.open(key, request, Wanted::Content).await;
    let items = opened.map(|opened| opened.content.items).unwrap_or_default();
    std::iter::once(message.subject()).chain(items.into_iter().map(|item| item.text)).collect()
}

/// What a worker is asked: every leaf of every reading, decoded in every way. Readings repeat most parts of each other: same
/// bytes, same type and charset, same encoding is the same part.
#[must_use]
pub fn request(message: &Message) -> Request {
    let mut seen: HashMap<_, Range<usize>> = HashMap::new();
    let mut request = Request { subject: message.subject(), ..Request::default() };
    for (path, part) in message.parts().filter(|(_, part)| part.is_leaf()) {
        let charset = part.media_type.parameter("charset").unwrap_or("").to_owned();
        match seen.entry((part.body.clone(), part.media_type.essence(), charset, part.encoding)) {
            Entry::Occupied(known) => add_names(request.parts.get_mut(known.get().clone()).unwrap_or_default(), part),
            Entry::Vacant(first) => {
                let from = request.parts.len();
                push_contents(&mut request, message, &path, part);
                first.insert(from..request.parts.len());
            }
        }
    }
    request
}

// The same bytes under another name, or as a file where they were text.
fn add_names(known: &mut [unpack::Part], part: &Part) {
    for known in known {
        known.inline &= part.disposition != "attachment" && part.names.is_empty();
        known.joins_words |= part.media_type.joins_words();
        for name in &part.names {
            if !known.names.contains(name) {
                known.names.push(name.clone());
            }
        }
    }
}

// Each plausible reading of the encoding is a part of its own: `1.2`, `1.2~1`. An encoded multipart or message is besides
// read as the message that it holds.
fn push_contents(request: &mut Request, message: &Message, path: &PartPath, part: &Part) {
    let place = if path.0.is_empty() { "0".to_owned() } else { path.to_string() };
    for (number, bytes) in contents_of(message, part).into_iter().enumerate() {
        let place = if number == 0 { place.clone() } else { format!("{place}~{number}") };
        request.parts.push(unpack::Part::of(place, part, bytes));
    }
    if let Some(inner) = part.inner_message(message.raw()) {
        let bytes = kept(inner, message);
        let declared = "message/rfc822".to_owned();
        request.parts.push(unpack::Part { declared, ..unpack::Part::of(format!("{place}~message"), part, bytes) });
    }
}

// What needs no decoding is shared, not copied.
fn contents_of(message: &Message, part: &Part) -> Vec<Bytes> {
    let contents = part.contents(message.raw());
    let shared = |content: Cow<'_, [u8]>| match content {
        Cow::Borrowed(bytes) => message.raw().slice_ref(bytes),
        Cow::Owned(bytes) => kept(bytes, message),
    };
    contents.into_iter().map(shared).collect()
}

fn kept(decoded: Vec<u8>, message: &Message) -> Bytes {
    Bytes::from_owner(Decoded { decoded, _message: message.raw().clone() })
}

/// Keeps the message, and with it the room in memory that was taken for both, for as long as somebody has the part.
struct Decoded {
    decoded: Vec<u8>,
    _message: Bytes,
}

impl AsRef<[u8]> for Decoded {
    fn as_ref(&self) -> &[u8] {
        &self.decoded
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use store::memory::Memory;

    use super::*;

    fn message(head: &str, body: &str) -> Vec<u8> {
        format!("From: a@a.example\r\nMIME-Version: 1.0\r\n{head}\r\n{body}\r\n").into_bytes()
    }

    #[tokio::test]
    async fn a_decoded_part_keeps_the_room_of_its_message() {
        let memory = Memory::new(1 << 20);
        let room = memory.reserve(64 * 1024, Duration::ZERO).await.unwrap();
        let raw = message("Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n", "aGVsbG8=");
        let parsed = Message::parse(room.tie_to(raw.into()));
        let request = request(&parsed);
        drop(parsed);
        assert_eq!(&request.parts[0].bytes[..], b"hello");
        assert!(memory.free_bytes() < 1 << 20, "what waits for a worker is not counted");
        drop(request);
        assert_eq!(memory.free_bytes(), 1 << 20);
    }

    #[test]
    fn one_body_has_the_names_of_every_reading() {
        let names = "Content-Disposition: inline\r\nContent-Disposition: attachment; filename=run.exe\r\n";
        let parsed = Message::parse(message(&format!("Content-Type: text/plain\r\n{names}"), "x").into());
        let parts = request(&parsed).parts;
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].names.as_slice(), parts[0].inline), (["run.exe".to_owned()].as_slice(), false));
    }

    #[test]
    fn two_charsets_of_one_body_are_two_parts() {
        let types = "Content-Type: text/plain; charset=utf-8\r\nContent-Type: text/plain; charset=utf-7\r\n";
        let parsed = Message::parse(message(types, "+ADw-").into());
        let charsets: Vec<String> = request(&parsed).parts.into_iter().map(|part| part.charset).collect();
        assert_eq!(charsets, ["utf-8", "utf-7"]);
    }
}
