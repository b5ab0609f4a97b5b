//! Which relations of a package go, and with them which parts and which elements.

use std::collections::{HashMap, HashSet};

use crate::disarm::package::plain;
use crate::disarm::xml::Xml;
use crate::disarm::{Removed, is_harmless_target};

/// The last step of the types of relations that go, in lower case, and what they lead to.
const KINDS: [(&str, &str); 32] = [
    ("vbaproject", "macros"),
    ("wordvbadata", "macros"),
    ("xlmacrosheet", "Excel 4.0 macros"),
    ("xlintlmacrosheet", "Excel 4.0 macros"),
    ("dialogsheet", "dialogs of macros"),
    ("oleobject", "embedded objects"),
    ("package", "embedded objects"),
    ("control", "ActiveX controls"),
    ("activexcontrolbinary", "ActiveX controls"),
    ("ctrlprop", "form controls"),
    ("attachedtemplate", "remote template"),
    ("externallink", "links to other files"),
    ("externallinkpath", "links to other files"),
    ("connections", "data connections"),
    ("querytable", "data connections"),
    ("customdata", "data connections"),
    ("powerpivotdata", "data connections"),
    ("mailmergesource", "data connections"),
    ("mailmergeheadersource", "data connections"),
    ("recipientdata", "data connections"),
    ("extensibility", "menus of its own"),
    ("customui", "menus of its own"),
    ("usercustomization", "menus of its own"),
    ("attachedtoolbars", "menus of its own"),
    ("keymapcustomizations", "menus of its own"),
    ("afchunk", "texts of other formats"),
    ("subdocument", "links to other files"),
    ("frame", "links to other files"),
    ("webextension", "web add-ins"),
    ("webextensiontaskpanes", "web add-ins"),
    ("taskpanes", "web add-ins"),
    ("printersettings", "settings of printers"),
];

/// The relations that go.
#[derive(Debug, Default)]
pub(super) struct All {
    /// By the part that holds relations: places of the elements that go.
    cut: HashMap<String, Vec<usize>>,
    /// By the part that they start from: their identifiers.
    ids: HashMap<String, HashSet<String>>,
    gone: HashSet<String>,
}

struct Relation {
    holder: String,
    owner: String,
    at: usize,
    id: String,
    kind: String,
    target: String,
    is_external: bool,
}

/// Reads all relations; parts that only such a relation leads to are gone, too.
pub(super) fn read(
    files: &[(String, Vec<u8>)],
    gone: &mut HashSet<String>,
    removed: &mut Removed,
) -> Result<All, String> {
    let mut relations = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| plain(name).ends_with(".rels")) {
        let name = plain(name);
        let xml = Xml::read(bytes)?;
        for at in 0..xml.elements.len() {
            if xml.elements.get(at).is_some_and(|element| element.name == "relationship") {
                relations.push(relation(&name, &xml, at));
            }
        }
    }
    let mut unwanted = vec![false; relations.len()];
    for (relation, unwanted) in relations.iter().zip(&mut unwanted) {
        let Some(what) = what(relation) else { continue };
        *unwanted = true;
        removed.note(what);
        if !relation.is_external {
            gone.insert(resolve(&relation.owner, &relation.target));
        }
    }
    let mut all = All::default();
    for (relation, unwanted) in relations.into_iter().zip(unwanted) {
        if unwanted || (!relation.is_external && gone.contains(&resolve(&relation.owner, &relation.target))) {
            all.cut.entry(relation.holder).or_default().push(relation.at);
            all.ids.entry(relation.owner).or_default().insert(relation.id);
        }
    }
    all.gone.clone_from(gone);
    Ok(all)
}

impl All {
    /// Identifiers of the relations of a part that go.
    pub(super) fn of(&self, name: &str) -> HashSet<String> {
        self.ids.get(name).cloned().unwrap_or_default()
    }

    /// Is it the relations of a part that is gone?
    pub(super) fn is_of_gone(&self, name: &str) -> bool {
        name.ends_with(".rels") && self.gone.contains(&owner(name))
    }

    /// Takes them out of the part that holds them.
    pub(super) fn cut(&self, name: &str, xml: &mut Xml) {
        for at in self.cut.get(name).into_iter().flatten() {
            xml.cut(*at);
        }
    }
}

fn relation(holder: &str, xml: &Xml, at: usize) -> Relation {
    let value = |name: &str| xml.value(at, name).unwrap_or_default();
    let (target, mode) = (value("target").trim().to_owned(), value("targetmode"));
    let kind = value("type").to_ascii_lowercase();
    Relation {
        holder: holder.to_owned(),
        owner: owner(holder),
        at,
        id: value("id"),
        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
        is_external: mode.eq_ignore_ascii_case("external") || target.contains("://"),
        target,
    }
}

fn what(relation: &Relation) -> Option<&'static str> {
    if relation.is_external {
        let is_harmless = relation.kind == "hyperlink" && is_harmless_target(&relation.target);
        return match relation.kind.as_str() {
            "attachedtemplate" => Some("remote template"),
            "hyperlink" if !is_harmless => Some("links that run or give something away"),
            "hyperlink" => None,
            _ => Some("links to other files"),
        };
    }
    KINDS.iter().find(|(kind, _)| relation.kind == *kind).map(|(_, what)| *what)
}

/// `word/_rels/document.xml.rels` speaks for `word/document.xml`.
fn owner(name: &str) -> String {
    let name = name.strip_suffix(".rels").unwrap_or(name);
    match name.rsplit_once("_rels/") {
        Some((folder, file)) => format!("{folder}{file}"),
        None => name.to_owned(),
    }
}

/// The part that a relation of `owner` leads to.
fn resolve(owner: &str, target: &str) -> String {
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
