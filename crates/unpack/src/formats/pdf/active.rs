//! What a document does (ISO 32000-2, 12.6) and where it leads: actions, scripts, forms, media, in every object of every
//! revision, whether something leads to it or not. Marks, links, and the words of forms, notes and outlines.

use std::collections::{HashMap, HashSet};

use scan::content::{Link, LinkKind, WhyUnopened};

use super::document::Document;
use super::glyphs::text_string;
use super::object::{Dict, Object};
use crate::formats::share::{is_share, shares_in};
use crate::unpack::{File, Leaf, Walk};

/// Scripts of one document that become children.
const SCRIPTS_MAX: usize = 1_000;
/// Entries of one dictionary that are taken for its action.
const ACTIONS_MAX: u32 = 16;
/// Additional actions of one object that are looked at.
const TRIGGERS_MAX: usize = 64;
/// Subtypes and actions that a player shows.
const MEDIA: [&[u8]; 10] = [
    b"RichMedia",
    b"3D",
    b"Movie",
    b"Screen",
    b"Sound",
    b"Rendition",
    b"GoTo3DView",
    b"RichMediaExecute",
    b"Trans3D",
    b"Flash",
];
/// Actions that stay within the document.
const HARMLESS: [&[u8]; 7] = [b"GoTo", b"Named", b"Hide", b"ResetForm", b"SetOCGState", b"Trans", b"Thread"];

/// Looks through the objects of one document.
pub(super) struct Active<'r, 'd, 'w> {
    document: &'r Document<'d>,
    walk: &'r mut Walk<'w>,
    file: File<'r>,
    /// The text over each link of a page, by target.
    labels: HashMap<String, String>,
    scripts: HashSet<String>,
    /// Targets that stand in the list already.
    links: HashSet<String>,
    /// What addresses without a scheme count from.
    base: Option<String>,
    /// The object at hand is of the last revision.
    is_current: bool,
    /// Strings are not to be read.
    is_locked: bool,
}

impl<'r, 'd, 'w> Active<'r, 'd, 'w> {
    pub(super) fn new(
        document: &'r Document<'d>,
        walk: &'r mut Walk<'w>,
        file: File<'r>,
        labels: HashMap<String, String>,
    ) -> Self {
        let is_locked = matches!(document.crypt, super::document::Access::Locked);
        let (scripts, links) = (HashSet::new(), HashSet::new());
        let bases = document.values.iter().filter_map(|value| document.dict(value.dict()?, "URI"));
        let base = bases.filter_map(|dict| document.get(dict, "Base")).find_map(Object::text).map(text_string);
        Self { document, walk, file, labels, scripts, links, base, is_current: true, is_locked }
    }

    /// All of them.
    pub(super) fn look(&mut self) {
        let document = self.document;
        for (at, value) in document.values.iter().enumerate() {
            self.is_current = document.is_current(at);
            self.object(&value.object);
            if self.walk.budget.is_late() {
                return self.walk.not_opened(self.file.at, WhyUnopened::OverTime);
            }
        }
        self.is_current = true;
        for trailer in &document.trailers {
            self.entries(trailer);
        }
    }

    // As deep as objects are read.
    fn object(&mut self, object: &Object) {
        match object {
            Object::Array(array) => array.iter().for_each(|inner| self.object(inner)),
            Object::Dict(dict) => {
                self.dict(dict);
                self.entries(dict);
            }
            _ => {}
        }
    }

    fn entries(&mut self, dict: &Dict) {
        dict.entries().iter().for_each(|(_, inner)| self.object(inner));
    }

    fn dict(&mut self, dict: &Dict) {
        let mut is_action = false;
        // A name can stand any number of times; readers take one of them.
        let mut actions_left = ACTIONS_MAX;
        let is_field = dict.has("FT") || dict.says("Subtype", "Widget");
        for (key, object) in dict.entries() {
            match key.as_slice() {
                b"S" | b"Subtype" if actions_left > 0 => {
                    actions_left = actions_left.saturating_sub(1);
                    let name = self.document.resolve(object).name().unwrap_or_default();
                    is_action |= self.action(name, dict);
                }
                b"S" | b"Subtype" | b"AA" if actions_left == 0 => self.over_budget(),
                b"JS" => self.script(object),
                b"URI" => {
                    self.link(object, LinkKind::Anchor);
                    self.link_from_base(object);
                }
                b"OpenAction" if self.is_doing(object) => self.mark("open_action"),
                b"AA" if actions_left > 0 && !is_field && self.has_doing(object) => {
                    actions_left = actions_left.saturating_sub(1);
                    self.mark("open_action");
                }
                // 7.7.4: scripts of the document run when it is opened.
                b"JavaScript" if matches!(self.document.resolve(object), Object::Dict(_)) => {
                    self.mark("javascript");
                    self.mark("open_action");
                }
                b"XFA" => self.mark("xfa"),
                b"FDF" => self.form_data(object),
                b"EF" | b"EmbeddedFiles" => self.mark("embedded_file"),
                // 7.11.5: a file that is an address, also of media.
                b"FS" if self.document.resolve(object).is_name("URL") => self.targets(dict, LinkKind::Fetched),
                b"RichMediaContent" | b"RichMediaSettings" | b"3DD" => self.mark("rich_media"),
                _ => {}
            }
        }
        if !is_action && !self.is_locked {
            self.words(dict);
        }
    }

    // 12.7.8: data of a form that are sent as a file of their own open the form that they name, and may bring scripts for it.
    fn form_data(&mut self, object: &Object) {
        let Object::Dict(data) = self.document.resolve(object) else { return };
        if data.has("F") {
            self.mark("remote_goto");
            self.mark("external_link");
            self.targets(data, LinkKind::Fetched);
        }
        if let Some(scripts) = self.document.dict(data, "JavaScript") {
            for name in ["Before", "After", "AfterPermsReady"] {
                if let Some(script) = self.document.get(scripts, name) {
                    self.script(script);
                }
            }
            if let Some(Object::Array(scripts)) = self.document.get(scripts, "Doc") {
                scripts.iter().skip(1).step_by(2).for_each(|script| self.script(script));
            }
        }
    }

    /// What an action or annotation of this name means; false where it is neither.
    fn action(&mut self, name: &[u8], dict: &Dict) -> bool {
        match name {
            b"JavaScript" => self.mark("javascript"),
            b"Launch" => self.launch(dict),
            b"GoToR" | b"GoToE" => {
                self.mark("remote_goto");
                self.targets(dict, LinkKind::Other);
            }
            b"SubmitForm" => {
                self.mark("submit_form");
                self.targets(dict, LinkKind::Form);
            }
            b"ImportData" => {
                self.mark("external_link");
                self.targets(dict, LinkKind::Fetched);
            }
            b"FileAttachment" => self.mark("embedded_file"),
            // 12.6.4.7: one of another file.
            b"Thread" if dict.has("F") => {
                self.mark("remote_goto");
                self.targets(dict, LinkKind::Other);
            }
            // 13.2.4.2: data of a medium, by its name.
            b"MCD" => {
                if let Some(file) = dict.get("D") {
                    self.link(file, LinkKind::Fetched);
                }
                return false;
            }
            b"URI" => {}
            name if MEDIA.contains(&name) => self.mark("rich_media"),
            _ => return false,
        }
        true
    }

    // 12.6.4.6: the file, or how each system starts it.
    fn launch(&mut self, dict: &Dict) {
        self.mark("launch");
        self.targets(dict, LinkKind::Other);
        let systems = ["Win", "Mac", "Unix"].into_iter().filter_map(|name| self.document.dict(dict, name));
        let parts =
            systems.flat_map(|own| ["F", "P", "D", "O"].into_iter().filter_map(|name| self.document.get(own, name)));
        let words: Vec<String> = parts.filter_map(Object::text).map(text_string).collect();
        if !words.is_empty() && !self.is_locked {
            let command = words.join(" ");
            if is_share(&command) || shares_in(&command).next().is_some() {
                self.mark("unc_path");
            }
            self.walk.add_other_text(self.file.at, &command);
        }
    }

    /// What the file of an action leads to.
    fn targets(&mut self, dict: &Dict, kind: LinkKind) {
        let Some(file) = self.document.get(dict, "F") else { return };
        match file {
            Object::Dict(file) => {
                for (_, name) in
                    file.entries().iter().filter(|(key, _)| matches!(key.as_slice(), b"F" | b"UF" | b"DOS" | b"Unix"))
                {
                    self.link(name, kind);
                }
            }
            name => self.link(name, kind),
        }
    }

    fn link(&mut self, target: &Object, kind: LinkKind) {
        let Some(target) = self.document.resolve(target).text().filter(|_| !self.is_locked).map(text_string) else {
            return;
        };
        let target = target.trim().to_owned();
        if is_share(&target) {
            self.mark("unc_path");
        }
        // Where a form is sent to is named as a file as well; nothing fetches it.
        let is_sent_to = kind == LinkKind::Fetched && self.links.contains(&format!("{:?} {target}", LinkKind::Form));
        if target.is_empty() || is_sent_to || !self.links.insert(format!("{kind:?} {target}")) {
            return;
        }
        let text = self.labels.get(&target).cloned().unwrap_or_default();
        self.walk.add_link(self.file.at, Link { target, text, kind });
    }

    // 12.6.4.8: an address without a scheme counts from the one that the document names.
    fn link_from_base(&mut self, target: &Object) {
        let Some(base) = self.base.clone() else { return };
        let Some(target) = self.document.resolve(target).text().filter(|_| !self.is_locked).map(text_string) else {
            return;
        };
        let target = target.trim();
        let has_scheme = target.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
        if target.is_empty() || has_scheme {
            return;
        }
        let host_at = base.find("://").map_or(0, |at| at.saturating_add(3));
        let from = if target.starts_with('/') {
            base.get(host_at..).and_then(|rest| rest.find('/')).map_or(base.len(), |at| at.saturating_add(host_at))
        } else {
            base.rfind('/').filter(|at| *at >= host_at).map_or(base.len(), |at| at.saturating_add(1))
        };
        let slash =
            if base.get(..from).is_some_and(|base| base.ends_with('/')) || target.starts_with('/') { "" } else { "/" };
        let joined = format!("{}{slash}{target}", base.get(..from).unwrap_or_default());
        let text = self.labels.get(target).cloned().unwrap_or_default();
        if self.links.insert(format!("{:?} {joined}", LinkKind::Anchor)) {
            self.walk.add_link(self.file.at, Link { target: joined, text, kind: LinkKind::Anchor });
        }
    }

    fn script(&mut self, object: &Object) {
        self.mark("javascript");
        if self.is_locked {
            return;
        }
        if self.scripts.len() >= SCRIPTS_MAX {
            return self.over_budget();
        }
        let text = match self.document.resolve(object) {
            Object::Text(text) => text_string(text),
            _ => match self.document.follow(object).filter(|value| value.stream.is_some()) {
                Some(value) => text_string(&self.document.decode(value, self.walk).bytes),
                None => return,
            },
        };
        if text.trim().is_empty() || !self.scripts.insert(text.clone()) {
            return;
        }
        let (at, number) = (self.walk.content.items.len(), self.scripts.len().saturating_sub(1));
        self.walk.child(self.file, &format!("pdf:js{number}"), Leaf::default(), text.as_bytes());
        if self.walk.content.items.get(at).is_some() {
            self.walk.set_kind(at, "js");
            self.walk.add_text(at, &text);
            self.walk.add_links_of_text(at, &text, LinkKind::Script);
        }
    }

    /// Does it do more than show a place in the document?
    fn is_doing(&self, object: &Object) -> bool {
        let action = self.document.resolve(object).dict();
        let name = action.and_then(|action| self.document.get(action, "S")).and_then(Object::name);
        name.is_some_and(|name| !HARMLESS.contains(&name)) || action.is_some_and(|action| action.has("JS"))
    }

    fn has_doing(&self, object: &Object) -> bool {
        let actions = self.document.resolve(object).dict();
        // There are no more than 21 of them: of a list that is longer than is looked through the worst is thought.
        actions.map(Dict::entries).is_some_and(|actions| {
            actions.len() > TRIGGERS_MAX || actions.iter().any(|(_, action)| self.is_doing(action))
        })
    }

    /// Words that are shown outside of content streams: notes, fields, outlines.
    fn words(&mut self, dict: &Dict) {
        let is_note = dict.has("Rect") || dict.says("Type", "Annot");
        let is_outline = dict.has("Title") && (dict.has("Parent") || dict.has("Dest") || dict.has("A"));
        let is_field = dict.has("FT") || (dict.has("T") && dict.has("Parent"));
        let keys: &[&str] = match () {
            () if is_field => &["V", "DV", "TU", "Contents"],
            () if is_note => &["Contents", "RC"],
            () if is_outline => &["Title"],
            () => return,
        };
        for key in keys {
            let Some(text) = self.document.get(dict, key).and_then(Object::text).map(text_string) else { continue };
            let text = if *key == "RC" { super::metadata::without_tags(&text) } else { text };
            if !self.is_current {
                self.walk.add_other_text(self.file.at, &text);
                continue;
            }
            self.walk.add_links_of_text(self.file.at, &text, LinkKind::Field);
            self.walk.add_text(self.file.at, &text);
        }
    }

    fn over_budget(&mut self) {
        self.walk.not_opened(self.file.at, WhyUnopened::OverBudget);
    }

    fn mark(&mut self, word: &str) {
        self.walk.mark(self.file.at, word);
    }
}
