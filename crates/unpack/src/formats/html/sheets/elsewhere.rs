//! Sheets that some programs apply and others do not: in what is shown where scripts, plug-ins or frames are not, in comments that one
//! program reads, in `data:` addresses.

use lol_html::html_content::Element;

use super::{Sheets, run};
use crate::formats::html::sheet::{Holds, Sheet};
use crate::formats::html::{attributes, data, tags};

/// What such sheets stand in: how it begins, and how it ends.
const PLACES: [(&str, &str); 4] =
    [("<!--", "-->"), ("<noscript", "</noscript"), ("<noembed", "</noembed"), ("<noframes", "</noframes")];
/// Of these so many are read that have a sheet.
const PLACES_MAX: usize = 1_000;

/// Reads those in comments and in what is shown instead of something else. They hold for some, so what they draw is told.
pub(super) fn read(html: &str, to: &mut Sheet) {
    let mut count = 0_usize;
    for (begin, end) in PLACES {
        let mut rest = html;
        while let Some(at) = tags::find(rest, begin) {
            rest = rest.get(at.saturating_add(begin.len())..).unwrap_or_default();
            if begin == "<!--" && tags::behind_condition(rest).is_none() {
                continue;
            }
            let (inner, after) =
                rest.split_at_checked(tags::find(rest, end).unwrap_or(rest.len())).unwrap_or((rest, ""));
            rest = after;
            if tags::find(inner, "<style").is_none() {
                continue;
            }
            count = count.saturating_add(1);
            if count > PLACES_MAX {
                to.is_cut = true;
                return;
            }
            let sheets = Sheets::default();
            run(inner, (&sheets, &Sheets::default()));
            let all = sheets.take();
            all.iter().for_each(|(css, _)| to.read_elsewhere(css));
        }
    }
}

/// The sheet that a link carries itself.
pub(super) fn linked(element: &Element<'_, '_>) -> Option<(String, Holds)> {
    let rel = attributes::lower(element, "rel")?;
    if !rel.split_ascii_whitespace().any(|word| word == "stylesheet") {
        return None;
    }
    let target = element.get_attribute("href")?;
    let data = data::open(&attributes::decoded(&target))?;
    Some((String::from_utf8_lossy(&data.bytes).into_owned(), Holds::Maybe))
}
