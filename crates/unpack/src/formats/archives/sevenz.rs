//! 7z archives (7-Zip's 7zFormat.txt), by the `sevenz-rust2` crate: solid, with hidden names, encrypted with a word of the
//! message. Windows of decompressors are bounded; block after block is read, so that a damaged one costs only its own files.

use std::io::{Cursor, Read};

use scan::content::WhyUnopened;
use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, EncoderMethod, Error, Password};

use crate::bounded::{End, Taken, read, read_in_time};
use crate::formats::archives::bytes::{part, u64_le};
use crate::formats::archives::{Member, WINDOW_KIB_MAX};
use crate::unpack::{File, Walk};

/// The head in front of everything, bytes.
const HEAD_BYTES: usize = 32;
/// So much is unpacked to see whether a password fits, bytes.
const TRIED_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let (archive, password) = match parse(file.bytes, &Password::empty()) {
        Ok(archive) => (archive, Password::empty()),
        Err(Error::PasswordRequired | Error::MaybeBadPassword(_)) => match with_word(walk, file) {
            Some(found) => found,
            None => return walk.not_opened(file.at, WhyUnopened::Encrypted),
        },
        Err(error) => return walk.not_opened(file.at, why(&error)),
    };
    let mut opening = Opening { archive: &archive, file, password, number: 0, is_tried: false };
    for block in 0..archive.blocks.len() {
        if !opening.block(walk, block) {
            return;
        }
    }
    for entry in archive.files.iter().filter(|entry| !entry.has_stream) {
        if !opening.empty(walk, entry) {
            return;
        }
    }
    open_rest(walk, file);
}

fn parse(bytes: &[u8], password: &Password) -> Result<Archive, Error> {
    let memory_kib = usize::try_from(WINDOW_KIB_MAX).unwrap_or(usize::MAX);
    Archive::read_with_memory_limit(&mut Cursor::new(bytes), password, memory_kib)
}

/// An archive whose names are hidden, by the word that shows them.
fn with_word(walk: &mut Walk<'_>, file: File<'_>) -> Option<(Archive, Password)> {
    walk.mark(file.at, "encrypted");
    let words: Vec<String> = walk.passwords.words().to_vec();
    for word in words {
        if !walk.budget.has_time_for_passwords() {
            return None;
        }
        let (from, password) = (walk.budget.now(), Password::from(word.as_str()));
        let parsed = parse(file.bytes, &password);
        walk.budget.spend_passwords(from);
        if let Ok(archive) = parsed {
            walk.mark(file.at, "password_found");
            return Some((archive, password));
        }
    }
    None
}

fn why(error: &Error) -> WhyUnopened {
    match error {
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::UnsupportedVersion { .. } => {
            WhyUnopened::Unsupported
        }
        Error::ExternalUnsupported => WhyUnopened::Unsupported,
        Error::PasswordRequired | Error::MaybeBadPassword(_) => WhyUnopened::Encrypted,
        Error::MaxMemLimited { .. } => WhyUnopened::OverBudget,
        _ => WhyUnopened::Broken,
    }
}

/// An archive while it is read.
struct Opening<'a, 'f> {
    archive: &'a Archive,
    file: File<'f>,
    password: Password,
    number: usize,
    /// The words were tried on it.
    is_tried: bool,
}

impl Opening<'_, '_> {
    /// The files of one block; false when the budget is used up.
    fn block(&mut self, walk: &mut Walk<'_>, block: usize) -> bool {
        let mut entries = self.decoder(block, &Password::empty(), &mut Cursor::new(self.file.bytes)).entries().to_vec();
        if self.is_encrypted(block) {
            walk.mark(self.file.at, "encrypted");
            if self.password.is_empty() && !self.is_tried {
                self.is_tried = true;
                self.find_password(walk, block);
            }
            if self.password.is_empty() {
                return self.close(walk, &entries, WhyUnopened::Encrypted);
            }
        }
        let (file, mut number, mut goes_on, mut done) = (self.file, self.number, true, 0_usize);
        let password = self.password.clone();
        let mut source = Cursor::new(file.bytes);
        let result = self.decoder(block, &password, &mut source).for_each_entries(&mut |entry, from| {
            done = done.saturating_add(1);
            if !entry.has_stream {
                return Ok(true);
            }
            note_link(walk, file, entry);
            let taken = take(walk, from, entry.size);
            let ended_well = taken.end == End::Whole;
            goes_on = walk.member(file, member(number, entry), &taken);
            number = number.saturating_add(1);
            Ok(goes_on && ended_well)
        });
        self.number = number;
        let left = entries.split_off(done.min(entries.len()));
        let why = result.err().map_or(WhyUnopened::Broken, |error| why(&error));
        goes_on && (left.is_empty() || self.close(walk, &left, why))
    }

    fn decoder<'d>(
        &'d self,
        block: usize,
        password: &'d Password,
        source: &'d mut Cursor<&'d [u8]>,
    ) -> BlockDecoder<'d, Cursor<&'d [u8]>> {
        let memory_kib = usize::try_from(WINDOW_KIB_MAX).unwrap_or(usize::MAX);
        BlockDecoder::new_with_memory_limit(1, memory_kib, block, self.archive, password, source)
    }

    fn is_encrypted(&self, block: usize) -> bool {
        let mut coders = self.archive.blocks.get(block).into_iter().flat_map(|block| block.ordered_coder_iter());
        coders.any(|(_, coder)| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256)
    }

    /// Tries the words on the first file of a block.
    fn find_password(&mut self, walk: &mut Walk<'_>, block: usize) {
        let words: Vec<String> = walk.passwords.words().to_vec();
        for word in words {
            if !walk.budget.has_time_for_passwords() {
                return;
            }
            let (from, password) = (walk.budget.now(), Password::from(word.as_str()));
            let mut fits = false;
            let mut source = Cursor::new(self.file.bytes);
            // A wrong key gives noise: the unpacker stumbles, or the checksum does not fit.
            let result = self.decoder(block, &password, &mut source).for_each_entries(&mut |entry, from| {
                if !entry.has_stream {
                    return Ok(true);
                }
                let taken = read(from, TRIED_BYTES_MAX);
                fits = taken.end == End::OverBudget
                    || (taken.end == End::Whole && u64::try_from(taken.bytes.len()).ok() == Some(entry.size));
                Ok(false)
            });
            walk.budget.spend_passwords(from);
            if result.is_ok() && fits {
                walk.mark(self.file.at, "password_found");
                self.password = password;
                return;
            }
        }
    }

    fn close(&mut self, walk: &mut Walk<'_>, entries: &[ArchiveEntry], why: WhyUnopened) -> bool {
        for entry in entries.iter().filter(|entry| entry.has_stream) {
            if !walk.closed_member(self.file, member(self.number, entry), (entry.size, why)) {
                return false;
            }
            self.number = self.number.saturating_add(1);
        }
        true
    }

    /// A file without data; folders are only names.
    fn empty(&mut self, walk: &mut Walk<'_>, entry: &ArchiveEntry) -> bool {
        let member = member(self.number, entry);
        if entry.is_directory || entry.is_anti_item {
            walk.note_names(self.file.at, &member.names);
            return true;
        }
        self.number = self.number.saturating_add(1);
        walk.stored_member(self.file, member, &[], End::Whole)
    }
}

/// Unpacks a file; nothing more than it says it has comes.
fn take(walk: &mut Walk<'_>, from: &mut dyn Read, size: u64) -> Taken {
    let mut taken = read_in_time(from, walk.budget.unpacked_bytes_left(), walk.budget);
    walk.budget.spend_unpacked(taken.bytes.len());
    let is_short = u64::try_from(taken.bytes.len()).unwrap_or(u64::MAX) < size;
    if taken.end == End::Whole && is_short {
        taken.end = End::Broken;
    }
    taken
}

/// Its mode of Unix stands in the high half of the attributes.
fn note_link(walk: &mut Walk<'_>, file: File<'_>, entry: &ArchiveEntry) {
    let mode = entry.windows_attributes >> 16;
    let is_link = entry.windows_attributes & 0x8000 != 0 && matches!(mode & 0xf000, 0xa000 | 0x6000 | 0x2000);
    // A reparse point of Windows.
    if is_link || entry.windows_attributes & 0x400 != 0 {
        walk.mark(file.at, "link_entry");
    }
}

fn member(number: usize, entry: &ArchiveEntry) -> Member {
    Member::named(format!("7z:{number}"), entry.name.as_bytes())
}

/// What stands behind the archive.
fn open_rest(walk: &mut Walk<'_>, file: File<'_>) {
    let end = u64_le(file.bytes, 12)
        .zip(u64_le(file.bytes, 20))
        .and_then(|(offset, size)| usize::try_from(offset.checked_add(size)?).ok()?.checked_add(HEAD_BYTES));
    let Some(rest) = end.and_then(|end| part(file.bytes, end, file.bytes.len().checked_sub(end)?)) else { return };
    if rest.iter().any(|byte| *byte != 0) {
        walk.mark(file.at, "archive_trailing");
        walk.stored_member(file, Member { step: "7z:rest".to_owned(), ..Member::default() }, rest, End::Whole);
    }
}
