//! What the project must not hold is made when a test runs, see corpus/README.md: `{{eicar}}`, `{{exe}}`, `{{zip NAME KIND}}` ...

use data_encoding::BASE64;

/// Fills every marker.
pub(super) fn fill(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, marker, behind)) = next(rest) {
        out.extend_from_slice(before);
        match marker {
            "eicar" => out.extend_from_slice(&eicar()),
            "eicar-base64" => out.extend_from_slice(BASE64.encode(&eicar()).as_bytes()),
            _ => out.extend_from_slice(&in_lines(&BASE64.encode(&made(marker)))),
        }
        rest = behind;
    }
    out.extend_from_slice(rest);
    out
}

fn next(text: &[u8]) -> Option<(&[u8], &str, &[u8])> {
    let start = text.windows(2).position(|two| two == b"{{")?;
    let inside = text.get(start + 2..)?;
    let end = inside.windows(2).position(|two| two == b"}}")?;
    Some((text.get(..start)?, std::str::from_utf8(inside.get(..end)?).ok()?, inside.get(end + 2..)?))
}

// The anti-virus test file, put together so that it stands nowhere.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*"].concat().into_bytes()
}

fn made(marker: &str) -> Vec<u8> {
    match *marker.split(' ').collect::<Vec<_>>() {
        ["zip", name, kind] => zip(name, &file(kind), 0),
        // The bit that says encrypted, and bytes that nobody can read.
        ["zip-encrypted", name, kind] => zip(name, &[file(kind), vec![0x5a; 12]].concat(), 1),
        [kind] => file(kind),
        _ => Vec::new(),
    }
}

// Enough of each format to be recognised, nothing that runs.
fn file(kind: &str) -> Vec<u8> {
    match kind {
        "exe" => {
            let mut bytes = [b"MZ".as_slice(), &[0; 0x3a], b"\x80\0\0\0"].concat();
            bytes.resize(0x80, 0);
            bytes.extend_from_slice(b"PE\0\0");
            bytes.resize(0x100, 0);
            bytes
        }
        "elf" => [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 64]].concat(),
        "lnk" => [b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".as_slice(), &[0; 64]].concat(),
        "eicar" => eicar(),
        _ => b"Minutes of the meeting.\r\n".to_vec(),
    }
}

// One stored file (APPNOTE 4.3): local header, data, central header, end.
pub(super) fn zip(name: &str, data: &[u8], flags: u16) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes();
    let name_length = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
    let common = [
        20_u16.to_le_bytes().as_slice(),
        &flags.to_le_bytes(),
        &[0; 6],
        &crc32fast::hash(data).to_le_bytes(),
        &length,
        &length,
        &name_length,
        &[0; 2],
    ]
    .concat();
    let local = [b"PK\x03\x04".as_slice(), &common, name.as_bytes(), data].concat();
    let central = [b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 14], name.as_bytes()].concat();
    let size = u32::try_from(central.len()).unwrap_or(0).to_le_bytes();
    let at = u32::try_from(local.len()).unwrap_or(0).to_le_bytes();
    [local.as_slice(), &central, b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &size, &at, &[0; 2]].concat()
}

fn in_lines(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(76).collect::<Vec<_>>().join(b"\r\n".as_slice())
}
