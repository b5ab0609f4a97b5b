//! What stands elsewhere: message/external-body (RFC 2046 5.2.3, RFC 2017 for URL) and message/partial (RFC 2046 5.2.2).
//! Nothing here is fetched or put together; it is what another stage has to know of it.

use crate::media_type::MediaType;

/// A body that the reader's mail program would fetch. Values are the sender's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalBody {
    /// `url`, `ftp`, `anon-ftp`, `tftp`, `local-file`, `mail-server`, `content-id` or what the sender made up; lower case.
    pub access_type: String,
    /// URL, without the white space that RFC 2017 allows in it.
    pub url: Option<String>,
    /// Host of FTP and the like.
    pub site: Option<String>,
    /// File there, or on the reader's own disk (`local-file`).
    pub name: Option<String>,
    /// Directory there.
    pub directory: Option<String>,
    /// Address of a mail server that would be written to.
    pub server: Option<String>,
    /// Subject of that mail.
    pub subject: Option<String>,
    /// `ascii`, `image`, `tenex` and so on.
    pub mode: Option<String>,
}

/// One fragment of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partial {
    /// What all fragments of the message share.
    pub id: String,
    /// Number of this one, from 1.
    pub number: Option<u32>,
    /// How many there are; only the last fragment has to say it.
    pub total: Option<u32>,
}

impl ExternalBody {
    pub(crate) fn of(media_type: &MediaType) -> Option<Self> {
        if !media_type.is("message", "external-body") {
            return None;
        }
        let value = |name: &str| media_type.parameter(name).map(str::to_owned);
        let url = media_type.parameter("url").map(|url| url.split_ascii_whitespace().collect());
        Some(Self {
            access_type: media_type.parameter("access-type").unwrap_or_default().trim().to_ascii_lowercase(),
            url,
            site: value("site"),
            name: value("name"),
            directory: value("directory"),
            server: value("server"),
            subject: value("subject"),
            mode: value("mode"),
        })
    }
}

impl ExternalBody {
    /// Everything that says where it lies, as written.
    #[must_use]
    pub fn targets(self) -> Vec<String> {
        [self.url, self.site, self.name].into_iter().flatten().collect()
    }
}

impl Partial {
    pub(crate) fn of(media_type: &MediaType) -> Option<Self> {
        if !media_type.is("message", "partial") {
            return None;
        }
        let number = |name: &str| media_type.parameter(name).and_then(|text| text.trim().parse().ok());
        Some(Self {
            id: media_type.parameter("id").unwrap_or_default().to_owned(),
            number: number("number"),
            total: number("total"),
        })
    }
}
