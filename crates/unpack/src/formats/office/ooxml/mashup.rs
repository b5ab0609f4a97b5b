//! Queries of a workbook (Power Query): a zip within a part of the workbook, with programs that fetch the data of its tables.
//! Source: MS-QDEFF 2.2.

mod families;
mod program;
mod scopes;
mod words;

use scan::content::{Link, LinkKind, WhyUnopened};

use crate::formats::office::coded::decode;
use crate::formats::office::share_mark;
use crate::formats::xml::{self, Event};
use crate::formats::zip::whole;
use crate::text;
use crate::unpack::{File, Leaf, Walk};

/// Bytes of the fields before the zip: version, and size of the zip.
const HEAD_BYTES: usize = 8;
/// Programs of one workbook that are read.
const PROGRAMS_MAX: usize = 64;
/// Links of the programs of one workbook.
const LINKS_MAX: usize = 10_000;

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
    let mut left = LINKS_MAX;
    for program in programs(walk, file, (first, package)) {
        let read = program::read(&program);
        for (is_so, word) in [(read.fetches, "external_link"), (read.is_computed, "link_computed")] {
            if is_so {
                walk.mark(file.at, word);
            }
        }
        if read.is_cut || read.targets.len() > left {
            walk.not_opened(file.at, WhyUnopened::OverBudget);
        }
        for target in read.targets.into_iter().take(left) {
            left = left.saturating_sub(1);
            walk.mark(file.at, "external_link");
            if let Some(word) = share_mark(&target) {
                walk.mark(file.at, word);
            }
            walk.add_link(file.at, Link { target, text: String::new(), kind: LinkKind::Fetched });
        }
    }
}

/// The programs as they stand in the zip; where that cannot be had, as far as their items show them.
fn programs(walk: &mut Walk<'_>, file: File<'_>, (first, package): (usize, &[u8])) -> Vec<String> {
    let is_program = |name: &str| name.to_ascii_lowercase().ends_with(".m");
    let programs: Vec<String> = match whole::read(package, walk.budget) {
        Ok(whole) => {
            let files = whole.files.iter().filter(|(name, _)| is_program(name));
            files.map(|(_, bytes)| text::decode(bytes, "").into_owned()).take(PROGRAMS_MAX).collect()
        }
        Err(_) => {
            let items = walk.content.items.get(first..).unwrap_or_default().iter();
            let items = items.filter(|item| item.names.iter().any(|name| is_program(name)));
            items.map(|item| item.text.clone()).take(PROGRAMS_MAX).collect()
        }
    };
    if programs.len() >= PROGRAMS_MAX {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    programs
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

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

    fn told(program: &str) -> String {
        let content = found(program);
        let item = &content.items[0];
        let links: Vec<&str> = item.links.iter().map(|link| link.target.as_str()).collect();
        assert!(content.unopened.is_empty(), "{:?}", content.unopened);
        [item.marks.join(" "), links.join(" ")].join(" ").trim().to_owned()
    }

    #[test]
    fn queries_that_fetch() {
        for (program, expected) in [
            ("shared Q = Json.Document(Web.Contents(\"http://a.example/x\"));", "external_link http://a.example/x"),
            ("shared Q = Sql.Database( \"a.example\", \"db\");", "external_link http://a.example/"),
            ("File.Contents(\"\\\\a.example\\a\\b.csv\")", "external_link unc_path \\\\a.example\\a\\b.csv"),
            ("Web.Contents(\"ht\"&\"tp://a.example/x\")", "external_link http://a.example/x"),
            ("Web.Contents(\"#(0068)tt#(00000070)://a.example/x\")", "external_link http://a.example/x"),
            ("// 5\" wide\nSql.Database(\"a.example\",\"db\")", "external_link http://a.example/"),
            ("/* \" */ Sql.Database(/* \" */\"a.example\",\"db\")", "external_link http://a.example/"),
            ("let h = \"a.example\" in Sql.Database(h,\"db\")", "external_link http://a.example/"),
            (
                "let #\"my \"\"h\" = \"a.exam\"&\"ple\" in Sql.Database(#\"my \"\"h\")",
                "external_link http://a.example/",
            ),
            (
                "Q = Web.Contents(Base & \"/x\"); Base = (\"http://a\") & \".example\";",
                "external_link http://a.example/x http://a.example",
            ),
            ("Web.Contents(Text.Combine({\"http:\", \"//a.example/\", \"x\"}))", "external_link http://a.example/x"),
            ("Web.Contents(Character.FromNumber(104) & \"ttp://a.example/\")", "external_link http://a.example/"),
            ("Odbc.DataSource(\"driver={SQL Server};server=a.example\")", "external_link http://a.example/"),
            ("OleDb.Query(\"Provider=X;Data Source=a.example\", \"q\")", "external_link http://a.example/"),
            ("Value = #shared[Web.Contents](\"http://a.example/x\")", "external_link link_computed http://a.example/x"),
            ("Web.Contents(Table{0}[Address])", "external_link link_computed"),
            ("f = Web.Contents, x = f(\"http:\" & y)", "external_link link_computed http:"),
            ("Expression.Evaluate(\"We\" & \"b.Contents(x)\", #shared)", "external_link link_computed"),
            ("Sql.Database(\"SQL01\", \"db\")", "external_link"),
            ("Excel.Workbook(File.Contents(\"C:\\data\\x.xlsx\"))", ""),
            ("Excel.CurrentWorkbook(){[Name=\"T\"]}[Content]", ""),
            ("#table({\"a.b\"}, {{\"say \"\"x\"\"\"}})", ""),
            ("/* Web.Contents(\"http://a.example\") */ 1", ""),
            // Under another name, or by a function that is not known here.
            ("Record.Field(#shared, \"Web.\" & \"Contents\")(Text.Reverse(x))", "external_link link_computed"),
            ("Record.FieldValues(#sections[Section1]){3}(x)", "external_link link_computed"),
            ("#\"Web#(002E)Contents\"(\"http://a.example/\")", "external_link http://a.example/"),
            ("f = #\"W#(0065)b.Contents\"", "external_link link_computed"),
            ("WebAction.Request(\"GET\", \"http://a.example/\")", "external_link http://a.example/"),
            ("Kusto.Contents(\"https://a.example/\")", "external_link https://a.example/"),
            ("[Web.Contents = 1], Web.Contents(x)", "external_link link_computed"),
            // A field, or a name that counts elsewhere, does not take the place of a function.
            (
                "let a = [MySQL.Database = 1], b = MySQL.Database(\"a.example\",\"d\") in b",
                "external_link http://a.example/",
            ),
            ("let a = [Zendesk.Tables = 1], b = Zendesk.Tables(x) in b", "external_link link_computed"),
            ("let a = y and Zendesk.Tables = 1, b = Zendesk.Tables(x) in b", "external_link link_computed"),
            ("let a = let Zendesk.Tables = 1 in 1, b = Zendesk.Tables(x) in b", "external_link link_computed"),
            ("let MySQL.Database = 1, b = MySQL.Database(x) in b", "external_link link_computed"),
            ("let Zendesk.Tables = Excel.CurrentWorkbook(), b = Table.FirstN(Zendesk.Tables, 5) in b", ""),
            // What is joined to something else.
            ("T & MySQL.Database(\"a.example\",\"d\"){0}[Data]", "external_link http://a.example/"),
            ("\"a\" & Text.From(x) & Zendesk.Tables(x)", "external_link link_computed"),
            // Every end of a line ends a comment.
            ("1 //\u{2028} & Web.Contents(\"http://\" & x)", "external_link link_computed http://"),
            ("1 //\u{2029} & Web.Contents(x)", "external_link link_computed"),
            ("1 //\u{85} & Web.Contents(x)", "external_link link_computed"),
            ("1 // \u{b}\u{c} Web.Contents(x)", ""),
            ("Xml.Tables(File.Contents(\"C:\\data\\x.xml\"))", ""),
            ("Web.Page(Xml.Document(Binary.FromText(x, BinaryEncoding.Base64)))", ""),
            // Names of columns, and of queries of one's own.
            ("Table.AddColumn(T, \"x\", each [Customer.Name] & [Order.Total])", ""),
            ("shared Sales.Data = Excel.CurrentWorkbook(); shared Q = Table.FirstN(Sales.Data, 5);", ""),
            ("Table.TransformColumnTypes(#\"Expanded Customer.Name\",{{\"Customer.Name\", type text}})", ""),
            ("Table.Join(A, {\"k\"}, B, {\"k\"}, JoinKind.Inner, JoinAlgorithm.Dynamic)", ""),
            ("#date(2020, 1, 1) <> #datetime(2020, 1, 1, 0, 0, 0)", ""),
        ] {
            assert_eq!(told(program), expected, "{program}");
        }
    }

    /// What begins again and again and never ends is read a few times, and so is what lies behind it.
    #[test]
    fn what_never_closes_is_read_once() {
        for piece in [
            "(&",
            "(",
            "Text.From(",
            "Text.From(&",
            "Text.Combine({\"a\",",
            "Text.Combine({&Text.From(\"a\"&",
            "(\"a\"&(&",
            "(\"a\"&\"b\"&(",
            "R.A&",
            "R.A(x&",
            "x=(&",
        ] {
            for begin in ["shared x = ", "Web.Contents(", "x = (\"a\" & "] {
                let program = format!("{begin}{}\"http://a.example/\"", piece.repeat(40_000));
                // It would be cut if each piece were looked at more than a few times.
                assert!(!program::read(&program).is_cut, "{begin}{piece}");
            }
        }
        let many = "a,".repeat(250_001);
        assert!(program::read(&many).is_cut);
    }

    #[test]
    fn many_texts_in_front_hide_nothing() {
        let decoys = "\"a\",".repeat(50_000);
        let program = format!("shared L = {{{decoys}\"b\"}};\nshared Q = Sql.Database(\"a.example\",\"db\");");
        assert_eq!(told(&program), "external_link http://a.example/");
    }

    #[test]
    fn limits_are_told() {
        let many: String = (0..LINKS_MAX + 1).map(|number| format!("\"http://h{number}.example/\",")).collect();
        // Names that stand for each other's texts over and over.
        let twice = format!("a0 = \"{}\",", "x".repeat(1_000)) + &"b = a0 & a0,".repeat(10_000);
        for program in [many, twice] {
            let content = found(&program);
            assert!(content.unopened.iter().any(|one| one.why == WhyUnopened::OverBudget));
        }
        let blanks = " ".repeat(2 * 1024 * 1024);
        assert!(!program::read(&blanks).is_cut && program::read(&format!("{blanks} ")).is_cut);
        let within =
            |depth: usize| format!("Web.Contents({}\"http://a.example/\"{})", "(".repeat(depth), ")".repeat(depth));
        assert!(!program::read(&within(7)).is_computed && program::read(&within(8)).is_computed);
        let long = format!("Web.Contents(\"http://a.example/\" & \"{}\")", "x".repeat(2_100));
        assert!(program::read(&long).is_computed);
    }
}
