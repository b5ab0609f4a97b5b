//! VBA projects: the source of each module, and what it does. Source: MS-OVBA 2.3 and 2.4.
//!
//! The source stands packed behind a cache of compiled code in the stream of each module; the `dir` stream says where. Office
//! runs the compiled code if the cache is of its own version, so a project can show one thing and do another ("stomping"):
//! identifiers that only the cache knows are noted.

mod source;
pub(super) mod unpacking;

use std::collections::HashSet;

use encoding_rs::{Encoding, WINDOWS_1252};
use scan::content::WhyUnopened;

use crate::formats::office::bytes::{code_page, u16_at, u32_at, utf16};
use crate::formats::ole::compound::{Compound, Sort};
use crate::formats::ole::vba::unpacking::Unpacked;
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
    /// There is more of it than was taken.
    is_cut: bool,
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
    let mut project = Project::default();
    // Of two directories each is somebody's.
    for directory in compound.streams_of(storage, "dir") {
        if let Some(directory) = unpacking::unpack(&directory, DIRECTORY_BYTES_MAX) {
            project.is_cut |= directory.is_cut;
            project.add_modules(&directory.bytes);
        }
    }
    project.cache = compound.streams_of(storage, "_VBA_PROJECT").concat();
    project.read_modules(walk, (compound, storage));
    project.add_unnamed(walk, (compound, storage));
    project.note(walk, file);
    let mut count = 0_usize;
    for module in project.modules {
        let Some(source) = module.source.filter(|source| !source.is_empty()) else { continue };
        let number = first.saturating_add(count);
        count = count.saturating_add(1);
        let at = walk.content.items.len();
        let leaf = Leaf { names: vec![module.name], is_read: true, ..Leaf::default() };
        let is_going_on = walk.child(file, &format!("vba:{number}"), leaf, source.as_bytes());
        walk.set_kind(at, "vba");
        if module.is_cut {
            walk.mark(at, "macro");
            walk.not_opened(at, WhyUnopened::OverBudget);
        }
        for word in source::marks(&source) {
            walk.mark(at, word);
        }
        if !is_going_on {
            break;
        }
    }
    count
}

/// A project while it is read.
struct Project {
    modules: Vec<Module>,
    /// Entries of the storage that a module's source was taken from.
    taken: HashSet<usize>,
    /// What stands before the sources, and beside them.
    cache: Vec<u8>,
    page: &'static Encoding,
    /// There is more than was read.
    is_cut: bool,
}

impl Default for Project {
    fn default() -> Self {
        let (modules, taken, cache) = (Vec::new(), HashSet::new(), Vec::new());
        Self { modules, taken, cache, page: WINDOWS_1252, is_cut: false }
    }
}

impl Project {
    fn add_modules(&mut self, directory: &[u8]) {
        let (modules, page) = modules(directory);
        self.page = page;
        let room = MODULES_MAX.saturating_sub(self.modules.len());
        self.is_cut |= modules.len() > room;
        self.modules.extend(modules.into_iter().take(room));
    }

    /// The source of each module, out of every stream of its name.
    fn read_modules(&mut self, walk: &mut Walk<'_>, (compound, storage): (&Compound<'_>, usize)) {
        let mut twins: Vec<Module> = Vec::new();
        for module in &mut self.modules {
            for (twin, at) in compound.all(storage, &module.stream).into_iter().enumerate() {
                self.taken.insert(at);
                let stream = compound.stream(at);
                let most = room(walk);
                let source = stream.get(module.offset..).and_then(|packed| unpacking::unpack(packed, most));
                let source = source.or_else(|| search(&stream, most));
                walk.budget.spend_unpacked(source.as_ref().map_or(0, |source| source.bytes.len()));
                let is_cut = source.as_ref().is_some_and(|source| source.is_cut);
                let source = source.map(|source| decode(&source.bytes, self.page));
                self.cache.extend_from_slice(stream.get(..module.offset).unwrap_or(&stream));
                if twin == 0 {
                    (module.source, module.is_cut) = (source, is_cut);
                } else {
                    let (name, stream) = (module.name.clone(), module.stream.clone());
                    twins.push(Module { name, stream, offset: module.offset, source, is_cut });
                }
            }
        }
        self.modules.extend(twins);
    }

    /// Streams beside the modules that hold source nevertheless: the directory may lie.
    fn add_unnamed(&mut self, walk: &mut Walk<'_>, (compound, storage): (&Compound<'_>, usize)) {
        let mut count = 0_usize;
        for (at, entry) in compound.children(storage).filter(|(_, entry)| entry.sort == Sort::Stream) {
            if self.taken.contains(&at) {
                continue;
            }
            count = count.saturating_add(1);
            if count > MODULES_MAX {
                self.is_cut = true;
                return;
            }
            if let Some(source) = search(&compound.stream(at), room(walk)) {
                walk.budget.spend_unpacked(source.bytes.len());
                let (name, is_cut) = (entry.name.clone(), source.is_cut);
                let source = Some(decode(&source.bytes, self.page));
                self.modules.push(Module { name: name.clone(), stream: name, source, is_cut, ..Module::default() });
            }
        }
    }

    /// Marks of the project as a whole.
    fn note(&self, walk: &mut Walk<'_>, file: File<'_>) {
        let sources: Vec<&str> = self.modules.iter().filter_map(|module| module.source.as_deref()).collect();
        let has_code = sources.iter().any(|source| source::has_code(source));
        let is_cut = self.is_cut || self.modules.iter().any(|module| module.is_cut);
        if has_code || is_cut {
            walk.mark(file.at, "macro");
        }
        if is_cut {
            walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
        let mut words: Vec<&'static str> = sources.iter().flat_map(|source| source::marks(source)).collect();
        let hidden = source::only_compiled(&self.cache, &sources);
        let is_lost = self.modules.iter().any(|module| module.source.is_none() && module.offset > 0);
        if !hidden.is_empty() || is_lost {
            walk.mark(file.at, "malformed");
            words.extend(["macro", "macro_code"]);
            words.extend(hidden);
        }
        for word in words {
            walk.mark(file.at, word);
        }
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
                // One more than is read tells that there are more.
                if !module.stream.is_empty() && modules.len() <= MODULES_MAX {
                    modules.push(module);
                }
            }
            _ => {}
        }
    }
    (modules, page)
}

/// Bytes that the source of one more module may have.
fn room(walk: &Walk<'_>) -> usize {
    SOURCE_BYTES_MAX.min(usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(SOURCE_BYTES_MAX))
}

/// A packed source somewhere in a stream.
fn search(stream: &[u8], most: usize) -> Option<Unpacked> {
    let found = memchr::memmem::rfind(stream, PACKED_START)?;
    let packed = stream.get(found.checked_sub(3)?..)?;
    unpacking::unpack(packed, most).filter(|source| source.is_cut || source.bytes.starts_with(b"Attribut"))
}

fn decode(bytes: &[u8], page: &'static Encoding) -> String {
    page.decode_without_bom_handling(bytes).0.into_owned()
}
