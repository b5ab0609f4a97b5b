//! Whole messages: every reading, every part, and edits that change nothing but what they name.

use bytes::Bytes;
use mail::edit;
use mail::message::Message;

/// One input.
pub(crate) fn run(data: &[u8]) {
    let raw = Bytes::copy_from_slice(data);
    let message = Message::parse(raw.clone());
    assert_eq!(message.raw(), &raw);
    let _ = (message.subject(), message.date(), message.received_count());
    for field in ["from", "to", "reply-to"] {
        let _ = message.mailboxes(field);
    }
    for (path, part) in message.parts() {
        let _ = (part.content(&raw), part.text(&raw), part.encoding_defect(&raw));
        assert!(message.part(&path).is_some(), "a part that its own path does not find");
    }
    let field = edit::prepend_fields(&message, &[("X-Fuzz", "one")]);
    let edited = edit::apply(&raw, &[field]).unwrap_or_default();
    // Below the line of an mbox, where there is one.
    let same = raw.iter().zip(&edited).take_while(|(one, other)| one == other).count();
    let rest = edited.get(same + edited.len().saturating_sub(raw.len())..);
    assert!(rest.is_some() && rest == raw.get(same..), "a field on top changed what stands below it");
    let subject = edit::prefix_subject(&message, "[x] ");
    assert!(edit::apply(&raw, &subject).is_ok(), "the edits of a subject overlap");
}
