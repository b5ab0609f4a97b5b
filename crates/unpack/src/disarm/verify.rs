//! Is there anything left in a file that does something? Asked of everything before it is called clean or disarmed.

use mail::names;
use scan::content::{Item, WhyUnopened};

use crate::budget::Budget;
use crate::request::{Part, Request};
use crate::unpack::unpack;

/// Marks that no harmless file has.
const ACTIVE: [&str; 41] = [
    "eicar",
    "polyglot",
    "encrypted",
    "unopened_container",
    "bomb",
    "path_name",
    "zip_conflict",
    "zip_overlap",
    "dtd",
    "nested_ambiguous",
    "script",
    "event_handler",
    "form",
    "password_field",
    "iframe",
    "object",
    "refresh",
    "smuggling",
    "data_url",
    "clipboard_write",
    "srcdoc",
    "auto_run",
    "macro",
    "macro_code",
    "xlm",
    "dde",
    "remote_template",
    "external_link",
    "embedded_object",
    "embedded_file",
    "equation",
    "activex",
    "formula",
    "javascript",
    "launch",
    "open_action",
    "submit_form",
    "xfa",
    "remote_goto",
    "rich_media",
    "command_line",
];
/// More of them.
const ACTIVE_ELSEWHERE: [&str; 4] = ["icon_disguise", "autorun_inf", "external_body", "partial"];

/// True types of what runs, installs or leads somewhere by itself.
const RUNNING: [&str; 37] = [
    "exe",
    "elf",
    "macho",
    "lnk",
    "chm",
    "hlp",
    "dex",
    "scpt",
    "wasm",
    "lua",
    "javaobject",
    "script",
    "js",
    "vba",
    "hta",
    "jar",
    "apk",
    "appx",
    "msix",
    "msi",
    "deb",
    "rpm",
    "url",
    "scf",
    "inf",
    "theme",
    "rdp",
    "reg",
    "iqy",
    "slk",
    "msc",
    "jnlp",
    "sct",
    "wsf",
    "settingcontent-ms",
    "library-ms",
    "search-ms",
];
/// Containers and documents that nobody here writes anew, and of which not all is read.
const CLOSED: [&str; 7] = ["swf", "onenote", "mde", "pst", "iso", "img", "vhd"];
/// Endings of names that make a text run.
const RUN_ENDINGS: [&str; 34] = [
    "js",
    "jse",
    "vbs",
    "vbe",
    "vb",
    "bas",
    "wsf",
    "wsh",
    "wsc",
    "sct",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    "com",
    "sh",
    "hta",
    "url",
    "lnk",
    "reg",
    "scf",
    "inf",
    "msc",
    "jnlp",
    "iqy",
    "oqy",
    "slk",
    "rdp",
    "theme",
    "desktop",
    "application",
    "py",
    "pl",
    "website",
];

/// What it does, in words; none if it does nothing that the readers see, and they saw all of it.
pub(super) fn active(part: &Part, budget: &Budget) -> Option<String> {
    let request = Request { parts: vec![part.clone()], ..Request::default() };
    let content = unpack(&request, &mut budget.afresh());
    if content.unopened.iter().any(|one| one.why == WhyUnopened::Encrypted) {
        return Some("it is encrypted".to_owned());
    }
    if let Some(item) = content.items.iter().find_map(active_item) {
        return Some(item);
    }
    let unopened = content.unopened.first();
    unopened.map(|one| format!("it could not be opened whole: {}", one.why.word()))
}

fn active_item(item: &Item) -> Option<String> {
    let kind = item.kind.as_str();
    if RUNNING.contains(&kind) || CLOSED.contains(&kind) {
        return Some(format!("it is, or holds, a file of the kind {kind}"));
    }
    let mut endings = item.names.iter().flat_map(|name| names::endings(name));
    let runs = endings.find(|ending| names::is_run_by_opening(ending) || RUN_ENDINGS.contains(&ending.as_str()));
    if let Some(ending) = runs {
        return Some(format!("it is, or holds, a file that ends in .{ending}"));
    }
    let is_active = |mark: &&String| ACTIVE.contains(&mark.as_str()) || ACTIVE_ELSEWHERE.contains(&mark.as_str());
    item.marks.iter().find(is_active).map(|mark| format!("it still shows {mark}"))
}
