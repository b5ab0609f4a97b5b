//! EBCDIC, the charsets of mainframes, as far as its code pages agree, and as code page 037 has the rest of ASCII: what Jakarta
//! Mail and GMime still read. Other characters are not known.

/// Code pages of EBCDIC by number.
const PAGES: [u16; 30] = [
    37, 273, 274, 275, 277, 278, 280, 281, 284, 285, 290, 297, 420, 424, 500, 870, 871, 905, 1026, 1047, 1140, 1141,
    1142, 1143, 1144, 1145, 1146, 1147, 1148, 1149,
];

/// Sixteen characters a row from 0x40 on; a blank where pages differ.
const ROWS: [&[u8; 16]; 12] = [
    b"           .<(+|",
    b"&         !$*); ",
    b"-/         ,%_>?",
    b"         `:#@'=\"",
    b" abcdefghi      ",
    b" jklmnopqr      ",
    b" ~stuvwxyz      ",
    b"^         []    ",
    b"{ABCDEFGHI      ",
    b"}JKLMNOPQR      ",
    b"\\ STUVWXYZ      ",
    b"0123456789      ",
];

/// The number of the code page that a label names: `IBM037`, `x-ibm-1047`, `cp500`, `ebcdic-cp-us`; whatever is called EBCDIC
/// otherwise is taken for the usual one. None where it names another charset.
#[must_use]
pub fn page(label: &str) -> Option<u16> {
    let label = label.to_ascii_lowercase();
    match label.as_str() {
        "ebcdic-cp-be" | "ebcdic-cp-ch" | "ebcdic-international" => return Some(500),
        label if label.starts_with("ebcdic") => return Some(37),
        _ => {}
    }
    let number = ["csibm", "x-ibm", "ibm", "cp"].iter().find_map(|prefix| label.strip_prefix(prefix))?;
    let page = number.trim_start_matches(['-', '_']).parse().ok()?;
    PAGES.contains(&page).then_some(page)
}

pub(super) fn decode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| character(*byte)).collect()
}

fn character(byte: u8) -> char {
    match byte {
        0x05 => '\t',
        0x0d => '\r',
        0x15 | 0x25 => '\n',
        0x40 => ' ',
        byte => {
            let at = usize::from(byte).checked_sub(0x40);
            let shown = at.and_then(|at| ROWS.get(at / 16)?.get(at % 16)).filter(|shown| **shown != b' ');
            shown.map_or(char::REPLACEMENT_CHARACTER, |shown| char::from(*shown))
        }
    }
}
