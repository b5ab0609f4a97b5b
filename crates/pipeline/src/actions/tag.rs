//! Tag: delivered with marks on subject and header.

use mail::edit::{Edit, prefix_subject, prepend_fields};
use mail::message::Message;
use scan::action::Tag;

/// The edits.
pub(super) fn edits(tag: &Tag, message: &Message) -> Vec<Edit> {
    let mut edits = Vec::new();
    if let Some(prefix) = &tag.subject_prefix {
        edits.extend(prefix_subject(message, prefix));
    }
    if !tag.headers.is_empty() {
        let fields: Vec<(&str, &str)> =
            tag.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        edits.push(prepend_fields(message, &fields));
    }
    edits
}
