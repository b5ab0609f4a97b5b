//! CMS, the envelope of S/MIME (RFC 5652, RFC 8551; RFC 3274, RFC 5083): what was signed without being shown beside its
//! signature is taken out, what is compressed is unpacked, what is encrypted is said. Signatures are not verified here.

mod element;

use flate2::read::ZlibDecoder;
use scan::content::WhyUnopened;

use crate::bounded::End;
use crate::formats::lines::decode_base64;
use crate::formats::message;
use crate::formats::signed::element::Element;
use crate::unpack::{File, Walk};

/// 1.2.840.113549.1.7, of which `data`, `signedData` and so on are 1, 2 ...
const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";
/// 1.2.840.113549.1.9.16.1, of which `authData`, `compressedData`, `authEnvelopedData` are 2, 9, 23.
const SMIME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01";
/// Bytes in which the identifier must stand.
const HEAD_BYTES: usize = 24;
/// The line that begins the content in letters.
const ARMOUR: [&[u8]; 2] = [b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----"];

/// Reads an envelope by its declared type or its name.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let written = ARMOUR.iter().find_map(|line| file.bytes.trim_ascii_start().strip_prefix(*line));
    let body = match written {
        Some(body) => Some(body.get(..memchr::memmem::find(body, b"-----END").unwrap_or(body.len())).unwrap_or(body)),
        // Left in its transfer encoding: mail programs undo it once more.
        None => file.bytes.trim_ascii_start().starts_with(b"MI").then_some(file.bytes),
    };
    let decoded = body.and_then(|body| std::str::from_utf8(body).ok()).and_then(decode_base64);
    let is_vague = matches!(walk.kind(file.at), "unknown" | "p7m" | "pdf");
    let is_sequence = matches!(file.bytes, [0x30, 0x80..=0x84, ..]);
    if decoded.is_none() && !is_sequence && (file.bytes.is_empty() || !is_vague) {
        // Something else under this name: it is read as what it is.
        return;
    }
    read(walk, file, decoded.as_deref().unwrap_or(file.bytes));
}

/// Reads bytes without a name or type if they are an envelope.
pub(crate) fn open_unnamed(walk: &mut Walk<'_>, file: File<'_>) {
    let head = file.bytes.get(..HEAD_BYTES).unwrap_or(file.bytes);
    if walk.kind(file.at) == "p7m" {
        return;
    }
    if head.starts_with(b"\x30") && (memchr::memmem::find(head, PKCS7).or(memchr::memmem::find(head, SMIME))).is_some()
    {
        read(walk, file, file.bytes);
    }
}

fn read(walk: &mut Walk<'_>, file: File<'_>, bytes: &[u8]) {
    let content = Element::read(bytes).map(|(outer, _)| outer).filter(|outer| outer.tag == element::SEQUENCE);
    let parts: Vec<Element<'_>> = content.iter().flat_map(|content| content.children().take(2)).collect();
    let [kind @ Element { tag: element::IDENTIFIER, .. }, rest @ ..] = parts.as_slice() else {
        walk.mark(file.at, "malformed");
        return walk.not_opened(file.at, WhyUnopened::Broken);
    };
    walk.set_kind(file.at, "p7m");
    let own = kind.content.strip_prefix(PKCS7).or_else(|| kind.content.strip_prefix(SMIME));
    let is_smime = kind.content.starts_with(SMIME);
    let inner = rest.first().and_then(|wrapped| wrapped.children().next());
    match (is_smime, own) {
        // envelopedData, signedAndEnvelopedData, encryptedData; authEnvelopedData
        (false, Some(b"\x03" | b"\x04" | b"\x06")) | (true, Some(b"\x17")) => {
            walk.mark(file.at, "encrypted");
            walk.not_opened(file.at, WhyUnopened::Encrypted);
        }
        // data
        (false, Some(b"\x01")) => take(walk, file, inner.map(|inner| inner.octets())),
        // signedData, digestedData; authData
        (false, Some(b"\x02" | b"\x05")) | (true, Some(b"\x02")) => {
            let octets = inner.as_ref().and_then(encapsulated);
            if octets.is_some() {
                walk.mark(file.at, "signed_data");
            }
            take(walk, file, octets);
        }
        // compressedData
        (true, Some(b"\x09")) => {
            let packed = inner.as_ref().and_then(encapsulated).unwrap_or_default();
            let taken = crate::bounded::read(ZlibDecoder::new(packed.as_slice()), walk.budget.unpacked_bytes_left());
            walk.budget.spend_unpacked(taken.bytes.len());
            take(walk, file, Some(taken.bytes));
            match taken.end {
                End::Whole => {}
                End::Broken => walk.not_opened(file.at, WhyUnopened::Broken),
                _ => {
                    walk.mark(file.at, "bomb");
                    walk.not_opened(file.at, WhyUnopened::OverBudget);
                }
            }
        }
        _ => walk.not_opened(file.at, WhyUnopened::Unsupported),
    }
}

/// The content that a structure carries: a sequence of a type and, tagged 0, the octets. None where they stand elsewhere.
fn encapsulated(structure: &Element<'_>) -> Option<Vec<u8>> {
    structure.children().filter(|part| part.tag == element::SEQUENCE).find_map(|part| {
        let mut parts = part.children();
        let (kind, content) = (parts.next()?, parts.next()?);
        let is_content = kind.tag == element::IDENTIFIER && content.tag == element::CONTEXT_0;
        if is_content { content.children().next().map(|octets| octets.octets()) } else { None }
    })
}

fn take(walk: &mut Walk<'_>, file: File<'_>, octets: Option<Vec<u8>>) {
    let Some(octets) = octets else { return };
    let names = walk.content.items.get(file.at).map(|item| item.names.clone()).unwrap_or_default();
    // `contract.pdf.p7m` holds `contract.pdf`.
    let names = names.iter().filter_map(|name| {
        let (stem, ending) = name.rsplit_once('.')?;
        let is_own = ["p7m", "p7s", "p7z", "p7"].contains(&ending.to_ascii_lowercase().as_str());
        (is_own && stem.contains('.')).then(|| stem.to_owned())
    });
    message::open_carried(walk, file, "cms:0", (names.collect(), &octets));
}

#[cfg(test)]
mod tests;
