//! Read pictures: the text of pictures that are likely to hold any goes where all text goes, before the detectors look: words
//! and links of it count like those of any text, and its words are tried on what is encrypted. Within one time for a message; a
//! text is remembered by the hash of its picture. What was not read is a fact of its own.

mod size;
mod words;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;
use scan::content::{Content, Item};
use scan::facts::{Fact, UnknownReason};
use tokio::time::Instant;
use worker::{FairKey, Files, OcrError, PictureReader};

use size::Size;

/// Mark of an item with such a text.
const MARK: &str = "ocr";
/// True types that are read: those that Debian's program reads of what mail programs show.
const KINDS: [&str; 6] = ["png", "jpeg", "gif", "webp", "bmp", "tiff"];
/// A smaller file holds no text that is worth reading.
const PICTURE_BYTES_MIN: u64 = 3_000;
/// A larger one is no picture of a text.
const PICTURE_BYTES_MAX: u64 = 16 << 20;
/// Pixels of a picture that is likely to hold text: at least so wide and so high.
const TEXT_SIZE_MIN: Size = Size { width: 200, height: 50 };
/// Pixels of a picture that is read.
const PIXELS_MAX: u64 = 25_000_000;
/// Pictures of one message that are read, the largest first.
const PICTURES_MAX: usize = 5;
/// Pictures of one message that are looked at for that.
const CANDIDATES_MAX: usize = 20;
/// Bytes of all texts that are remembered.
const KNOWN_BYTES_MAX: u64 = 32 << 20;
/// Bytes of one text that are kept.
const TEXT_BYTES_MAX: usize = 64 << 10;
/// Words of pictures that are tried as passwords: the words of the message have the rest of the tries.
const PASSWORDS_MAX: usize = 60;

/// The reader of pictures.
pub struct Pictures {
    reader: Arc<dyn PictureReader>,
    message_time: Duration,
    known: Cache<Vec<u8>, Arc<str>>,
}

impl Pictures {
    /// With so much time for all pictures of a message.
    #[must_use]
    pub fn new(reader: Arc<dyn PictureReader>, message_time: Duration) -> Self {
        let weigh = |_: &Vec<u8>, text: &Arc<str>| u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_add(128);
        let known = Cache::builder().max_capacity(KNOWN_BYTES_MAX).weigher(weigh).build();
        Self { reader, message_time, known }
    }

    async fn read(&self, content: &Content, files: &Files, (key, used): (FairKey, Duration)) -> Texts {
        let begun = Instant::now();
        let deadline = begun + self.message_time.saturating_sub(used);
        let (mut texts, mut trouble) = (Vec::new(), None);
        let (likely, is_whole) = likely(content, files);
        for (at, item, bytes) in likely {
            match self.text((item, bytes), key, deadline).await {
                Ok(text) => texts.push((at, text)),
                Err(error) => trouble = Some(error),
            }
        }
        let fact = match trouble {
            // No trouble of the reader: it does not read that.
            None if !is_whole => Fact::Unknown(UnknownReason::Refused),
            None => Fact::Known(u32::try_from(texts.len()).unwrap_or(u32::MAX)),
            Some(error) => {
                metrics::counter!("postern_ocr_failures_total", "why" => error.word()).increment(1);
                tracing::debug!(event = "ocr_failed", why = error.word());
                Fact::Unknown(reason(error))
            }
        };
        Texts { texts, fact, used: used + begun.elapsed() }
    }

    async fn text(&self, (item, bytes): (&Item, Bytes), key: FairKey, deadline: Instant) -> Result<Arc<str>, OcrError> {
        if let Some(text) = self.known.get(&item.sha256) {
            return Ok(text);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(OcrError::TimedOut);
        }
        let mut text = self.reader.read(key, bytes, left).await?;
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        let text: Arc<str> = text.trim().into();
        self.known.insert(item.sha256.clone(), Arc::clone(&text));
        Ok(text)
    }
}

/// What pictures say.
pub(crate) struct Texts {
    /// Number of the item, and its text.
    texts: Vec<(usize, Arc<str>)>,
    /// How many were read; not known: some that are likely to hold text were not.
    pub(crate) fact: Fact<u32>,
    /// How much of the time for the pictures of this message was used.
    pub(crate) used: Duration,
}

impl Texts {
    pub(crate) const fn none() -> Self {
        Self { texts: Vec::new(), fact: Fact::Known(0), used: Duration::ZERO }
    }

    /// Puts them where all text stands.
    pub(crate) fn put_into(self, content: &mut Content) {
        for (at, text) in self.texts {
            let Some(item) = content.items.get_mut(at).filter(|_| !text.is_empty()) else { continue };
            if !item.text.is_empty() {
                item.text.push('\n');
            }
            item.text.push_str(&text);
            item.marks.push(MARK.to_owned());
            words::add_links(item, &text);
        }
    }

    /// Words in them that may be passwords, the likeliest first.
    pub(crate) fn passwords(&self) -> Vec<String> {
        let texts: Vec<String> = self.texts.iter().map(|(_, text)| text.to_string()).collect();
        unpack::passwords::likely(&texts, PASSWORDS_MAX)
    }
}

/// Reads the pictures of a client's message that are likely to hold text; so much of the time for that was used before.
pub(crate) async fn read(
    (content, files): (&Content, &Files),
    pictures: Option<&Pictures>,
    (key, used): (FairKey, Duration),
) -> Texts {
    let any = content.items.iter().any(may_hold_text);
    match pictures {
        _ if !any => Texts::none(),
        None => Texts { fact: Fact::Unknown(UnknownReason::NotAsked), ..Texts::none() },
        Some(pictures) => pictures.read(content, files, (key, used)).await,
    }
}

// By what is known without its bytes.
fn may_hold_text(item: &Item) -> bool {
    KINDS.contains(&item.kind.as_str()) && item.size >= PICTURE_BYTES_MIN
}

// Items with number and bytes: each picture once, the largest first. False: some that may hold text are not among them.
fn likely<'c>(content: &'c Content, files: &Files) -> (Vec<(usize, &'c Item, Bytes)>, bool) {
    let mut seen = HashSet::new();
    let items = content.items.iter().enumerate().filter(|(_, item)| may_hold_text(item));
    let mut items: Vec<_> = items.filter(|(_, item)| seen.insert(item.sha256.as_slice())).collect();
    items.sort_by_key(|(_, item)| std::cmp::Reverse(item.size));
    let (mut found, mut is_whole) = (Vec::new(), items.len() <= CANDIDATES_MAX);
    for (at, item) in items.into_iter().take(CANDIDATES_MAX) {
        let bytes = if item.size > PICTURE_BYTES_MAX { None } else { files.read(at).ok() };
        let Some(bytes) = bytes else {
            is_whole = false;
            continue;
        };
        let Some(size) = size::of(&item.kind, &bytes) else {
            // It may be of any.
            is_whole = false;
            continue;
        };
        if !size.is_at_least(TEXT_SIZE_MIN) {
            continue;
        }
        is_whole &= !size::has_unread_frames(&item.kind, &bytes);
        match size.pixels() {
            pixels if pixels <= PIXELS_MAX => found.push((pixels, (at, item, bytes))),
            _ => is_whole = false,
        }
    }
    // Equals in the order of the message.
    found.sort_by_key(|(pixels, (at, ..))| (std::cmp::Reverse(*pixels), *at));
    is_whole &= found.len() <= PICTURES_MAX;
    found.truncate(PICTURES_MAX);
    (found.into_iter().map(|(_, picture)| picture).collect(), is_whole)
}

const fn reason(error: OcrError) -> UnknownReason {
    match error {
        OcrError::TimedOut => UnknownReason::TimedOut,
        OcrError::Busy => UnknownReason::Refused,
        OcrError::NoProgram | OcrError::Failed => UnknownReason::Failed,
    }
}

#[cfg(test)]
mod tests;
