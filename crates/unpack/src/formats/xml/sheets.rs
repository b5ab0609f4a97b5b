//! Sheets that an XML text names for its viewer (`<?xml-stylesheet ...?>`): each is a link. A transformation (XSLT) that the text brings
//! along, in a `data:` address or as an element of its own, is a script: browsers run it, and what it writes is a page with scripts of
//! its own. One that lies elsewhere is a link alone, as honest invoices and feeds have it. What transformations make is not reckoned out:
//! theirs is read as a page, as it stands. Sources: Associating Style Sheets with XML documents 1.0 (second edition) 3, XSLT 1.0 2.7.

use quick_xml::events::BytesStart;
use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::html::data::{self, Data};
use crate::formats::xml::{Event, Tag, read};
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// By which an instruction begins.
const BEGIN: &str = "<?xml-stylesheet";
/// Sheets of one text that are looked at.
const SHEETS_MAX: usize = 1_000;
/// The vocabularies of transformations: of XSLT, and of the draft that old programs know.
const VOCABULARIES: [&str; 2] = ["http://www.w3.org/1999/XSL/Transform", "http://www.w3.org/TR/WD-xsl"];

/// A sheet by what its instruction says.
struct Sheet {
    href: String,
    /// Lower case, without parameters; empty where nothing is said.
    kind: String,
}

impl Sheet {
    /// Browsers differ in which types they take for a transformation (`text/xsl`, `text/xml`, of feeds too); of one that is said to be
    /// for looks none does.
    fn is_transformation(&self) -> bool {
        !matches!(self.kind.as_str(), "" | "text/css")
    }
}

/// Adds the sheets of a text as links, and opens the transformations that it brings along. Are there any sheets?
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>, xml: &str) -> bool {
    let sheets: Vec<Sheet> = sheets(xml).collect();
    if sheets.len() > SHEETS_MAX {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    let (mut opened, mut is_embedded) = (0_usize, false);
    // What is of two kinds is read twice.
    let is_known = has_opened(walk, file.at);
    for sheet in sheets.iter().take(SHEETS_MAX) {
        is_embedded |= sheet.is_transformation() && sheet.href.trim_start().starts_with('#');
        let is_data = sheet.is_transformation() && data::is_data(&sheet.href);
        if is_data && !is_known {
            walk.mark(file.at, "script");
            if let Some(data) = data::open(&sheet.href) {
                open_data(walk, file, opened, &data);
                opened = opened.saturating_add(1);
            }
        }
        let mut target = sheet.href.clone();
        if is_data {
            text::cut(&mut target, data::KEPT_BYTES);
        }
        walk.add_link(file.at, Link { target, text: String::new(), kind: LinkKind::Other });
    }
    if is_embedded && has_transformation(xml) {
        walk.mark(file.at, "script");
        walk.add_other_page(file.at, xml, file.base);
    }
    !sheets.is_empty()
}

/// The instructions of a text, one more than are looked at. Wherever they stand: only in front of the root do they count, but what
/// stands there is a matter of how a reader takes what is broken.
fn sheets(xml: &str) -> impl Iterator<Item = Sheet> {
    let sheets = xml.split(BEGIN).skip(1).filter_map(|rest| {
        let instruction = rest.split("?>").next()?;
        // They are written as attributes, references and all.
        let tag = Tag { start: BytesStart::from_content(instruction, 0) };
        let kind = tag.attribute("type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        tag.attribute("href").map(|href| Sheet { href, kind })
    });
    // Those that name nothing take no room.
    sheets.take(SHEETS_MAX.saturating_add(1))
}

/// Its bytes are read as a page: so is what comes of it.
fn open_data(walk: &mut Walk<'_>, file: File<'_>, number: usize, data: &Data) {
    if u64::try_from(data.bytes.len()).unwrap_or(u64::MAX) > walk.budget.unpacked_bytes_left() {
        return walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    walk.budget.spend_unpacked(data.bytes.len());
    let leaf = Leaf { declared: "text/html", charset: &data.charset, inline: true, is_read: true, ..Leaf::default() };
    walk.child(file, &format!("sheet:{number}"), leaf, &data.bytes);
}

fn has_opened(walk: &Walk<'_>, at: usize) -> bool {
    let items = &walk.content.items;
    let Some(item) = items.get(at) else { return false };
    let step = |place: &str| place.strip_prefix(item.place.as_str()).is_some_and(|rest| rest == "/sheet:0");
    items.iter().skip(at).any(|item| step(&item.place))
}

/// Does an element of it belong to a vocabulary of transformations? What cannot be read to its end may have one behind that.
fn has_transformation(xml: &str) -> bool {
    let mut is_one = false;
    let outcome = read(xml, &mut |event| {
        if let Event::Start(tag) = event {
            is_one = is_one || tag.attributes().any(|(_, value)| VOCABULARIES.contains(&value.trim()));
        }
    });
    let is_cut = outcome.is_broken || outcome.is_too_deep;
    is_one || (is_cut && VOCABULARIES.iter().any(|name| xml.contains(name)))
}
