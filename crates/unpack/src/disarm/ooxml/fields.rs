//! Fields of word processors (ECMA-376-1, 17.16): code in pieces between `begin` and `separate`, what is shown between that and
//! `end`. The code of one that fetches or runs something is emptied; what it shows stays.

use std::ops::Range;

use crate::disarm::Removed;
use crate::disarm::xml::Xml;

/// Fields that compute or show something of the document itself. The code of others is nothing that a reader misses.
const HARMLESS: [&str; 73] = [
    "=",
    "ADDRESSBLOCK",
    "ADVANCE",
    "AUTHOR",
    "AUTONUM",
    "AUTONUMLGL",
    "AUTONUMOUT",
    "AUTOTEXT",
    "BARCODE",
    "BIBLIOGRAPHY",
    "CITATION",
    "COMMENTS",
    "COMPARE",
    "CREATEDATE",
    "DATE",
    "DOCPROPERTY",
    "DOCVARIABLE",
    "EDITTIME",
    "EQ",
    "FILENAME",
    "FILESIZE",
    "FILLIN",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "FORMTEXT",
    "GREETINGLINE",
    "HYPERLINK",
    "IF",
    "INDEX",
    "INFO",
    "KEYWORDS",
    "LASTSAVEDBY",
    "LISTNUM",
    "MERGEFIELD",
    "MERGEREC",
    "MERGESEQ",
    "NEXT",
    "NEXTIF",
    "NOTEREF",
    "NUMCHARS",
    "NUMPAGES",
    "NUMWORDS",
    "PAGE",
    "PAGEREF",
    "PRINTDATE",
    "REF",
    "REVNUM",
    "SAVEDATE",
    "SECTION",
    "SECTIONPAGES",
    "SEQ",
    "SET",
    "SKIPIF",
    "STYLEREF",
    "SUBJECT",
    "SYMBOL",
    "TA",
    "TC",
    "TEMPLATE",
    "TIME",
    "TITLE",
    "TOA",
    "TOC",
    "USERADDRESS",
    "USERINITIALS",
    "USERNAME",
    "XE",
    "ASK",
    "QUOTE",
    "SHAPE",
    "DISPLAYBARCODE",
    "MERGEBARCODE",
    "GOTOBUTTON",
];

#[derive(Default)]
struct Field {
    code: String,
    /// Where its pieces stand.
    pieces: Vec<Range<usize>>,
    is_shown: bool,
    /// Its code is made by fields within it.
    is_made: bool,
}

/// Empties them.
pub(super) fn disarm(xml: &mut Xml, removed: &mut Removed) {
    let mut open: Vec<Field> = Vec::new();
    let mut cuts = Vec::new();
    for at in 0..xml.elements.len() {
        let Some(element) = xml.elements.get(at) else { continue };
        match element.name.as_str() {
            "fldsimple" => {
                let code = xml.attributes(at).into_iter().find(|attribute| attribute.local() == "instr");
                if let Some(code) = code.filter(|code| !is_harmless(&code.value)) {
                    cuts.push(code.inside);
                }
            }
            "instrtext" | "delinstrtext" => {
                let (text, inner) = (xml.inner_text(at), element.inner.clone());
                if let Some(field) = open.last_mut().filter(|field| !field.is_shown) {
                    field.code.push_str(&text);
                    field.pieces.push(inner);
                } else if !is_harmless(&text) {
                    // Outside of any field: some programs take it for one all the same.
                    cuts.push(inner);
                }
            }
            "fldchar" => match xml.value(at, "fldchartype").as_deref() {
                Some("begin") => {
                    if let Some(outer) = open.last_mut().filter(|outer| !outer.is_shown) {
                        outer.is_made = true;
                    }
                    open.push(Field::default());
                }
                Some("separate") => {
                    if let Some(field) = open.last_mut() {
                        field.is_shown = true;
                    }
                }
                Some("end") => {
                    if let Some(field) = open.pop() {
                        close(field, &mut cuts);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    open.into_iter().for_each(|field| close(field, &mut cuts));
    if !cuts.is_empty() {
        removed.note("fields that fetch or run something");
    }
    for range in cuts {
        xml.replace(range, "");
    }
}

fn close(field: Field, cuts: &mut Vec<Range<usize>>) {
    // The word itself may come out of a field within: `{ { QUOTE 68 68 69 } ... }`.
    let word = field.code.trim_start();
    let is_unnamed = field.is_made && !word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '=');
    if is_unnamed || !is_harmless(&field.code) {
        cuts.extend(field.pieces);
    }
}

/// Is it the code of a field that fetches and runs nothing?
pub(in crate::disarm) fn is_harmless(code: &str) -> bool {
    let code = code.trim_start();
    if code.is_empty() || code.starts_with('=') {
        return true;
    }
    let word: String = code.chars().take_while(|c| !c.is_whitespace() && !matches!(c, '"' | '\\')).collect();
    HARMLESS.contains(&word.to_ascii_uppercase().as_str())
}
