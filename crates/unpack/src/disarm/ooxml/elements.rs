//! The elements of a part that name what is gone, or do something by themselves.

use std::collections::HashSet;

use crate::disarm::Removed;
use crate::disarm::ooxml::fields;
use crate::disarm::xml::Xml;
use crate::formats::office::formula;

/// Elements that mean nothing without what they name; of all others only the name goes.
const WHOLE: [&str; 22] = [
    "oleobject",
    "control",
    "externalreference",
    "attachedtemplate",
    "altchunk",
    "subdoc",
    "sheet",
    "webextensionref",
    "taskpane",
    "hlinkclick",
    "hlinkhover",
    "hlinkmouseover",
    "externaldata",
    "videofile",
    "audiofile",
    "audiocd",
    "wavaudiofile",
    "quicktimefile",
    "media",
    "datasource",
    "headersource",
    "recipients",
];
/// Elements that go wherever they stand, and what they are.
const ALWAYS: [(&str, &str); 8] = [
    ("mailmerge", "data connections"),
    ("entrymacro", "calls of macros"),
    ("exitmacro", "calls of macros"),
    ("fmlamacro", "calls of macros"),
    ("ddelink", "DDE"),
    ("webpr", "data connections"),
    ("dbpr", "data connections"),
    ("ocx", "ActiveX controls"),
];
/// What has to go as well once nothing is left in it.
const CONTAINERS: [&str; 9] = [
    "externalreferences",
    "oleobjects",
    "controls",
    "alternatecontent",
    "choice",
    "fallback",
    "taskpanes",
    "definednames",
    "object",
];
/// Functions of formulas that fetch, run or write.
const FUNCTIONS: [&str; 22] = [
    "WEBSERVICE(",
    "FILTERXML(",
    "RTD(",
    "DDE(",
    "IMPORTXML(",
    "IMPORTDATA(",
    "IMPORTHTML(",
    "IMPORTFEED(",
    "IMAGE(",
    "CALL(",
    "REGISTER(",
    "REGISTER.ID(",
    "EXEC(",
    "FOPEN(",
    "FWRITE(",
    "FWRITELN(",
    "FORMULA(",
    "FORMULA.FILL(",
    "RUN(",
    "FILE.DELETE(",
    "ON.TIME(",
    "SEND.KEYS(",
];

/// Takes them out; `ids` are the identifiers of relations that are gone, and `loses_books` says that links to other books are.
pub(super) fn disarm(xml: &mut Xml, (ids, loses_books): (&HashSet<String>, bool), removed: &mut Removed) {
    let mut loses_sheets = false;
    for at in 0..xml.elements.len() {
        let Some(name) = xml.elements.get(at).map(|element| element.name.clone()) else { continue };
        if let Some((_, what)) = ALWAYS.iter().find(|(always, _)| *always == name) {
            removed.note(what);
            xml.cut(at);
            continue;
        }
        // An object that lies in another file is named by a formula, not by a relation.
        if name == "oleobject" && xml.value(at, "link").is_some() {
            removed.note("links to other files");
            xml.cut(at);
            continue;
        }
        loses_sheets |= name == "sheet" && names_gone(xml, at, ids);
        by_relation(xml, at, &name, ids);
        by_value(xml, at, &name, removed);
        match name.as_str() {
            "f" | "formula" | "formula1" | "formula2" if is_acting(&xml.inner_text(at), loses_books) => {
                removed.note("formulas that fetch or run something");
                xml.cut(at);
            }
            "definedname" => defined_name(xml, at, loses_books, removed),
            _ => {}
        }
    }
    if loses_sheets {
        forget_sheets(xml);
    }
    fields::disarm(xml, removed);
    xml.cut_emptied(&CONTAINERS);
}

fn names_gone(xml: &Xml, at: usize, ids: &HashSet<String>) -> bool {
    !ids.is_empty()
        && xml.attributes(at).iter().any(|attribute| attribute.name.contains(':') && ids.contains(&attribute.value))
}

fn by_relation(xml: &mut Xml, at: usize, name: &str, ids: &HashSet<String>) {
    if ids.is_empty() {
        return;
    }
    let attributes = xml.attributes(at);
    let named = attributes.iter().filter(|attribute| attribute.name.contains(':') && ids.contains(&attribute.value));
    for attribute in named {
        if name == "oleobj" {
            // The frame around it, with the picture of it, cannot stand without (ECMA-376-1, 19.3.2.4).
            let frame = ancestor(xml, at, "graphicframe").unwrap_or(at);
            xml.cut(frame);
        } else if WHOLE.contains(&name) {
            xml.cut(at);
        } else {
            xml.replace(attribute.whole.clone(), "");
        }
    }
}

fn ancestor(xml: &Xml, at: usize, name: &str) -> Option<usize> {
    let mut next = xml.elements.get(at)?.parent;
    while let Some(at) = next {
        let element = xml.elements.get(at)?;
        if element.name == name {
            return Some(at);
        }
        next = element.parent;
    }
    None
}

// Calls of macros and programs in attributes; tables that a connection filled become plain ones.
fn by_value(xml: &mut Xml, at: usize, name: &str, removed: &mut Removed) {
    for attribute in xml.attributes(at) {
        let value = attribute.value.trim().to_ascii_lowercase();
        match attribute.local() {
            "macro" if !value.is_empty() && name != "sheetpr" => {
                removed.note("calls of macros");
                xml.replace(attribute.inside.clone(), "");
            }
            "action" if value.starts_with("ppaction://") && is_running(&value) => {
                removed.note("calls of macros and programs");
                xml.cut(at);
            }
            "tabletype" if value == "querytable" => xml.replace(attribute.whole.clone(), ""),
            "connectionid" | "querytablefieldid" if name == "table" || name == "tablecolumn" => {
                xml.replace(attribute.whole.clone(), "");
            }
            _ => {}
        }
    }
}

fn is_running(action: &str) -> bool {
    ["macro", "program", "ole", "hlinkfile", "hlinkpres"].iter().any(|word| action.contains(word))
}

fn defined_name(xml: &mut Xml, at: usize, loses_books: bool, removed: &mut Removed) {
    let name = xml.value(at, "name").unwrap_or_default().to_ascii_lowercase();
    let runs = ["auto_open", "auto_close", "auto_activate", "auto_deactivate"].iter().any(|word| name.contains(word));
    let is_macro = ["function", "vbprocedure", "xlm", "macro"]
        .iter()
        .any(|attribute| xml.value(at, attribute).is_some_and(|value| matches!(value.as_str(), "1" | "true")));
    if runs || is_macro {
        removed.note("names of macros");
        xml.cut(at);
    } else if is_acting(&xml.inner_text(at), loses_books) {
        removed.note("formulas that fetch or run something");
        xml.cut(at);
    }
}

/// Names that belong to a sheet count sheets, and so do the views.
fn forget_sheets(xml: &mut Xml) {
    for at in 0..xml.elements.len() {
        let Some(name) = xml.elements.get(at).map(|element| element.name.clone()) else { continue };
        for attribute in xml.attributes(at) {
            match (name.as_str(), attribute.local()) {
                ("definedname", "localsheetid") => xml.cut(at),
                ("workbookview", "activetab" | "firstsheet") => xml.replace(attribute.whole.clone(), ""),
                _ => {}
            }
        }
    }
}

/// Does a formula fetch, run or write something, or lead to another book? Those that do keep the value that they had.
fn is_acting(formula: &str, loses_books: bool) -> bool {
    if !formula.contains(['(', '|', '\\', '/', '[']) {
        return false;
    }
    if formula::reaches_out(formula) {
        return true;
    }
    let upper = formula.to_ascii_uppercase();
    let calls = FUNCTIONS.iter().any(|function| {
        upper.match_indices(function).any(|(at, _)| {
            let before = upper.get(..at).unwrap_or_default().chars().next_back();
            before.is_none_or(|before| !(before.is_alphanumeric() || matches!(before, '_' | '.')))
        })
    });
    let leads_to_file = upper.split_once(".XL").is_some_and(|(before, _)| before.contains(['\\', '/']));
    calls || leads_to_file || (loses_books && names_book(&upper))
}

// `[1]Sheet1!A1`: the number of a book among the links to other files.
fn names_book(upper: &str) -> bool {
    upper.split('[').skip(1).any(|rest| {
        let number = rest.split(']').next().unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && rest.len() > number.len()
    })
}
