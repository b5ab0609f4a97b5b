//! Names and media types of files that become another kind when their macros go (MS-OFFMACRO, IANA's registrations).

use crate::disarm::NewKind;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const WORD_TEMPLATE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.template";
const BOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const BOOK_TEMPLATE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.template";
const SHOW: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const SHOW_TEMPLATE: &str = "application/vnd.openxmlformats-officedocument.presentationml.template";
const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.slideshow";

/// Content type of the main part with macros, that of the kind without, the ending and the media type of such a file.
pub(super) const KINDS: [(&str, &str, NewKind); 7] = [
    (
        "application/vnd.ms-word.document.macroenabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        NewKind { ending: "docx", media_type: WORD },
    ),
    (
        "application/vnd.ms-word.template.macroenabledtemplate.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        NewKind { ending: "dotx", media_type: WORD_TEMPLATE },
    ),
    (
        "application/vnd.ms-excel.sheet.macroenabled.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        NewKind { ending: "xlsx", media_type: BOOK },
    ),
    (
        "application/vnd.ms-excel.template.macroenabled.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
        NewKind { ending: "xltx", media_type: BOOK_TEMPLATE },
    ),
    (
        "application/vnd.ms-powerpoint.presentation.macroenabled.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        NewKind { ending: "pptx", media_type: SHOW },
    ),
    (
        "application/vnd.ms-powerpoint.template.macroenabled.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        NewKind { ending: "potx", media_type: SHOW_TEMPLATE },
    ),
    (
        "application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        NewKind { ending: "ppsx", media_type: SLIDES },
    ),
];

/// The kind of this ending, if it is one that files become.
#[must_use]
pub fn new_kind(ending: &str) -> Option<NewKind> {
    KINDS.iter().map(|(_, _, kind)| *kind).find(|kind| kind.ending == ending)
}

/// Endings that a file with macros has.
const MACRO_ENDINGS: [&str; 7] = ["docm", "dotm", "xlsm", "xltm", "pptm", "potm", "ppsm"];

/// The name that a disarmed file has: `report.docm` becomes `report.docx`. Any other ending stays: it was never the right one.
#[must_use]
pub fn renamed(name: &str, kind: Option<NewKind>) -> String {
    let Some(kind) = kind else { return name.to_owned() };
    let trimmed = name.trim_end_matches(['.', ' ']);
    match trimmed.rsplit_once('.') {
        Some((stem, ending)) if MACRO_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) => {
            format!("{stem}.{}", kind.ending)
        }
        _ => name.to_owned(),
    }
}
