//! Parts of a package that are neither text nor cells: properties, connections, links to other books, data that a document
//! carries along. Source: ECMA-376-1, parts 15.2, 18.13, 18.14; MS-CUSTOMUI.

use scan::content::LinkKind;

use crate::formats::connection;
use crate::formats::office::ooxml::book::see_dde;
use crate::formats::office::{self, Found, Layer};
use crate::formats::xml::{self, Event, Outcome, Tag};

/// Reads a part of a kind that has no reader of its own: its text is kept as not shown.
pub(super) fn read(xml: &str, found: &mut Found) -> Outcome {
    let mut text = String::new();
    xml::read(xml, &mut |event| match event {
        Event::Start(tag) => see(tag, found),
        Event::Text(piece) => text.push_str(piece),
        Event::End(_) => {
            let line = text.trim();
            if office::is_telling(line) {
                found.line(Layer::Other, line);
            }
            text.clear();
        }
    })
}

fn see(tag: &Tag<'_>, found: &mut Found) {
    match tag.name() {
        "ddeLink" => {
            found.mark("dde");
            let (service, topic) = (tag.attribute("ddeService"), tag.attribute("ddeTopic"));
            found.line(Layer::Hidden, &format!("{}|{}", service.unwrap_or_default(), topic.unwrap_or_default()));
        }
        "webPr" => found.fetched(&tag.attribute("url").unwrap_or_default(), "external_link"),
        "dbPr" => {
            for text in [tag.attribute("connection"), tag.attribute("command")].into_iter().flatten() {
                found.line(Layer::Other, &text);
                for server in connection::servers(&text) {
                    found.mark("external_link");
                    found.link(&server, "", LinkKind::Fetched);
                }
            }
        }
        "textPr" => found.fetched(&tag.attribute("sourceFile").unwrap_or_default(), "external_link"),
        "connection" => {
            for name in ["odcFile", "sourceFile"] {
                found.fetched(&tag.attribute(name).unwrap_or_default(), "external_link");
            }
        }
        "ocx" => found.mark("activex"),
        // What a control shows, or where it gets it.
        "ocxPr" => found.fetched(&tag.attribute("value").unwrap_or_default(), "external_link"),
        "customUI" => {
            // A ribbon can call a macro of another file as it loads.
            if let Some(call) = tag.attribute("onLoad").filter(|call| call.contains(['\\', '/'])) {
                found.mark("auto_run");
                see_dde(found, &call);
            }
        }
        "HyperlinkBase" => {}
        "taskpane" | "webextension" => found.mark("external_link"),
        "reference" => {
            if let Some(store) = tag.attribute("store").filter(|store| office::is_remote(store)) {
                found.link(&store, "", LinkKind::Fetched);
            }
        }
        _ => {}
    }
}
