//! Streams of files: bytes beside those of a file of NTFS, under a name of their own (`:name`). WinRAR keeps them as services of the
//! file and writes them again where it unpacks; the name is data, and may lead anywhere (CVE-2025-8088). No list of members has them:
//! here they are the members of an archive of their own. Sources: `arcread.cpp` and `win32stm.cpp` of UnRAR 7, technote.txt of UnRAR
//! (version 4), and the RAR 5.0 archive format.

use encoding_rs::UTF_16LE;
use rars::{Archive, rar15_40, rar50};
use scan::content::WhyUnopened;

use crate::formats::archives::bytes::{part, part_or_less, u16_le, u32_le};
use crate::formats::archives::rar::blocks::{Block4, Blocks4, END_4, FILE_4, SERVICE_4, name_4};
use crate::formats::archives::rar::{open_members, parse};
use crate::formats::archives::{Member, shown};
use crate::unpack::{File, Walk};

/// The service that is a stream, since version 3; before, a type of block and a type within it.
const STREAM: &[u8] = b"STM";
const OLD_SERVICE: u8 = 0x77;
const OLD_STREAM: u16 = 0x105;
/// Streams of one archive, and heads of the archive that they become.
const STREAMS_MAX: usize = 10_000;
const HEADS_MAX: u64 = 10_100;
/// Bytes of a head before its name, and of a salt behind it.
const HEAD_BYTES: usize = 32;
const SALT_BYTES: usize = 8;
/// Flags of a file of version 4: in several volumes, encrypted, with a salt; all that count for a stream; data follows.
const SALTED: u16 = 0x400;
const FLAGS: u16 = 0x7 | SALTED;
const HAS_DATA: u16 = 0x8000;
/// An archive of version 4 without anything in it.
const EMPTY: &[u8] = b"Rar!\x1a\x07\0\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0";
/// Flags of version 5: of an archive and of a file that goes on with the unpacker of the one before, and of a folder.
const SOLID_ARCHIVE: u64 = 4;
const SOLID_FILE: u64 = 0x40;
const FOLDER: u64 = 1;

/// Opens the streams of an archive's files; false when the budget is used up.
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>, archive: &Archive, word: &mut Option<Vec<u8>>) -> bool {
    let Streams { names, members, is_cut } = of(archive, file.bytes);
    walk.note_names(file.at, &names);
    // No stream has such a letter in its name: whoever writes it where that says leaves the folder (CVE-2025-8088).
    if names.iter().any(|name| name.contains(['/', '\\'])) {
        walk.mark(file.at, "path_name");
    }
    let goes_on = match &members {
        Some(members) => open_members(walk, file, (members, "rar:stream"), word),
        None => names.into_iter().enumerate().all(|(number, name)| {
            let member = Member::named(format!("rar:stream{number}"), name.as_bytes());
            walk.closed_member(file, member, (0, WhyUnopened::Unsupported))
        }),
    };
    if goes_on && is_cut {
        walk.stopped(file.at);
    }
    goes_on && !is_cut
}

/// The streams of an archive.
#[derive(Default)]
struct Streams {
    /// As they are called in it, in their order.
    names: Vec<String>,
    /// An archive of which they are the members; none where they cannot be taken out.
    members: Option<Archive>,
    /// There are more.
    is_cut: bool,
}

/// Finds them: in what was read of the archive, or in its bytes.
fn of(archive: &Archive, bytes: &[u8]) -> Streams {
    match archive {
        Archive::Rar50Plus(archive) => of_5(archive),
        Archive::Rar15To40(archive) => of_4(archive, bytes),
        _ => Streams::default(),
    }
}

fn of_5(archive: &rar50::Archive) -> Streams {
    let mut streams = Streams::default();
    let mut blocks = Vec::new();
    let mut file: &[u8] = &[];
    for block in &archive.blocks {
        match block {
            rar50::Block::File(header) => file = &header.name,
            rar50::Block::Service(service) if service.name == STREAM => {
                let name = shown(service.service_data.as_deref().unwrap_or_default());
                blocks.push(rar50::Block::File(as_file(service, member_name(file, &name))));
                streams.names.push(name);
            }
            _ => {}
        }
    }
    if !blocks.is_empty() {
        let mut members = archive.clone();
        members.blocks = blocks;
        members.main.archive_flags &= !SOLID_ARCHIVE;
        streams.members = Some(Archive::Rar50Plus(members));
    }
    streams
}

/// Services have the fields of files, and are unpacked for themselves, whatever their flags say.
fn as_file(service: &rar50::FileHeader, name: String) -> rar50::FileHeader {
    let mut file = service.clone();
    file.name = name.into_bytes();
    file.redirection = None;
    file.file_flags &= !FOLDER;
    file.compression_info &= !SOLID_FILE;
    file
}

/// What a stream is called as a file: by its own name, or by that of the file whose data it is (`::$DATA`).
fn member_name(file: &[u8], stream: &str) -> String {
    let own = stream.trim_start_matches(':');
    if own.is_empty() || own.starts_with('$') { shown(file) } else { stream.to_owned() }
}

fn of_4(archive: &rar15_40::Archive, bytes: &[u8]) -> Streams {
    let mut streams = Streams::default();
    if archive.main.has_encrypted_headers() {
        // Where their names stand only the crate sees, and it does not tell.
        let count = archive.new_subs().filter(|sub| sub.file.name == STREAM).count();
        streams.names.resize(count.min(STREAMS_MAX), String::new());
        return streams;
    }
    let Some(mut blocks) = Blocks4::of(bytes) else { return streams };
    let mut files = archive.files();
    let mut file: &[u8] = &[];
    let mut made = EMPTY.to_vec();
    while let Some(block) = blocks.next() {
        match block.kind {
            END_4 => break,
            FILE_4 => file = files.next().map(|file| file.name.as_slice()).unwrap_or_default(),
            _ => {}
        }
        let Some(stream) = Stream::read(bytes, &block) else { continue };
        if streams.names.len() >= STREAMS_MAX {
            streams.is_cut = true;
            break;
        }
        if let Some(head) = stream.head(&member_name(file, &stream.name)) {
            made.extend(head);
            made.extend_from_slice(stream.data);
        }
        streams.names.push(stream.name);
    }
    if !streams.names.is_empty() {
        streams.members = parse(&made, None, HEADS_MAX).ok();
    }
    streams
}

/// A stream in an archive of version 4.
struct Stream<'b> {
    name: String,
    flags: u16,
    /// Unpacked.
    size: u32,
    sum: u32,
    version: u8,
    method: u8,
    salt: &'b [u8],
    data: &'b [u8],
}

impl<'b> Stream<'b> {
    fn read(bytes: &'b [u8], block: &Block4) -> Option<Self> {
        let head = bytes.get(block.start..block.data_at)?;
        let data = part_or_less(bytes, block.data_at, block.end.checked_sub(block.data_at)?);
        match block.kind {
            SERVICE_4 => Self::service(head, data),
            OLD_SERVICE => Self::old(head, data),
            _ => None,
        }
    }

    /// The name of the stream, of two bytes a letter, stands behind that of the service, before the salt.
    fn service(head: &'b [u8], data: &'b [u8]) -> Option<Self> {
        let (_, at) = name_4(head, 0).filter(|(name, _)| *name == STREAM)?;
        let flags = u16_le(head, 3)?;
        let salt_bytes = if flags & SALTED == 0 { 0 } else { SALT_BYTES };
        let (name, salt) = head.get(at..)?.split_at_checked(head.len().checked_sub(at)?.checked_sub(salt_bytes)?)?;
        Some(Self {
            name: shown(UTF_16LE.decode_without_bom_handling(name).0.as_bytes()),
            flags: flags & FLAGS,
            size: u32_le(head, 11)?,
            sum: u32_le(head, 16)?,
            version: *head.get(24)?,
            method: *head.get(25)?,
            salt,
            data,
        })
    }

    /// `StreamHeader` of UnRAR.
    fn old(head: &'b [u8], data: &'b [u8]) -> Option<Self> {
        if u16_le(head, 11) != Some(OLD_STREAM) {
            return None;
        }
        let name = part(head, 26, usize::from(u16_le(head, 24)?))?;
        Some(Self {
            name: shown(name),
            flags: 0,
            size: u32_le(head, 14)?,
            sum: u32_le(head, 20)?,
            version: *head.get(18)?,
            method: *head.get(19)?,
            salt: &[],
            data,
        })
    }

    /// The head of a file of that name with the same data.
    fn head(&self, name: &str) -> Option<Vec<u8>> {
        let length = HEAD_BYTES.checked_add(name.len())?.checked_add(self.salt.len())?;
        let mut fields = vec![FILE_4];
        fields.extend((self.flags | HAS_DATA).to_le_bytes());
        fields.extend(u16::try_from(length).ok()?.to_le_bytes());
        fields.extend(u32::try_from(self.data.len()).ok()?.to_le_bytes());
        fields.extend(self.size.to_le_bytes());
        // Of Windows; then the sum, no time, and no attributes.
        fields.push(2);
        fields.extend(self.sum.to_le_bytes());
        fields.extend([0, 0, 0, 0, self.version, self.method]);
        fields.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
        fields.extend([0; 4]);
        fields.extend_from_slice(name.as_bytes());
        fields.extend_from_slice(self.salt);
        let [low, high, ..] = crc32fast::hash(&fields).to_le_bytes();
        Some([&[low, high][..], &fields].concat())
    }
}
