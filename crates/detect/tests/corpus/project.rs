//! Documents with a macro project, made when a test runs: enough of MS-OVBA to be read, nothing that runs.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Source of the module, by what it does.
fn source(deed: &str) -> &'static str {
    match deed {
        "plain" => "Attribute VB_Name = \"Module1\"\r\nSub Total()\r\n  Cells(1, 1) = 5\r\nEnd Sub\r\n",
        "auto" => "Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\n  MsgBox \"hello\"\r\nEnd Sub\r\n",
        "acts" => "Attribute VB_Name = \"Module1\"\r\nSub Go()\r\n  Shell \"calc.exe\", 1\r\nEnd Sub\r\n",
        "both" => {
            "Attribute VB_Name = \"Module1\"\r\nSub Document_Open()\r\n  CreateObject(\"WScript.Shell\").Run \"calc\"\r\nEnd Sub\r\n"
        }
        other => panic!("no macro does {other:?}"),
    }
}

/// A document of this kind (`docm`, `xlsm`) with one module.
pub(crate) fn document(kind: &str, deed: &str) -> Vec<u8> {
    let (folder, main) = if kind == "xlsm" { ("xl", "workbook.xml") } else { ("word", "document.xml") };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| {
        writer.start_file(name, SimpleFileOptions::default()).expect("zip");
        writer.write_all(bytes).expect("zip");
    };
    add(
        "[Content_Types].xml",
        b"<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
    );
    add(&format!("{folder}/{main}"), b"<?xml version=\"1.0\"?><x/>");
    add(&format!("{folder}/vbaProject.bin"), &project(source(deed)));
    writer.finish().expect("zip").into_inner()
}

fn project(source: &str) -> Vec<u8> {
    let mut directory = [record(0x01, &[0; 4]), record(0x03, &1252_u16.to_le_bytes())].concat();
    directory.extend([9, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
    for (id, body) in [(0x19, b"Module1".as_slice()), (0x1a, b"Module1"), (0x31, &[0; 4]), (0x2b, b"")] {
        directory.extend(record(id, body));
    }
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a compound file");
    file.create_storage("/VBA").expect("a storage");
    for (name, bytes) in [
        ("/PROJECT", b"ID=\"{0}\"".to_vec()),
        ("/VBA/_VBA_PROJECT", b"\xcc\x61\xff\xff".to_vec()),
        ("/VBA/Module1", packed(source.as_bytes())),
        ("/VBA/dir", packed(&directory)),
    ] {
        file.create_stream(name).expect("a stream").write_all(&bytes).expect("a stream");
    }
    file.into_inner().into_inner()
}

fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).expect("a short record");
    [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat()
}

/// MS-OVBA 2.4.1 without copies: chunks of literals.
fn packed(text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1];
    for chunk in text.chunks(3_000) {
        let body: Vec<u8> = chunk.chunks(8).flat_map(|eight| std::iter::once(0).chain(eight.iter().copied())).collect();
        bytes.extend((0xb000 | (u16::try_from(body.len()).expect("a chunk") - 1)).to_le_bytes());
        bytes.extend(body);
    }
    bytes
}
