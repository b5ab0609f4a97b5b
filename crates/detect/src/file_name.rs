//! Names of attachments, as a system that opens them by their ending reads them.

use mail::names;

use crate::seen;

/// Endings that people trust.
const DOCUMENTS: [&str; 25] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "rtf", "csv", "odt", "ods", "jpg", "jpeg", "png", "gif",
    "bmp", "tif", "tiff", "mp3", "mp4", "wav", "htm", "html", "eml",
];

/// A document's ending before one that is run: `invoice.pdf.exe`, `invoice.pdf          .exe`.
pub(crate) fn has_two_endings(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.split(':').any(|piece| {
        let Some((stem, _)) = names::without_end(piece).rsplit_once('.') else { return false };
        let runs = names::endings(piece).iter().any(|ending| names::is_run_by_opening(ending));
        runs && names::endings(stem).iter().any(|ending| DOCUMENTS.contains(&ending.as_str()))
    })
}

/// Bytes of an ending that is compared with those that are run.
const ENDING_BYTES_MAX: usize = 64;
/// Short for "Russian" in names of files; its letters look like those of compiled Python.
const RUSSIAN: &str = "\u{440}\u{443}\u{441}";

/// An ending that people read as one that is run and no system does: `a.\u{435}xe` with a Cyrillic letter, `a.\u{ff4a}\u{ff53}`.
pub(crate) fn looks_run(name: &str) -> bool {
    let Some((_, ending)) = names::without_end(name).rsplit_once('.') else { return false };
    if ending.is_ascii() || ending.len() > ENDING_BYTES_MAX || ending == RUSSIAN {
        return false;
    }
    let read: String = seen::folded(ending).to_lowercase().chars().map(latin_twin).collect();
    let runs = |ending: &String| names::is_run_by_opening(ending);
    runs(&read) && !names::endings(name).iter().any(runs)
}

/// Small letters of Cyrillic and Greek that no eye tells from Latin ones.
const fn latin_twin(c: char) -> char {
    match c {
        '\u{430}' | '\u{3b1}' => 'a',
        '\u{441}' | '\u{3f2}' => 'c',
        '\u{501}' => 'd',
        '\u{435}' => 'e',
        '\u{4bb}' => 'h',
        '\u{456}' | '\u{3b9}' | '\u{131}' => 'i',
        '\u{458}' | '\u{3f3}' => 'j',
        '\u{3ba}' => 'k',
        '\u{4cf}' => 'l',
        '\u{43e}' | '\u{3bf}' => 'o',
        '\u{440}' | '\u{3c1}' => 'p',
        '\u{455}' => 's',
        '\u{3c4}' => 't',
        '\u{475}' | '\u{3bd}' => 'v',
        '\u{51d}' => 'w',
        '\u{445}' | '\u{3c7}' => 'x',
        '\u{443}' => 'y',
        other => other,
    }
}

/// Bytes of the five groups of digits of a class id.
const CLASS_ID_GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// `invoice.txt.{3050f4d8-98b5-11cf-bb82-00aa00bdce0b}`: Windows hides the class id, and opens the file by it.
pub(crate) fn ends_in_class_id(name: &str) -> bool {
    let Some(id) = names::without_end(name).strip_suffix('}').and_then(|name| name.rsplit_once(".{")) else {
        return false;
    };
    let groups = id.1.split('-');
    groups.clone().map(str::len).eq(CLASS_ID_GROUPS)
        && groups.flat_map(str::bytes).all(|digit| digit.is_ascii_hexdigit())
}

/// A character that turns the direction of text: `invoice\u{202e}fdp.exe` is shown as `invoiceexe.pdf`.
pub(crate) const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
