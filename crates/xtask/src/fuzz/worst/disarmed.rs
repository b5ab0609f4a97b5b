//! Files that are to lose what they do, of very many things that do something: what writing them anew costs.

use std::fmt::Write as _;

use ::unpack::disarm::{Outcome, disarm};
use ::unpack::{Budget, Limits, Part};
use anyhow::{Result, bail};
use bytes::Bytes;

use super::packed::{Entry, package};
use super::{INPUT_BYTES, Row, filled};
use crate::fuzz::usage::{measured, thread_time};

/// What comes out is opened once more.
const TIMES: u32 = 2;
/// Objects of a PDF of a mebibyte.
const OBJECTS: usize = 11_500;
/// Elements within elements; with many more a part is refused at once.
const DEPTH: usize = 900;

/// A name, how it is made, and whether it is written anew; else it is said to be impossible, in time.
type Armed = (&'static str, fn() -> Bytes, bool);

const ALL: &[Armed] = &[
    ("armed_attributes.html", attributes, true),
    ("armed_scripts.html", scripts, true),
    ("armed_fields.docx", fields, true),
    ("armed_formulas.xlsx", formulas, false),
    ("armed_places.pdf", objects, true),
];

/// What each of them takes.
pub(super) fn all() -> impl Iterator<Item = Result<Row>> {
    ALL.iter().map(|(name, make, is_written)| {
        let part = Part { place: "1".to_owned(), names: vec![(*name).to_owned()], bytes: make(), ..Part::default() };
        let (outcome, usage) = measured(|| disarm(&part, &mut Budget::with_clock(Limits::default(), thread_time)))?;
        match (&outcome, *is_written) {
            (Outcome::Disarmed(_), true) | (Outcome::Impossible(_), false) => Ok(Row { name, mebibytes: TIMES, usage }),
            (Outcome::Impossible(why), _) => bail!("{name}: it was to be written anew: {why}"),
            _ => bail!("{name}: it was to be disarmed otherwise"),
        }
    })
}

/// One element of as many attributes as fit, no two of one name, each of which is to go.
fn attributes() -> Bytes {
    let mut page = "<p><a".to_owned();
    for number in 0.. {
        // Writing to a text does not fail.
        let _ = write!(page, " on{number}=a");
        if page.len() >= INPUT_BYTES {
            break;
        }
    }
    page.push_str(">b</a>");
    Bytes::from(page)
}

/// Very many scripts, and links that are scripts.
fn scripts() -> Bytes {
    filled(b"<html><body>", b"<a href=javascript:a onclick=b>c</a><script>d</script>")
}

fn document(name: &str, xml: Vec<u8>) -> Bytes {
    let types = Entry::stored("[Content_Types].xml", b"<Types/>".to_vec());
    Bytes::from(package(&[types, Entry::stored(name, xml)]))
}

/// Very many fields that fetch something.
fn fields() -> Bytes {
    let fields =
        filled(b"<w:document><w:p>", b"<w:fldSimple w:instr='DDEAUTO a b'><w:r><w:t>c</w:t></w:r></w:fldSimple>");
    document("word/document.xml", [&fields[..], b"</w:p></w:document>"].concat())
}

/// Formulas within each other, so that each is nearly all of the part.
fn formulas() -> Bytes {
    let start = ["<worksheet>", &"<f>".repeat(DEPTH)].concat();
    let sheet = filled(start.as_bytes(), b"1+");
    document("xl/worksheets/sheet1.xml", [&sheet[..], "</f>".repeat(DEPTH).as_bytes(), b"</worksheet>"].concat())
}

/// Very many places of a document, each with a script that runs by itself.
fn objects() -> Bytes {
    let (mut places, mut objects) = (String::new(), String::new());
    for number in 4..OBJECTS {
        // Writing to a text does not fail.
        let _ = write!(places, "/d{number} {number} 0 R");
        let _ = writeln!(objects, "{number} 0 obj<</D[3 0 R/Fit]/AA<</O<</S/JavaScript/JS(a)>>>>>>endobj");
    }
    Bytes::from(format!(
        "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Dests<<{places}>>>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n{objects}trailer<</Root 1 0 R>>\n%%EOF\n"
    ))
}
