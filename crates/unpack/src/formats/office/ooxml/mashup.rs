//! Queries of a workbook (Power Query): a zip within a part of the workbook, with programs that fetch the data of its tables.
//! Source: MS-QDEFF 2.2.

use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::office::ooxml::flat::decode;
use crate::formats::office::{is_remote, share_mark};
use crate::formats::xml::{self, Event};
use crate::unpack::{File, Leaf, Walk};

/// Functions that log in somewhere whose first argument is a host without a scheme.
const BY_HOST: [&str; 10] = [
    "sql.database",
    "postgresql.database",
    "mysql.database",
    "oracle.database",
    "db2.database",
    "sybase.database",
    "teradata.database",
    "analysisservices.database",
    "sql.databases",
    "informix.database",
];
/// Bytes of the fields before the zip: version, and size of the zip.
const HEAD_BYTES: usize = 8;
/// Strings of the programs of one workbook that are looked at.
const STRINGS_MAX: usize = 10_000;

/// Reads the part.
pub(super) fn open(walk: &mut Walk<'_>, file: File<'_>, xml: &str) {
    let mut coded = String::new();
    xml::read(xml, &mut |event| {
        if let Event::Text(piece) = event {
            coded.extend(piece.chars().filter(char::is_ascii_graphic));
        }
    });
    let bytes = decode(&coded);
    let Some(package) = bytes.get(HEAD_BYTES..).filter(|package| !package.is_empty()) else {
        return walk.not_opened(file.at, WhyUnopened::Broken);
    };
    walk.budget.spend_unpacked(package.len());
    let first = walk.content.items.len();
    let leaf = Leaf { is_read: true, ..Leaf::default() };
    if !walk.child(file, "mashup", leaf, package) {
        return;
    }
    let items = walk.content.items.get(first..).unwrap_or_default();
    let is_program = |name: &String| name.to_ascii_lowercase().ends_with(".m");
    let programs = items.iter().filter(|item| item.names.iter().any(is_program));
    let targets: Vec<String> = programs.flat_map(|item| targets(&item.text)).take(STRINGS_MAX).collect();
    for target in targets {
        walk.mark(file.at, "external_link");
        if let Some(word) = share_mark(&target) {
            walk.mark(file.at, word);
        }
        walk.add_link(file.at, Link { target, text: String::new(), kind: LinkKind::Fetched });
    }
}

/// Where a program fetches from: strings that lead elsewhere, and hosts that it logs in at.
fn targets(program: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = "";
    // What stands in quotes is every second piece; a doubled quote only parts a string that is no address.
    for (number, piece) in program.split('"').take(STRINGS_MAX).enumerate() {
        if number.checked_rem(2) == Some(0) {
            before = piece;
            continue;
        }
        let call = before.trim_end().trim_end_matches('(').trim_end().to_ascii_lowercase();
        if is_remote(piece) {
            found.push(piece.to_owned());
        } else if BY_HOST.iter().any(|name| call.ends_with(name)) && piece.contains('.') {
            found.push(format!("http://{}/", piece.split([',', '\\', '/']).next().unwrap_or_default()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use crate::formats::office::testing::{open, zip_of};

    fn found(program: &str) -> scan::content::Content {
        let package = zip_of(&[("Formulas/Section1.m", program.as_bytes())]);
        let bytes = [&[0; 8], package.as_slice()].concat();
        let coded = base64::engine::general_purpose::STANDARD.encode(bytes);
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-16\"?><DataMashup xmlns=\"http://schemas.microsoft.com/DataMashup\">{coded}</DataMashup>"
        );
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let types =
            b"<?xml version='1.0'?><Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>";
        let parts: [(&str, &[u8]); 3] = [
            ("[Content_Types].xml", types),
            ("xl/workbook.xml", b"<?xml version='1.0'?><workbook/>"),
            ("customXml/item1.xml", &wide),
        ];
        open(&zip_of(&parts))
    }

    #[test]
    fn queries_that_fetch() {
        for (program, target) in [
            ("shared Q = Json.Document(Web.Contents(\"http://evil.example/x\"));", "http://evil.example/x"),
            ("shared Q = Sql.Database( \"evil.example\", \"db\");", "http://evil.example/"),
            ("shared Q = File.Contents(\"\\\\evil.example\\a\\b.csv\");", "\\\\evil.example\\a\\b.csv"),
        ] {
            let content = found(program);
            let item = &content.items[0];
            assert!(item.marks.iter().any(|mark| mark == "external_link"), "{program}: {:?}", item.marks);
            assert!(item.links.iter().any(|link| link.target == target), "{program}: {:?}", item.links);
        }
        let harmless = found("shared Q = #table({\"a.b\"}, {{\"say \"\"x\"\"\"}});");
        assert_eq!((harmless.items[0].marks.len(), harmless.unopened.len()), (0, 0), "{harmless:?}");
    }
}
