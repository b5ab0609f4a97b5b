//! Contacts: vCard 2.1 to 4.0 (RFC 2426, RFC 6350). Names, addresses, links, pictures.

use scan::content::LinkKind;

use crate::formats::{calendar, lines};
use crate::text;
use crate::unpack::{File, Walk};

/// Values that are shown.
const SHOWN: [&str; 12] =
    ["FN", "N", "ORG", "TITLE", "ROLE", "NICKNAME", "NOTE", "ADR", "LABEL", "EMAIL", "TEL", "CATEGORIES"];
/// Values that are addresses or files.
const LINKS: [&str; 10] = ["URL", "PHOTO", "LOGO", "SOUND", "KEY", "SOURCE", "IMPP", "CALURI", "FBURL", "CALADRURI"];

/// Reads a card, or several.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let card = text::decode(file.bytes, file.charset);
    if !card.to_ascii_uppercase().contains("BEGIN:VCARD") {
        return;
    }
    walk.set_kind(file.at, "vcard");
    let mut children = 0_u32;
    for line in lines::read(&card) {
        if walk.budget.is_late() {
            return walk.not_opened(file.at, scan::content::WhyUnopened::OverTime);
        }
        let name = line.name.as_str();
        match name {
            _ if SHOWN.contains(&name) => {
                // Parts of a name or an address are apart by semicolons.
                let value = if matches!(name, "N" | "ADR" | "ORG") { line.value.replace(';', " ") } else { line.value };
                let shown = value.split_whitespace().collect::<Vec<&str>>().join(" ");
                walk.add_links_of_text(file.at, &value, LinkKind::Field);
                walk.add_text(file.at, &shown);
            }
            _ if LINKS.contains(&name) => match line.bytes() {
                Some(bytes) => calendar::add_child(walk, file, &line, (&bytes, &mut children)),
                None => calendar::add_target(walk, file.at, line.value.trim(), ""),
            },
            "BEGIN" | "END" | "VERSION" | "PRODID" | "UID" | "REV" => {}
            _ => walk.add_links_of_text(file.at, &line.value, LinkKind::Field),
        }
    }
}
