//! Parts of office documents: XML of its own, and as a part of a package that is not packed.

/// One input, as an XML file and as a part of three kinds of documents.
pub(crate) fn run(data: &[u8]) {
    super::unpack_html::open(data, "text/xml", "report.xml");
    for (mark, name) in [
        ("[Content_Types].xml", "word/document.xml"),
        ("[Content_Types].xml", "xl/worksheets/sheet1.bin"),
        ("mimetype", "content.xml"),
    ] {
        let package = stored(&[(mark, b"<?xml version='1.0'?><Types/>"), (name, data)]);
        super::unpack_html::open(&package, "application/zip", "document.docx");
    }
}

/// A zip whose entries are stored as they are (APPNOTE 4.3); nobody who reads it minds the checksum.
fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in entries {
        let size = u32::try_from(data.len()).unwrap_or(0).to_le_bytes();
        let length = u16::try_from(name.len()).unwrap_or(0).to_le_bytes();
        let offset = u32::try_from(bytes.len()).unwrap_or(0).to_le_bytes();
        let common = [&[10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &size, &size, &length, &[0, 0]].concat();
        bytes.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), data].concat());
        directory.extend([b"PK\x01\x02\x0a\x00", common.as_slice(), &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = u16::try_from(entries.len()).unwrap_or(0).to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap_or(0).to_le_bytes();
    let offset = u32::try_from(bytes.len()).unwrap_or(0).to_le_bytes();
    [bytes.as_slice(), &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &offset, &[0, 0]].concat()
}
