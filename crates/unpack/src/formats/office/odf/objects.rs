//! What an OpenDocument element brings besides text: objects, forms, templates, data of other programs, events.

use scan::content::LinkKind;

use crate::formats::office::{Found, Layer};
use crate::formats::xml::Tag;

/// Elements whose address is fetched when the document is opened, whatever they show.
const FETCHING: [&str; 15] = [
    "image",
    "object",
    "object-ole",
    "plugin",
    "applet",
    "floating-frame",
    "section-source",
    "background-image",
    "fill-image",
    "sound",
    "table-source",
    "cell-range-source",
    "auto-reload",
    "connection-resource",
    "audio",
];

/// Notes what an element brings with it.
pub(super) fn see(found: &mut Found, tag: &Tag<'_>) {
    let name = tag.name();
    let target = || tag.attribute("href").unwrap_or_default();
    match name {
        "object-ole" => found.mark("embedded_object"),
        "control" => {}
        "form" | "button" => found.link(&target(), "", LinkKind::Form),
        // A part of a picture (10.4.13.2).
        "area-rectangle" | "area-circle" | "area-polygon" => found.link(&target(), "", LinkKind::Anchor),
        "template" => found.fetched(&target(), "remote_template"),
        "dde-source" | "dde-connection-decl" => {
            found.mark("dde");
            let parts =
                ["dde-application", "dde-topic", "dde-item"].map(|name| tag.attribute(name).unwrap_or_default());
            found.line(Layer::Hidden, &parts.join("|"));
        }
        "event-listener" | "event" => see_event(found, tag),
        _ => {}
    }
    if FETCHING.contains(&name) {
        found.fetched(&target(), "external_link");
    }
}

/// What happens by itself or at a click.
fn see_event(found: &mut Found, tag: &Tag<'_>) {
    let target = tag.attribute("href").or_else(|| tag.attribute("macro-name")).unwrap_or_default();
    let action = tag.attribute("action").unwrap_or_default();
    if action == "execute" {
        found.mark("launch");
    }
    if target.starts_with("vnd.sun.star.script:")
        || target.starts_with("macro:")
        || tag.attribute("macro-name").is_some()
    {
        found.mark("auto_run");
        found.mark("macro");
        found.line(Layer::Other, &target);
    } else if !target.is_empty() {
        found.link(&target, "", LinkKind::Other);
    }
}
