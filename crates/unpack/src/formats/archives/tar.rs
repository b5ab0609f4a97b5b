//! Tape archives: of version 7 without magic, ustar, pax (POSIX.1-2024 pax, ustar), GNU with long names and sparse members.
//!
//! The view of every program is read: a header whose checksum is wrong is passed over by some and believed by others, a size
//! in a pax record (its own or one for all) outweighs the header's, a number can be written so that only some read it. Where
//! the readings differ each is looked at, and the next header is looked for behind the shortest of them. Blocks of zeros do not
//! end the reading: what follows is read too, as `--ignore-zeros` does. What is neither a header nor a member's data is a file
//! of its own.
//!
//! Limits: [`LONG_BYTES_MAX`], [`REST_MAX`].

mod header;

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::bytes::{part_or_less, to_nul};
use crate::formats::archives::tar::header::{BLOCK_BYTES, Header, Records};
use crate::formats::archives::{Member, shown};
use crate::unpack::{File, Walk};

/// Long name or records of one member, bytes.
const LONG_BYTES_MAX: usize = 64 * 1024;
/// Runs of blocks that belong to nothing and are files of their own; all that follow the last one are one.
const REST_MAX: usize = 16;

/// Is it an archive of the time before the magic: a header whose checksum is right?
pub(crate) fn is_old(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<BLOCK_BYTES>() else { return false };
    let is_named = block.first().is_some_and(|first| *first >= 0x20);
    is_named && Header::read(block).is_some_and(|header| header.is_sound && header.sizes.is_some())
}

/// What preceding members say of the next one.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    /// Where it leads, if it is a link.
    link: Option<Vec<u8>>,
    records: Records,
    is_broken: bool,
}

/// One archive while it is read.
#[derive(Default)]
struct Reading {
    ahead: Ahead,
    /// Records for all members that follow.
    global: Records,
    number: usize,
    /// Up to here some reading takes the blocks for a member's data.
    claimed: usize,
    /// Blocks that belong to nothing, from and to; those next to each other are one.
    rest: Vec<(usize, usize)>,
}

/// Opens the archive.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let mut reading = Reading::default();
    let mut at = 0;
    while let Some(block) = file.bytes.get(at..).and_then(|rest| rest.first_chunk::<BLOCK_BYTES>()) {
        if reading.number & 0xff == 0 && walk.budget.is_late() {
            return walk.not_opened(file.at, WhyUnopened::OverTime);
        }
        let from = at.saturating_add(BLOCK_BYTES);
        let header = Header::read(block).filter(|header| header.is_sound || header.has_magic);
        match header {
            _ if block.iter().all(|byte| *byte == 0) => at = from,
            // Of what is no header the next block is looked at: data behind the end, or a damaged place.
            None => {
                reading.add_rest((at, from));
                at = from;
            }
            Some(header) => match reading.member(walk, file, (&header, from)) {
                Some(next) => at = next,
                None => return,
            },
        }
    }
    let tail = file.bytes.get(at..).unwrap_or_default();
    if tail.iter().any(|byte| *byte != 0) {
        reading.add_rest((at, file.bytes.len()));
    }
    if reading.number == 0 {
        return walk.not_opened(file.at, WhyUnopened::Broken);
    }
    reading.open_rest(walk, file);
}

impl Reading {
    /// A header and what belongs to it; where the next one is looked for, nothing when the budget is used up.
    fn member(&mut self, walk: &mut Walk<'_>, file: File<'_>, (header, from): (&Header<'_>, usize)) -> Option<usize> {
        if !header.is_sound {
            walk.mark(file.at, "malformed");
        }
        let Some(sizes) = header.sizes else {
            // It is a header, and nobody can say of how much.
            walk.mark(file.at, "malformed");
            walk.not_opened(file.at, WhyUnopened::Broken);
            return Some(from);
        };
        let from = from.saturating_add(header.map_blocks(file.bytes, from).saturating_mul(BLOCK_BYTES));
        if header.is_ahead() {
            self.take_ahead(header, part_or_less(file.bytes, from, sizes.usual));
            return Some(self.go_on(header, from, &[sizes.usual, sizes.other]));
        }
        let ahead = std::mem::take(&mut self.ahead);
        let mut all = vec![header.size_by(&ahead.records, &self.global)];
        all.extend([sizes.usual, sizes.other].into_iter().filter(|_| !header.has_no_data()));
        all.dedup();
        if !self.open_member(walk, file, (header, &ahead), (from, &all)) {
            return None;
        }
        self.number = self.number.saturating_add(1);
        // Who takes a link for a name alone goes on right behind it.
        all.extend(header.is_link().then_some(0));
        Some(self.go_on(header, from, &all))
    }

    /// Where the next header stands in the reading that goes least far; of a header that some pass over, behind it.
    fn go_on(&mut self, header: &Header<'_>, from: usize, sizes: &[usize]) -> usize {
        let padded = |size: usize| from.saturating_add(size.div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES));
        let most = sizes.iter().copied().max().unwrap_or(0);
        self.claimed = self.claimed.max(padded(most));
        if header.is_sound { padded(sizes.iter().copied().min().unwrap_or(0)) } else { from }
    }

    /// A long name, or records, for the member that follows, or for all.
    fn take_ahead(&mut self, header: &Header<'_>, body: &[u8]) {
        let said = header.sizes.map_or(0, |sizes| sizes.usual);
        self.ahead.is_broken |= body.len() < said || body.len() > LONG_BYTES_MAX;
        let body = part_or_less(body, 0, LONG_BYTES_MAX);
        match header.kind {
            b'L' => self.ahead.name = Some(to_nul(body).to_vec()),
            b'K' => self.ahead.link = Some(to_nul(body).to_vec()),
            b'g' => self.ahead.is_broken |= !self.global.read(body),
            _ => self.ahead.is_broken |= !self.ahead.records.read(body),
        }
    }

    fn open_member(
        &self,
        walk: &mut Walk<'_>,
        file: File<'_>,
        (header, ahead): (&Header<'_>, &Ahead),
        (from, sizes): (usize, &[usize]),
    ) -> bool {
        let names = self.names(header, ahead);
        let number = self.number;
        let size = sizes.first().copied().unwrap_or(0);
        let is_link = header.is_link() || ahead.link.is_some();
        if is_link {
            walk.mark(file.at, "link_entry");
        }
        let at = walk.content.items.len();
        if sizes.len() > 1 {
            walk.mark(file.at, "malformed");
        }
        if header.is_folder() && sizes.iter().all(|size| *size == 0) {
            walk.note_names(file.at, &names);
            return true;
        }
        let mut seen: Vec<&[u8]> = Vec::new();
        for (reading, size) in std::iter::once(&size).chain(sizes.iter().skip(1)).enumerate() {
            let body = part_or_less(file.bytes, from, *size);
            let is_whole = body.len() == *size && !ahead.is_broken;
            // Of a sparse member the holes are left out, its data stands there as one.
            let data = if ahead.records.is_sparse { ahead.records.behind_map(body) } else { body };
            if seen.contains(&data) || (reading > 0 && data.is_empty()) {
                continue;
            }
            seen.push(data);
            let step = if reading == 0 { format!("tar:{number}") } else { format!("tar:{number}.{reading}") };
            let member = Member { step, names: names.clone(), is_part: false };
            let end = if is_whole { End::Whole } else { End::Broken };
            if !walk.stored_member(file, member, data, end) {
                return false;
            }
        }
        if is_link {
            for target in self.targets(header, ahead) {
                walk.add_link_target(at, target);
            }
        }
        true
    }

    /// Where a link leads, for each program.
    fn targets<'t>(&'t self, header: &Header<'t>, ahead: &'t Ahead) -> Vec<&'t [u8]> {
        let long = [ahead.records.link.as_deref(), ahead.link.as_deref(), self.global.link.as_deref()];
        let mut targets: Vec<&[u8]> = long.into_iter().flatten().collect();
        // What stands in the header is the beginning of a long one.
        let short = header.link;
        if !targets.iter().any(|known| known.starts_with(short)) {
            targets.push(short);
        }
        targets
    }

    fn names(&self, header: &Header<'_>, ahead: &Ahead) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let own = header.full_name();
        let all = [ahead.records.path.as_deref(), ahead.name.as_deref(), self.global.path.as_deref(), Some(&own)];
        for name in all.into_iter().flatten() {
            let name = shown(name);
            // A long name's head is repeated, cut, in the header: the same name.
            if !name.is_empty() && !names.iter().any(|known| known.starts_with(&name)) {
                names.push(name);
            }
        }
        names
    }

    fn add_rest(&mut self, (from, to): (usize, usize)) {
        if from < self.claimed {
            return;
        }
        let is_full = self.rest.len() >= REST_MAX;
        match self.rest.last_mut() {
            Some(last) if last.1 == from || is_full => last.1 = to,
            _ => self.rest.push((from, to)),
        }
    }

    /// What belongs to nothing: programs that go on behind the end, or search for the next header, are not the only readers.
    fn open_rest(&self, walk: &mut Walk<'_>, file: File<'_>) {
        for (number, (from, to)) in self.rest.iter().enumerate() {
            walk.mark(file.at, "archive_trailing");
            let bytes = file.bytes.get(*from..*to).unwrap_or_default();
            let step = if number == 0 { "tar:rest".to_owned() } else { format!("tar:rest{number}") };
            if !walk.stored_member(file, Member { step, ..Member::default() }, bytes, End::Whole) {
                return;
            }
        }
    }
}
