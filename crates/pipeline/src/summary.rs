//! The few header facts that policy, lists and people see.

use mail::message::Message;
use scan::Summary;

/// Characters of subject and From that are kept.
const TEXT_CHARS_MAX: usize = 500;

/// Reads them.
#[must_use]
pub fn summarize(message: &Message) -> Summary {
    let mailboxes = message.mailboxes("from");
    let from_domain =
        mailboxes.first().and_then(|first| first.address.as_ref()).map(|address| address.domain().to_string());
    let from = message.first("from").map(|field| field.decoded()).unwrap_or_default();
    let message_id = message.first("message-id").map(|field| field.unfolded().trim().to_owned()).unwrap_or_default();
    let mut ambiguities: Vec<String> =
        message.ambiguities.iter().map(|ambiguity| ambiguity.kind.word().to_owned()).collect();
    ambiguities.dedup();
    Summary {
        subject: cut(message.subject().trim()),
        from: cut(from.trim()),
        from_domain: from_domain.unwrap_or_default(),
        message_id: cut(&message_id),
        size: u64::try_from(message.raw().len()).unwrap_or(u64::MAX),
        ambiguities,
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}
