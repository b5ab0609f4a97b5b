//! Fields of a part besides its type and name that say where something lies or how it is called, as mail programs read them.

use crate::header::FieldRef;
use crate::limits;
use crate::names;

/// What such fields say. Values are the sender's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    /// Against what links that are not whole are read: Content-Base, or else Content-Location (RFC 2557 5).
    pub(crate) base: Option<String>,
    /// Where an attachment lies that is not in the message: X-Mozilla-External-Attachment-URL.
    pub(crate) urls: Vec<String>,
    /// Names of a part whose other fields give none: Content-Name, X-Sun-Data-Name.
    pub(crate) names: Vec<String>,
    /// How pages of the message name it: Content-ID (RFC 2392) and Content-Location (RFC 2557), without brackets.
    pub(crate) labels: Vec<String>,
    // The base is that of Content-Base.
    has_content_base: bool,
}

impl Elsewhere {
    pub(crate) fn note(&mut self, field: FieldRef<'_>) {
        if field.is("content-id") || field.is("content-location") {
            self.label(url(field));
        }
        if field.is("content-base") || field.is("content-location") {
            let is_base = field.is("content-base");
            if self.base.is_none() || (is_base && !self.has_content_base) {
                self.base = Some(url(field)).filter(|url| !url.is_empty());
                self.has_content_base = is_base;
            }
        } else if field.is("x-mozilla-external-attachment-url") {
            if self.urls.len() < limits::MIME_FIELDS_MAX {
                self.urls.push(url(field));
            }
        } else if (field.is("content-name") || field.is("x-sun-data-name"))
            && self.names.len() < limits::MIME_FIELDS_MAX
        {
            let name = names::shortened(field.decoded().trim_matches('"').to_owned());
            if !name.is_empty() && !self.names.contains(&name) {
                self.names.push(name);
            }
        }
    }

    fn label(&mut self, label: String) {
        if self.labels.len() < limits::MIME_FIELDS_MAX && !label.is_empty() && !self.labels.contains(&label) {
            self.labels.push(label);
        }
    }
}

// Folds within it are no part of it (RFC 2557 4.4.2).
fn url(field: FieldRef<'_>) -> String {
    let text = field.unfolded();
    text.trim_matches(['"', '<', '>']).split_ascii_whitespace().collect()
}
