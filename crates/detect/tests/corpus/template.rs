//! What the project must not hold is made when a test runs: `{{eicar}}` in plain text; `{{exe}}`, `{{elf}}`, `{{lnk}}`,
//! `{{zip NAME KIND}}`, `{{zip-encrypted NAME KIND}}`, `{{zip-conflict NAME OTHER}}`, `{{zip-twice}}`, `{{zip-prefixed}}`, `{{docx}}`,
//! `{{docx-macro}}` as base64 for a part that declares it; `{{unpack FOLDER/FILE}}` is a file of `crates/unpack/testdata` as
//! base64, so that documents stand in the tree once;
//! `{{docm DEED}}` and `{{xlsm DEED}}` have a macro that does `plain`, `auto`, `acts` or `both`.

use std::io::{Cursor, Write};

use data_encoding::BASE64;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

use crate::project;

/// Fills every marker.
pub(crate) fn fill(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some(start) = memchr::memmem::find(rest, b"{{") {
        let end = start + memchr::memmem::find(&rest[start..], b"}}").expect("}} after {{");
        out.extend_from_slice(&rest[..start]);
        let marker = std::str::from_utf8(&rest[start + 2..end]).expect("a marker");
        match marker {
            "eicar" => out.extend_from_slice(&eicar()),
            "eicar-base64" => out.extend_from_slice(BASE64.encode(&eicar()).as_bytes()),
            _ => out.extend_from_slice(in_lines(&BASE64.encode(&made(marker))).as_bytes()),
        }
        rest = &rest[end + 2..];
    }
    out.extend_from_slice(rest);
    out
}

/// The anti-virus test file, put together so that it stands nowhere.
pub(crate) fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*"].concat().into_bytes()
}

fn made(marker: &str) -> Vec<u8> {
    let words: Vec<&str> = marker.split(' ').collect();
    match words[..] {
        ["zip", name, kind] => zip(name, kind, SimpleFileOptions::default()),
        ["zip-encrypted", name, kind] => {
            zip(name, kind, SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "secret"))
        }
        // The directory says NAME, the entry itself OTHER, which is as long.
        ["zip-conflict", name, other] => {
            let mut bytes = zip(name, "text", SimpleFileOptions::default());
            let at = memchr::memmem::find(&bytes, name.as_bytes()).expect("the entry's own name");
            bytes[at..at + name.len()].copy_from_slice(other.as_bytes());
            bytes
        }
        ["zip-twice"] => {
            let one = |name| zip(name, "text", SimpleFileOptions::default());
            [one("first.txt"), one("second.txt")].concat()
        }
        ["zip-prefixed"] => [b"GIF89a".to_vec(), zip("picture.txt", "text", SimpleFileOptions::default())].concat(),
        ["unpack", file] => {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../unpack/testdata");
            std::fs::read(folder.join(file)).expect("a file of crates/unpack/testdata")
        }
        [kind @ ("docm" | "xlsm"), deed] => project::document(kind, deed),
        ["docx"] => docx(&["[Content_Types].xml", "word/document.xml"]),
        ["docx-macro"] => docx(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]),
        [kind] => file(kind),
        _ => panic!("no marker is called {marker:?}"),
    }
}

// Enough of each format to be recognised, nothing that runs.
fn file(kind: &str) -> Vec<u8> {
    match kind {
        "exe" => {
            let mut bytes = vec![0_u8; 0x100];
            bytes[..2].copy_from_slice(b"MZ");
            bytes[0x3c] = 0x80;
            bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
            bytes
        }
        "elf" => [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 64]].concat(),
        "lnk" => [b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".as_slice(), &[0; 64]].concat(),
        "eicar" => eicar(),
        "text" => b"Minutes of the meeting.\r\n".to_vec(),
        other => panic!("no file is called {other:?}"),
    }
}

fn docx(names: &[&str]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        writer.start_file(*name, SimpleFileOptions::default()).expect("zip");
        writer.write_all(b"<?xml version=\"1.0\"?><x/>").expect("zip");
    }
    writer.finish().expect("zip").into_inner()
}

fn zip(name: &str, kind: &str, options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, options).expect("zip");
    writer.write_all(&file(kind)).expect("zip");
    writer.finish().expect("zip").into_inner()
}

fn in_lines(text: &str) -> String {
    let lines: Vec<&str> = text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    lines.join("\r\n")
}
