//! TNEF, the `winmail.dat` of Exchange and Outlook (MS-OXTNEF; properties by MS-OXCMSG and MS-OXPROPS): body, attachments,
//! messages within.

pub(crate) mod compressed;
mod properties;

use std::collections::HashSet;

use scan::content::{LinkKind, WhyUnopened};
use sha2::{Digest as _, Sha256};

use crate::budget::NAME_BYTES_MAX;
use crate::formats::little::{size_at, u32_at, western};
use crate::formats::tnef::compressed::Rtf;
use crate::formats::tnef::properties::{Property, Value};
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// `TNEF_SIGNATURE`.
const SIGNATURE: u32 = 0x223e_9f78;
/// Attributes of one file that are read.
const ATTRIBUTES_MAX: usize = 20_000;
/// Bytes of an attribute without data.
const ATTRIBUTE_BYTES_MIN: usize = 11;
/// An object's data begins with the id of its interface.
const INTERFACE_BYTES: usize = 16;

/// An attachment, as far as it is known.
#[derive(Debug, Default)]
struct Attachment {
    names: Vec<String>,
    /// Short names, of use where there is no other.
    titles: Vec<String>,
    /// Programs take the first or the last of several.
    data: Vec<Vec<u8>>,
    /// Messages within, as TNEF.
    messages: Vec<Vec<u8>>,
    /// SHA-256 of both.
    known: HashSet<[u8; 32]>,
    declared: String,
}

/// What has been read, and what is open.
struct Reader<'r, 'w> {
    walk: &'r mut Walk<'w>,
    file: File<'r>,
    attachment: Option<Attachment>,
    count: u32,
    charset: String,
    is_over: bool,
}

/// Reads a file.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    if u32_at(file.bytes, 0) != Some(SIGNATURE) {
        if walk.kind(file.at) != "unknown" {
            // Something else under this name: it is read as what it is.
            return;
        }
        walk.mark(file.at, "malformed");
        return walk.not_opened(file.at, WhyUnopened::Broken);
    }
    let mut reader =
        Reader { walk, file, attachment: None, count: 0, charset: "windows-1252".to_owned(), is_over: false };
    let is_whole = reader.attributes();
    reader.finish_attachment();
    if !is_whole {
        walk.mark(file.at, "malformed");
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
}

impl Reader<'_, '_> {
    /// Level, id, length, data, sum. False where one is cut short.
    fn attributes(&mut self) -> bool {
        let bytes = self.file.bytes;
        let mut at = 6_usize;
        for _ in 0..ATTRIBUTES_MAX {
            if at >= bytes.len() || self.is_over {
                return true;
            }
            // Zeros at the end fill up a block of the transport; less than an attribute is a line end.
            let left = bytes.get(at..).unwrap_or_default();
            if left.len() < ATTRIBUTE_BYTES_MIN || left.iter().all(|byte| *byte == 0) {
                return true;
            }
            let (Some(id), Some(length)) = (u32_at(bytes, at.saturating_add(1)), size_at(bytes, at.saturating_add(5)))
            else {
                return false;
            };
            let start = at.saturating_add(9);
            let end = start.saturating_add(length);
            let Some(data) = bytes.get(start..end) else {
                // What is there of the last one is still somebody's file.
                self.attribute(id & 0xffff, bytes.get(start..).unwrap_or_default());
                return false;
            };
            self.attribute(id & 0xffff, data);
            at = end.saturating_add(2);
        }
        false
    }

    fn attribute(&mut self, id: u32, data: &[u8]) {
        match id {
            // attOemCodepage
            0x9007 => self.charset = charset(u32_at(data, 0).unwrap_or_default()),
            // attSubject, attBody
            0x8004 | 0x800c => {
                let text = text::decode(data.strip_suffix(&[0]).unwrap_or(data), &self.charset).into_owned();
                self.add_text(&text);
            }
            // attMsgProps
            0x9003 => {
                for property in properties::read(data, 0) {
                    self.message_property(property);
                }
            }
            // attAttachRenddata begins the next attachment.
            0x9002 => {
                self.finish_attachment();
                self.attachment = Some(Attachment::default());
            }
            // attAttachTitle
            0x8010 => {
                self.opened().titles.push(western(data));
            }
            // attAttachData
            0x800f => self.opened().add_data(data),
            // attAttachment
            0x9005 => {
                for property in properties::read(data, 0) {
                    self.opened().take(property);
                }
            }
            _ => {}
        }
    }

    /// The attachment at hand; data without its beginning is one too.
    fn opened(&mut self) -> &mut Attachment {
        self.attachment.get_or_insert_default()
    }

    fn message_property(&mut self, property: Property<'_>) {
        match (property.id, property.value) {
            // PidTagBody, PidTagSubject
            (0x1000 | 0x0037, Value::Text(text)) => self.add_text(&text),
            // PidTagBodyHtml
            (0x1013, Value::Text(html)) => self.walk.add_page(self.file.at, &html),
            (0x1013, Value::Bytes(html)) => {
                let html = text::decode_page(html, "").into_owned();
                self.walk.add_page(self.file.at, &html);
            }
            // PidTagRtfCompressed
            (0x1009, Value::Bytes(packed)) => {
                match compressed::unpack(packed, self.walk.budget.unpacked_bytes_left()) {
                    Some(Rtf { bytes: rtf, is_cut }) => {
                        self.walk.budget.spend_unpacked(rtf.len());
                        if is_cut {
                            self.walk.not_opened(self.file.at, WhyUnopened::OverBudget);
                        }
                        self.is_over |= !self.walk.child(
                            self.file,
                            "tnef:rtf",
                            Leaf { is_read: true, inline: true, ..Leaf::default() },
                            &rtf,
                        );
                    }
                    None => self.walk.not_opened(self.file.at, WhyUnopened::Broken),
                }
            }
            _ => {}
        }
    }

    fn add_text(&mut self, text: &str) {
        self.walk.add_links_of_text(self.file.at, text, LinkKind::Text);
        self.walk.add_text(self.file.at, text);
    }

    fn finish_attachment(&mut self) {
        let Some(mut attachment) = self.attachment.take() else { return };
        for title in std::mem::take(&mut attachment.titles) {
            attachment.add_name(title);
        }
        let Attachment { names, data, messages, declared, .. } = attachment;
        let number = self.count;
        self.count = self.count.saturating_add(1);
        // Both may be there: what one program shows is not what the other does.
        let data = data.iter().enumerate().map(|(twin, bytes)| ("", twin, bytes));
        let messages = messages.iter().enumerate().map(|(twin, bytes)| ("msg", twin, bytes));
        for (kind, twin, bytes) in data.chain(messages) {
            self.walk.budget.spend_unpacked(bytes.len());
            let twin = if twin == 0 { String::new() } else { format!(".{twin}") };
            let step = format!("tnef:{kind}{number}{twin}");
            let leaf = Leaf { names: names.clone(), declared: &declared, is_read: true, ..Leaf::default() };
            self.is_over |= !self.walk.child(self.file, &step, leaf, bytes);
        }
    }
}

impl Attachment {
    fn add_name(&mut self, mut name: String) {
        text::cut(&mut name, NAME_BYTES_MAX);
        if !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn add_data(&mut self, data: &[u8]) {
        if self.known.insert(Sha256::digest(data).into()) {
            self.data.push(data.to_vec());
        }
    }

    fn add_message(&mut self, data: &[u8]) {
        if self.known.insert(Sha256::digest(data).into()) {
            self.messages.push(data.to_vec());
        }
    }

    fn take(&mut self, property: Property<'_>) {
        match (property.id, property.value) {
            // PidTagAttachLongFilename, PidTagAttachFilename, PidTagDisplayName
            (0x3707 | 0x3704 | 0x3001, Value::Text(name)) => self.add_name(name),
            // PidTagAttachMimeTag
            (0x370e, Value::Text(declared)) => self.declared = declared.to_ascii_lowercase(),
            // PidTagAttachDataObject: a message within, or an OLE object.
            (0x3701, Value::Object(object)) => {
                let inner = object.get(INTERFACE_BYTES..).unwrap_or_default();
                let is_message = u32_at(inner, 0) == Some(SIGNATURE);
                self.add_message(if is_message { inner } else { object });
            }
            (0x3701, Value::Bytes(data)) => self.add_message(data),
            _ => {}
        }
    }
}

fn charset(page: u32) -> String {
    match page {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        65001 => "utf-8".to_owned(),
        page => format!("windows-{page}"),
    }
}

#[cfg(test)]
mod tests;
