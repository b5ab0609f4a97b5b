//! Styles that hide what has them (ODF 1.3-3, 16.2, 20.190, 20.283).

use std::collections::HashSet;

use crate::formats::xml::{self, Event};

/// Names of hiding styles, by what they are for.
#[derive(Debug, Default)]
pub(super) struct Styles {
    text: HashSet<String>,
    tables: HashSet<String>,
}

impl Styles {
    /// Notes those of a part.
    pub(super) fn read(&mut self, xml: &str) {
        let mut name = String::new();
        xml::read(xml, &mut |event| {
            let Event::Start(tag) = event else { return };
            match tag.name() {
                "style" => name = tag.attribute("name").unwrap_or_default(),
                "text-properties" => {
                    let is_hidden = tag.attributes().any(|(name, value)| match name {
                        "display" => value == "none",
                        "font-size" => matches!(value.as_str(), "0pt" | "1pt" | "0.5pt"),
                        _ => false,
                    });
                    if is_hidden {
                        self.text.insert(name.clone());
                    }
                }
                "table-properties" if tag.attribute("display").is_some_and(|value| value == "false") => {
                    self.tables.insert(name.clone());
                }
                _ => {}
            }
        });
    }

    pub(super) fn hide_text(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.text.contains(name))
    }

    pub(super) fn hide_table(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.tables.contains(name))
    }
}
