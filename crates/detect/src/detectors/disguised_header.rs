//! **Finds** a From, Sender, Reply-To or Subject whose letters are not what they seem: characters that turn the direction of
//! text, invisible ones between letters, a run of blanks that pushes the address out of sight.
//! **Why** the reader sees another name, and filters see another word.
//! **Not** joiners and direction marks of scripts that need them, marks beside letters of a script that runs from right to left
//! (but for those that reverse letters), and the indent of a continued line.
//! **Strength** full; 0.5 for one or two soft hyphens, joiners or marks in a Subject, and for plain blanks in a Subject or as
//! they pad names of a fixed width.

use std::borrow::Cow;

use mail::decode::words;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::{file_name, seen, sender};

/// Fields that people see.
const FIELDS: [&str; 4] = ["from", "sender", "reply-to", "subject"];
/// Fields of one name that are looked at.
const FIELDS_MAX: usize = 8;
/// Blanks in a row that nobody types.
const RUN_MIN: usize = 12;
/// Plain blanks in a row that push a name out of sight; columns and names of a fixed width have fewer.
const PUSHING_RUN_MIN: usize = 40;
/// Blanks at the start of a continued line that are there to look good.
const INDENT_MAX: usize = 32;
/// Marks in a Subject that hyphenation and copied text leave.
const MARKS_MAX: usize = 2;
/// Letters of a script that runs from right to left which are a word, set apart by marks in a text of another script.
const WORD_LETTERS_MIN: usize = 3;
/// Of a text that runs from right to left every fourth letter at least is of such a script.
const LETTERS_FOR_ONE: usize = 4;
/// Of what honest mail has too.
const WEAK: Strength = Strength::HALF;

/// Why, and how clearly.
type Disguise = (&'static str, Strength);

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("disguised_header"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let mut clearest: Option<Evidence> = None;
    for name in FIELDS {
        for field in scan.message.all(name).take(FIELDS_MAX) {
            let text = words::decode(unfolded(field.raw_value()).trim_ascii()).text;
            let Some((why, strength)) = disguise(name, &text) else { continue };
            if clearest.as_ref().is_none_or(|known| known.strength < strength) {
                clearest = Some(DETECTOR.saw(strength, Place::Header(name.into()), vec![meta(name), meta(why)]));
            }
        }
    }
    found.extend(clearest);
}

// RFC 5322 2.2.3, but that the indent of a continued line is one blank.
fn unfolded(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut text = Vec::with_capacity(value.len());
    for line in value.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        // Lines of nothing but blanks look good to nobody.
        let is_indent = indent <= INDENT_MAX && indent < line.len();
        let dropped = if is_indent { indent.saturating_sub(1) } else { 0 };
        text.extend(line.iter().skip(dropped).filter(|byte| **byte != b'\r'));
    }
    Cow::Owned(text)
}

fn disguise(field: &str, text: &str) -> Option<Disguise> {
    if text.is_ascii() {
        return blanks(field, text);
    }
    let turned = text.chars().filter(|c| runs_right_to_left(*c)).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_right_to_left = turned > 0 && turned.saturating_mul(LETTERS_FOR_ONE) >= letters;
    // Marks set words of another direction apart. What reverses letters stands in no honest text.
    let is_set_apart = is_right_to_left || turned >= WORD_LETTERS_MIN;
    let misleads = |c: char| matches!(c, '\u{202d}' | '\u{202e}') || (!is_set_apart && file_name::turns_direction(c));
    if text.chars().any(misleads) {
        return Some(("direction_mark", Strength::FULL));
    }
    let found = [hidden(field, text, is_right_to_left), blanks(field, text)];
    found.into_iter().flatten().reduce(|known, next| if next.1 > known.1 { next } else { known })
}

// A letter of Hebrew, Arabic and their kin: marks and digits of theirs turn nothing around them.
fn runs_right_to_left(c: char) -> bool {
    let is_of_script = matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    is_of_script && c.is_alphabetic()
}

fn hidden(field: &str, text: &str, is_right_to_left: bool) -> Option<Disguise> {
    // In an address, and in what is shown as one, the signs count as letters.
    let is_letter = |c: char| c.is_ascii_alphanumeric() || (field != "subject" && matches!(c, '@' | '.'));
    // Text that runs from right to left needs marks of direction beside Latin letters, too.
    let directs = |c: char| file_name::turns_direction(c) || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}');
    let hides = |c: char| seen::is_unseen(c) && !(is_right_to_left && directs(c));
    let (mut before, mut marks, mut others) = (' ', 0_usize, 0_usize);
    let (mut marks_between, mut others_between) = (0_usize, 0_usize);
    for c in text.chars() {
        if hides(c) {
            let count = if is_copied_mark(c) { &mut marks_between } else { &mut others_between };
            *count = count.saturating_add(1);
            continue;
        }
        if is_letter(before) && is_letter(c) {
            marks = marks.saturating_add(marks_between);
            others = others.saturating_add(others_between);
        }
        (before, marks_between, others_between) = (c, 0, 0);
    }
    let is_weak = field == "subject" && others == 0 && marks <= MARKS_MAX;
    let strength = if is_weak { WEAK } else { Strength::FULL };
    (marks > 0 || others > 0).then_some(("invisible_character", strength))
}

// Soft hyphens, joiners and marks that texts bring along from where they were copied.
const fn is_copied_mark(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn blanks(field: &str, text: &str) -> Option<Disguise> {
    let mut clearest: Option<Strength> = None;
    let mut rest = text;
    let mut shows_address = false;
    while let Some(at) = rest.find(is_blank) {
        let (before, from) = rest.split_at_checked(at)?;
        let end = from.find(|c: char| !is_blank(c)).unwrap_or(from.len());
        let (run, after) = from.split_at_checked(end)?;
        rest = after;
        shows_address = shows_address || sender::address_domain_in(before).is_some();
        let count = run.chars().count();
        if count < RUN_MIN {
            continue;
        }
        let is_plain = run.bytes().all(|byte| byte == b' ');
        let pushes = count >= PUSHING_RUN_MIN || (shows_address && !after.starts_with('<') && !before.ends_with(','));
        let strength = if is_plain && (field == "subject" || !pushes) { WEAK } else { Strength::FULL };
        clearest = clearest.filter(|known| *known >= strength).or(Some(strength));
    }
    clearest.map(|strength| ("blanks", strength))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || seen::is_unseen(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, text: &str, expected: Option<(&str, Strength)>) {
        let unfolded = String::from_utf8(unfolded(text.as_bytes()).into_owned()).expect("text");
        assert_eq!(disguise(field, &unfolded), expected, "{field}: {text:?}");
    }

    #[test]
    fn one_letter_from_right_to_left_excuses_nothing() {
        let turned = Some(("direction_mark", Strength::FULL));
        check("subject", "pay \u{202e}fdp.exe \u{5d0}", turned);
        check("subject", "pay \u{202e}fdp.ex\u{61c}", turned);
        check("subject", "\u{202d}pay\u{202c} \u{645}", turned);
        check("from", "pay \u{202e}fdp \u{fef0}", turned);
        check("subject", "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}fdp.exe", turned);
        check("subject", "pay \u{2067}fdp.exe \u{5d0}", turned);
        check("subject", "pay\u{61c}pal", Some(("invisible_character", Strength::FULL)));
        check("from", "ceo\u{200f}@corp.example \u{5d0}", Some(("invisible_character", Strength::FULL)));
    }

    #[test]
    fn text_from_right_to_left_has_its_marks() {
        check("subject", "\u{202b}\u{5e9}\u{5dc}\u{5d5}\u{5dd} Hello\u{202c}", None);
        check("subject", "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{200e}Hello\u{200e} \u{202a}ABC\u{202c}", None);
        check("subject", "\u{645}\u{631}\u{62d}\u{628}\u{627} A\u{200e}B 12\u{200e}34", None);
        check("subject", "Contract of \u{2068}\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{2069} for the year to come", None);
        check("from", "\u{2067}\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{2069} <alice@sender.example>", None);
        check("subject", "\u{1e900}\u{1e901} \u{2068}ABC\u{2069}", None);
    }

    #[test]
    fn a_mark_in_a_subject_is_weak() {
        let (weak, full) = (Some(("invisible_character", WEAK)), Some(("invisible_character", Strength::FULL)));
        check("subject", "News\u{ad}letter", weak);
        check("subject", "Donau\u{ad}dampf\u{ad}schiff", weak);
        check("subject", "Auf\u{200c}lage", weak);
        check("subject", "Grundst\u{fc}\u{ad}ck", None);
        check("subject", "p\u{200b}a\u{200b}y\u{200b}pal", full);
        check("subject", "pay\u{200b}\u{200b}\u{200b}pal", full);
        check("subject", "pass\u{3164}word", full);
        check("from", "pay\u{ad}pal <x@evil.example>", full);
    }

    #[test]
    fn blanks_are_weighed_by_where_they_stand() {
        let (weak, full) = (Some(("blanks", WEAK)), Some(("blanks", Strength::FULL)));
        let run = |count| " ".repeat(count);
        check("subject", &format!("Report:\r\n{}Q3", run(21)), None);
        check("from", &format!("Alice\r\n{}<alice@sender.example>", run(21)), None);
        check("from", &format!("\"CEO <ceo@corp.example>\r\n{}x\" <x@evil.example>", run(60)), full);
        check("from", &format!("\"CEO\r\n{0}\r\n{0}\r\n{0}x\" <x@evil.example>", run(20)), full);
        check("subject", &format!("Invoice 12345{}EUR 100", run(15)), weak);
        check("subject", &format!("Invoice {} x", "\u{3164}".repeat(60)), full);
        check("subject", &format!("Invoice{}x", "\t".repeat(26)), full);
        check("from", &format!("\"ALICE DUCKS{}\" <alice@sender.example>", run(19)), weak);
        check("from", &format!("alice@sender.example{}<alice@sender.example>", run(19)), weak);
        check("reply-to", &format!("alice@sender.example,{}bob@sender.example", run(19)), weak);
        check("from", &format!("\"CEO <ceo@corp.example>{}x\" <x@evil.example>", run(19)), full);
        check("from", &format!("\"CEO{}x\" <x@evil.example>", run(60)), full);
        check("from", &format!("\"CEO{}\" <x@evil.example>", "\u{3164}".repeat(60)), full);
        check("subject", &format!("Angebot{}Nr. 3", run(11)), None);
    }
}
