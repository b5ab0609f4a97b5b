//! Files inside a document (ISO 32000-2, 7.11.4), its forms in XML, and its pictures: all become children.

use std::collections::HashSet;

use scan::content::{LinkKind, WhyUnopened};

use super::document::{Access, Document};
use super::glyphs::text_string;
use super::object::{Dict, Id, Object, Value};
use super::page::Shared;
use super::picture::{self, Made};
use crate::bounded::End;
use crate::budget::NAME_BYTES_MAX;
use crate::formats::image::Original;
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Mark of a picture that was not read.
const UNREAD: &str = "picture_unread";
/// Entries of a file specification that are names, and those of its `EF`.
const NAMES: [&str; 5] = ["UF", "F", "Unix", "DOS", "Mac"];
/// Scripts of one form that become children.
const FORM_SCRIPTS_MAX: usize = 256;
/// Forms of one document that are read.
const FORMS_MAX: usize = 256;
/// Names of one file that are kept.
const NAMES_MAX: usize = 8;

/// Takes them out.
pub(super) fn take(document: &Document<'_>, walk: &mut Walk<'_>, file: File<'_>) {
    let mut taken: HashSet<Id> = HashSet::new();
    let mut found: Vec<(&Value, Vec<String>)> = Vec::new();
    for value in &document.values {
        specifications(document, &value.object, &mut taken, &mut found);
    }
    let loose = document
        .values
        .iter()
        .filter(|value| value.stream.is_some() && value.dict().is_some_and(|dict| dict.says("Type", "EmbeddedFile")));
    found.extend(loose.filter(|value| !taken.contains(&value.id)).map(|value| (value, Vec::new())));
    for (number, (value, names)) in found.into_iter().enumerate() {
        walk.mark(file.at, "embedded_file");
        if !take_one(document, walk, (file, &format!("pdf:{number}")), (value, names)) {
            break;
        }
    }
    forms(document, walk, file);
}

// As deep as objects are read.
fn specifications<'o>(
    document: &'o Document<'_>,
    object: &'o Object,
    taken: &mut HashSet<Id>,
    found: &mut Vec<(&'o Value, Vec<String>)>,
) {
    match object {
        Object::Array(array) => array.iter().for_each(|inner| specifications(document, inner, taken, found)),
        Object::Dict(dict) => {
            for (_, inner) in dict.entries() {
                specifications(document, inner, taken, found);
            }
            let Some(files) = document.dict(dict, "EF") else { return };
            for value in files.entries().iter().filter_map(|(_, object)| document.follow(object)) {
                if value.stream.is_some() && taken.insert(value.id) {
                    found.push((value, names(document, dict)));
                }
            }
        }
        _ => {}
    }
}

fn names(document: &Document<'_>, dict: &Dict) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in NAMES.into_iter().filter_map(|key| document.get(dict, key)).filter_map(Object::text) {
        let mut name = text_string(name);
        text::cut(&mut name, NAME_BYTES_MAX);
        if !name.is_empty() && !names.contains(&name) && names.len() < NAMES_MAX {
            names.push(name);
        }
    }
    names
}

fn take_one(
    document: &Document<'_>,
    walk: &mut Walk<'_>,
    (file, step): (File<'_>, &str),
    (value, names): (&Value, Vec<String>),
) -> bool {
    if matches!(document.crypt, Access::Locked) {
        let size = value.stream.map_or(0, |data| data.end.saturating_sub(data.start));
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        return walk.closed_child(file, step, (names, size), WhyUnopened::Encrypted);
    }
    let decoded = document.decode_file(value, walk);
    let at = walk.content.items.len();
    let has_room = walk.child(file, step, Leaf { names, is_read: true, ..Leaf::default() }, &decoded.bytes);
    match decoded.end {
        End::Whole => {}
        End::Broken => walk.not_opened(at, WhyUnopened::Broken),
        End::Unsupported => walk.not_opened(at, WhyUnopened::Unsupported),
        _ => {
            walk.mark(file.at, "bomb");
            walk.not_opened(at, WhyUnopened::OverBudget);
        }
    }
    has_room && decoded.end != End::OverBudget
}

// 12.7.8: one stream, or a list of names and streams that together are one XML document.
fn forms(document: &Document<'_>, walk: &mut Walk<'_>, file: File<'_>) {
    let forms = document.values.iter().filter_map(Value::dict).chain(&document.trailers);
    let direct = |dict: &'_ Dict| dict.get("XFA").is_some();
    let in_form = |dict: &'_ Dict| document.dict(dict, "AcroForm").is_some_and(direct);
    let found: Vec<&Object> = forms
        .filter(|dict| direct(dict) || in_form(dict))
        .filter_map(|dict| dict.get("XFA").or_else(|| document.dict(dict, "AcroForm")?.get("XFA")))
        .collect();
    let mut read: HashSet<Vec<u8>> = HashSet::new();
    // Many objects lead to one form.
    let (mut places, mut seen) = (HashSet::new(), HashSet::new());
    for object in found {
        if !places.insert(std::ptr::from_ref(document.resolve(object)).addr()) {
            continue;
        }
        let streams: Vec<&Value> = match document.resolve(object) {
            Object::Array(array) => array.iter().filter_map(|object| document.follow(object)).collect(),
            _ => document.follow(object).into_iter().collect(),
        };
        let streams: Vec<&Value> = streams.into_iter().filter(|stream| stream.stream.is_some()).collect();
        if streams.is_empty() || !seen.insert(streams.iter().map(|stream| stream.id).collect::<Vec<Id>>()) {
            continue;
        }
        if seen.len() > FORMS_MAX {
            return walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
        let mut xml = Vec::new();
        for stream in streams {
            xml.extend_from_slice(&document.decode(stream, walk).bytes);
        }
        if xml.is_empty() || matches!(document.crypt, Access::Locked) || read.contains(&xml) {
            continue;
        }
        if memchr::memmem::find(&xml, b"<script").is_some() {
            walk.mark(file.at, "javascript");
        }
        let step = format!("pdf:xfa{}", read.len());
        walk.child(file, &step, Leaf { names: vec!["form.xml".to_owned()], is_read: true, ..Leaf::default() }, &xml);
        form_scripts(walk, file, &step, &String::from_utf8_lossy(&xml));
        read.insert(xml);
    }
}

/// The scripts of a form, each as a script of its own.
fn form_scripts(walk: &mut Walk<'_>, file: File<'_>, step: &str, xml: &str) {
    for (number, element) in xml.split("<script").skip(1).enumerate() {
        if number >= FORM_SCRIPTS_MAX {
            return walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
        let (Some((_, body)), at) = (element.split_once('>'), walk.content.items.len()) else { continue };
        let body = body.split("</script").next().unwrap_or_default();
        let script = htmlize::unescape(body);
        if script.trim().is_empty() {
            continue;
        }
        walk.child(file, &format!("{step}js{number}"), Leaf::default(), script.as_bytes());
        if walk.content.items.get(at).is_some() {
            walk.set_kind(at, "js");
            walk.add_text(at, &script);
            walk.add_links_of_text(at, &script, LinkKind::Script);
        }
    }
}

/// Makes files of the pictures.
pub(super) fn take_pictures(document: &Document<'_>, walk: &mut Walk<'_>, file: File<'_>, shared: &Shared) {
    let most = document.size().saturating_mul(picture::SAMPLE_FACTOR).max(picture::SAMPLE_BYTES_MAX);
    let bytes_left = most.min(picture::ALL_SAMPLE_BYTES_MAX);
    if shared.has_more_pictures {
        walk.mark(file.at, "picture_unread");
    }
    let mut pictures = Pictures { walk, file, count: 0, bytes_left };
    let is_picture = |value: &&Value| {
        let dict = value.dict().filter(|_| value.stream.is_some());
        dict.is_some_and(|dict| document.get(dict, "Subtype").is_some_and(|subtype| subtype.is_name("Image")))
    };
    for value in document.values.iter().filter(is_picture) {
        if pictures.walk.budget.is_late() {
            return pictures.walk.not_opened(file.at, WhyUnopened::OverTime);
        }
        let none = Dict::default();
        let dict = value.dict().unwrap_or(&none);
        let made = picture::make(document, dict, pictures.bytes_left, |most| document.decode_within(value, most));
        if !pictures.add(made) {
            return;
        }
    }
    for (dict, data) in &shared.inline_pictures {
        let made = picture::make_inline(document, dict, data, pictures.bytes_left);
        if !pictures.add(made) {
            return;
        }
    }
}

struct Pictures<'r, 'w> {
    walk: &'r mut Walk<'w>,
    file: File<'r>,
    count: usize,
    bytes_left: usize,
}

impl Pictures<'_, '_> {
    fn add(&mut self, made: Made) -> bool {
        match made {
            Made::Small => true,
            Made::Unread => {
                self.walk.mark(self.file.at, UNREAD);
                true
            }
            Made::File(..) if self.count >= picture::COUNT_MAX => {
                self.walk.mark(self.file.at, UNREAD);
                false
            }
            Made::File(bytes, size, fine) => {
                self.bytes_left = self.bytes_left.saturating_sub(size);
                let step = format!("pdf:image{}", self.count);
                self.count = self.count.saturating_add(1);
                self.walk.pictures.original = fine.map(|fine| -> Box<dyn Original> { Box::new(fine) });
                let has_room = self.walk.child(self.file, &step, Leaf { inline: true, ..Leaf::default() }, &bytes);
                // Of this one only, also where it was not opened.
                self.walk.pictures.original = None;
                has_room
            }
        }
    }
}
