//! Cabinets (MS-CAB): stored, MSZIP and LZX; what is packed by Quantum, or begins in another cabinet, is said to be unopened.

use flate2::{Decompress, FlushDecompress, Status};
use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::archives::bytes::{part, size_le, to_nul, u16_le};
use crate::formats::archives::lzx::Lzx;
use crate::formats::archives::{Member, shown};
use crate::unpack::{File, Walk};

/// What one block unpacks to at most, bytes (MS-CAB 2.5).
const BLOCK_BYTES_MAX: usize = 32 * 1024;
/// The file begins in the cabinet before, goes on in the next, or both.
const CONTINUED: std::ops::RangeInclusive<u16> = 0xfffd..=0xffff;

/// The head of a cabinet.
struct Head {
    files_at: usize,
    folders: u16,
    files: u16,
    folders_at: usize,
    /// Bytes that its maker put behind each folder's and each block's head.
    folder_reserve: usize,
    block_reserve: usize,
    size: usize,
}

/// A run of blocks that are packed together.
#[derive(Clone, Copy)]
struct Folder {
    at: usize,
    blocks: u16,
    method: u16,
}

/// One file of a folder.
struct Entry<'b> {
    name: &'b [u8],
    from: usize,
    size: usize,
    folder: u16,
}

/// Opens the cabinet.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if !walk.may_open(file) {
        return;
    }
    let Some(head) = head(file.bytes) else { return walk.not_opened(file.at, WhyUnopened::Broken) };
    let entries = entries(file.bytes, &head);
    if entries.len() < usize::from(head.files) {
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
    let mut number = 0_usize;
    let mut by_folder: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.folder < head.folders).collect();
    by_folder.sort_by_key(|entry| entry.folder);
    for own in by_folder.chunk_by(|one, two| one.folder == two.folder) {
        let Some(folder) = own.first().map(|entry| entry.folder) else { continue };
        if !open_folder(walk, file, (&head, folder), own, &mut number) {
            return;
        }
    }
    for entry in entries.iter().filter(|entry| entry.folder >= head.folders) {
        let why = if CONTINUED.contains(&entry.folder) { WhyUnopened::Unsupported } else { WhyUnopened::Broken };
        let size = u64::try_from(entry.size).unwrap_or(u64::MAX);
        if !walk.closed_member(file, member(number, entry), (size, why)) {
            return;
        }
        number = number.saturating_add(1);
    }
    let rest = file.bytes.get(head.size..).unwrap_or_default();
    if rest.iter().any(|byte| *byte != 0) {
        walk.mark(file.at, "archive_trailing");
        walk.stored_member(file, Member { step: "cab:rest".to_owned(), ..Member::default() }, rest, End::Whole);
    }
}

fn open_folder(
    walk: &mut Walk<'_>,
    file: File<'_>,
    (head, folder): (&Head, u16),
    entries: &[&Entry<'_>],
    number: &mut usize,
) -> bool {
    let at = head.folders_at.saturating_add(usize::from(folder).saturating_mul(head.folder_reserve.saturating_add(8)));
    let (bytes, end) = read_folder(file.bytes, at)
        .map_or((Vec::new(), End::Broken), |folder| unpack(walk, file.bytes, folder, head.block_reserve));
    // What no file has is spent too: many folders can lead to the same blocks.
    let named = entries.iter().fold(0_usize, |sum, entry| sum.saturating_add(entry.size));
    walk.budget.spend_unpacked(bytes.len().saturating_sub(named));
    for entry in entries {
        let until = entry.from.saturating_add(entry.size);
        let found = bytes.get(entry.from.min(bytes.len())..until.min(bytes.len())).unwrap_or_default();
        let is_whole = found.len() == entry.size;
        let end = if is_whole {
            End::Whole
        } else if end == End::Whole {
            End::Broken
        } else {
            end
        };
        let size = u64::try_from(entry.size).unwrap_or(u64::MAX);
        let goes_on = if end == End::Unsupported && found.is_empty() {
            walk.closed_member(file, member(*number, entry), (size, WhyUnopened::Unsupported))
        } else {
            walk.stored_member(file, member(*number, entry), found, end)
        };
        *number = number.saturating_add(1);
        if !goes_on {
            return false;
        }
    }
    true
}

fn member(number: usize, entry: &Entry<'_>) -> Member {
    let names = vec![shown(entry.name)];
    Member { step: format!("cab:{number}"), names, is_part: false }
}

/// MS-CAB 2.1.
fn head(bytes: &[u8]) -> Option<Head> {
    let flags = u16_le(bytes, 30)?;
    let mut at = 36_usize;
    let (mut folder_reserve, mut block_reserve) = (0, 0);
    if flags & 4 != 0 {
        let own = usize::from(u16_le(bytes, 36)?);
        folder_reserve = usize::from(*bytes.get(38)?);
        block_reserve = usize::from(*bytes.get(39)?);
        at = at.checked_add(4)?.checked_add(own)?;
    }
    // Names of the cabinets before and behind, and of their discs.
    for flag in [1, 1, 2, 2] {
        if flags & flag == flag {
            at = at.checked_add(to_nul(bytes.get(at..)?).len())?.checked_add(1)?;
        }
    }
    Some(Head {
        files_at: size_le(bytes, 16)?,
        folders: u16_le(bytes, 26)?,
        files: u16_le(bytes, 28)?,
        folders_at: at,
        folder_reserve,
        block_reserve,
        size: size_le(bytes, 8)?,
    })
}

fn read_folder(bytes: &[u8], at: usize) -> Option<Folder> {
    let head = part(bytes, at, 8)?;
    Some(Folder { at: size_le(head, 0)?, blocks: u16_le(head, 4)?, method: u16_le(head, 6)? })
}

/// MS-CAB 2.3, as far as they can be read.
fn entries<'b>(bytes: &'b [u8], head: &Head) -> Vec<Entry<'b>> {
    let mut at = head.files_at;
    let mut entries = Vec::new();
    for _ in 0..head.files {
        let Some(entry) = entry(bytes, at) else { break };
        at = at.saturating_add(17).saturating_add(entry.name.len());
        entries.push(entry);
    }
    entries
}

fn entry(bytes: &[u8], at: usize) -> Option<Entry<'_>> {
    let fixed = part(bytes, at, 16)?;
    let name = to_nul(bytes.get(at.checked_add(16)?..)?);
    Some(Entry { name, from: size_le(fixed, 4)?, size: size_le(fixed, 0)?, folder: u16_le(fixed, 8)? })
}

/// The method of a folder, with what it remembers from block to block.
enum Method {
    Stored,
    Zipped(Box<Decompress>),
    Lzx(Box<Lzx>),
}

fn unpack(walk: &Walk<'_>, bytes: &[u8], folder: Folder, reserve: usize) -> (Vec<u8>, End) {
    let mut out = Vec::new();
    let mut method = match folder.method & 0xf {
        0 => Method::Stored,
        1 => Method::Zipped(Box::new(Decompress::new(false))),
        3 => match Lzx::new(u32::from(folder.method >> 8) & 0x1f) {
            Some(lzx) => Method::Lzx(Box::new(lzx)),
            None => return (out, End::Broken),
        },
        _ => return (out, End::Unsupported),
    };
    let end = unpack_blocks(walk, (bytes, folder, reserve), &mut method, &mut out);
    if let Method::Lzx(lzx) = &method {
        lzx.finish(&mut out);
    }
    (out, end)
}

fn unpack_blocks(
    walk: &Walk<'_>,
    (bytes, folder, reserve): (&[u8], Folder, usize),
    method: &mut Method,
    out: &mut Vec<u8>,
) -> End {
    let most = usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX);
    let mut at = folder.at;
    for block in 0..folder.blocks {
        let sizes = u16_le(bytes, at.saturating_add(4)).zip(u16_le(bytes, at.saturating_add(6)));
        let Some((packed, unpacked)) = sizes else { return End::Broken };
        let data_at = at.saturating_add(8).saturating_add(reserve);
        let Some(data) = part(bytes, data_at, usize::from(packed)) else { return End::Broken };
        at = data_at.saturating_add(data.len());
        // The block goes on in the next cabinet.
        if unpacked == 0 {
            return End::Unsupported;
        }
        let unpacked = usize::from(unpacked).min(BLOCK_BYTES_MAX);
        if out.len().saturating_add(unpacked) > most {
            return End::OverBudget;
        }
        let is_right = match method {
            Method::Stored => {
                out.extend_from_slice(data);
                true
            }
            Method::Zipped(inflater) => unzip(inflater, data, out),
            Method::Lzx(lzx) => lzx.block(data, unpacked, out),
        };
        if !is_right {
            return End::Broken;
        }
        if block & 0xff == 0xff && walk.budget.is_late() {
            return End::OverTime;
        }
    }
    End::Whole
}

/// MS-MCI: `CK`, then deflated data that refers to the block before.
fn unzip(inflater: &mut Decompress, data: &[u8], out: &mut Vec<u8>) -> bool {
    let Some(data) = data.strip_prefix(b"CK") else { return false };
    inflater.reset(false);
    let window = out.get(out.len().saturating_sub(BLOCK_BYTES_MAX)..).unwrap_or_default();
    if !window.is_empty() && inflater.set_dictionary(window).is_err() {
        return false;
    }
    out.reserve(BLOCK_BYTES_MAX);
    let mut block = Vec::with_capacity(BLOCK_BYTES_MAX);
    let status = inflater.decompress_vec(data, &mut block, FlushDecompress::Finish);
    out.extend_from_slice(&block);
    matches!(status, Ok(Status::StreamEnd))
}
