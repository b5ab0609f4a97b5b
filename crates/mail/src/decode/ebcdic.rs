//! EBCDIC, the charsets of mainframes, as far as its code pages agree, and as code page 037 has the rest of ASCII: what Jakarta
//! Mail and GMime still read. Other characters are not known.

/// Code pages of EBCDIC by number.
const PAGES: [u16; 27] = [
    37, 273, 274, 275, 277, 278, 280, 281, 284, 285, 290, 297, 420, 424, 500, 870, 871, 1026, 1047, 1140, 1141, 1142,
    1143, 1144, 1145, 1146, 1148,
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

/// It is a name of one of the pages: `IBM037`, `cp500`, `ebcdic-cp-us`.
pub(super) fn is_named(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    if label.starts_with("ebcdic") {
        return true;
    }
    let number = ["csibm", "ibm", "cp"].iter().find_map(|prefix| label.strip_prefix(prefix));
    let page = number.and_then(|number| number.trim_start_matches(['-', '_']).parse::<u16>().ok());
    page.is_some_and(|page| PAGES.contains(&page))
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
