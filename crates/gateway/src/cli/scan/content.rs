//! What stands in a message, as the detectors saw it: every file, also inside containers, with its type, marks and links.

use scan::content::{Content, Item, Link, LinkKind};
use serde_json::{Value, json};

use crate::cli::output;
use crate::cli::table::harmless;

/// Links of one item that are printed; JSON has all.
const LINKS_SHOWN_MAX: usize = 20;
/// Columns that a level of containers moves to the right.
const INDENT: usize = 2;

/// Prints the tree.
pub(super) fn print(content: &Content) {
    for item in &content.items {
        print_item(item);
    }
    for one in &content.unopened {
        output::print(&format!("  {} could not be looked into: {}\n", harmless(&one.place), one.why.word()));
    }
}

fn print_item(item: &Item) {
    let depth = item.place.matches('/').count();
    let indent = " ".repeat(INDENT + depth * INDENT);
    let names: String = item.names.iter().map(|name| format!(" {:?}", harmless(name))).collect();
    let declared =
        if item.declared.is_empty() { String::new() } else { format!(", declared {}", harmless(&item.declared)) };
    output::print(&format!(
        "{indent}{} {}{declared}, {} bytes{names}\n",
        harmless(&item.place),
        harmless(&item.kind),
        item.size,
    ));
    if is_file(item) {
        output::print(&format!("{indent}  sha256: {}\n", sha256(item)));
    }
    if !item.marks.is_empty() {
        output::print(&format!("{indent}  marks: {}\n", item.marks.join(" ")));
    }
    for one in &item.matches {
        let kind = if one.is_listed { "list entry" } else { "rule" };
        let reason = if one.reason.is_empty() { String::new() } else { format!(": {}", harmless(&one.reason)) };
        let (rule, set) = (harmless(&one.rule), harmless(&one.set));
        output::print(&format!("{indent}  {kind}: {rule} of {set} ({}){reason}\n", one.severity));
    }
    for link in item.links.iter().take(LINKS_SHOWN_MAX) {
        let text = if link.text.is_empty() { String::new() } else { format!("  {:?}", harmless(&link.text)) };
        output::print(&format!("{indent}  {}: {}{text}\n", kind_word(link.kind), harmless(&link.target)));
    }
    if item.links.len() > LINKS_SHOWN_MAX {
        output::print(&format!("{indent}  and {} links more\n", item.links.len() - LINKS_SHOWN_MAX));
    }
}

// What lists of hashes and `rescan` name: no text, no page that the message itself shows, and nothing whose bytes are not to be had.
fn is_file(item: &Item) -> bool {
    let is_text = item.kind == "text" || (item.inline && ["html", "xhtml"].contains(&item.kind.as_str()));
    !is_text && !item.sha256.is_empty()
}

fn sha256(item: &Item) -> String {
    data_encoding::HEXLOWER.encode(&item.sha256)
}

/// The documented JSON form.
pub(super) fn json(content: &Content) -> Value {
    let items: Vec<Value> = content.items.iter().map(item).collect();
    let unopened: Vec<Value> =
        content.unopened.iter().map(|one| json!({ "place": one.place, "why": one.why.word() })).collect();
    json!({ "items": items, "unopened": unopened })
}

fn item(item: &Item) -> Value {
    let matches: Vec<Value> = item
        .matches
        .iter()
        .map(|one| json!({ "rule": one.rule, "set": one.set, "severity": one.severity, "reason": one.reason }))
        .collect();
    json!({
        "place": item.place,
        "type": item.kind,
        "names": item.names,
        "declared": item.declared,
        "size": item.size,
        "sha256": sha256(item),
        "tlsh": item.tlsh,
        "marks": item.marks,
        "matches": matches,
        "links": item.links.iter().map(link).collect::<Vec<_>>(),
        "text_bytes": item.text.len(),
        "hidden_text_bytes": item.hidden_text.len(),
    })
}

fn link(link: &Link) -> Value {
    let normal = mail::links::normal(&link.target);
    let host = normal.map(|normal| normal.host).unwrap_or_default();
    json!({ "target": link.target, "text": link.text, "kind": kind_word(link.kind), "host": host })
}

/// Where a link stands, as a stable word.
const fn kind_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Text => "text",
        LinkKind::Anchor => "anchor",
        LinkKind::Image => "image",
        LinkKind::Form => "form",
        LinkKind::Other => "other",
        LinkKind::Redirect => "redirect",
        LinkKind::Script => "script",
        LinkKind::Fetched => "fetched",
        LinkKind::Code => "code",
        LinkKind::Field => "field",
    }
}
