//! Packages of the Windows Installer: programs, scripts and cabinets in their streams. The form of the names and of the table of
//! strings is known from open implementations (Wine, msitools); Microsoft does not publish it.

use crate::formats::office::{Found, Layer};
use crate::formats::ole::compound::{Compound, Sort};
use crate::unpack::{File, Leaf, Walk};

/// Identifiers of a package, a patch and a transform, as they stand: they differ in the first byte.
const CLASS: [u8; 15] = *b"\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46";
const CLASS_STARTS: [u8; 3] = [0x84, 0x86, 0x82];
/// First characters of packed names: pairs of letters, single letters, the mark of a table.
const PAIRS: u32 = 0x3800;
const SINGLES: u32 = 0x4800;
const TABLE: u32 = 0x4840;
const LETTERS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
/// Bytes of the table of strings that are kept as text.
const STRINGS_BYTES_MAX: usize = 1024 * 1024;

/// Is the file one of them?
pub(super) fn is_package(compound: &Compound<'_>) -> bool {
    let class = compound.entries.first().map(|root| root.class).unwrap_or_default();
    class.split_first().is_some_and(|(first, rest)| CLASS_STARTS.contains(first) && rest == CLASS)
}

/// Adds its streams as children, and its strings as text that no reader sees.
pub(super) fn read(walk: &mut Walk<'_>, file: File<'_>, compound: &Compound<'_>, found: &mut Found) {
    for (number, entry) in compound.entries.iter().enumerate().filter(|(_, entry)| entry.sort == Sort::Stream) {
        let (name, is_table) = unpacked(&entry.name);
        if is_table && name == "_StringData" {
            let bytes = compound.stream(number);
            let bytes = bytes.get(..STRINGS_BYTES_MAX).unwrap_or(&bytes);
            found.line(Layer::Other, &crate::text::decode(bytes, ""));
        }
        if is_table || name.starts_with('\u{5}') {
            continue;
        }
        let leaf = Leaf { names: vec![name], is_read: true, ..Leaf::default() };
        if !walk.child(file, &format!("msi:{number}"), leaf, &compound.stream(number)) {
            return;
        }
    }
}

/// A name without its packing, and whether it is that of a table.
fn unpacked(name: &str) -> (String, bool) {
    let letter = |number: u32| {
        let letter = usize::try_from(number & 0x3f).ok().and_then(|at| LETTERS.get(at));
        letter.map_or('?', |letter| char::from(*letter))
    };
    let mut plain = String::new();
    let mut is_table = false;
    for character in name.chars() {
        match u32::from(character) {
            TABLE => is_table = true,
            code @ PAIRS..SINGLES => {
                let pair = code.saturating_sub(PAIRS);
                plain.push(letter(pair));
                plain.push(letter(pair >> 6));
            }
            code @ SINGLES..TABLE => plain.push(letter(code.saturating_sub(SINGLES))),
            _ => plain.push(character),
        }
    }
    (plain, is_table)
}
