//! Unpack: the leaf parts of the message go to the worker, what is inside them comes back.

use std::collections::HashSet;

use mail::envelope::Envelope;
use mail::message::Message;
use mail::part::{Encoding, Part};
use scan::content::Content;
use unpack::Request;

use crate::aside::aside;
use crate::stations::Stations;

/// Name of the check in `failed_checks`.
const UNPACK: &str = "unpack";

/// What came out, and the name of the check if nobody could look at it now.
pub(crate) type Opened = (Content, Option<&'static str>);

/// Opens every leaf of every reading, each once.
pub(crate) async fn open(message: &Message, envelope: &Envelope, stations: &Stations) -> Opened {
    let request = aside(message.raw().len(), || request(message));
    match stations.opener.open(worker::FairKey::of(envelope.client.ip), request).await {
        Ok(content) => (content, None),
        Err(error) => {
            tracing::warn!(%error, "a message was not opened and waits");
            (Content::default(), Some(UNPACK))
        }
    }
}

// Readings repeat most parts of each other: same bytes, same type, same encoding is the same part.
fn request(message: &Message) -> Request {
    let mut seen = HashSet::new();
    let mut request = Request::default();
    for (path, part) in message.parts() {
        if !part.is_leaf() || !seen.insert((part.body.clone(), part.media_type.essence(), part.encoding)) {
            continue;
        }
        request.parts.push(unpack::Part {
            place: if path.0.is_empty() { "0".to_owned() } else { path.to_string() },
            names: part.names.clone(),
            declared: part.media_type.essence(),
            charset: part.media_type.parameter("charset").unwrap_or("").to_owned(),
            inline: part.disposition != "attachment" && part.names.is_empty(),
            bytes: bytes_of(message, part),
        });
    }
    request
}

// What needs no decoding is shared, not copied.
fn bytes_of(message: &Message, part: &Part) -> bytes::Bytes {
    if part.encoding == Encoding::Identity {
        return message.raw().slice(part.body.clone());
    }
    part.content(message.raw()).into_owned().into()
}
