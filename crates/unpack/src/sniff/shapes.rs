//! Kinds that no magic at one place shows, but the shape of several fields: images of disks, certificates, packed streams
//! without a head, archives of old programs.

use memchr::memmem;

use crate::formats::archives::bytes::{has, part, part_or_less, u16_le, u32_le};
use crate::formats::archives::tar;
use crate::formats::mac;
use crate::formats::ole::book::old;
use crate::sniff::holds_pdf;

/// A footer that says what the file is stands so far from its end, bytes.
const FOOTER_BYTES: usize = 512;
/// Bytes of the head of a cramfs up to the end of its signature.
const ROM_HEAD_BYTES: usize = 32;
/// Longest basic header of ARJ, bytes.
const ARJ_HEADER_BYTES_MAX: u16 = 2600;

/// Kinds whose magic is short or shared: archives of ARJ; Java classes and universal Mach-O files, of which the latter have
/// a small count behind it.
pub(super) fn by_two_fields(bytes: &[u8]) -> Option<&'static str> {
    if is_arj(bytes) {
        return Some("arj");
    }
    let rest = bytes.strip_prefix(b"\xca\xfe\xba\xbe")?;
    let count = rest.first_chunk::<4>().map_or(0, |count| u32::from_be_bytes(*count));
    Some(if count < 20 { "macho" } else { "class" })
}

/// A start that is as good as a text, of a kind that is known by more than its letters.
pub(super) fn is_short_name(word: &str, bytes: &[u8]) -> bool {
    match word {
        "rar" => bytes.starts_with(b"Rar!"),
        "bz2" => matches!(bytes.get(3), Some(b'1'..=b'9')) && has(bytes, 4, b"1AY&SY"),
        // The head of an archive of text files is nothing but text.
        "cpio" => bytes.get(..76).is_some_and(|head| head.iter().all(u8::is_ascii_hexdigit)),
        "ps" => true,
        _ => false,
    }
}

/// Does it have this shape?
type IsSo = fn(&[u8]) -> bool;

/// Shapes, the first that fits counts, and the word of each.
pub(super) const SHAPES: [(IsSo, &str); 16] = [
    (holds_pdf, "pdf"),
    (is_flash, "swf"),
    (is_icon, "ico"),
    (is_cursor, "ani"),
    (is_lha, "lha"),
    (is_certificate, "crt"),
    (is_key_store, "pfx"),
    (mac::is_binary, "macbinary"),
    (tar::is_old, "tar"),
    (is_lzma, "lzma"),
    (is_sound, "mp3"),
    (is_virtual_disk, "vhd"),
    (is_mac_image, "dmg"),
    (is_compressed_rom, "img"),
    (is_disk, "img"),
    (old::is_bare, "xls"),
];

/// The kind of bytes that are no text and have no magic.
pub(super) fn kind(bytes: &[u8]) -> Option<&'static str> {
    SHAPES.iter().find(|(is_so, _)| is_so(bytes)).map(|(_, word)| *word)
}

fn is_flash(bytes: &[u8]) -> bool {
    has(bytes, 1, b"WS")
        && matches!(bytes.first(), Some(b'F' | b'C' | b'Z'))
        && bytes.get(3).is_some_and(|version| *version < 64)
}

fn is_icon(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0\0\x01\0") && u16_le(bytes, 4).is_some_and(|count| (1..256).contains(&count))
}

/// Cursors are refused together with animated ones.
fn is_cursor(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0\0\x02\0") && u16_le(bytes, 4).is_some_and(|count| (1..256).contains(&count))
}

/// `-lh5-` at offset 2.
fn is_lha(bytes: &[u8]) -> bool {
    let Some(&[b'-', a, b, _, b'-']) = part(bytes, 2, 5).and_then(|method| method.first_chunk()) else { return false };
    matches!((a, b), (b'l', b'h' | b'z') | (b'p', b'm'))
}

fn is_arj(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x60\xea") && u16_le(bytes, 2).is_some_and(|size| (30..=ARJ_HEADER_BYTES_MAX).contains(&size))
}

/// X.509 (RFC 5280 4.1): a sequence of a sequence that begins with the version or a serial number.
fn is_certificate(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x30\x82") && has(bytes, 4, b"\x30\x82") && has(bytes, 8, b"\xa0\x03\x02\x01")
}

/// PKCS #12 (RFC 7292): version 3, then the signed content.
fn is_key_store(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x30") && (2..6).any(|at| has(bytes, at, b"\x02\x01\x03\x30"))
}

/// LZMA alone: properties, a window that is a power of two or one and a half of it, a size that is plausible or unknown.
fn is_lzma(bytes: &[u8]) -> bool {
    let Some(properties) = bytes.first() else { return false };
    let Some(window) = u32_le(bytes, 1) else { return false };
    let is_usual = window.is_power_of_two()
        || (window.checked_rem(3) == Some(0) && window.checked_div(3).is_some_and(u32::is_power_of_two));
    let size_is_unknown = has(bytes, 5, &[0xff; 8]);
    let size_is_small = has(bytes, 10, &[0, 0, 0]) && !has(bytes, 5, &[0; 8]);
    *properties < 225 && is_usual && window >= 4096 && (size_is_unknown || size_is_small) && bytes.get(13) == Some(&0)
}

/// A frame of MPEG sound, layer 3.
fn is_sound(bytes: &[u8]) -> bool {
    matches!(bytes.get(..2), Some(&[0xff, 0xfa | 0xfb | 0xf2 | 0xf3]))
}

fn is_virtual_disk(bytes: &[u8]) -> bool {
    footer(bytes).is_some_and(|footer| footer.starts_with(b"conectix"))
}

/// Of any kind; encrypted in the first form, whose head stands at the end.
fn is_mac_image(bytes: &[u8]) -> bool {
    footer(bytes).is_some_and(|footer| footer.starts_with(b"koly") || memmem::find(footer, b"cdsaencr").is_some())
}

/// cramfs, of either order of bytes, also behind a sector for those who start from it.
fn is_compressed_rom(bytes: &[u8]) -> bool {
    [0, 512].into_iter().any(|at| {
        let is_magic = has(bytes, at, b"\x45\x3d\xcd\x28") || has(bytes, at, b"\x28\xcd\x3d\x45");
        is_magic && part_or_less(bytes, at, ROM_HEAD_BYTES).ends_with(b"Compressed ROMFS")
    })
}

fn footer(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(bytes.len().checked_sub(FOOTER_BYTES)?..)
}

/// A boot sector of FAT, NTFS, exFAT or of a table of partitions; the file systems of other machines.
fn is_disk(bytes: &[u8]) -> bool {
    let is_boot = has(bytes, 510, b"\x55\xaa")
        && (matches!(bytes.first(), Some(0xeb | 0xe9)) || has(bytes, 512, b"EFI PART") || has_partition(bytes));
    let is_floppy = matches!(bytes.first(), Some(0xeb | 0xe9)) && (has(bytes, 54, b"FAT") || has(bytes, 82, b"FAT32"));
    is_boot
        || is_floppy
        || has(bytes, 0x438, b"\x53\xef") && bytes.len() > 0x1000
        || has(bytes, 1024, b"H+")
        || has(bytes, 1024, b"HX")
}

/// An entry of the partition table that is in use, and all of them marked as they must be.
fn has_partition(bytes: &[u8]) -> bool {
    let mut entries = (0_usize..4).filter_map(|number| part(bytes, number.saturating_mul(16).saturating_add(446), 16));
    let is_sane = entries.clone().all(|entry| matches!(entry.first(), Some(0 | 0x80)));
    is_sane
        && entries
            .any(|entry| entry.get(4).is_some_and(|kind| *kind != 0) && u32_le(entry, 12).is_some_and(|size| size > 0))
}
