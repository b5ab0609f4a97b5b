//! Files that hold messages: one message, an mbox, a Maildir.

use std::io::{self, BufRead, Read as _};
use std::path::{Path, PathBuf};

use super::MESSAGE_BYTES_MAX;
use crate::control::protocol::Fault;

/// Bytes of a line that are looked at together.
const LINE_PIECE_BYTES: u64 = 64 * 1024;
/// Lines in which a field that messages have is looked for.
const HEADER_LINES_MAX: usize = 100;
/// Fields of which every message has one, in lower case. Scripts and documents have lines with a colon, too: `try:`, `a:hover`.
const FIELDS_OF_MESSAGES: [&str; 34] = [
    "apparently-to",
    "arc-authentication-results",
    "arc-message-signature",
    "arc-seal",
    "authentication-results",
    "auto-submitted",
    "bcc",
    "cc",
    "content-disposition",
    "content-transfer-encoding",
    "content-type",
    "date",
    "delivered-to",
    "disposition-notification-to",
    "dkim-signature",
    "envelope-to",
    "from",
    "in-reply-to",
    "list-id",
    "list-unsubscribe",
    "message-id",
    "mime-version",
    "received",
    "received-spf",
    "references",
    "reply-to",
    "resent-from",
    "resent-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "x-original-to",
    "x-received",
];
/// What a Maildir is made of; what lies in `tmp` is not delivered yet.
const MAILDIR_FOLDERS: [&str; 3] = ["cur", "new", "tmp"];

/// The bytes of a file, or for `-` of standard input, within the limit.
pub(super) fn read_file(file: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |error: io::Error| unreadable(&file.display().to_string(), &error);
    let reader: Box<dyn io::Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(failed)?)
    };
    let mut raw = Vec::new();
    reader.take(MESSAGE_BYTES_MAX.saturating_add(1)).read_to_end(&mut raw).map_err(failed)?;
    if u64::try_from(raw.len()).is_ok_and(|length| length <= MESSAGE_BYTES_MAX) {
        return Ok(raw);
    }
    Err(Fault::usage(format!("{} is larger than {MESSAGE_BYTES_MAX} bytes", file.display()), ""))
}

/// Whether a text may be a message: one line of its header at least is a field (RFC 5322 2.2) that messages have.
pub(super) fn is_message(raw: &[u8]) -> bool {
    let mut lines = raw.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    // A document in a binary form: somewhere in it anything may stand.
    if lines.peek().is_some_and(|first| first.contains(&0) && field_name(first).is_none()) {
        return false;
    }
    let mut names = lines.take_while(|line| !line.is_empty()).take(HEADER_LINES_MAX).filter_map(field_name);
    names.any(|name| FIELDS_OF_MESSAGES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())))
}

// White space before the colon is obsolete (RFC 5322 4.5), and still read.
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    // `https://` and `C:\` begin lines of texts.
    let is_text = line.get(colon..).is_some_and(|rest| rest.starts_with(b"://") || rest.starts_with(b":\\"));
    (!name.is_empty() && !is_text && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

/// What is said of a file that holds no message.
pub(super) fn no_message(name: &str, raw: &[u8]) -> Fault {
    if raw.is_empty() {
        return Fault::usage(format!("{name} is empty: there is no message in it"), "");
    }
    Fault::usage(
        format!("{name}: not a message (no header), skipped"),
        "a message begins with its header: From, To, Subject; `postern scan FILE` takes any file and scans it as an attachment",
    )
}

/// What is said of a file that cannot be read.
pub(super) fn unreadable(name: &str, error: &io::Error) -> Fault {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => "is the name right?",
        io::ErrorKind::PermissionDenied => "may this user read it?",
        io::ErrorKind::IsADirectory => "name a file in it",
        _ => "",
    };
    Fault::usage(format!("{name}: {error}"), hint)
}

/// What is at a path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Files, sorted.
    pub(super) files: Vec<PathBuf>,
    /// Folders inside that were not looked into.
    pub(super) folders_skipped: u64,
}

/// The files at a path. A Maildir is its cur and new; any other folder is the files in it.
pub(super) fn files(path: &Path) -> Result<Found, Fault> {
    let failed = |error: std::io::Error| unreadable(&path.display().to_string(), &error);
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(Found { files: vec![path.to_owned()], ..Found::default() });
    }
    let mut found = Found::default();
    let is_maildir = path.join("cur").is_dir();
    let folders = if is_maildir { vec![path.join("cur"), path.join("new")] } else { vec![path.to_owned()] };
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.map_err(failed)?.path();
            if entry.is_file() {
                found.files.push(entry);
            } else if entry.is_dir() {
                found.folders_skipped += 1;
            }
        }
    }
    if is_maildir {
        let beside = std::fs::read_dir(path).map_err(failed)?.filter_map(Result::ok).map(|entry| entry.path());
        let is_other = |entry: &PathBuf| entry.is_dir() && !MAILDIR_FOLDERS.iter().any(|name| entry.ends_with(name));
        found.folders_skipped += u64::try_from(beside.filter(is_other).count()).unwrap_or(u64::MAX);
    }
    found.files.sort();
    Ok(found)
}

/// One message of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its number, from 1, where the file has several.
    pub(super) number: Option<u32>,
    /// Its bytes; none if it is larger than the limit.
    pub(super) raw: Option<Vec<u8>>,
}

/// The messages of an mbox (RFC 4155: each begins with a line `From `, quoted ones lose one `>`), or the one message. One at a
/// time, whatever the size of the file.
pub(super) struct Messages<R> {
    reader: R,
    bytes_max: usize,
    number: u32,
    is_done: bool,
    // The last line read, or a piece of a long one, and whether it begins a line.
    line: Vec<u8>,
    is_whole: bool,
}

impl<R: BufRead> Messages<R> {
    pub(super) fn new(reader: R, bytes_max: usize) -> Self {
        Self { reader, bytes_max, number: 0, is_done: false, line: Vec::new(), is_whole: true }
    }

    // False: the end.
    fn read_line(&mut self) -> io::Result<bool> {
        self.is_whole = self.line.is_empty() || self.line.ends_with(b"\n");
        self.line.clear();
        let length = self.reader.by_ref().take(LINE_PIECE_BYTES).read_until(b'\n', &mut self.line)?;
        Ok(length > 0)
    }

    fn rest(&mut self) -> io::Result<Piece> {
        self.is_done = true;
        let mut raw = std::mem::take(&mut self.line);
        let room = u64::try_from(self.bytes_max.saturating_sub(raw.len())).unwrap_or(u64::MAX).saturating_add(1);
        self.reader.by_ref().take(room).read_to_end(&mut raw)?;
        Ok(Piece { number: None, raw: (raw.len() <= self.bytes_max).then_some(raw) })
    }

    // From behind one `From ` line to the next.
    fn of_mbox(&mut self) -> io::Result<Piece> {
        let mut raw = Some(Vec::new());
        let mut blank = false;
        self.number = self.number.saturating_add(1);
        loop {
            if !self.read_line()? {
                self.is_done = true;
                return Ok(Piece { number: (self.number > 1).then_some(self.number), raw });
            }
            if self.is_whole && blank && self.line.starts_with(b"From ") {
                return Ok(Piece { number: Some(self.number), raw });
            }
            blank = self.is_whole && (self.line == b"\n" || self.line == b"\r\n");
            let text = if self.is_whole { unquoted(&self.line) } else { &self.line };
            match &mut raw {
                Some(known) if known.len().saturating_add(text.len()) <= self.bytes_max => {
                    known.extend_from_slice(text)
                }
                _ => raw = None,
            }
        }
    }
}

impl<R: BufRead> Iterator for Messages<R> {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        if self.number == 0 {
            match self.read_line() {
                Ok(true) if self.line.starts_with(b"From ") => {}
                Ok(_) => return Some(self.rest()),
                Err(error) => return Some(Err(error)),
            }
        }
        let piece = self.of_mbox();
        self.is_done |= piece.is_err();
        Some(piece)
    }
}

// `>From ` is `From `, `>>From ` is `>From `.
fn unquoted(line: &[u8]) -> &[u8] {
    match line.iter().position(|byte| *byte != b'>') {
        Some(at) if at > 0 && line.get(at..).is_some_and(|rest| rest.starts_with(b"From ")) => {
            line.get(1..).unwrap_or(line)
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, bytes_max: usize) -> Vec<(Option<u32>, Option<String>)> {
        let pieces = Messages::new(text.as_bytes(), bytes_max).map(Result::unwrap);
        pieces.map(|piece| (piece.number, piece.raw.map(|raw| String::from_utf8(raw).unwrap()))).collect()
    }

    #[test]
    fn an_mbox_is_its_messages() {
        let mbox = "From a Tue\nSubject: 1\n\n>From here\n>>From there\n> no\n\nFrom b Wed\nSubject: 2\n\nFrom x\n";
        let message = |number, text: &str| (Some(number), Some(text.to_owned()));
        assert_eq!(
            pieces(mbox, 1000),
            [
                message(1, "Subject: 1\n\nFrom here\n>From there\n> no\n\n"),
                message(2, "Subject: 2\n\n"),
                message(3, ""),
            ]
        );
        let single = "Subject: 1\n\nFrom here\n";
        for file in [single.to_owned(), format!("From a Tue\n{single}")] {
            assert_eq!(
                pieces(&file.replace("\n\nFrom", "\n\nfrom"), 1000),
                [(None, Some("Subject: 1\n\nfrom here\n".to_owned()))]
            );
        }
        assert_eq!(pieces(single, 1000), [(None, Some(single.to_owned()))]);
        assert_eq!(pieces("", 1000), [(None, Some(String::new()))]);
    }

    #[test]
    fn a_message_has_a_field() {
        for (text, expected) in [
            ("Subject: x\n\nbody", true),
            ("Subject : x\r\n\r\n", true),
            (" odd first line\r\nFrom: <a@b.example>\r\n", true),
            ("DATE:\n", true),
            ("X-Spam: no\n\nFrom: <a@b.example>\n", false),
            ("# Postern\n\nNote: this is no header\n", false),
            ("//! Commands (RFC 5321 4.1): one line\n", false),
            ("https://b.example/\nC:\\x\n", false),
            ("\nSubject: x\n", false),
            (":\n", false),
            ("", false),
        ] {
            assert_eq!(is_message(text.as_bytes()), expected, "{text:?}");
        }
        // Scripts and documents have lines that look like fields.
        for script in [
            "$env:TEMP\n",
            "@echo off\ngoto:run\n:run\n",
            "{\\rtf1\n{\\*\\generator:x;}\n",
            "<job>\nx:y=1\n</job>\n",
            "<svg><style>\na:hover{x:y}\n</style></svg>\n",
            "try:\n    import os\nexcept:\n    pass\n",
        ] {
            assert!(!is_message(script.as_bytes()), "{script:?}");
        }
        assert!(!is_message(b"\x7fELF\x02\x01\x01\x00: x"));
        // Somewhere in the first lines of a show something looks like a field.
        assert!(!is_message(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\nTo: x\n"));
        assert!(is_message(b"Subject: \0\nFrom: a\n"));
    }

    #[test]
    fn what_is_empty_is_said_to_be() {
        let empty = no_message("a.eml", b"");
        assert_eq!((empty.message.as_str(), empty.hint.as_str()), ("a.eml is empty: there is no message in it", ""));
        assert!(no_message("a.eml", b"x").hint.contains("as an attachment"));
    }

    #[test]
    fn a_hint_fits_what_is_wrong() {
        let hint = |kind: io::ErrorKind| unreadable("a.eml", &kind.into()).hint;
        assert_eq!(hint(io::ErrorKind::NotFound), "is the name right?");
        assert_eq!(hint(io::ErrorKind::PermissionDenied), "may this user read it?");
        assert_eq!(hint(io::ErrorKind::IsADirectory), "name a file in it");
    }

    #[test]
    fn folders_that_are_not_looked_into_are_counted() {
        let top = tempfile::tempdir().unwrap();
        for folder in ["plain/a", "plain/b", "mail/cur", "mail/new", "mail/tmp", "mail/.Sent"] {
            std::fs::create_dir_all(top.path().join(folder)).unwrap();
        }
        for name in ["plain", "mail"] {
            let found = files(&top.path().join(name)).unwrap();
            let expected = if name == "plain" { 2 } else { 1 };
            assert_eq!((found.files.len(), found.folders_skipped), (0, expected), "{name}");
        }
    }

    /// The limit is one message's; what is too large is said and the others are judged.
    #[test]
    fn a_large_mbox_is_read_piece_by_piece() {
        let mut mbox = String::new();
        for number in 0..5 {
            let length = if number == 2 { 200_000 } else { 900 };
            mbox.push_str(&format!("From a Tue\nSubject: {number}\n\n{}\n\n", "x".repeat(length)));
        }
        let lengths: Vec<_> = pieces(&mbox, 1000).iter().map(|(_, raw)| raw.as_ref().map(String::len)).collect();
        assert_eq!(lengths, [Some(914), Some(914), None, Some(914), Some(914)]);
        assert_eq!(pieces(&"x".repeat(1001), 1000), [(None, None)]);
        assert_eq!(pieces(&"x".repeat(200_000), 200_000)[0].1.as_ref().map(String::len), Some(200_000));
    }
}
