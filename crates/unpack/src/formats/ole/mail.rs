//! Mail as Outlook saves it: subject, people, bodies, attachments, messages within. Sources: MS-OXMSG 2, MS-OXPROPS, MS-OXRTFEX.
//!
//! A message within has no bytes of its own, so its text stands with that of the file, and its attachments are children of
//! the file. Objects within attachments are found where all objects are.

use encoding_rs::{Encoding, WINDOWS_1252};
use scan::content::{LinkKind, WhyUnopened};

use crate::budget::DEPTH_MAX;
use crate::formats::office::bytes::{code_page, u32_at, until_nul, utf16_until_nul};
use crate::formats::office::{self, Found, Layer};
use crate::formats::ole::compound::{Compound, Sort};
use crate::formats::rtf;
use crate::formats::tnef::compressed::{self, Rtf};
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Text of a named property, bytes.
const NAMED_BYTES_MAX: u64 = 4096;
/// Identifiers of properties (MS-OXPROPS).
const SUBJECT: &str = "0037";
const SENDER: [&str; 5] = ["0C1A", "0C1F", "5D01", "0042", "5D02"];
const SHOWN_TO: [&str; 2] = ["0E04", "0E03"];
const HEADERS: &str = "007D";
const BODY: &str = "1000";
const BODY_HTML: &str = "1013";
const BODY_RTF: &str = "1009";
const RECIPIENT: [&str; 3] = ["3001", "3003", "39FE"];
const ATTACHMENT_NAMES: [&str; 4] = ["3707", "3704", "3001", "370D"];
/// Where a file lies that is not in the message: a path, and where a web place keeps it.
const ATTACHMENT_PATHS: [&str; 3] = ["370D", "3708", "370C"];
const ATTACHMENT_TYPE: &str = "370E";
const ATTACHMENT_DATA: &str = "37010102";
const ATTACHMENT_OBJECT: &str = "3701000D";
/// Properties of a fixed length, as they stand in the list.
const CODE_PAGE: u32 = 0x3ffd_0003;
const PAGE_OF_INTERNET: u32 = 0x3fde_0003;
/// Bytes of the list before its first entry; fewer in attachments and in messages within.
const LIST_HEADS: [usize; 3] = [32, 24, 8];

/// Is a storage a message?
pub(super) fn is_message(compound: &Compound<'_>, storage: usize) -> bool {
    compound.find(storage, "__properties_version1.0").is_some()
        && compound.children(storage).any(|(_, entry)| entry.name.to_ascii_lowercase().starts_with("__substg1.0_"))
}

/// Reads the message at the top of a file, and those within it.
pub(super) fn read(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, found: &mut Found) {
    let mut open = vec![(0_usize, 0_u32)];
    let mut attachments = 0_usize;
    while let Some((storage, depth)) = open.pop() {
        if walk.budget.is_late() {
            return walk.not_opened(file.at, WhyUnopened::OverTime);
        }
        let message = Message::new(compound, storage);
        message.read_text(found);
        message.read_named(found);
        message.read_bodies(walk, file, (storage, found));
        for attachment in folders(compound, storage, "__attach_version1.0_") {
            if let Some(inner) = compound.find(attachment, &format!("__substg1.0_{ATTACHMENT_OBJECT}"))
                && is_message(compound, inner)
            {
                if depth.saturating_add(file.depth) >= DEPTH_MAX {
                    walk.not_opened(file.at, WhyUnopened::OverBudget);
                } else {
                    open.push((inner, depth.saturating_add(1)));
                }
                continue;
            }
            let step = format!("msg:{attachments}");
            attachments = attachments.saturating_add(1);
            if !message.within(attachment).add_attachment(walk, file, &step) {
                return;
            }
        }
    }
}

/// Storages of a storage whose names begin so.
fn folders(compound: &Compound<'_>, storage: usize, start: &str) -> Vec<usize> {
    let is_one = |name: &str| name.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    let found = compound.children(storage).filter(|(_, entry)| entry.sort == Sort::Storage && is_one(&entry.name));
    found.map(|(at, _)| at).collect()
}

/// The properties of one object.
struct Message<'m, 'b> {
    compound: &'m Compound<'b>,
    storage: usize,
    page: &'static Encoding,
    page_of_html: &'static Encoding,
}

impl<'m, 'b> Message<'m, 'b> {
    fn new(compound: &'m Compound<'b>, storage: usize) -> Self {
        let list = compound.stream_of(storage, "__properties_version1.0").unwrap_or_default();
        let number = |tag: u32| {
            let heads = LIST_HEADS.iter().filter_map(|head| list.get(*head..));
            let mut entries = heads.flat_map(|list| list.chunks_exact(16));
            entries.find(|entry| u32_at(entry, 0) == Some(tag)).and_then(|entry| u32_at(entry, 8))
        };
        let page = number(CODE_PAGE).map_or(WINDOWS_1252, code_page);
        let page_of_html = number(PAGE_OF_INTERNET).map_or(page, code_page);
        Self { compound, storage, page, page_of_html }
    }

    /// An object within, which shares the code pages.
    fn within(&self, storage: usize) -> Self {
        Self { storage, ..*self }
    }

    /// The bytes of a property: of every stream that is called so.
    fn bytes(&self, tag: &str) -> Vec<Vec<u8>> {
        self.compound.streams_of(self.storage, &format!("__substg1.0_{tag}"))
    }

    /// A text, in either form; more than one where streams share the name.
    fn texts(&self, id: &str) -> Vec<String> {
        let wide = self.bytes(&format!("{id}001F"));
        if !wide.is_empty() {
            return wide.iter().map(|bytes| utf16_until_nul(bytes)).collect();
        }
        self.bytes(&format!("{id}001E")).iter().map(|bytes| until_nul(bytes, self.page)).collect()
    }

    /// The first of a text.
    fn text(&self, id: &str) -> Option<String> {
        self.texts(id).into_iter().next()
    }

    fn read_text(&self, found: &mut Found) {
        for id in std::iter::once(SUBJECT).chain(SENDER).chain(SHOWN_TO) {
            if let Some(text) = self.text(id).filter(|text| !text.is_empty()) {
                found.line(Layer::Shown, &text);
            }
        }
        for recipient in folders(self.compound, self.storage, "__recip_version1.0_") {
            let recipient = self.within(recipient);
            for text in RECIPIENT.iter().filter_map(|id| recipient.text(id)) {
                found.line(Layer::Other, &text);
            }
        }
        if let Some(headers) = self.text(HEADERS) {
            found.line(Layer::Other, &headers);
        }
        for body in self.texts(BODY) {
            found.line(Layer::Shown, &body);
        }
    }

    /// Properties that programs name themselves: a sound or a file that a reminder fetches gives away credentials.
    fn read_named(&self, found: &mut Found) {
        let start = "__substg1.0_8";
        for (at, entry) in self.compound.children(self.storage).filter(|(_, entry)| entry.name.starts_with(start)) {
            let bytes = if entry.size <= NAMED_BYTES_MAX { self.compound.stream(at) } else { continue };
            let text = match entry.name.get(entry.name.len().saturating_sub(4)..) {
                Some("001F") => utf16_until_nul(&bytes),
                Some("001E") => until_nul(&bytes, self.page),
                _ => continue,
            };
            if office::is_remote(&text) {
                found.link(&text, "", LinkKind::Field);
            }
            if !text.trim().is_empty() {
                found.line(Layer::Other, &text);
            }
        }
    }

    /// The bodies with formats: each that is there, since programs choose by themselves.
    fn read_bodies(&self, walk: &mut Walk<'_>, file: File<'_>, (storage, found): (usize, &mut Found)) {
        let html = self.bytes(&format!("{BODY_HTML}0102"));
        let html = html.iter().map(|bytes| text::decode_page(bytes, self.page_of_html.name()).into_owned());
        let mut html: Vec<String> = html.collect();
        if html.is_empty() {
            html = self.texts(BODY_HTML);
        }
        for page in html {
            walk.add_page(file.at, &page);
        }
        for (number, rtf) in self.bytes(&format!("{BODY_RTF}0102")).iter().enumerate() {
            let step = if number == 0 { format!("rtf:{storage}-") } else { format!("rtf:{storage}.{number}-") };
            match compressed::unpack(rtf, walk.budget.unpacked_bytes_left()) {
                Some(Rtf { bytes, is_cut }) => {
                    walk.budget.spend_unpacked(bytes.len());
                    rtf::read_into(walk, file, (&bytes, &step, found));
                    if is_cut {
                        walk.not_opened(file.at, WhyUnopened::OverBudget);
                    }
                }
                None => walk.not_opened(file.at, WhyUnopened::Broken),
            }
        }
    }

    /// An attachment as a child; false when the budget is used up.
    fn add_attachment(&self, walk: &mut Walk<'_>, file: File<'_>, step: &str) -> bool {
        let all = self.bytes(ATTACHMENT_DATA);
        if all.is_empty() {
            // By reference, or an object, which is found with all objects.
            for target in ATTACHMENT_PATHS.iter().flat_map(|id| self.texts(id)) {
                walk.add_pointers(file.at, vec![target]);
            }
            return true;
        }
        let mut names: Vec<String> = Vec::new();
        for name in ATTACHMENT_NAMES.iter().flat_map(|id| self.texts(id)) {
            let name = name.rsplit(['\\', '/']).next().unwrap_or_default().to_owned();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        let declared = self.text(ATTACHMENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        all.iter().enumerate().all(|(number, bytes)| {
            let step = if number == 0 { step.to_owned() } else { format!("{step}.{number}") };
            let leaf = Leaf { names: names.clone(), declared: &declared, is_read: true, ..Leaf::default() };
            walk.child(file, &step, leaf, bytes)
        })
    }
}
