//! Rar archives of all versions, by the `rars` crate: solid, with hidden names, encrypted with a word of the message, with streams
//! beside the files. A member that lies in several volumes is said to be unopened; so is whatever the crate does not read to its end.

mod blocks;
mod streams;

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use rars::{
    Archive, ArchiveMember, ArchiveMemberDetail, ArchiveReadOptions, ArchiveReader, Error, ErrorKind,
    ExtractionDecision, ExtractionErrorAction,
};
use scan::content::{LinkKind, WhyUnopened};

use crate::bounded::{End, Taken};
use crate::budget::Budget;
use crate::formats::archives::{Member, WINDOW_KIB_MAX, shown};
use crate::unpack::{File, Walk};

/// Headers of one archive, bytes.
const HEADER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Memory of its unpackers beside their output, bytes.
const WORKSPACE_BYTES_MAX: u64 = 160 * 1024 * 1024;
/// A member up to this size is unpacked into memory before it is handed over, bytes.
const BUFFERED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// So much is unpacked to see whether a password fits, bytes.
const TRIED_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// So many bytes are written between two looks at the clock.
const CLOCK_EVERY_BYTES: usize = 4 * 1024 * 1024;

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let whole = file;
    let plain = blocks::without_services(file.bytes);
    let file = File { bytes: plain.as_deref().unwrap_or(file.bytes), ..file };
    let headers_max = u64::from(walk.budget.files_left()).saturating_add(1024);
    let end = blocks::end(file.bytes).filter(|end| *end < file.bytes.len());
    // Behind the last block there may be anything: what cannot be read with it is read without.
    let first = parse(file.bytes, None, headers_max);
    let first = match (first, end.and_then(|end| file.bytes.get(..end))) {
        (Err(error), Some(bytes)) if !is_locked(&error) => {
            // Whether it is damaged there or something was put behind it cannot be told.
            walk.not_opened(file.at, why(&error));
            parse(bytes, None, headers_max)
        }
        (first, _) => first,
    };
    let (archive, mut word) = match first {
        Ok(archive) => (archive, None),
        Err(error) if is_locked(&error) => match with_word(walk, file, headers_max) {
            Some((archive, word)) => (archive, Some(word)),
            None => return walk.not_opened(file.at, WhyUnopened::Encrypted),
        },
        Err(error) => {
            if error.kind() == ErrorKind::ResourceLimit {
                walk.stopped(file.at);
            }
            return walk.not_opened(file.at, why(&error));
        }
    };
    let rest = end.and_then(|end| file.bytes.get(end..)).unwrap_or_default();
    let goes_on = open_members(walk, file, (&archive, "rar:"), &mut word);
    read_comment(walk, file, &archive, word.as_deref());
    let goes_on = goes_on && streams::open(walk, whole, &archive, &mut word);
    if goes_on && rest.iter().any(|byte| *byte != 0) {
        walk.mark(file.at, "archive_trailing");
        walk.stored_member(file, Member { step: "rar:rest".to_owned(), ..Member::default() }, rest, End::Whole);
    }
}

/// Every member of an archive, whose places begin so; false when the budget is used up.
fn open_members(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (archive, step): (&Archive, &'static str),
    word: &mut Option<Vec<u8>>,
) -> bool {
    let members: Vec<ArchiveMember> = archive.members().collect();
    if members.iter().any(|member| member.meta.is_encrypted) {
        walk.mark(file.at, "encrypted");
        if word.is_none() {
            *word = find_word(walk, archive, &members);
        }
        if word.is_some() {
            walk.mark(file.at, "password_found");
        }
    }
    extract(walk, file, (archive, step), (&members, word.as_deref()))
}

/// From where to where recovery records lie, in which pieces of the archive itself stand.
pub(crate) fn recovery(bytes: &[u8]) -> Vec<(usize, usize)> {
    blocks::recovery(bytes)
}

fn parse(bytes: &[u8], word: Option<&[u8]>, headers_max: u64) -> rars::Result<Archive> {
    let options = options(word).with_max_header_count(headers_max).with_max_header_bytes(HEADER_BYTES_MAX);
    ArchiveReader::read_with_options(bytes, options)
}

fn options(word: Option<&[u8]>) -> ArchiveReadOptions<'_> {
    ArchiveReadOptions::with_optional_password(word)
        .with_max_reader_workspace_bytes(WORKSPACE_BYTES_MAX)
        .with_rar50_dictionary_size_limit(u64::from(WINDOW_KIB_MAX).saturating_mul(1024))
        .with_rar50_buffered_decode_limit(BUFFERED_BYTES_MAX)
}

fn is_locked(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::PasswordRequired | ErrorKind::BadPassword)
}

fn why(error: &Error) -> WhyUnopened {
    match error.kind() {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => WhyUnopened::Encrypted,
        ErrorKind::UnsupportedFormat | ErrorKind::UnsupportedFeature => WhyUnopened::Unsupported,
        ErrorKind::ResourceLimit => WhyUnopened::OverBudget,
        _ => WhyUnopened::Broken,
    }
}

/// An archive whose names are hidden, by the word that shows them.
fn with_word(walk: &mut Walk<'_>, file: File<'_>, headers_max: u64) -> Option<(Archive, Vec<u8>)> {
    walk.mark(file.at, "encrypted");
    try_words(walk, |word| parse(file.bytes, Some(word), headers_max).ok())
}

/// The word that opens the smallest encrypted member.
fn find_word(walk: &mut Walk<'_>, archive: &Archive, members: &[ArchiveMember]) -> Option<Vec<u8>> {
    let locked = members.iter().enumerate().filter(|(_, member)| {
        let meta = &member.meta;
        meta.is_encrypted && !meta.is_directory && !meta.is_split_before && !meta.is_split_after
    });
    let (at, _) = locked.min_by_key(|(_, member)| member.meta.unpacked_size)?;
    let tried = |word: &[u8]| {
        let options = options(Some(word)).with_max_member_output_bytes(TRIED_BYTES_MAX);
        archive.read_member_at_with_options(at, options).ok().flatten().map(|_| ())
    };
    try_words(walk, tried).map(|(_, word)| word)
}

fn try_words<T>(walk: &mut Walk<'_>, fits: impl Fn(&[u8]) -> Option<T>) -> Option<(T, Vec<u8>)> {
    let words: Vec<String> = walk.passwords.words().to_vec();
    for word in words {
        if !walk.budget.has_time_for_passwords() {
            return None;
        }
        let from = walk.budget.now();
        let found = fits(word.as_bytes());
        walk.budget.spend_passwords(from);
        if let Some(found) = found {
            return Some((found, word.into_bytes()));
        }
    }
    None
}

/// The comment that is shown when the archive is opened.
fn read_comment(walk: &mut Walk<'_>, file: File<'_>, archive: &Archive, word: Option<&[u8]>) {
    let options = options(word).with_max_member_output_bytes(HEADER_BYTES_MAX);
    if let Ok(Some(comment)) = archive.comment_with_options(options) {
        let comment = crate::text::decode(&comment, "").into_owned();
        walk.add_text(file.at, &comment);
        walk.add_links_of_text(file.at, &comment, LinkKind::Text);
    }
}

/// Where the crate writes what it unpacks, as much as is allowed.
struct Sink {
    bytes: Vec<u8>,
    most: usize,
    budget: Budget,
    end: End,
    since_clock: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.most.saturating_sub(self.bytes.len());
        let kept = bytes.get(..bytes.len().min(left)).unwrap_or(bytes);
        self.bytes.extend_from_slice(kept);
        self.since_clock = self.since_clock.saturating_add(kept.len());
        if kept.len() < bytes.len() {
            self.end = End::OverBudget;
            return Err(io::Error::other("over budget"));
        }
        if self.since_clock >= CLOCK_EVERY_BYTES {
            self.since_clock = 0;
            if self.budget.is_late() {
                self.end = End::OverTime;
                return Err(io::Error::other("over time"));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The crate owns its writer; we look into it afterwards.
#[derive(Clone)]
struct Shared(Rc<RefCell<Sink>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A member that is being unpacked.
struct Pending {
    member: Member,
    sink: Shared,
    failed: Option<WhyUnopened>,
    size: u64,
}

/// Members in their order: each is looked at when the next one begins.
struct Extraction<'w, 'b, 'f> {
    walk: &'w mut Walk<'b>,
    file: File<'f>,
    /// How the places of members begin.
    step: &'static str,
    is_solid: bool,
    has_word: bool,
    number: usize,
    pending: Option<Pending>,
    goes_on: bool,
}

/// Every member; false when the budget is used up.
fn extract(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (archive, step): (&Archive, &'static str),
    (members, word): (&[ArchiveMember], Option<&[u8]>),
) -> bool {
    let is_solid = members.iter().any(ArchiveMember::is_solid);
    let state = RefCell::new(Extraction {
        walk,
        file,
        step,
        is_solid,
        has_word: word.is_some(),
        number: 0,
        pending: None,
        goes_on: true,
    });
    let result = archive.extract_with_control_and_errors(
        options(word),
        |member| Ok(state.borrow_mut().begin(member)),
        |_, error| {
            state.borrow_mut().fail(why(error));
            Ok(ExtractionErrorAction::Continue)
        },
    );
    let mut state = state.into_inner();
    if let Err(error) = &result {
        state.fail(why(error));
    }
    state.finish_pending();
    if !state.goes_on {
        return false;
    }
    // Members that the crate did not come to.
    let why = result.err().map_or(WhyUnopened::Broken, |error| why(&error));
    for member in members.iter().skip(state.number).filter(|member| !member.meta.is_directory) {
        let named = named(step, state.number, member);
        state.number = state.number.saturating_add(1);
        if !state.walk.closed_member(file, named, (member.meta.unpacked_size, why)) {
            return false;
        }
    }
    true
}

impl Extraction<'_, '_, '_> {
    fn begin(&mut self, member: &ArchiveMember) -> ExtractionDecision {
        self.finish_pending();
        if !self.goes_on {
            return ExtractionDecision::Stop;
        }
        let (meta, named) = (&member.meta, named(self.step, self.number, member));
        self.number = self.number.saturating_add(1);
        let is_link = meta.is_redirection || meta.file_attr & 0xf000 == 0xa000 && meta.host_os == Some(3);
        if is_link {
            self.walk.mark(self.file.at, "link_entry");
        }
        if meta.is_directory {
            self.walk.note_names(self.file.at, &named.names);
            self.walk.add_link_target(self.file.at, target(member));
            return ExtractionDecision::Skip;
        }
        let why = if meta.is_split_before || meta.is_split_after {
            Some(WhyUnopened::Unsupported)
        } else if meta.is_encrypted && !self.has_word {
            Some(WhyUnopened::Encrypted)
        } else {
            None
        };
        if meta.is_redirection {
            let at = self.walk.content.items.len();
            self.goes_on = self.walk.stored_member(self.file, named, &[], End::Whole);
            self.walk.add_link_target(at, target(member));
            return ExtractionDecision::Skip;
        }
        if let Some(why) = why {
            self.goes_on = self.walk.closed_member(self.file, named, (meta.unpacked_size, why));
            let is_needed = self.is_solid && why == WhyUnopened::Unsupported;
            return if is_needed {
                ExtractionDecision::Extract(Box::new(self.sink()))
            } else {
                ExtractionDecision::Skip
            };
        }
        let sink = self.sink();
        self.pending = Some(Pending { member: named, sink: sink.clone(), failed: None, size: meta.unpacked_size });
        ExtractionDecision::Extract(Box::new(sink))
    }

    /// What one member may give.
    fn sink(&self) -> Shared {
        Shared(Rc::new(RefCell::new(Sink {
            bytes: Vec::new(),
            most: usize::try_from(self.walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX),
            budget: self.walk.budget.clone(),
            end: End::Whole,
            since_clock: 0,
        })))
    }

    fn fail(&mut self, why: WhyUnopened) {
        if let Some(pending) = &mut self.pending {
            pending.failed = Some(why);
        }
    }

    /// Looks at what came out of the member before.
    fn finish_pending(&mut self) {
        let Some(Pending { member, sink, failed, size }) = self.pending.take() else { return };
        let (bytes, end) = {
            let mut sink = sink.0.borrow_mut();
            (std::mem::take(&mut sink.bytes), sink.end)
        };
        self.walk.budget.spend_unpacked(bytes.len());
        let end = match (end, failed) {
            (End::Whole, Some(WhyUnopened::Encrypted | WhyUnopened::Unsupported)) if bytes.is_empty() => {
                let why = failed.unwrap_or(WhyUnopened::Broken);
                self.goes_on = self.walk.closed_member(self.file, member, (size, why));
                return;
            }
            (End::Whole, Some(WhyUnopened::OverBudget)) => End::OverBudget,
            (End::Whole, Some(_)) => End::Broken,
            (end, _) => end,
        };
        self.goes_on = self.walk.member(self.file, member, &Taken { bytes, end });
    }
}

/// Where a link leads.
fn target(member: &ArchiveMember) -> &[u8] {
    match &member.detail {
        ArchiveMemberDetail::Rar50Plus { redirection: Some(redirection), .. } => &redirection.target_name,
        _ => &[],
    }
}

fn named(step: &str, number: usize, member: &ArchiveMember) -> Member {
    let decoded = member.decoded_name(None).map(|name| shown(&name)).unwrap_or_default();
    let plain = shown(&member.meta.name);
    let mut names = vec![decoded, plain];
    names.dedup();
    names.retain(|name| !name.is_empty());
    Member { step: format!("{step}{number}"), names, is_part: false }
}
