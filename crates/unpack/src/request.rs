//! What is asked: the leaf parts of one message, already found and freed of their transfer encoding by `mail`.

use bytes::Bytes;

/// The leaf parts of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// In the order of the message.
    pub parts: Vec<Part>,
    /// The Subject, decoded: its words may be passwords.
    pub subject: String,
    /// Passwords to try first: given by somebody, or words of the sender's other mail.
    pub passwords: Vec<String>,
}

/// One leaf part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its MIME path, `1.2`; free of `/`, which begins the way into a container.
    pub place: String,
    /// Every name it could be saved under.
    pub names: Vec<String>,
    /// `type/subtype` as declared, lower case.
    pub declared: String,
    /// The declared charset; empty where there is none.
    pub charset: String,
    /// It is shown as part of the message.
    pub inline: bool,
    /// Where its content lies, if this only points there (message/external-body).
    pub points_to: Vec<String>,
    /// Its bytes, decoded.
    pub bytes: Bytes,
}

impl Part {
    /// A leaf as the message declares it, under the name of its place, with its bytes as one reader decodes them.
    #[must_use]
    pub fn of(place: String, leaf: &mail::part::Part, bytes: Bytes) -> Self {
        Self {
            place,
            names: leaf.names.clone(),
            declared: leaf.media_type.essence(),
            charset: leaf.media_type.parameter("charset").unwrap_or_default().to_owned(),
            inline: leaf.disposition != "attachment" && leaf.names.is_empty(),
            points_to: leaf.points_to(),
            bytes,
        }
    }
}

impl Request {
    /// Bytes of all parts together.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sizes = self.parts.iter().map(|part| u64::try_from(part.bytes.len()).unwrap_or(u64::MAX));
        sizes.fold(0, u64::saturating_add)
    }
}
