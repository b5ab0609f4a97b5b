//! OpenPGP messages (RFC 9580, RFC 4880), armoured or not: encrypted ones are said, signed and compressed ones are opened.
//! Signatures are not verified here; clear-signed text is text as it stands.

use flate2::read::{DeflateDecoder, ZlibDecoder};
use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::lines::decode_base64;
use crate::formats::message;
use crate::text;
use crate::unpack::{File, Walk};

/// The line that begins a message.
const BEGIN: &[u8] = b"-----BEGIN PGP MESSAGE";
/// Packets of one message that are looked at: rings of keys have many.
const PACKETS_MAX: usize = 10_000;
/// Compressed packets within each other.
const DEPTH_MAX: u32 = 4;
/// The least that a damaged block must hold to be one, bytes.
const MESSAGE_BYTES_MIN: usize = 16;
/// Messages in one text.
const MESSAGES_MAX: usize = 16;

/// Reads a file that is one.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if memchr::memmem::find(file.bytes, BEGIN).is_some() {
        return open_text(walk, file);
    }
    if file.bytes.first().is_some_and(|byte| byte & 0x80 != 0) {
        walk.set_kind(file.at, "pgp");
        packets(walk, file, file.bytes, 0);
    }
}

/// Reads the messages in a text.
pub(crate) fn open_text(walk: &mut Walk<'_>, file: File<'_>) {
    for (number, begin) in memchr::memmem::find_iter(file.bytes, BEGIN).enumerate() {
        if number >= MESSAGES_MAX {
            return walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
        let block = file.bytes.get(begin..).unwrap_or_default();
        let end = memchr::memmem::find(block, b"-----END PGP").unwrap_or(block.len());
        // A text that speaks of messages, or shows one as an example, has nothing that is one.
        if let Some(data) = block.get(..end).and_then(disarmed) {
            packets(walk, file, &data, 0);
        }
    }
}

/// The bytes of an armoured block (RFC 9580 6.2): behind its headers and an empty line, without the sum. What is no letter of
/// base64 is passed over, as GnuPG does, where enough is left and begins as a packet does.
fn disarmed(block: &[u8]) -> Option<Vec<u8>> {
    let block = text::decode(block, "");
    // A quoted message has a mark before each line.
    let lines = || block.lines().map(|line| line.trim_start_matches(['>', ' ', '|']).trim()).skip(1);
    let has_end_of_head = lines().any(str::is_empty);
    let is_head = |line: &&str| if has_end_of_head { !line.is_empty() } else { line.contains(": ") };
    let body: String = lines().skip_while(is_head).filter(|line| !line.starts_with('=')).collect();
    if let Some(bytes) = decode_base64(&body) {
        return Some(bytes);
    }
    let in_one_word =
        lines().skip_while(is_head).take_while(|line| !line.starts_with('=')).filter(|line| !line.contains(' '));
    let mut letters: String = in_one_word.flat_map(str::chars).filter(|c| is_letter(*c)).collect();
    letters.truncate(letters.len() & !3);
    let bytes = decode_base64(&letters)?;
    (bytes.len() >= MESSAGE_BYTES_MIN && bytes.first().is_some_and(|byte| byte & 0x80 != 0)).then_some(bytes)
}

const fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/')
}

/// One packet: its tag, its body, what follows. None at the end or where it is no packet.
fn packet(bytes: &[u8]) -> Option<(u8, Vec<u8>, &[u8])> {
    let (head, rest) = bytes.split_first()?;
    if head & 0x80 == 0 {
        return None;
    }
    if head & 0x40 == 0 {
        // The old format: two bits of the tag say how many bytes the length has.
        let size = match head & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return Some(((head >> 2) & 15, rest.to_vec(), &[])),
        };
        let (length, rest) = rest.split_at_checked(size)?;
        let length = length.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        let (body, rest) = rest.split_at(length.min(rest.len()));
        return Some(((head >> 2) & 15, body.to_vec(), rest));
    }
    let mut body = Vec::new();
    let mut rest = rest;
    loop {
        let (length, behind, is_part) = new_length(rest)?;
        let (part, behind) = behind.split_at(length.min(behind.len()));
        body.extend_from_slice(part);
        rest = behind;
        if !is_part {
            return Some((head & 0x3f, body, rest));
        }
    }
}

// 4.2.1: a length, and whether another part follows.
fn new_length(bytes: &[u8]) -> Option<(usize, &[u8], bool)> {
    let (first, rest) = bytes.split_first()?;
    match first {
        0..192 => Some((usize::from(*first), rest, false)),
        192..224 => {
            let (second, rest) = rest.split_first()?;
            let length = usize::from(first.saturating_sub(192)) << 8;
            Some((length.saturating_add(usize::from(*second)).saturating_add(192), rest, false))
        }
        224..255 => Some((1 << (first & 31), rest, true)),
        255 => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            Some((usize::try_from(u32::from_be_bytes(*length)).ok()?, rest, false))
        }
    }
}

fn packets(walk: &mut Walk<'_>, file: File<'_>, bytes: &[u8], depth: u32) {
    let mut left = bytes;
    for _ in 0..PACKETS_MAX {
        let Some((tag, body, rest)) = packet(left) else {
            if !left.trim_ascii().is_empty() {
                // Something stands here that is no packet, or a packet that breaks off.
                walk.mark(file.at, "malformed");
                walk.not_opened(file.at, WhyUnopened::Broken);
            }
            return;
        };
        left = rest;
        match tag {
            // Session keys, and data that is encrypted with them.
            1 | 3 | 9 | 18 | 20 => {
                walk.mark(file.at, "encrypted");
                return walk.not_opened(file.at, WhyUnopened::Encrypted);
            }
            8 if depth < DEPTH_MAX => compressed(walk, file, &body, depth),
            8 => walk.not_opened(file.at, WhyUnopened::OverBudget),
            11 => literal(walk, file, &body),
            _ => {}
        }
    }
    walk.not_opened(file.at, WhyUnopened::OverBudget);
}

fn compressed(walk: &mut Walk<'_>, file: File<'_>, body: &[u8], depth: u32) {
    let Some((method, packed)) = body.split_first() else { return };
    let most = walk.budget.unpacked_bytes_left();
    let taken = match method {
        0 => crate::bounded::read(packed, most),
        1 => crate::bounded::read(DeflateDecoder::new(packed), most),
        2 => crate::bounded::read(ZlibDecoder::new(packed), most),
        3 => crate::bounded::read(bzip2::read::BzDecoder::new(packed), most),
        _ => return walk.not_opened(file.at, WhyUnopened::Unsupported),
    };
    walk.budget.spend_unpacked(taken.bytes.len());
    match taken.end {
        End::Whole => {}
        End::Broken => walk.not_opened(file.at, WhyUnopened::Broken),
        _ => {
            walk.mark(file.at, "bomb");
            walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
    }
    packets(walk, file, &taken.bytes, depth.saturating_add(1));
}

// 5.9: a letter, the length of a name, the name, a date, the data.
fn literal(walk: &mut Walk<'_>, file: File<'_>, body: &[u8]) {
    let length = body.get(1).copied().map_or(0, usize::from);
    let name = body.get(2..length.saturating_add(2)).unwrap_or_default();
    let Some(data) = body.get(length.saturating_add(6)..) else {
        return walk.not_opened(file.at, WhyUnopened::Broken);
    };
    let name = text::decode(name, "").into_owned();
    let names = if name.is_empty() || name == "_CONSOLE" { Vec::new() } else { vec![name] };
    walk.mark(file.at, "signed_data");
    let number = walk.content.items.len();
    message::open_carried(walk, file, &format!("pgp:{number}"), (names, data));
}

#[cfg(test)]
mod tests;
