//! What a service offers and wants (RFC 3507 4.10).

use std::sync::Arc;
use std::time::Duration;

use super::IcapMethod;
use super::head::Head;
use crate::scanners::ScanTrouble;

/// Bytes of a preview, whatever the server asks for.
const PREVIEW_BYTES_MAX: usize = 64 << 10;
/// Bytes of a tag. RFC 3507 4.7 allows 32.
const TAG_BYTES_MAX: usize = 128;
/// Seconds that options live where the server does not say; and the bounds of what it says.
const LIFE_S: u64 = 300;
const LIFE_S_MIN: u64 = 10;
const LIFE_S_MAX: u64 = 3_600;

/// The options of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Its name and version in its own words.
    pub(super) service: String,
    /// Changes when its answers may change.
    pub(super) tag: Option<Arc<str>>,
    /// How long these options hold.
    pub(super) life: Duration,
    /// It takes so many connections at a time.
    pub(super) connections_max: Option<usize>,
    /// It knows `206 Partial Content`.
    pub(super) allows_206: bool,
    pub(super) preview_bytes: Option<usize>,
    pub(super) ignored: Vec<String>,
    pub(super) previewed: Vec<String>,
    pub(super) complete: Vec<String>,
}

/// How a file of some type is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    /// The beginning first.
    Preview,
    /// Whole.
    Complete,
    /// Not at all.
    Ignore,
}

impl Options {
    /// Reads the answer to OPTIONS.
    pub(super) fn read(head: &Head, method: IcapMethod) -> Result<Self, ScanTrouble> {
        if head.status == 503 {
            return Err(ScanTrouble::Busy);
        }
        if head.status != 200 {
            return Err(ScanTrouble::said(&format!("{} {}", head.status, head.reason)));
        }
        let method = method.word();
        if !head.words("methods").any(|word| word.eq_ignore_ascii_case(method)) {
            return Err(ScanTrouble::said(&format!("the service does not offer {method}")));
        }
        let list = |name: &str| -> Vec<String> { head.words(name).map(str::to_ascii_lowercase).collect() };
        let (ignored, previewed, complete) =
            (list("transfer-ignore"), list("transfer-preview"), list("transfer-complete"));
        // A scanner that looks at nothing would let everything pass.
        if ignored.iter().any(|word| word == "*") && previewed.is_empty() && complete.is_empty() {
            return Err(ScanTrouble::said("the service wants no file at all: Transfer-Ignore: *"));
        }
        let number = |name: &str| head.field(name).and_then(|value| value.parse::<usize>().ok());
        let life_s = head.field("options-ttl").and_then(|value| value.parse().ok()).unwrap_or(LIFE_S);
        let service = head.field("service").unwrap_or_default();
        let shown = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
        Ok(Self {
            service: service.chars().take(TAG_BYTES_MAX).map(shown).collect(),
            tag: head.field("istag").filter(|tag| (1..=TAG_BYTES_MAX).contains(&tag.len())).map(Arc::from),
            life: Duration::from_secs(life_s.clamp(LIFE_S_MIN, LIFE_S_MAX)),
            connections_max: number("max-connections"),
            allows_206: head.words("allow").any(|word| word == "206"),
            preview_bytes: number("preview").map(|bytes| bytes.min(PREVIEW_BYTES_MAX)),
            ignored,
            previewed,
            complete,
        })
    }

    /// How a file of this true type is sent. The lists are of extensions; a name's extension is the sender's to choose, so the
    /// type stands for it.
    pub(super) fn transfer(&self, kind: &str) -> Transfer {
        let lists = [
            (&self.ignored, Transfer::Ignore),
            (&self.complete, Transfer::Complete),
            (&self.previewed, Transfer::Preview),
        ];
        let listed = |word: &str| lists.iter().find(|(list, _)| list.iter().any(|known| known == word));
        listed(kind).or_else(|| listed("*")).map_or(Transfer::Preview, |(_, transfer)| *transfer)
    }

    /// Bytes of the preview, where there is one.
    pub(super) fn preview(&self, transfer: Transfer) -> Option<usize> {
        self.preview_bytes.filter(|_| transfer == Transfer::Preview)
    }
}

impl IcapMethod {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Respmod => "RESPMOD",
            Self::Reqmod => "REQMOD",
        }
    }
}
