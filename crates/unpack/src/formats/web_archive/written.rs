//! The form of a property list in XML: data in base64, each value behind its key. Its text is read as that of any XML.

use std::borrow::Cow;

use crate::formats::encoded::bare::decode;
use crate::formats::web_archive::{DATA, DATA_BYTES_MIN, Data, FILES_MAX, List, Resource, VALUE_BYTES_MAX};
use crate::formats::xml::{self, Event};

/// Reads a list.
pub(super) fn read(xml: &str) -> List<'static> {
    let mut reading = Reading::default();
    xml::read(xml, &mut |event| reading.event(&event));
    // The end of the file may stand before that of what is open.
    if reading.is_data {
        reading.end("data");
    }
    while !reading.dictionaries.is_empty() {
        reading.end("dict");
    }
    reading.list
}

#[derive(Default)]
struct Reading {
    list: List<'static>,
    /// Those that are open, the innermost last.
    dictionaries: Vec<Dictionary>,
    /// The text of the element that is open, if it counts.
    open: Option<String>,
    is_data: bool,
}

/// A dictionary while it is read.
#[derive(Default)]
struct Dictionary {
    key: String,
    said: Resource,
    /// The file that it speaks of.
    file: Option<usize>,
}

impl Reading {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag.name()),
            Event::Text(piece) => self.text(piece),
            Event::End(name) => self.end(name),
        }
    }

    fn start(&mut self, name: &str) {
        self.is_data = name == "data";
        self.open = matches!(name, "data" | "key" | "string").then(String::new);
        if name == "dict" {
            self.dictionaries.push(Dictionary::default());
        }
    }

    fn text(&mut self, piece: &str) {
        let Some(open) = &mut self.open else { return };
        // Only data may be long.
        if self.is_data || open.len() <= VALUE_BYTES_MAX {
            open.push_str(piece);
        }
    }

    fn end(&mut self, name: &str) {
        if name == "dict" {
            return self.end_dictionary();
        }
        let Some(text) = self.open.take() else { return };
        if name == "data" {
            return self.add_file(&text);
        }
        let Some(dictionary) = self.dictionaries.last_mut() else { return };
        match name {
            "key" => text.trim().clone_into(&mut dictionary.key),
            "string" => dictionary.said.take(&dictionary.key, &text),
            _ => {}
        }
    }

    fn add_file(&mut self, text: &str) {
        let bytes = decode(text.as_bytes());
        if bytes.len() < DATA_BYTES_MIN {
            return;
        }
        if self.list.files.len() >= FILES_MAX {
            self.list.is_cut = true;
            return;
        }
        if let Some(dictionary) = self.dictionaries.last_mut().filter(|dictionary| dictionary.key == DATA) {
            dictionary.file = Some(self.list.files.len());
        }
        self.list.files.push(Data { bytes: Cow::Owned(bytes), said: Resource::default() });
    }

    fn end_dictionary(&mut self) {
        let Some(Dictionary { said, file, .. }) = self.dictionaries.pop() else { return };
        if let Some(data) = file.and_then(|file| self.list.files.get_mut(file)) {
            data.said = said;
        }
    }
}
