//! Names of attachments, as a system that opens them by their ending reads them.

use mail::names;

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

/// A character that turns the direction of text: `invoice\u{202e}fdp.exe` is shown as `invoiceexe.pdf`.
pub(crate) const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
