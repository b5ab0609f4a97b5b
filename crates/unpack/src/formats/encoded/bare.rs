//! Base64 without anything around it: a file that is called so is nothing but that, and programs open it as the file that it stands
//! for (7-Zip; `certutil`, also between lines of dashes).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::bounded::{End, Taken};
use crate::formats::archives::Member;
use crate::unpack::{File, Walk};

/// Endings of such files.
const ENDINGS: [&str; 2] = [".b64", ".base64"];
/// Padding may be there or not, and what is behind the last whole byte does not count.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Opens a file that is base64 as a whole, if its name says so.
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let mut names = walk.content.items.get(file.at).into_iter().flat_map(|item| &item.names);
    let Some(name) = names.find_map(|name| inner(name)).map(str::to_owned) else { return };
    let Some(coded) = letters(file.bytes) else { return };
    let mut bytes = decode(&coded);
    if bytes.is_empty() || !walk.may_open(file) {
        return;
    }
    let most = usize::try_from(walk.budget.unpacked_bytes_left()).unwrap_or(usize::MAX);
    let end = if bytes.len() > most { End::OverBudget } else { End::Whole };
    bytes.truncate(most);
    walk.budget.spend_unpacked(bytes.len());
    walk.member(file, Member::named("b64:0".to_owned(), name.as_bytes()), &Taken { bytes, end });
}

/// The name of what is in it.
fn inner(name: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| {
        let (inner, own) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        own.eq_ignore_ascii_case(ending).then_some(inner)
    })
}

/// Its letters; nothing where something else stands among them.
fn letters(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut letters = Vec::with_capacity(text.len());
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-----")) {
        letters.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
    }
    let is_coded = letters.iter().all(|byte| is_letter(*byte) || *byte == b'=');
    is_coded.then_some(letters)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Base64 as patient programs read it: what is no letter of it is passed over, and it may end anywhere.
pub(in crate::formats) fn decode(text: &[u8]) -> Vec<u8> {
    let mut letters: Vec<u8> = text.iter().copied().filter(|byte| is_letter(*byte)).collect();
    // A letter alone is no byte.
    if letters.len() & 3 == 1 {
        letters.pop();
    }
    LENIENT.decode(letters).unwrap_or_default()
}
