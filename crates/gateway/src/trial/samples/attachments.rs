//! Attachments, made at run time so that no scanner stumbles over our own program or repository.

use std::io::{Cursor, Write as _};

use serde::Deserialize;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

/// What an attachment holds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Pdf,
    Archive,
    Eicar,
    ProgramArchive,
    EncryptedArchive,
    Form,
    Oversize,
}

/// The bytes.
pub(super) fn make(kind: Kind, size_limit: u64) -> Vec<u8> {
    match kind {
        Kind::Pdf => pdf(),
        Kind::Archive => archive("site.txt", b"a picture in words", None),
        Kind::Eicar => eicar(),
        Kind::ProgramArchive => archive("scan.pdf.exe", &program(), None),
        Kind::EncryptedArchive => archive("contract.doc", b"text", Some("not in this mail")),
        Kind::Form => {
            b"<html><form action=\"https://collect.mailer.example/p\"><input type=password name=p></form><script>1</script></html>"
                .to_vec()
        }
        // Base64 adds a third.
        Kind::Oversize => vec![7; usize::try_from(size_limit).unwrap_or(0) / 4 * 3 + 4096],
    }
}

/// The generic test for unsolicited bulk mail, from halves.
pub(super) fn gtube() -> String {
    ["XJS*C4JDBQADN1.NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"].concat()
}

// The EICAR test file, from halves.
fn eicar() -> Vec<u8> {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

// A Windows program by its magic bytes, without any code.
fn program() -> Vec<u8> {
    let mut bytes = vec![0; 512];
    let head: [(usize, &[u8]); 3] = [(0, b"MZ"), (0x3c, &[0x80, 0, 0, 0]), (0x80, b"PE\0\0")];
    for (at, part) in head {
        if let Some(place) = bytes.get_mut(at..at + part.len()) {
            place.copy_from_slice(part);
        }
    }
    bytes
}

// A zip archive with one file; with a password it is encrypted. Writing to memory does not fail; if it did, the sample
// would be an empty archive.
fn archive(name: &str, bytes: &[u8], password: Option<&str>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    let options = match password {
        Some(password) => plain.with_aes_encryption(AesMode::Aes256, password),
        None => plain,
    };
    let started = writer.start_file(name, options).map_err(std::io::Error::other);
    if started.and_then(|()| writer.write_all(bytes)).is_err() {
        return Vec::new();
    }
    writer.finish().map(Cursor::into_inner).unwrap_or_default()
}

// One page that says hello.
fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
      3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>endobj\n\
      4 0 obj<</Length 36>>stream\nBT /F1 12 Tf 20 50 Td (Hello) Tj ET\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        .to_vec()
}
