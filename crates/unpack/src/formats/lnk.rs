//! Shortcuts of Windows (MS-SHLLINK 8.0): what is started, with which arguments, under which icon, and what hangs behind.

use scan::content::{LinkKind, WhyUnopened};

use crate::formats::little::{size_at, u16_at, u32_at, utf16, utf16_runs, western};
use crate::formats::{share, shortcut as settings};
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Bytes of the header.
const HEADER_BYTES: usize = 76;
/// Characters of a path in an item list that are text.
const RUN_CHARS_MIN: usize = 3;

/// What a shortcut says.
#[derive(Debug, Default)]
struct Shortcut {
    /// Every path it leads to, in the order found.
    targets: Vec<String>,
    name: String,
    folder: String,
    arguments: String,
    icons: Vec<String>,
    /// Other strings of its blocks.
    others: Vec<String>,
    end: usize,
    is_broken: bool,
}

/// Reads a shortcut.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let shortcut = read(file.bytes);
    if shortcut.is_broken {
        walk.mark(file.at, "malformed");
        walk.not_opened(file.at, WhyUnopened::Broken);
    }
    let arguments = shortcut.arguments.split_whitespace().collect::<Vec<&str>>().join(" ");
    let target = shortcut.targets.first().cloned().unwrap_or_default();
    if !arguments.is_empty() || shortcut.targets.iter().any(|target| share::is_runner(target)) {
        walk.mark(file.at, "command_line");
    }
    let mut targets: Vec<&str> = vec![target.as_str()];
    targets.extend(shortcut.targets.iter().map(String::as_str));
    if shortcut.icons.iter().any(|icon| targets.iter().any(|target| share::is_disguise(icon, target))) {
        walk.mark(file.at, "icon_disguise");
    }
    let command = format!("{target} {arguments}");
    walk.add_text(file.at, command.trim());
    walk.add_text(file.at, &shortcut.name);
    let paths = shortcut.targets.iter().chain(&shortcut.icons).chain([&shortcut.folder]);
    let in_command = share::shares_in(&arguments).map(str::to_owned);
    for path in paths.cloned().chain(in_command).filter(|path| share::is_share(path)) {
        settings::lead(walk, file.at, &path, LinkKind::Field);
    }
    for words in [&command, &shortcut.name, &shortcut.folder].into_iter().chain(&shortcut.icons).chain(&shortcut.others)
    {
        for link in text::links(words).map(String::from) {
            settings::lead(walk, file.at, &link, LinkKind::Field);
        }
    }
    for text in shortcut.targets.iter().skip(1).chain([&shortcut.folder]).chain(&shortcut.icons).chain(&shortcut.others)
    {
        walk.add_other_text(file.at, text);
    }
    let behind = file.bytes.get(shortcut.end..).unwrap_or_default();
    if !shortcut.is_broken && behind.iter().any(|byte| *byte != 0) {
        walk.mark(file.at, "archive_trailing");
        walk.child(file, "lnk:0", Leaf { is_read: true, ..Leaf::default() }, behind);
    }
}

fn read(bytes: &[u8]) -> Shortcut {
    let mut shortcut = Shortcut::default();
    shortcut.is_broken = parts(bytes, &mut shortcut).is_none();
    shortcut.targets.retain(|target| !target.trim().is_empty());
    let mut seen = std::collections::HashSet::new();
    shortcut.targets.retain(|target| seen.insert(target.clone()));
    shortcut
}

/// The parts in their order; none where one is cut short.
fn parts(bytes: &[u8], shortcut: &mut Shortcut) -> Option<()> {
    let flags = u32_at(bytes, 20)?;
    let has = |bit: u32| flags & (1 << bit) != 0;
    let mut at = HEADER_BYTES;
    let mut listed = Vec::new();
    if has(0) {
        let size = usize::from(u16_at(bytes, at)?);
        at = at.saturating_add(2);
        listed = paths_of_list(bytes.get(at..at.saturating_add(size))?);
        at = at.saturating_add(size);
    }
    if has(1) {
        let size = size_at(bytes, at)?;
        let own = bytes.get(at..at.saturating_add(size))?;
        link_info(own, &mut shortcut.targets);
        at = at.saturating_add(size.max(4));
    }
    let mut texts: [String; 5] = Default::default();
    for (bit, text) in (2..7).zip(&mut texts) {
        if has(bit) {
            let size = usize::from(u16_at(bytes, at)?).saturating_mul(if has(7) { 2 } else { 1 });
            at = at.saturating_add(2);
            let own = bytes.get(at..at.saturating_add(size))?;
            *text = if has(7) { utf16(own) } else { western(own) };
            at = at.saturating_add(size);
        }
    }
    let [name, relative, folder, arguments, icon] = texts;
    (shortcut.name, shortcut.folder, shortcut.arguments) = (name, folder, arguments);
    shortcut.icons.push(icon);
    blocks(bytes, at, shortcut);
    shortcut.targets.push(relative);
    shortcut.targets.extend(listed);
    Some(())
}

// 2.3: the local path, or the share and what follows it.
fn link_info(info: &[u8], targets: &mut Vec<String>) {
    let at = |offset: usize| size_at(info, offset).filter(|place| *place > 0);
    let has_wide = size_at(info, 4).is_some_and(|size| size >= 0x24);
    let text = |place: Option<usize>| place.and_then(|place| info.get(place..)).map(western).unwrap_or_default();
    let wide = |place: Option<usize>| place.filter(|_| has_wide).and_then(|place| info.get(place..)).map(utf16);
    let suffix = wide(at(32)).unwrap_or_else(|| text(at(24)));
    let flags = u32_at(info, 8).unwrap_or_default();
    if flags & 1 != 0 {
        targets.push(format!("{}{suffix}", wide(at(28)).unwrap_or_else(|| text(at(16)))));
    }
    let network = at(20).filter(|_| flags & 2 != 0).and_then(|place| info.get(place..));
    if let Some(network) = network {
        let name = size_at(network, 8).unwrap_or_default();
        let wide = size_at(network, 20).filter(|_| name > 0x14).and_then(|place| network.get(place..)).map(utf16);
        let share = wide.unwrap_or_else(|| network.get(name..).map(western).unwrap_or_default());
        targets.push(if suffix.is_empty() { share } else { format!("{}\\{suffix}", share.trim_end_matches('\\')) });
    }
}

/// The names in an item list, joined as a path. Items are the shell's own: a drive, a folder or file, a share.
fn paths_of_list(list: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut shares: Vec<String> = Vec::new();
    let mut left = list;
    while let Some(size) = u16_at(left, 0).map(usize::from).filter(|size| *size > 2) {
        let item = left.get(2..size.min(left.len())).unwrap_or_default();
        left = left.get(size..).unwrap_or_default();
        let narrow = |skip: usize| item.get(skip..).map(western).filter(|name| !name.chars().any(char::is_control));
        match item.first().copied().unwrap_or_default() & 0x70 {
            0x20 => names.extend(narrow(1)),
            0x30 => {
                let is_wide = item.first().is_some_and(|kind| kind & 4 != 0);
                let short = if is_wide { item.get(12..).map(utf16) } else { narrow(12) };
                names.extend(long_name(item).or(short));
            }
            0x40 => shares.extend(narrow(3)),
            0x60 | 0x70 => shares.extend(utf16_runs(item, RUN_CHARS_MIN)),
            _ => {}
        }
    }
    let names: Vec<&str> =
        names.iter().map(|name| name.trim_end_matches('\\')).filter(|name| !name.is_empty()).collect();
    shares.into_iter().chain([names.join("\\")]).filter(|path| !path.is_empty()).collect()
}

/// The name in the block 0xbeef0004 of a folder or file; where in it depends on the version.
fn long_name(item: &[u8]) -> Option<String> {
    let mark = memchr::memmem::find(item, &0xbeef_0004_u32.to_le_bytes())?;
    let block = item.get(mark.checked_sub(4)?..)?;
    let version = u16_at(block, 2)?;
    let steps = [(0, 18_usize), (7, 18), (3, 2), (9, 4), (8, 4)];
    let start = steps.iter().filter(|(from, _)| version >= *from).map(|(_, step)| step).sum();
    block.get(start..).map(utf16).filter(|name| !name.is_empty())
}

// 2.5: blocks of a size, a signature, and data; a size below 4 ends them.
fn blocks(bytes: &[u8], start: usize, shortcut: &mut Shortcut) {
    let mut at = start;
    while let Some(size) = size_at(bytes, at) {
        if size < 4 {
            at = at.saturating_add(4);
            break;
        }
        let Some(block) = bytes.get(at..at.saturating_add(size)) else { break };
        at = at.saturating_add(size);
        let (narrow, wide) = (block.get(8..268).map(western), block.get(268..788).map(utf16));
        let path = wide.filter(|path| !path.is_empty()).or(narrow);
        match u32_at(block, 4) {
            Some(0xa000_0001) => shortcut.targets.extend(path),
            Some(0xa000_0007) => shortcut.icons.extend(path),
            // An application's id, a machine's name, properties, a list of items.
            Some(0xa000_0006) => shortcut.others.extend(path),
            Some(0xa000_0009 | 0xa000_000c) => {
                shortcut.others.extend(utf16_runs(block.get(8..).unwrap_or_default(), 6))
            }
            _ => {}
        }
    }
    shortcut.end = at.min(bytes.len());
}

#[cfg(test)]
mod tests;
