//! Fields of a part besides its type and name that say where something lies or how it is called, as mail programs read them.

use crate::header::FieldRef;
use crate::limits;
use crate::names;
use crate::parameters;

/// What such fields say. Values are the sender's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    /// Against what links that are not whole are read: Content-Base, or else Content-Location (RFC 2557 5).
    pub(crate) base: Option<String>,
    /// Where an attachment lies that is not in the message: X-Mozilla-External-Attachment-URL, and the parameter `url` of
    /// X-Mozilla-Cloud-Part (Thunderbird) and of X-BM-Disposition (BlueMind).
    pub(crate) urls: Vec<String>,
    // Names of a part whose other fields give none: Content-Name, X-Sun-Data-Name.
    names: Vec<String>,
    // The first Content-Description that is the name of a file which is run (KMail saves a part without other names under it).
    described: Option<String>,
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
            self.point_to(url(field));
        } else if field.is("x-mozilla-cloud-part") || field.is("x-bm-disposition") {
            self.point_to_parameters(field);
        } else if (field.is("content-name") || field.is("x-sun-data-name"))
            && self.names.len() < limits::MIME_FIELDS_MAX
        {
            let name = names::shortened(field.decoded().trim_matches('"').to_owned());
            if !name.is_empty() && !self.names.contains(&name) {
                self.names.push(name);
            }
        } else if field.is("content-description") && self.described.is_none() {
            self.described = Some(names::shortened(field.decoded())).filter(|description| is_run(description));
        }
    }

    /// The names of a part whose other fields give none.
    pub(crate) fn take_names(&mut self) -> Vec<String> {
        let described = self.described.take().filter(|_| self.names.is_empty());
        self.names.drain(..).chain(described).collect()
    }

    fn point_to_parameters(&mut self, field: FieldRef<'_>) {
        if self.urls.len() >= limits::MIME_FIELDS_MAX {
            return;
        }
        let parameters = parameters::read(field.raw_value()).parameters;
        for (_, url) in parameters.iter().filter(|(name, _)| name == "url") {
            self.point_to(without_space(url));
        }
    }

    fn point_to(&mut self, url: String) {
        if self.urls.len() < limits::MIME_FIELDS_MAX {
            self.urls.push(url);
        }
    }

    fn label(&mut self, label: String) {
        if self.labels.len() < limits::MIME_FIELDS_MAX && !label.is_empty() && !self.labels.contains(&label) {
            self.labels.push(label);
        }
    }
}

// People describe a part in words, of which the last may be a host.
fn is_run(description: &str) -> bool {
    names::endings(description).iter().any(|ending| ending != "com" && names::is_run_by_opening(ending))
}

// Folds within it are no part of it (RFC 2557 4.4.2).
fn url(field: FieldRef<'_>) -> String {
    without_space(field.unfolded().trim_matches(['"', '<', '>']))
}

fn without_space(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use crate::message::Message;

    fn check(fields: &str, expected: &[&str]) {
        let raw = format!("{fields}\r\nContent-Type: application/zip; name=a.zip\r\n\r\n");
        let message = Message::parse(raw.into_bytes().into());
        assert_eq!(message.root.points_to(), expected, "{fields}");
    }

    #[test]
    fn attachments_that_lie_elsewhere() {
        check("X-Mozilla-External-Attachment-URL: <http://evil.example/a\r\n b>", &["http://evil.example/ab"]);
        check("X-Mozilla-Cloud-Part: cloudFile; url=http://evil.example/x; name=a.zip", &["http://evil.example/x"]);
        check(
            "X-Mozilla-Cloud-Part: cloudFile; url=\"http://evil.example/x\r\n y?a=b;c\"; name=a.zip",
            &["http://evil.example/xy?a=b;c"],
        );
        check(
            "X-BM-Disposition: filehosting;url=http://evil.example/x?a=b;name=a.zip;size=1000;",
            &["http://evil.example/x?a=b"],
        );
        check("X-Mozilla-Cloud-Part: cloudFile; name=a.zip", &[]);
    }
}
