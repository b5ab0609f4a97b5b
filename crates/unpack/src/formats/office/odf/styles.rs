//! Styles that hide what has them (ODF 1.3-3, 16.2, 20.190, 20.283), and the grounds of cells and shapes (20.182, 20.100).

use std::collections::{HashMap, HashSet};

use crate::formats::office::shaded::shade_of;
use crate::formats::xml::{self, Event, Tag};

/// Styles that one is like, in a row.
const PARENTS_MAX: usize = 16;

/// Names of hiding styles, by what they are for; and shades.
#[derive(Debug, Default)]
pub(super) struct Styles {
    text: HashSet<String>,
    tables: HashSet<String>,
    cells: Shades,
    shapes: Shades,
    letters: Shades,
}

/// Shades by the names of their styles: none where nothing is painted.
#[derive(Debug, Default)]
struct Shades {
    own: HashMap<String, Option<u8>>,
    parents: HashMap<String, String>,
}

impl Shades {
    fn of(&self, name: &str) -> Option<u8> {
        let mut name = name;
        for _ in 0..PARENTS_MAX {
            if let Some(shade) = self.own.get(name) {
                return *shade;
            }
            name = self.parents.get(name)?;
        }
        None
    }
}

impl Styles {
    /// Notes those of a part.
    pub(super) fn read(&mut self, xml: &str) {
        let (mut name, mut family) = (String::new(), String::new());
        xml::read(xml, &mut |event| {
            let Event::Start(tag) = event else { return };
            match tag.name() {
                "style" => {
                    name = tag.attribute("name").unwrap_or_default();
                    family = tag.attribute("family").unwrap_or_default();
                    if let (Some(shades), Some(parent)) = (self.shades(&family), tag.attribute("parent-style-name")) {
                        shades.parents.insert(name.clone(), parent);
                    }
                }
                "text-properties" => {
                    let is_hidden = tag.attributes().any(|(name, value)| match name {
                        "display" => value == "none",
                        "font-size" => matches!(value.as_str(), "0pt" | "1pt" | "0.5pt"),
                        _ => false,
                    });
                    if is_hidden {
                        self.text.insert(name.clone());
                    }
                    if let Some(shade) = ground(tag).filter(|_| family == "text") {
                        self.letters.own.insert(name.clone(), shade);
                    }
                }
                "table-properties" if tag.attribute("display").is_some_and(|value| value == "false") => {
                    self.tables.insert(name.clone());
                }
                "table-cell-properties" | "graphic-properties" => {
                    if let (Some(shades), Some(shade)) = (self.shades(&family), ground(tag)) {
                        shades.own.insert(name.clone(), shade);
                    }
                }
                _ => {}
            }
        });
    }

    fn shades(&mut self, family: &str) -> Option<&mut Shades> {
        match family {
            "table-cell" => Some(&mut self.cells),
            "graphic" | "presentation" => Some(&mut self.shapes),
            "text" => Some(&mut self.letters),
            _ => None,
        }
    }

    pub(super) fn hide_text(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.text.contains(name))
    }

    pub(super) fn hide_table(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.tables.contains(name))
    }

    /// The shade of the cells that have this style.
    pub(super) fn shade_of_cell(&self, name: &str) -> Option<u8> {
        self.cells.of(name)
    }

    /// The same of letters.
    pub(super) fn shade_of_letters(&self, name: &str) -> Option<u8> {
        self.letters.of(name)
    }

    /// The same of shapes.
    pub(super) fn shade_of_shape(&self, name: &str) -> Option<u8> {
        self.shapes.of(name)
    }
}

/// What a style says of the ground: nothing, that there is none, or its shade.
fn ground(tag: &Tag<'_>) -> Option<Option<u8>> {
    let is = |name: &str, value: &str| tag.attribute(name).is_some_and(|own| own.trim() == value);
    if is("fill", "none") || is("opacity", "0%") {
        return Some(None);
    }
    tag.attribute("background-color").or_else(|| tag.attribute("fill-color")).map(|colour| shade_of(&colour))
}
