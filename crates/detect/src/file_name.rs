//! Names of attachments, as a system that opens them by their ending reads them.

/// Endings that a desktop runs when they are opened.
const RUN_BY_OPENING: [&str; 38] = [
    "appref-ms",
    "bat",
    "chm",
    "cmd",
    "com",
    "cpl",
    "diagcab",
    "dll",
    "exe",
    "gadget",
    "hta",
    "jar",
    "jnlp",
    "js",
    "jse",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "pif",
    "ps1",
    "psm1",
    "reg",
    "scf",
    "scr",
    "sct",
    "settingcontent-ms",
    "url",
    "vb",
    "vbe",
    "vbs",
    "wsc",
    "wsf",
    "wsh",
    "xll",
    "iqy",
];
/// Endings that people trust.
const DOCUMENTS: [&str; 25] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "rtf", "csv", "odt", "ods", "jpg", "jpeg", "png", "gif",
    "bmp", "tif", "tiff", "mp3", "mp4", "wav", "htm", "html", "eml",
];

/// The ending in lower case, without dot; what Windows cuts off (dots and blanks at the end, a stream name) is cut off.
pub(crate) fn ending(name: &str) -> Option<String> {
    let (stem, ending) = split(name)?;
    (!stem.is_empty()).then(|| ending.to_lowercase())
}

/// An ending that is run by opening.
pub(crate) fn is_run_by_opening(ending: &str) -> bool {
    RUN_BY_OPENING.contains(&ending)
}

/// A document's ending before one that is run: `invoice.pdf.exe`, `invoice.pdf          .exe`.
pub(crate) fn has_two_endings(name: &str) -> bool {
    let Some((stem, last)) = split(name) else { return false };
    let Some(before) = ending(stem) else { return false };
    is_run_by_opening(&last.to_lowercase()) && DOCUMENTS.contains(&before.as_str())
}

fn split(name: &str) -> Option<(&str, &str)> {
    let name = name.rsplit(['/', '\\']).next()?;
    let name = name.split(':').next()?.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, ending) = name.rsplit_once('.')?;
    Some((stem, ending.trim()))
}

/// A character that turns the direction of text: `invoice\u{202e}fdp.exe` is shown as `invoiceexe.pdf`.
pub(crate) const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
