//! **Finds** a From, Sender, Reply-To or Subject whose letters are not what they seem: characters that turn the direction of text, invisible ones between letters, a run of blanks that pushes the address out of sight.
//! **Why** the reader sees another name, and filters see another word.
//! **Not** joiners and direction marks of scripts that need them, and marks beside letters of a script that runs from right to left.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::file_name;
use crate::knowledge::Knowledge;

/// Fields that people see.
const FIELDS: [&str; 4] = ["from", "sender", "reply-to", "subject"];
/// Fields of one name that are looked at.
const FIELDS_MAX: usize = 8;
/// Blanks in a row that nobody types.
const BLANK_RUN: &str = "            ";

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("disguised_header"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    for field in FIELDS {
        let texts = scan.message.all(field).take(FIELDS_MAX).map(|field| field.decoded());
        let Some(why) = texts.into_iter().find_map(|text| disguise(&text)) else { continue };
        found.push(DETECTOR.saw(Strength::FULL, Place::Header(field.into()), vec![meta(field), meta(why)]));
        return;
    }
}

fn disguise(text: &str) -> Option<&'static str> {
    if text.is_ascii() && !text.contains(BLANK_RUN) {
        return None;
    }
    let is_right_to_left = text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}'));
    if !is_right_to_left && text.chars().any(file_name::turns_direction) {
        return Some("direction_mark");
    }
    let letters: Vec<char> = text.chars().collect();
    let hidden = letters.windows(3).any(|around| match around {
        [before, mark, after] => is_invisible(*mark) && before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric(),
        _ => false,
    });
    if hidden {
        return Some("invisible_character");
    }
    let blank = |c: char| if c.is_whitespace() || is_invisible(c) { ' ' } else { c };
    text.chars().map(blank).collect::<String>().contains(BLANK_RUN).then_some("blanks")
}

/// Has no width: soft hyphen, zero-width space and joiners, word joiner, invisible operators, byte order mark.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}')
}
