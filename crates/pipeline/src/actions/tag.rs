//! Tag: delivered with marks on subject and header.

use mail::edit::{Edit, prefix_subject, prepend_fields};
use mail::message::Message;
use scan::action::Tag;

/// The edits of all tags of one copy. Without a Subject their prefixes share the one that is added.
pub(super) fn edits(tags: &[&Tag], message: &Message) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut prefixes: Vec<&str> = Vec::new();
    for prefix in tags.iter().filter_map(|tag| tag.subject_prefix.as_deref()) {
        if !prefixes.contains(&prefix) {
            prefixes.push(prefix);
        }
    }
    if message.first("subject").is_some() {
        edits.extend(prefixes.iter().flat_map(|prefix| prefix_subject(message, prefix)));
    } else if !prefixes.is_empty() {
        edits.extend(prefix_subject(message, &prefixes.join(" ")));
    }
    for tag in tags.iter().filter(|tag| !tag.headers.is_empty()) {
        let fields: Vec<(&str, &str)> =
            tag.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        edits.push(prepend_fields(message, &fields));
    }
    edits
}
