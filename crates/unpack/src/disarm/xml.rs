//! An XML part with the places of its elements, so that some of them can be cut out and every other byte stays.

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::formats::xml;

/// Elements of one part.
const ELEMENTS_MAX: usize = 2_000_000;
/// Elements within elements.
const DEPTH_MAX: usize = 1_000;
/// Text that is taken out of all elements of a part, by the size of the part: elements within each other share theirs.
const TEXT_FACTOR: usize = 8;

/// Does it define names that other programs replace before they read it? What is hidden behind one nobody sees here.
pub(super) fn defines_entities(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"<!ENTITY").is_some()
}

/// One element. Names are local and in lower case.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// The start tag.
    pub(super) tag: Range<usize>,
    /// From the start tag to the end tag.
    pub(super) whole: Range<usize>,
    /// Between the two.
    pub(super) inner: Range<usize>,
    pub(super) parent: Option<usize>,
}

/// One attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    /// With its prefix, in lower case.
    pub(super) name: String,
    /// References replaced.
    pub(super) value: String,
    /// With the white space before it.
    pub(super) whole: Range<usize>,
    /// Within its quotes.
    pub(super) inside: Range<usize>,
}

impl Attribute {
    /// Without prefix.
    pub(super) fn local(&self) -> &str {
        self.name.rsplit_once(':').map_or(self.name.as_str(), |(_, local)| local)
    }
}

/// A part that is to be edited.
#[derive(Debug, Default)]
pub(super) struct Xml {
    text: String,
    pub(super) elements: Vec<Element>,
    edits: Vec<(Range<usize>, &'static str)>,
    cut: HashSet<usize>,
    /// Bytes of text that may still be taken out of elements.
    text_left: Cell<usize>,
    is_lapped: Cell<bool>,
}

impl Xml {
    /// Reads it.
    ///
    /// # Errors
    /// It is not well formed, or defines entities.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = xml::decode(bytes, "");
        let text = text.trim_start_matches('\u{feff}').to_owned();
        if xml::has_dtd(&text) || xml::expanded(&text).is_some() || defines_entities(text.as_bytes()) {
            return Err("its XML has a document type definition".to_owned());
        }
        let mut read = Self::default();
        read.find_elements(&text).ok_or_else(|| "its XML is broken".to_owned())?;
        read.text_left.set(text.len().saturating_mul(TEXT_FACTOR));
        read.text = text;
        Ok(read)
    }

    fn find_elements(&mut self, text: &str) -> Option<()> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<usize> = Vec::new();
        loop {
            let start = usize::try_from(reader.buffer_position()).ok()?;
            let event = reader.read_event().ok()?;
            let end = usize::try_from(reader.buffer_position()).ok()?;
            match event {
                Event::Start(tag) | Event::Empty(tag) if self.elements.len() < ELEMENTS_MAX => {
                    let name = tag.name().into_inner();
                    let name = name.rsplit_once(':').map_or(name, |(_, local)| local).to_ascii_lowercase();
                    let is_empty = text.get(start..end).is_some_and(|tag| tag.ends_with("/>"));
                    let parent = open.last().copied();
                    if !is_empty {
                        open.push(self.elements.len());
                    }
                    self.elements.push(Element { name, tag: start..end, whole: start..end, inner: end..end, parent });
                }
                Event::End(_) => {
                    let element = self.elements.get_mut(open.pop()?)?;
                    element.whole.end = end;
                    element.inner.end = start;
                }
                Event::Start(_) | Event::Empty(_) => return None,
                Event::Eof => return open.is_empty().then_some(()),
                _ => {}
            }
            if open.len() > DEPTH_MAX {
                return None;
            }
        }
    }

    /// The attributes of an element; none if its tag is not well formed.
    pub(super) fn attributes(&self, at: usize) -> Vec<Attribute> {
        let Some(element) = self.elements.get(at) else { return Vec::new() };
        let mut attributes = Vec::new();
        let mut rest = element.tag.clone();
        // Behind the name.
        rest.start = self.after(&rest, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>'));
        while let Some((attribute, next)) = self.attribute(&rest) {
            attributes.push(attribute);
            rest.start = next;
        }
        attributes
    }

    fn attribute(&self, rest: &Range<usize>) -> Option<(Attribute, usize)> {
        let from = rest.start;
        let name_at = self.after(rest, |byte| byte.is_ascii_whitespace());
        let name_end =
            self.after(&(name_at..rest.end), |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'/' | b'>'));
        let name = self.text.get(name_at..name_end).filter(|name| !name.is_empty())?;
        let equals = self.after(&(name_end..rest.end), |byte| byte.is_ascii_whitespace());
        let behind = self.text.get(equals..rest.end)?.strip_prefix('=').map(|_| equals.saturating_add(1))?;
        let quote_at = self.after(&(behind..rest.end), |byte| byte.is_ascii_whitespace());
        let quote = self.text.as_bytes().get(quote_at).copied().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let start = quote_at.saturating_add(1);
        let length = memchr::memchr(quote, self.text.as_bytes().get(start..rest.end)?)?;
        let end = start.saturating_add(length);
        let value = htmlize::unescape(self.text.get(start..end)?).into_owned();
        let whole = from..end.saturating_add(1);
        let next = whole.end;
        Some((Attribute { name: name.to_ascii_lowercase(), value, whole, inside: start..end }, next))
    }

    // The first place in the range whose byte does not fit.
    fn after(&self, range: &Range<usize>, fits: impl Fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes().get(range.clone()).unwrap_or_default();
        range.start.saturating_add(bytes.iter().take_while(|byte| fits(**byte)).count())
    }

    /// The value of the first attribute of this local name.
    pub(super) fn value(&self, at: usize, name: &str) -> Option<String> {
        self.attributes(at).into_iter().find(|attribute| attribute.local() == name).map(|attribute| attribute.value)
    }

    /// Was more text asked for than there is, so that some of it was not looked at?
    pub(super) fn is_lapped(&self) -> bool {
        self.is_lapped.get()
    }

    /// What stands between the tags of an element, references replaced; tags within are left out. Nothing where more was taken than
    /// elements of an honest part have, see [`Self::is_lapped`].
    pub(super) fn inner_text(&self, at: usize) -> String {
        let Some(element) = self.elements.get(at) else { return String::new() };
        let raw = self.text.get(element.inner.clone()).unwrap_or_default();
        let Some(left) = self.text_left.get().checked_sub(raw.len()) else {
            self.is_lapped.set(true);
            return String::new();
        };
        self.text_left.set(left);
        let mut text = String::new();
        let mut rest = raw;
        while let Some((before, behind)) = rest.split_once('<') {
            text.push_str(before);
            let (cdata, after) = match behind.strip_prefix("![CDATA[") {
                Some(data) => data.split_once("]]>").unwrap_or((data, "")),
                None => ("", behind.split_once('>').map_or("", |(_, after)| after)),
            };
            text.push_str(cdata);
            rest = after;
        }
        text.push_str(rest);
        htmlize::unescape(text.as_str()).into_owned()
    }

    /// Replaces a range.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &'static str) {
        self.edits.push((range, with));
    }

    /// Cuts an element out.
    pub(super) fn cut(&mut self, at: usize) {
        if let Some(element) = self.elements.get(at)
            && self.cut.insert(at)
        {
            self.edits.push((element.whole.clone(), ""));
        }
    }

    /// Cuts out what of these names has lost all that stood in it, from the inside out.
    pub(super) fn cut_emptied(&mut self, names: &[&str]) {
        let mut left = vec![0_usize; self.elements.len()];
        for element in &self.elements {
            if let Some(count) = element.parent.and_then(|parent| left.get_mut(parent)) {
                *count = count.saturating_add(1);
            }
        }
        let had_some: Vec<bool> = left.iter().map(|count| *count > 0).collect();
        // Children stand behind their parents.
        for at in (0..self.elements.len()).rev() {
            let Some(element) = self.elements.get(at) else { continue };
            let is_emptied = left.get(at) == Some(&0) && had_some.get(at) == Some(&true);
            if !self.cut.contains(&at) && is_emptied && names.contains(&element.name.as_str()) {
                self.edits.push((element.whole.clone(), ""));
                self.cut.insert(at);
            }
            if self.cut.contains(&at)
                && let Some(count) = element.parent.and_then(|parent| left.get_mut(parent))
            {
                *count = count.saturating_sub(1);
            }
        }
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.edits.is_empty()
    }

    /// The part as it is now, in UTF-8.
    pub(super) fn finish(mut self) -> Vec<u8> {
        // The longer of two that begin together first: it takes the other with it.
        self.edits.sort_by_key(|(range, _)| (range.start, usize::MAX.saturating_sub(range.end)));
        let body = self.text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(_, body)| body);
        let skipped = body.map_or(0, |body| self.text.len().saturating_sub(body.len()));
        let mut out = String::with_capacity(self.text.len());
        if body.is_some() {
            out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
        }
        let mut at = skipped;
        for (range, with) in &self.edits {
            if range.start < at {
                continue;
            }
            out.push_str(self.text.get(at..range.start).unwrap_or_default());
            out.push_str(with);
            at = range.end;
        }
        out.push_str(self.text.get(at..).unwrap_or_default());
        out.into_bytes()
    }
}
