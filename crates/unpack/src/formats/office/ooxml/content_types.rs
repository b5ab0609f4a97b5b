//! What kind of document the content types say it is: office programs open it as that (ECMA-376-2, 6.2.3).

use crate::formats::office::ooxml::relations::plain;
use crate::formats::xml::{self, Event, Outcome};

/// A piece of the main part's content type, and the kind. The first that fits counts.
const KINDS: &[(&str, &str)] = &[
    ("word.document.macroenabled.main", "docm"),
    ("word.template.macroenabledtemplate.main", "dotm"),
    ("wordprocessingml.template.main", "dotx"),
    ("wordprocessingml.document.main", "docx"),
    ("excel.sheet.binary.macroenabled.main", "xlsb"),
    ("excel.sheet.macroenabled.main", "xlsm"),
    ("excel.template.macroenabled.main", "xltm"),
    ("excel.addin.macroenabled.main", "xlam"),
    ("spreadsheetml.template.main", "xltx"),
    ("spreadsheetml.sheet.main", "xlsx"),
    ("powerpoint.presentation.macroenabled.main", "pptm"),
    ("powerpoint.slideshow.macroenabled.main", "ppsm"),
    ("powerpoint.template.macroenabled.main", "potm"),
    ("powerpoint.addin.macroenabled.main", "ppam"),
    ("presentationml.slideshow.main", "ppsx"),
    ("presentationml.template.main", "potx"),
    ("presentationml.presentation.main", "pptx"),
];

/// The kind, if a main part is named.
pub(super) fn kind(xml: &str) -> (Option<&'static str>, Outcome) {
    let mut best: Option<usize> = None;
    let outcome = xml::read(xml, &mut |event| {
        let Event::Start(tag) = event else { return };
        let Some(content_type) = tag.attribute("ContentType") else { return };
        let content_type = content_type.to_ascii_lowercase();
        let number = KINDS.iter().position(|(piece, _)| content_type.contains(piece));
        best = match (best, number) {
            (Some(best), Some(number)) => Some(best.min(number)),
            (best, number) => best.or(number),
        };
    });
    (best.and_then(|number| KINDS.get(number)).map(|(_, kind)| *kind), outcome)
}

/// The content types of parts that are named one by one: names as relations have them, types in lower case without parameters.
pub(super) fn of_parts(xml: &str) -> Vec<(String, String)> {
    let mut types = Vec::new();
    xml::read(xml, &mut |event| {
        let Event::Start(tag) = event else { return };
        if let (Some(name), Some(content_type)) = (tag.attribute("PartName"), tag.attribute("ContentType")) {
            let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            types.push((plain(&name), essence));
        }
    });
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_known_word() {
        for (piece, kind) in KINDS {
            assert!(scan::types::is_known(kind), "{piece}: {kind}");
            let types =
                format!("<Types><Override PartName='/x' ContentType='application/vnd.ms-{piece}+xml'/></Types>");
            assert!(super::kind(&types).0.is_some(), "{piece}");
        }
    }
}
