//! VBA projects: the source of each module, and what it does. Source: MS-OVBA 2.3 and 2.4.
//!
//! The source stands packed behind a cache of compiled code in the stream of each module; the `dir` stream says where. Office
//! runs the compiled code if the cache is of its own version, so a project can show one thing and do another ("stomping"):
//! identifiers that only the cache knows are noted.

mod source;
pub(super) mod unpacking;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::formats::office::bytes::{code_page, u16_at, u32_at, utf16};
use crate::formats::ole::compound::{Compound, Sort};
use crate::unpack::{File, Leaf, Walk};

pub(crate) use crate::formats::ole::vba::source::marks;

/// Source of one module, bytes.
const SOURCE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The list of modules, bytes.
const DIRECTORY_BYTES_MAX: usize = 1024 * 1024;
/// Modules of one project.
const MODULES_MAX: usize = 1_000;
/// How a packed source begins: the attributes that the editor does not show.
const PACKED_START: &[u8] = b"\x00Attribut";

/// One module.
#[derive(Debug, Default)]
struct Module {
    name: String,
    stream: String,
    offset: usize,
    /// None: it is not to be had.
    source: Option<String>,
}

/// Is a storage the one of a project's code?
pub(super) fn is_project(compound: &Compound<'_>, storage: usize) -> bool {
    compound.find(storage, "dir").is_some() && compound.find(storage, "_VBA_PROJECT").is_some()
}

/// Reads the project in this storage; children are numbered from `first` on. Says how many there were.
pub(super) fn read(
    walk: &mut Walk<'_>,
    file: File<'_>,
    compound: &Compound<'_>,
    (storage, first): (usize, usize),
) -> usize {
    let directory = compound.stream_of(storage, "dir").unwrap_or_default();
    let directory = unpacking::unpack(&directory, DIRECTORY_BYTES_MAX).unwrap_or_default();
    let (mut modules, page) = modules(&directory);
    let mut cache = compound.stream_of(storage, "_VBA_PROJECT").unwrap_or_default();
    for module in &mut modules {
        let stream = compound.stream_of(storage, &module.stream).unwrap_or_default();
        let most = room(walk);
        let source = stream.get(module.offset..).and_then(|packed| unpacking::unpack(packed, most));
        let source = source.or_else(|| search(&stream, most));
        walk.budget.spend_unpacked(source.as_ref().map_or(0, Vec::len));
        module.source = source.map(|bytes| decode(&bytes, page));
        cache.extend_from_slice(stream.get(..module.offset).unwrap_or(&stream));
    }
    add_unnamed(walk, (compound, storage), &mut modules);
    note(walk, file, &modules, &cache);
    let mut count = 0_usize;
    for module in modules {
        let Some(source) = module.source.filter(|source| !source.is_empty()) else { continue };
        let number = first.saturating_add(count);
        count = count.saturating_add(1);
        let at = walk.content.items.len();
        let leaf = Leaf { names: vec![module.name], is_read: true, ..Leaf::default() };
        let is_going_on = walk.child(file, &format!("vba:{number}"), leaf, source.as_bytes());
        walk.set_kind(at, "vba");
        for word in source::marks(&source) {
            walk.mark(at, word);
        }
        if !is_going_on {
            break;
        }
    }
    count
}

/// Marks of the project as a whole.
fn note(walk: &mut Walk<'_>, file: File<'_>, modules: &[Module], cache: &[u8]) {
    let sources: Vec<&str> = modules.iter().filter_map(|module| module.source.as_deref()).collect();
    let has_code = sources.iter().any(|source| source::has_code(source));
    if has_code {
        walk.mark(file.at, "macro");
    }
    let mut words: Vec<&'static str> = sources.iter().flat_map(|source| source::marks(source)).collect();
    let hidden = source::only_compiled(cache, &sources);
    let is_lost = modules.iter().any(|module| module.source.is_none() && module.offset > 0);
    if !hidden.is_empty() || is_lost {
        walk.mark(file.at, "malformed");
        words.extend(["macro", "macro_code"]);
        words.extend(hidden);
    }
    for word in words {
        walk.mark(file.at, word);
    }
}

/// Modules by the `dir` stream (MS-OVBA 2.3.4.2), and the project's code page.
fn modules(directory: &[u8]) -> (Vec<Module>, &'static Encoding) {
    let (mut modules, mut page) = (Vec::new(), WINDOWS_1252);
    let mut module = Module::default();
    let mut at = 0_usize;
    while let (Some(id), Some(size)) = (u16_at(directory, at), u32_at(directory, at.saturating_add(2))) {
        // The one record whose size is not what it says.
        let size = if id == 9 { 6 } else { usize::try_from(size).unwrap_or(usize::MAX) };
        let from = at.saturating_add(6);
        let Some(body) = directory.get(from..from.saturating_add(size)) else { break };
        at = from.saturating_add(size);
        match id {
            0x03 => page = code_page(u32::from(u16_at(body, 0).unwrap_or(1252))),
            0x19 => module.name = decode(body, page),
            0x47 => module.name = utf16(body),
            0x1a => module.stream = decode(body, page),
            0x32 if module.stream.is_empty() || module.stream.contains('\u{fffd}') => module.stream = utf16(body),
            0x31 => module.offset = u32_at(body, 0).and_then(|at| usize::try_from(at).ok()).unwrap_or(0),
            0x2b => {
                let module = std::mem::take(&mut module);
                if !module.stream.is_empty() && modules.len() < MODULES_MAX {
                    modules.push(module);
                }
            }
            _ => {}
        }
    }
    (modules, page)
}

/// Streams beside the modules that hold source nevertheless: the directory may lie.
fn add_unnamed(walk: &mut Walk<'_>, (compound, storage): (&Compound<'_>, usize), modules: &mut Vec<Module>) {
    let others: Vec<(usize, String)> = compound
        .children(storage)
        .filter(|(_, entry)| entry.sort == Sort::Stream)
        .filter(|(_, entry)| !modules.iter().any(|module| module.stream.eq_ignore_ascii_case(&entry.name)))
        .take(MODULES_MAX)
        .map(|(at, entry)| (at, entry.name.clone()))
        .collect();
    for (at, name) in others {
        if let Some(source) = search(&compound.stream(at), room(walk)) {
            walk.budget.spend_unpacked(source.len());
            let source = Some(decode(&source, WINDOWS_1252));
            modules.push(Module { name: name.clone(), stream: name, source, ..Module::default() });
        }
    }
}

/// Bytes that the source of one more module may have.
fn room(walk: &Walk<'_>) -> usize {
    SOURCE_BYTES_MAX.min(usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(SOURCE_BYTES_MAX))
}

/// A packed source somewhere in a stream.
fn search(stream: &[u8], most: usize) -> Option<Vec<u8>> {
    let found = memchr::memmem::rfind(stream, PACKED_START)?;
    let packed = stream.get(found.checked_sub(3)?..)?;
    unpacking::unpack(packed, most).filter(|source| source.starts_with(b"Attribut"))
}

fn decode(bytes: &[u8], page: &'static Encoding) -> String {
    page.decode_without_bom_handling(bytes).0.into_owned()
}
