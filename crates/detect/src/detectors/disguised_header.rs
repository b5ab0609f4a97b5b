//! **Finds** a From, Sender, Reply-To or Subject whose letters are not what they seem: characters that turn the direction of text, invisible ones between letters, a run of blanks that pushes the address out of sight.
//! **Why** the reader sees another name, and filters see another word.
//! **Not** joiners and direction marks of scripts that need them, and marks beside letters of a script that runs from right to left.
//! **Strength** full.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::{file_name, seen};

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
        let Some(why) = texts.into_iter().find_map(|text| disguise(field, &text)) else { continue };
        found.push(DETECTOR.saw(Strength::FULL, Place::Header(field.into()), vec![meta(field), meta(why)]));
        return;
    }
}

fn disguise(field: &str, text: &str) -> Option<&'static str> {
    let is_right_to_left = text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}'));
    if !is_right_to_left && text.chars().any(file_name::turns_direction) {
        return Some("direction_mark");
    }
    // In an address, and in what is shown as one, the signs count as letters.
    let is_letter = |c: char| c.is_ascii_alphanumeric() || (field != "subject" && matches!(c, '@' | '.'));
    // Text that runs from right to left needs marks of direction beside Latin letters, too.
    let directs = |c: char| file_name::turns_direction(c) || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}');
    let hides = |c: char| seen::is_unseen(c) && !(is_right_to_left && directs(c));
    let mut before = ' ';
    let mut is_hidden = false;
    for c in text.chars() {
        if hides(c) {
            is_hidden = true;
            continue;
        }
        if is_hidden && is_letter(before) && is_letter(c) {
            return Some("invisible_character");
        }
        (before, is_hidden) = (c, false);
    }
    let blank = |c: char| if c.is_whitespace() || seen::is_unseen(c) { ' ' } else { c };
    text.chars().map(blank).collect::<String>().contains(BLANK_RUN).then_some("blanks")
}
