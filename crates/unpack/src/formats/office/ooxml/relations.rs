//! Relations between the parts of a package, and to the world outside (ECMA-376-2, 6.5). Identifiers count for one part only.

use std::collections::{HashMap, HashSet};

use scan::content::LinkKind;

use crate::formats::office::Found;
use crate::formats::xml::{self, Event};

/// Relations of one document.
const RELATIONS_MAX: usize = 100_000;

/// Types of relations to sheets of macros.
const MACRO_SHEETS: [&str; 2] = ["xlMacrosheet", "xlIntlMacrosheet"];
/// Types of relations to other sheets.
const SHEETS: [&str; 2] = ["worksheet", "dialogsheet"];

/// One relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Relation {
    /// The last step of its type: `hyperlink`, `attachedTemplate` ...; transitional, strict and vendors' types share it.
    pub(super) kind: String,
    pub(super) target: String,
    pub(super) is_external: bool,
}

/// The relations of one part, by identifier.
pub(super) type Relations = HashMap<String, Relation>;

/// The relations of every part, by the part's name in lower case.
#[derive(Debug, Default)]
pub(super) struct All {
    parts: HashMap<String, Relations>,
    none: Relations,
    count: usize,
    /// There are more than are kept.
    pub(super) is_cut: bool,
}

impl All {
    /// Reads the part `name` if it holds relations.
    pub(super) fn add(&mut self, name: &str, xml: &str) -> xml::Outcome {
        let of = self.parts.entry(owner(name)).or_default();
        let (count, is_cut) = (&mut self.count, &mut self.is_cut);
        xml::read(xml, &mut |event| {
            let Event::Start(tag) = event else { return };
            if !tag.name().eq_ignore_ascii_case("relationship") {
                return;
            }
            let [mut id, mut kind, mut target, mut mode] = [const { String::new() }; 4];
            for (name, value) in tag.attributes() {
                match name {
                    "Id" => id = value,
                    "Type" => kind = value,
                    "Target" => target = value,
                    "TargetMode" => mode = value,
                    _ => {}
                }
            }
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let is_external = mode.eq_ignore_ascii_case("external") || target.contains("://");
            // Two of one identifier are both kept: who knows which one counts.
            *count = count.saturating_add(1);
            if *count > RELATIONS_MAX {
                *is_cut = true;
                return;
            }
            let id = if of.contains_key(&id) { format!("{id} {count}") } else { id };
            let target = match target.trim().strip_prefix("//") {
                // What is fetched without being clicked has no page around whose scheme it could take: Windows takes it for a share.
                Some(share) if is_external && kind != "hyperlink" => format!("\\\\{}", share.trim_start_matches('/')),
                _ => target.trim().to_owned(),
            };
            of.insert(id, Relation { kind, target, is_external });
        })
    }

    /// Those of a part.
    pub(super) fn of(&self, name: &str) -> &Relations {
        self.parts.get(&plain(name)).unwrap_or(&self.none)
    }

    /// All relations, with the part each starts from.
    pub(super) fn every(&self) -> impl Iterator<Item = (&str, &Relation)> {
        self.parts.iter().flat_map(|(name, relations)| relations.values().map(move |one| (name.as_str(), one)))
    }

    /// The parts that are sheets of macros, and those that are other sheets: by what leads to them, whatever they are called.
    pub(super) fn sheets(&self) -> (HashSet<String>, HashSet<String>) {
        let of = |kinds: &[&str]| {
            let sheets = self.every().filter(|(_, relation)| !relation.is_external && is_of(kinds, &relation.kind));
            sheets.map(|(owner, relation)| resolve(owner, &relation.target)).collect()
        };
        (of(&MACRO_SHEETS), of(&SHEETS))
    }

    /// Targets of all links that lead outside, in order.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        let links = self.every().filter(|(_, relation)| relation.is_external && relation.kind == "hyperlink");
        let mut targets: Vec<&str> = links.map(|(_, relation)| relation.target.as_str()).collect();
        targets.sort_unstable();
        targets.dedup();
        targets.into_iter()
    }

    /// Notes what leads outside. Links that a run of text shows were noted with that text.
    pub(super) fn note(&self, found: &mut Found) {
        let mut outside: Vec<_> = self.every().filter(|(_, relation)| relation.is_external).collect();
        outside.sort_by(|(a, one), (b, other)| (a, &one.kind, &one.target).cmp(&(b, &other.kind, &other.target)));
        for (_, relation) in outside {
            match relation.kind.as_str() {
                "hyperlink" => {}
                "attachedTemplate" => found.fetched(&relation.target, "remote_template"),
                // Played when somebody asks for it.
                "video" | "audio" | "media" => found.link(&relation.target, "", LinkKind::Other),
                _ => found.fetched(&relation.target, "external_link"),
            }
        }
        for (owner, relation) in self.every() {
            match relation.kind.as_str() {
                "oleObject" => found.mark("embedded_object"),
                // The table behind a chart is one, too, and harmless.
                "package" if !owner.contains("/charts/") => found.mark("embedded_object"),
                "control" | "activeXControlBinary" => found.mark("activex"),
                kind if is_of(&MACRO_SHEETS, kind) => found.mark("xlm"),
                _ => {}
            }
        }
    }
}

fn is_of(kinds: &[&str], kind: &str) -> bool {
    kinds.iter().any(|own| own.eq_ignore_ascii_case(kind))
}

/// `word/_rels/document.xml.rels` speaks for `word/document.xml`.
fn owner(name: &str) -> String {
    let name = plain(name);
    let name = name.strip_suffix(".rels").unwrap_or(&name);
    match name.rsplit_once("_rels/") {
        Some((folder, file)) => format!("{folder}{file}"),
        None => name.to_owned(),
    }
}

/// A part's name as all readers compare it: lower case, no leading slash.
pub(super) fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// The part that a relation of `owner` leads to.
pub(super) fn resolve(owner: &str, target: &str) -> String {
    let target = target.replace('\\', "/").to_ascii_lowercase();
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = owner.split('/').collect();
    steps.pop();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}
