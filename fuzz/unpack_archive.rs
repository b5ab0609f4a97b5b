//! Archives and packed streams of every kind but zip; the first byte chooses one, so that changes reach its reader.

/// Magic of each kind.
const MAGIC: [&[u8]; 17] = [
    b"",
    b"\x1f\x8b\x08",
    b"BZh9",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"\x1f\x9d",
    b"LZIP\x01",
    b"MSCF\x00\x00\x00\x00",
    b"!<arch>\n",
    b"070701",
    b"\xed\xab\xee\xdb",
    b"\x00\x05\x16\x00",
    b"\x04\x22\x4d\x18",
    b"\x02\x21\x4c\x18",
    b"SZDD\x88\xf0\x27\x33A",
    b"SZ\x20\x88\xf0\x27\x33\xd1",
    b"KWAJ\x88\xf0\x27\xd1",
];

/// One input.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let magic = MAGIC.get(usize::from(*first) % MAGIC.len()).copied().unwrap_or_default();
    let whole = if magic.is_empty() || rest.starts_with(magic) { rest.to_vec() } else { [magic, rest].concat() };
    super::unpack_html::open(&whole, "application/octet-stream", "archive.bin");
}
