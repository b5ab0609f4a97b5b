//! What the other readers in Rust offer as files.

use std::panic::AssertUnwindSafe;

use mail_parser::{MessageParser, MimeHeaders, PartType};
use mailparse::{DispositionType, ParsedMail};
use sha2::{Digest, Sha256};

/// Messages within messages that are looked into.
const DEPTH_MAX: usize = 16;

/// A file as one reader offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Which reader.
    pub(super) reader: String,
    /// Its name; empty where it has none.
    pub(super) name: String,
    /// Of its content as [`plain`].
    pub(super) sha256: Vec<u8>,
    /// Of its [`essence`], for readers with ways of their own around broken escapes.
    pub(super) essence: Option<Vec<u8>>,
}

/// Content without what readers treat in different ways and no program minds: carriage returns, empty lines, and white space at the
/// end of lines and at both ends.
pub(super) fn plain(content: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(content.len());
    for byte in content.iter().filter(|byte| **byte != b'\r') {
        if *byte == b'\n' {
            let end = plain.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c')).map_or(0, |last| last + 1);
            plain.truncate(end);
            if plain.last().is_none_or(|last| *last == b'\n') {
                continue;
            }
        }
        plain.push(*byte);
    }
    plain.trim_ascii().to_vec()
}

/// See [`File::sha256`].
pub(super) fn hash(content: &[u8]) -> Vec<u8> {
    Sha256::digest(plain(content)).to_vec()
}

/// Text without what can be of an escape of quoted-printable.
pub(super) fn essence(content: &[u8]) -> Vec<u8> {
    let of_escapes = |byte: &u8| !byte.is_ascii_graphic() || *byte == b'=' || byte.is_ascii_hexdigit();
    Sha256::digest(content.iter().copied().filter(|byte| !of_escapes(byte)).collect::<Vec<u8>>()).to_vec()
}

/// What both of them offer. A reader that panics offers nothing.
pub(super) fn files(message: &[u8]) -> Vec<File> {
    let quiet = |read: &dyn Fn() -> Vec<File>| std::panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or_default();
    let mut files = quiet(&|| by_mail_parser(message));
    files.extend(quiet(&|| by_mailparse(message)));
    files
}

fn by_mail_parser(message: &[u8]) -> Vec<File> {
    let mut files = Vec::new();
    if let Some(message) = MessageParser::default().parse(message) {
        push_of_mail_parser(&message, &mut files, DEPTH_MAX);
    }
    files
}

fn push_of_mail_parser(message: &mail_parser::Message<'_>, files: &mut Vec<File>, depth: usize) {
    for part in &message.parts {
        if let PartType::Message(inner) = &part.body {
            if depth > 0 {
                push_of_mail_parser(inner, files, depth - 1);
            }
            continue;
        }
        let name = part.attachment_name().unwrap_or_default().to_owned();
        let is_file = match &part.body {
            PartType::Binary(_) | PartType::InlineBinary(_) => true,
            PartType::Text(_) | PartType::Html(_) => {
                let disposition = part.content_disposition();
                !name.is_empty() || disposition.is_some_and(mail_parser::ContentType::is_attachment)
            }
            PartType::Message(_) | PartType::Multipart(_) => false,
        };
        // Of text it shows only what it makes of the charset: its bytes are not to be had, so that is compared for ASCII.
        let content = part.contents();
        let charset = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or("utf-8");
        let shows_bytes = content.is_ascii() && ["utf-8", "us-ascii", "iso-8859-1"].contains(&charset);
        let is_bytes = matches!(part.body, PartType::Binary(_) | PartType::InlineBinary(_)) || shows_bytes;
        if is_file && is_bytes && !plain(content).is_empty() && !is_cut(message, part) {
            files.push(File {
                reader: "mail-parser".to_owned(),
                name,
                sha256: hash(content),
                essence: Some(essence(content)),
            });
        }
    }
}

/// What mail-parser itself calls broken; a delimiter straight behind the header, which it takes for content; a soft line break before
/// a delimiter, where it loses the end.
fn is_cut(message: &mail_parser::Message<'_>, part: &mail_parser::MessagePart<'_>) -> bool {
    let range = usize::try_from(part.offset_body).unwrap_or(0)..usize::try_from(part.offset_end).unwrap_or(0);
    let body = message.raw_message.get(range).unwrap_or_default().trim_ascii();
    part.is_encoding_problem
        || part.contents().starts_with(b"--")
        || body.ends_with(b"=") && part.encoding == mail_parser::Encoding::QuotedPrintable
}

fn by_mailparse(message: &[u8]) -> Vec<File> {
    let mut files = Vec::new();
    if let Ok(parsed) = mailparse::parse_mail(message) {
        push_of_mailparse(&parsed, &mut files, DEPTH_MAX);
    }
    files
}

fn push_of_mailparse(part: &ParsedMail<'_>, files: &mut Vec<File>, depth: usize) {
    if !part.subparts.is_empty() {
        if depth > 0 {
            part.subparts.iter().for_each(|part| push_of_mailparse(part, files, depth - 1));
        }
        return;
    }
    let disposition = part.get_content_disposition();
    let name =
        disposition.params.get("filename").or_else(|| part.ctype.params.get("name")).cloned().unwrap_or_default();
    let kind = part.ctype.mimetype.as_str();
    let is_shown = kind.starts_with("text/") || kind.starts_with("multipart/") || kind.starts_with("message/");
    let is_file = !name.is_empty() || disposition.disposition == DispositionType::Attachment || !is_shown;
    let Ok(content) = part.get_body_raw() else { return };
    if is_file && !plain(&content).is_empty() {
        let reader = "mailparse".to_owned();
        files.push(File { reader, name, sha256: hash(&content), essence: Some(essence(&content)) });
    }
}
