//! Images of discs: ISO 9660 with the names of Joliet and Rock Ridge, and UDF. Every view is walked; a file that two of them
//! show is looked at once, under all its names.

mod record;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::bytes::{has, part, part_or_less, u32_le};
use crate::formats::archives::iso::record::Record;
use crate::formats::archives::{Member, shown, udf};
use crate::unpack::{File, Walk};

/// A sector of data, bytes.
pub(super) const SECTOR_BYTES: usize = 2048;
/// A sector as it lies on a disc, and where its data begins, by mode.
const RAW_SECTOR_BYTES: usize = 2352;
const RAW_DATA_AT: usize = 16;
const RAW_MODE_2_DATA_AT: usize = 24;
/// Where such an image says what it is, by mode.
const RAW_MAGIC_AT: [usize; 2] = [0x9311, 0x9319];
/// Where an image says what it is.
pub(crate) const MAGIC_AT: [usize; 4] = [0x8001, 0x8801, 0x9311, 0x9319];
/// Descriptors stand from this sector on, at most so many.
const DESCRIPTORS_AT: usize = 16;
const DESCRIPTORS_MAX: usize = 1024;
/// Names that one item keeps; for more its data is looked at again.
const NAMES_MAX: usize = 16;
/// Records of all folders of one image: folders can share their place, so that few bytes are many lists. Three views of as many files
/// as are looked at have fewer.
const RECORDS_MAX: usize = 60_000;
/// So many fields of a record take as long as another record; honest ones have six or seven.
const FIELDS_OF_A_RECORD: usize = 10;
/// Folders of one image.
const FOLDERS_MAX: usize = 10_000;
/// Pieces of a file that is known again in another view: honest files have one, or one for each 4 GiB. Thousands of files of thousands
/// of pieces would be more than the image itself.
const KNOWN_PARTS_MAX: usize = 64;

/// Opens the image.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let bytes = sectors(file.bytes);
    let mut image = Image { bytes: &bytes, file, seen: HashMap::new(), number: 0, records: 0, goes_on: true };
    let mut views = 0_usize;
    for number in 0..DESCRIPTORS_MAX {
        let at = DESCRIPTORS_AT.saturating_add(number).saturating_mul(SECTOR_BYTES);
        let Some(descriptor) = part(&bytes, at, SECTOR_BYTES).filter(|descriptor| has(descriptor, 1, b"CD001")) else {
            break;
        };
        match descriptor.first() {
            Some(1 | 2) => {
                let is_joliet = descriptor.first() == Some(&2) && has(descriptor, 88, b"%/");
                views = views.saturating_add(1);
                image.view(walk, descriptor, is_joliet);
            }
            // Some writers leave the end out; what follows has no magic then.
            Some(255) => {}
            _ => continue,
        }
        if !image.goes_on {
            return;
        }
        if number.saturating_add(1) == DESCRIPTORS_MAX {
            walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
    }
    let udf = udf::open(walk, &mut image);
    if views == 0 && !udf {
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
}

/// The image in sectors of data: raw ones are freed of their heads and sums.
fn sectors(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_raw = RAW_MAGIC_AT.into_iter().any(|at| has(bytes, at, b"CD001"));
    if !is_raw {
        return Cow::Borrowed(bytes);
    }
    let at = if has(bytes, 0x9311, b"CD001") { RAW_DATA_AT } else { RAW_MODE_2_DATA_AT };
    let data = bytes.chunks(RAW_SECTOR_BYTES).flat_map(|sector| part_or_less(sector, at, SECTOR_BYTES));
    Cow::Owned(data.copied().collect())
}

/// An image while it is walked through.
pub(super) struct Image<'i> {
    pub(super) bytes: &'i [u8],
    file: File<'i>,
    /// Items of files by all the places where they lie, with their sizes.
    seen: HashMap<Vec<(usize, usize)>, usize>,
    number: usize,
    records: usize,
    pub(super) goes_on: bool,
}

/// The row of records that a large file is.
#[derive(Default)]
struct Row {
    parts: Vec<(usize, usize)>,
    /// The names of each record: they should be the same.
    names: Vec<Vec<String>>,
}

impl Image<'_> {
    fn view(&mut self, walk: &mut Walk<'_>, descriptor: &[u8], is_joliet: bool) {
        let Some((root, _)) = Record::read(part_or_less(descriptor, 156, 34)) else {
            return walk.not_opened(self.file.at, WhyUnopened::Broken);
        };
        // Two records can name one place with two sizes: what is seen through each is another list.
        let mut visited = HashSet::new();
        let mut folders = vec![(root.at, root.size, String::new())];
        while let Some((at, size, path)) = folders.pop() {
            if !self.goes_on {
                return;
            }
            if !visited.insert((at, size)) {
                continue;
            }
            if visited.len() > FOLDERS_MAX {
                return walk.stopped(self.file.at);
            }
            let list = part_or_less(self.bytes, at, size);
            if list.len() < size {
                walk.not_opened(self.file.at, WhyUnopened::Broken);
            }
            self.folder(walk, list, (&path, is_joliet), &mut folders);
        }
    }

    /// The records of one folder; those of further folders are handed back.
    fn folder(
        &mut self,
        walk: &mut Walk<'_>,
        list: &[u8],
        (path, is_joliet): (&str, bool),
        folders: &mut Vec<(usize, usize, String)>,
    ) {
        let mut at = 0_usize;
        let mut row = Row::default();
        while at < list.len() && self.count(walk) {
            let Some((record, length)) = list.get(at..).and_then(Record::read) else {
                // No record crosses the end of a sector: the rest of it is empty.
                at = at.saturating_add(1).div_ceil(SECTOR_BYTES).saturating_mul(SECTOR_BYTES);
                continue;
            };
            at = at.saturating_add(length);
            if record.is_itself_or_parent() {
                continue;
            }
            let fields = record.fields(self.bytes);
            self.records = self.records.saturating_add(fields.read.checked_div(FIELDS_OF_A_RECORD).unwrap_or(0));
            if fields.has_more {
                walk.not_opened(self.file.at, WhyUnopened::OverBudget);
            }
            if fields.is_link {
                walk.mark(self.file.at, "link_entry");
            }
            let names = record.names(&fields, is_joliet);
            let names: Vec<String> = names.iter().map(|name| format!("{path}{name}")).collect();
            if record.is_folder() {
                let path = names.first().map(|name| format!("{name}/")).unwrap_or_default();
                walk.note_names(self.file.at, &names);
                folders.push((record.at, record.size, cut(path)));
                continue;
            }
            row.parts.push((record.at, record.size));
            row.names.push(names);
            if !record.goes_on() {
                self.row(walk, std::mem::take(&mut row), End::Whole);
            }
        }
        // A record that says there is more, and nothing follows it.
        if self.goes_on && !row.parts.is_empty() {
            self.row(walk, row, End::Broken);
        }
    }

    /// A file of one or more records. Programs that ask for one name take records of several names for several files.
    fn row(&mut self, walk: &mut Walk<'_>, row: Row, end: End) {
        let Row { parts, names } = row;
        let is_one = names.windows(2).all(|pair| matches!(pair, [one, two] if one == two));
        if !is_one {
            walk.mark(self.file.at, "malformed");
            for (part, names) in parts.iter().zip(&names) {
                if self.goes_on {
                    self.extents(walk, &[*part], (names.clone(), End::Whole));
                }
            }
        }
        if self.goes_on {
            let mut all: Vec<String> = Vec::new();
            for name in names.into_iter().flatten() {
                if !all.contains(&name) && all.len() < NAMES_MAX {
                    all.push(name);
                }
            }
            self.extents(walk, &parts, (all, end));
        }
    }

    /// One more record; false when there were enough, or time ran out.
    pub(super) fn count(&mut self, walk: &mut Walk<'_>) -> bool {
        self.records = self.records.saturating_add(1);
        if self.goes_on && (self.records > RECORDS_MAX || walk.budget.is_late()) {
            walk.stopped(self.file.at);
            self.goes_on = false;
        }
        self.goes_on
    }

    /// A file that lies in these places, one after the other.
    pub(super) fn extents(&mut self, walk: &mut Walk<'_>, parts: &[(usize, usize)], (names, end): (Vec<String>, End)) {
        let is_empty = parts.iter().all(|(_, size)| *size == 0);
        if let Some(item) = self.seen.get(parts).and_then(|at| walk.content.items.get_mut(*at))
            && !is_empty
            && end == End::Whole
        {
            let news: Vec<String> = names.iter().filter(|name| !item.names.contains(name)).cloned().collect();
            // With more names than one item keeps it is looked at again, under them.
            if item.names.len().saturating_add(news.len()) <= NAMES_MAX {
                item.names.extend(news);
                return;
            }
        }
        let found: Vec<&[u8]> = parts.iter().map(|(at, size)| part_or_less(self.bytes, *at, *size)).collect();
        let is_whole = found.iter().zip(parts).all(|(found, (_, size))| found.len() == *size);
        let end = if is_whole { end } else { End::Broken };
        let joined =
            if let [one] = found.as_slice() { Cow::Borrowed(*one) } else { Cow::Owned(self.join(walk, &found)) };
        if parts.len() <= KNOWN_PARTS_MAX {
            self.seen.insert(parts.to_vec(), walk.content.items.len());
        }
        self.bytes_of_file(walk, &joined, (names, end));
    }

    /// A file by its bytes.
    pub(super) fn bytes_of_file(&mut self, walk: &mut Walk<'_>, bytes: &[u8], (names, end): (Vec<String>, End)) {
        let member = Member { step: format!("iso:{}", self.number), names, is_part: false };
        self.number = self.number.saturating_add(1);
        self.goes_on = walk.stored_member(self.file, member, bytes, end);
    }

    /// At most as much as may come out.
    fn join(&self, walk: &Walk<'_>, parts: &[&[u8]]) -> Vec<u8> {
        let most = usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX).saturating_add(1);
        let mut joined = Vec::new();
        for part in parts {
            let room = most.saturating_sub(joined.len());
            joined.extend_from_slice(part_or_less(part, 0, room));
        }
        joined
    }

    /// Notes that a part of it cannot be read.
    pub(super) fn unread(&self, walk: &mut Walk<'_>, why: WhyUnopened) {
        walk.not_opened(self.file.at, why);
    }

    pub(super) fn mark(&self, walk: &mut Walk<'_>, word: &str) {
        walk.mark(self.file.at, word);
    }
}

fn cut(path: String) -> String {
    shown(path.as_bytes())
}

/// Where a block begins, bytes.
pub(super) fn sector_at(bytes: &[u8], offset: usize) -> Option<usize> {
    usize::try_from(u32_le(bytes, offset)?).ok()?.checked_mul(SECTOR_BYTES)
}
