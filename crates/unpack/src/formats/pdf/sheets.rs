//! The pages of a document in their order, then what no page leads to: text, hidden text, the words over links, codes drawn.

use std::collections::{HashMap, HashSet};

use scan::content::WhyUnopened;

use super::document::Document;
use super::glyphs::text_string;
use super::joined;
use super::layout;
use super::matrix::{Matrix, Rect};
use super::object::{Dict, Id, Object, Value, real};
use super::page::{Reader, Run, Shared, Sheet};
use crate::formats::image::canvas::{Canvas, Effort, Looked};
use crate::formats::text_code;
use crate::unpack::{File, Leaf, Walk};

/// Pages of one document.
const PAGES_MAX: usize = 20_000;
/// Steps up from a page for what it inherits.
const PARENTS_MAX: usize = 32;
/// Annotations of one page.
const ANNOTATIONS_MAX: usize = 2_000;
/// Pieces of text times links that are compared on one page.
const COMPARED_MAX: usize = 4_000_000;
/// Pictures that are joined of what pages show in pieces.
const DRAWN_MAX: usize = 24;
/// Pages of which what is drawn is searched for codes.
const LOOKS_MAX: usize = 1_000;

/// Reads the pages.
pub(super) struct Sheets<'r, 'd, 'w> {
    document: &'r Document<'d>,
    walk: &'r mut Walk<'w>,
    file: File<'r>,
    pub(super) shared: Shared,
    /// The text over links, by target.
    pub(super) labels: HashMap<String, String>,
    drawn: usize,
    /// Pages that were searched.
    looks: usize,
    effort: Effort,
    /// For glyphs that are no boxes: most are letters.
    letters_effort: Effort,
    /// Pixels of pieces of pictures that may still be joined.
    pixels_left: u64,
    is_cut: bool,
}

impl<'r, 'd, 'w> Sheets<'r, 'd, 'w> {
    pub(super) fn new(document: &'r Document<'d>, walk: &'r mut Walk<'w>, file: File<'r>) -> Self {
        let mut shared = Shared::default();
        shared.hidden_layers = hidden_layers(document);
        Self {
            document,
            walk,
            file,
            shared,
            labels: HashMap::new(),
            drawn: 0,
            looks: 0,
            effort: Effort::default(),
            letters_effort: Effort::default(),
            pixels_left: joined::PIXELS_MAX,
            is_cut: false,
        }
    }

    pub(super) fn read(&mut self) {
        let document = self.document;
        let (pages, ids, has_more) = pages(document);
        self.is_cut |= has_more;
        for page in &pages {
            if self.walk.budget.is_late() {
                self.is_cut = true;
                break;
            }
            self.page(page);
        }
        self.unreached(&ids, pages.first().copied());
        if self.is_cut {
            let is_late = self.walk.budget.is_late();
            let why = if is_late { WhyUnopened::OverTime } else { WhyUnopened::OverBudget };
            self.walk.not_opened(self.file.at, why);
        }
    }

    fn page(&mut self, page: &Dict) {
        let document = self.document;
        let none = Dict::default();
        let resources = inherited(document, page, "Resources").and_then(Object::dict).unwrap_or(&none);
        let mut reader = Reader::new(document, self.walk, &mut self.shared, page_box(document, page));
        if let Some(contents) = page.get("Contents") {
            reader.contents(contents, resources);
        }
        let annotations = document.get(page, "Annots").and_then(Object::array).unwrap_or_default();
        self.is_cut |= annotations.len() > ANNOTATIONS_MAX;
        let annotations = annotations.iter().take(ANNOTATIONS_MAX);
        let annotations: Vec<&Dict> = annotations.filter_map(|object| document.resolve(object).dict()).collect();
        let drawn = reader.sheet.runs.len();
        for annotation in &annotations {
            reader.appearance(annotation, resources);
        }
        let sheet = reader.sheet;
        self.label(&annotations, sheet.runs.get(..drawn).unwrap_or_default());
        self.keep(&sheet);
    }

    /// Text that is seen, text that is not, and text as it reads by its places where that is another.
    fn keep(&mut self, sheet: &Sheet) {
        self.is_cut |= sheet.is_cut;
        let at = self.file.at;
        let seen = layout::join(sheet.runs.iter().filter(|run| !run.is_hidden));
        let hidden = layout::join(sheet.runs.iter().filter(|run| run.is_hidden));
        let by_place = layout::join_by_place(sheet.runs.iter().filter(|run| !run.is_hidden));
        self.walk.add_links_of_text(at, &seen, scan::content::LinkKind::Text);
        self.walk.add_text(at, &seen);
        self.look_at_text([&seen, &by_place]);
        if !hidden.trim().is_empty() {
            // The text of a scanned page lies unseen under its picture: it is what the picture shows.
            if sheet.has_picture && seen.trim().is_empty() {
                self.walk.add_text(at, &hidden);
            } else {
                self.walk.add_hidden_text(at, &hidden);
            }
            self.walk.add_links_of_text(at, &hidden, scan::content::LinkKind::Text);
        }
        for other in [&by_place, &sheet.other_text] {
            if !other.trim().is_empty() && bare(other).ne(bare(&seen)) {
                // An address in pieces is one only where they stand beside each other.
                self.walk.add_links_of_text(at, other, scan::content::LinkKind::Text);
                self.walk.add_other_text(at, other);
            }
        }
        self.look(sheet);
        if sheet.pictures.len() > joined::PIECES_MAX {
            // A code can be cut into any number of pieces.
            self.walk.mark(at, "picture_unread");
        }
        if self.drawn < DRAWN_MAX {
            let joined = joined::pictures(self.document, &sheet.pictures, &mut self.pixels_left);
            for png in joined {
                let step = format!("pdf:drawn{}", self.drawn);
                self.drawn = self.drawn.saturating_add(1);
                self.walk.child(self.file, &step, Leaf { inline: true, ..Leaf::default() }, &png);
            }
        }
    }

    /// Looks for codes in characters, in the first of these texts that has one.
    fn look_at_text(&mut self, texts: [&str; 2]) {
        let mut looked = texts.into_iter().map(|text| text_code::codes(text, &self.walk.budget.code_steps));
        let Some(codes) = looked.find(|codes| !codes.said.is_empty() || codes.has_more || codes.is_unread) else {
            return;
        };
        drop(looked);
        self.walk.add_codes_in_text(self.file.at, codes);
    }

    /// Looks for codes in what is drawn with paths.
    fn look(&mut self, sheet: &Sheet) {
        let at = self.file.at;
        let is_cut = sheet.is_drawing_cut || sheet.drawing.is_cut();
        if is_cut {
            self.walk.mark(at, "picture_unread");
        }
        let drawings = [&sheet.drawing, &sheet.pieces].into_iter().chain(&sheet.others);
        for drawing in drawings.filter(|drawing| drawing.may_be_code()) {
            self.looks = self.looks.saturating_add(1);
            if self.looks > LOOKS_MAX {
                return self.walk.mark(at, "picture_unread");
            }
            let looked = upright(drawing).read(self.walk.budget, &mut self.effort);
            self.walk.add_looked(at, looked, "qr");
        }
        if let Some(letters) = sheet.letters() {
            let looked = upright(&letters).read(self.walk.budget, &mut self.letters_effort);
            // Letters are many: what is left of them is nothing to tell.
            self.walk.add_looked(at, Looked { is_whole: true, ..looked }, "qr");
        }
    }

    fn label(&mut self, annotations: &[&Dict], runs: &[Run]) {
        let document = self.document;
        let links =
            annotations.iter().filter(|dict| document.get(dict, "Subtype").is_some_and(|own| own.is_name("Link")));
        let links: Vec<&&Dict> = links.take(COMPARED_MAX.checked_div(runs.len().max(1)).unwrap_or_default()).collect();
        for link in links {
            let target = document.dict(link, "A").and_then(|action| document.get(action, "URI")).and_then(Object::text);
            let array = document.get(link, "Rect").and_then(Object::array);
            let (Some(target), Some(rect)) = (target, array.and_then(|array| Rect::of(document, array))) else {
                continue;
            };
            let over: Vec<Run> = runs.iter().filter(|run| !run.is_hidden).filter_map(|run| over(run, &rect)).collect();
            let text = layout::join(over.iter());
            let text = text.split_whitespace().collect::<Vec<&str>>().join(" ");
            if !text.is_empty() {
                self.labels.entry(text_string(target).trim().to_owned()).or_insert(text);
            }
        }
    }

    /// Pages and forms that the page tree does not lead to, older revisions among them: searched, not shown.
    fn unreached(&mut self, reached: &HashSet<Id>, first: Option<&Dict>) {
        let document = self.document;
        let none = Dict::default();
        let usual =
            first.and_then(|page| inherited(document, page, "Resources")).and_then(Object::dict).unwrap_or(&none);
        for (at, value) in document.values.iter().enumerate() {
            let Some(dict) = value.dict() else { continue };
            let is_current = document.is_current(at);
            let is_page = dict.says("Type", "Page") && !(is_current && reached.contains(&value.id));
            let is_form = dict.says("Subtype", "Form") && !self.shared.read.contains(&value.id);
            let is_old = value.stream.is_some() && !is_current && is_content(dict);
            if !(is_page || is_form || is_old) {
                continue;
            }
            if self.walk.budget.is_late() {
                self.is_cut = true;
                return;
            }
            let resources = inherited(document, dict, "Resources").and_then(Object::dict).unwrap_or(usual);
            let mut reader = Reader::new(document, self.walk, &mut self.shared, page_box(document, dict));
            match dict.get("Contents").filter(|_| is_page) {
                Some(contents) => reader.contents(contents, resources),
                None if is_form => reader.form(value, resources),
                None if is_old => reader.stream(value, resources),
                None => {}
            }
            let sheet = reader.sheet;
            self.is_cut |= sheet.is_cut;
            let text = layout::join(sheet.runs.iter());
            if !text.trim().is_empty() {
                self.walk.add_links_of_text(self.file.at, &text, scan::content::LinkKind::Text);
                self.walk.add_other_text(self.file.at, &text);
            }
        }
    }
}

/// A canvas has y going down.
fn upright(drawing: &Canvas) -> Canvas {
    let mut canvas = Canvas::default();
    canvas.repeat(drawing, Matrix::scaled(1.0, -1.0), None);
    canvas
}

fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| !character.is_whitespace())
}

/// The part of a piece that stands within a box.
fn over(run: &Run, rect: &Rect) -> Option<Run> {
    let count = real(run.text.chars().count()).max(1.0);
    let place = |part: f64| {
        (run.start.0 + (run.end.0 - run.start.0) * part / count, run.start.1 + (run.end.1 - run.start.1) * part / count)
    };
    let is_over = |at: usize| {
        let (x, y) = place(real(at) + 0.5);
        rect.has(x, y + run.size * 0.25, 0.5)
    };
    let inside = || run.text.chars().enumerate().filter(|(at, _)| is_over(*at));
    let first = inside().next()?.0;
    let text: String = inside().map(|(_, character)| character).collect();
    let last = first.saturating_add(text.chars().count());
    Some(Run { text, start: place(real(first)), end: place(real(last)), ..run.clone() })
}

/// A stream that may be the content of a page: it says nothing else of itself.
fn is_content(dict: &Dict) -> bool {
    ["Type", "Subtype", "FunctionType", "ShadingType", "N", "Length1", "Alternate"].iter().all(|key| !dict.has(key))
}

fn page_box(document: &Document<'_>, page: &Dict) -> Rect {
    let read = |key: &str| {
        let array = inherited(document, page, key).and_then(Object::array)?;
        Rect::of(document, array).filter(|rect| rect.width() > 0.0 && rect.height() > 0.0)
    };
    let usual = Rect { left: 0.0, bottom: 0.0, right: 612.0, top: 792.0 };
    read("CropBox").or_else(|| read("MediaBox")).unwrap_or(usual)
}

fn inherited<'o>(document: &'o Document<'_>, page: &'o Dict, key: &str) -> Option<&'o Object> {
    let mut dict = page;
    for _ in 0..PARENTS_MAX {
        if let Some(object) = document.get(dict, key).filter(|object| **object != Object::Null) {
            return Some(object);
        }
        dict = document.dict(dict, "Parent")?;
    }
    None
}

/// The pages from the root of the last trailer, in order; without one all pages in the order of the file. And whether there are
/// more.
fn pages<'o>(document: &'o Document<'_>) -> (Vec<&'o Dict>, HashSet<Id>, bool) {
    let mut has_more = false;
    let by_trailer = document.trailers.iter().rev().find_map(|trailer| document.dict(trailer, "Root"));
    let catalogs = document.values.iter().rev().filter_map(Value::dict).filter(|dict| dict.says("Type", "Catalog"));
    let mut roots = by_trailer.into_iter().chain(catalogs);
    let mut ids = HashSet::new();
    let mut found = Vec::new();
    let mut waiting: Vec<&Object> = roots.find_map(|root| root.get("Pages")).into_iter().collect();
    while let Some(object) = waiting.pop() {
        if let Object::Reference(id) = object
            && !ids.insert(*id)
        {
            continue;
        }
        let Some(dict) = document.resolve(object).dict() else { continue };
        match document.get(dict, "Kids").and_then(Object::array) {
            Some(kids) => waiting.extend(kids.iter().rev()),
            None if found.len() < PAGES_MAX => found.push(dict),
            None => {
                has_more = true;
                break;
            }
        }
    }
    if found.is_empty() {
        let is_page = |value: &&Value| value.dict().is_some_and(|dict| dict.says("Type", "Page"));
        for value in document.values.iter().filter(is_page).take(PAGES_MAX) {
            ids.insert(value.id);
            found.extend(value.dict());
        }
    }
    (found, ids, has_more)
}

/// Layers that are off when the document is opened (8.11.4.3).
fn hidden_layers(document: &Document<'_>) -> HashSet<Id> {
    let configurations =
        document.values.iter().filter_map(Value::dict).filter_map(|dict| document.dict(dict, "OCProperties"));
    let mut hidden = HashSet::new();
    for properties in configurations.take(4) {
        let Some(usual) = document.dict(properties, "D") else { continue };
        let ids = |dict: &Dict, key: &str| -> Vec<Id> {
            let array = document.get(dict, key).and_then(Object::array).unwrap_or_default();
            array
                .iter()
                .filter_map(|object| if let Object::Reference(id) = object { Some(*id) } else { None })
                .collect()
        };
        if document.get(usual, "BaseState").is_some_and(|state| state.is_name("OFF")) {
            hidden.extend(ids(properties, "OCGs"));
            for id in ids(usual, "ON") {
                hidden.remove(&id);
            }
        }
        hidden.extend(ids(usual, "OFF"));
    }
    hidden
}
