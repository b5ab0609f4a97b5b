//! Cells that conditions or patterns fill.

use super::{book, column, package};
use crate::formats::drawing::{modules, says};
use scan::content::Content;

const STYLES: &str = "<?xml version='1.0'?><styleSheet><fills><fill/></fills><cellXfs><xf/></cellXfs><dxfs><dxf><font><color rgb='FFFF0000'/></font></dxf><dxf><fill><patternFill><bgColor rgb='FF000000'/></patternFill></fill></dxf></dxfs></styleSheet>";

/// The cells of a code, the first in this column.
fn cells_at(first: usize, cell: impl Fn(bool, usize) -> String) -> String {
    let row = |(y, row): (usize, &Vec<bool>)| {
        let own = |(x, own): (usize, &bool)| {
            let inner = cell(*own, y * 50 + x);
            inner.replace("<c", &format!("<c r='{}{}'", column(x + first), y + 1))
        };
        format!("<row r='{}'>{}</row>", y + 1, row.iter().enumerate().map(own).collect::<String>())
    };
    modules(1).iter().enumerate().map(row).collect()
}

fn cells(cell: impl Fn(bool, usize) -> String) -> String {
    cells_at(0, cell)
}

fn number(own: bool, _: usize) -> String {
    format!("<c><v>{}</v></c>", u8::from(own))
}

fn sheet(rows: &str, behind: &str) -> Content {
    styled(rows, behind, STYLES)
}

fn styled(rows: &str, behind: &str, styles: &str) -> Content {
    let sheet = format!("<?xml version='1.0'?><worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>");
    let strings = "<?xml version='1.0'?><sst><si><t>light</t></si><si><t>dark</t></si></sst>";
    package(&[
        ("xl/sharedStrings.xml", strings.to_owned()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/styles.xml", styles.to_owned()),
    ])
}

fn ruled(ranges: &str, rules: &str) -> String {
    format!("<conditionalFormatting sqref='{ranges}'>{rules}</conditionalFormatting>")
}

fn filled(rows: &str, rules: &str) -> Content {
    sheet(rows, &ruled("A1:AZ60", rules))
}

fn rule(kind: &str, formula: &str) -> String {
    format!("<cfRule type='{kind}' dxfId='1' priority='1'><formula>{formula}</formula></cfRule>")
}

fn scale(stops: &str) -> String {
    format!(
        "<cfRule type='colorScale' priority='1'><colorScale>{stops}<color rgb='FFFFFFFF'/><color rgb='FF000000'/></colorScale></cfRule>"
    )
}

fn marks(content: &Content) -> &[String] {
    &content.items[0].marks
}

#[test]
fn codes_by_conditions_and_patterns() {
    let compared = |operator: &str| rule(&format!("cellIs' operator='{operator}"), "0.5");
    let ends = scale("<cfvo type='min'/><cfvo type='max'/>");
    for (name, content) in [
        ("greater", filled(&cells(number), &compared("greaterThan"))),
        ("less", filled(&cells(|own, at| number(!own, at)), &compared("lessThan"))),
        ("a scale", filled(&cells(number), &ends)),
    ] {
        assert!(says(&content), "{name}");
        assert_eq!(marks(&content), ["text_code"], "{name}");
    }
    let rows: String = modules(1)
        .iter()
        .map(|row| {
            let cells: String = row.iter().map(|own| format!("<c s='{}'/>", if *own { 1 } else { 2 })).collect();
            format!("<row>{cells}</row>")
        })
        .collect();
    let pattern = "<fill><patternFill patternType='darkGray'><fgColor rgb='FFFFFFFF'/><bgColor rgb='FF000000'/></patternFill></fill>";
    let dotted = "<fill><patternFill patternType='gray0625'><fgColor rgb='FFFFFFFF'/><bgColor rgb='FF203040'/></patternFill></fill>";
    let black = "<fill><patternFill patternType='solid'><fgColor rgb='FF000000'/></patternFill></fill>";
    // What has no pattern has no colour.
    let none = "<fill><patternFill patternType='none'><fgColor rgb='FF000000'/></patternFill></fill>";
    let unsaid = "<fill><patternFill><fgColor rgb='FF000000'/></patternFill></fill>";
    let gradient = "<fill><gradientFill><stop position='0'><color rgb='FF000000'/></stop></gradientFill></fill>";
    for (name, fill, other) in [
        ("mixed", pattern, "<fill/>"),
        ("nearly its back", dotted, "<fill/>"),
        ("none", black, none),
        ("unsaid", black, unsaid),
        ("a gradient", gradient, none),
    ] {
        assert!(says(&book(&format!("{fill}{other}"), &rows, "")), "{name}");
    }
}

#[test]
fn codes_by_scales_and_types_of_cells() {
    let far = |cell: &str| format!("<row r='60'><c r='AZ60' {cell}</c></row>");
    let fixed = scale("<cfvo type='num' val='0'/><cfvo type='num' val='1'/>");
    let ends = scale("<cfvo type='min'/><cfvo type='max'/>");
    let shares = scale("<cfvo type='percent' val='0'/><cfvo type='percentile' val='95'/>");
    let bar = "<cfRule type='dataBar'><dataBar><cfvo type='num' val='0'/><cfvo type='num' val='1'/><color rgb='FF000000'/></dataBar></cfRule>";
    for (name, other, rules) in [
        ("a number far off", "><v>1000</v>", fixed.as_str()),
        ("a number below", "><v>-1000</v>", &fixed),
        ("text", "t='str'><v>1000</v>", &ends),
        ("a string", "t='s'><v>1000</v>", &ends),
        ("shares", "><v>1</v>", &shares),
        ("bars", "><v>1000</v>", bar),
    ] {
        assert!(says(&filled(&(cells(number) + &far(other)), rules)), "{name}");
    }
    let equal = rule("cellIs' operator='equal", "&quot;dark&quot;");
    let text = |own: bool, _| format!("<c t='str'><v>{}</v></c>", if own { "Dark" } else { "light" });
    let string = |own: bool, _| format!("<c t='s'><v>{}</v></c>", u8::from(own));
    let inline = |own: bool, _| format!("<c t='inlineStr'><is><t>{}</t></is></c>", if own { "Dark" } else { "light" });
    for rows in [cells(text), cells(string), cells(inline)] {
        assert!(says(&filled(&rows, &equal)), "{rows}");
    }
}

#[test]
fn codes_by_ranks_and_by_what_is_there() {
    let some = |own: bool, _: usize| if own { "<c><v>7</v></c>".to_owned() } else { String::new() };
    let twice = |own: bool, at: usize| format!("<c><v>{}</v></c>", if own { 7 } else { at + 10 });
    let spread = |own: bool, at: usize| format!("<c><v>{}</v></c>", if own { at + 5000 } else { at });
    let dark = modules(1).iter().flatten().filter(|own| **own).count();
    let attributes = |text: &str| format!("<cfRule dxfId='1' {text}/>");
    for (name, rows, rules) in [
        ("something", cells(some), attributes("type='notContainsBlanks'")),
        ("nothing", cells(|own, at| some(!own, at)), attributes("type='containsBlanks'")),
        ("nought", cells(|own, at| some(!own, at)), rule("cellIs' operator='lessThan", "1")),
        ("twice", cells(twice), attributes("type='duplicateValues'")),
        ("once", cells(|own, at| twice(!own, at)), attributes("type='uniqueValues'")),
        ("above", cells(spread), attributes("type='aboveAverage'")),
        ("below", cells(|own, at| spread(!own, at)), attributes("type='aboveAverage' aboveAverage='0'")),
        ("top", cells(spread), attributes(&format!("type='top10' rank='{dark}'"))),
        ("compared", cells(spread), rule("expression", "A1&gt;=5000")),
        ("held", cells(some), rule("expression", "LEN(A1)&gt;0")),
    ] {
        let content = sheet(&rows, &ruled("A1:AE31", &rules));
        assert!(says(&content), "{name} {:?}", marks(&content));
    }
    let elsewhere = sheet(&cells_at(40, number), &ruled("A1:AE31", &rule("expression", "AO1=1")));
    assert!(says(&elsewhere));
    let later = "<extLst><x14:conditionalFormatting><x14:cfRule type='expression'><xm:f>A1=1</xm:f><x14:dxf><fill><patternFill><bgColor rgb='FF000000'/></patternFill></fill></x14:dxf></x14:cfRule><xm:sqref>A1:AE31</xm:sqref></x14:conditionalFormatting></extLst>";
    assert!(says(&sheet(&cells(number), later)));
    // Places follow from the order, whether there are styles or not.
    let plain = STYLES.replace("<cellXfs><xf/></cellXfs>", "");
    let rows: String = modules(1)
        .iter()
        .map(|row| format!("<row>{}</row>", row.iter().map(|own| number(*own, 0)).collect::<String>()))
        .collect();
    for styles in [STYLES, &plain] {
        assert!(says(&styled(&rows, &ruled("A1:AE31", &rule("expression", "A1=1")), styles)));
    }
}

#[test]
fn codes_by_the_ranges_themselves() {
    let runs = crate::formats::drawing::runs(1, |x, y, length, is_dark| {
        let range = format!("{}{}:{}{} ", column(x), y + 1, column(x + length - 1), y + 1);
        if is_dark { range } else { String::new() }
    });
    assert!(says(&sheet("", &ruled(runs.trim(), &rule("expression", "$A$1=&quot;&quot;")))));
}

#[test]
fn conditions_that_are_not_followed_are_told() {
    let taken = rule("expression", "MID(Data!$A$1,ROW()*31+COLUMN(),1)=&quot;1&quot;");
    let odd = |own: bool, at: usize| format!("<c><v>{}</v></c>", at * 2 + usize::from(own));
    let one_by_one: String = (0..21_usize)
        .map(|x| {
            let (own, taken) = (column(x), column(x + 30));
            ruled(&format!("{own}1:{own}21"), &rule("expression", &format!("${taken}1*1=1")))
        })
        .collect();
    let plans: String =
        (7..14).map(|own| rule("expression", &format!("AND(F$5&gt;=$C{own},F$5&lt;=$D{own})"))).collect();
    let far = format!("<row r='100'>{}</row>", "<c><v>1</v></c>".repeat(70_001));
    let many = "A1:U21 ".to_owned() + &"B50 ".repeat(1_000);
    let of_formula = scale("<cfvo type='formula' val='Q'/><cfvo type='max'/>");
    for (name, rows, rules) in [
        ("taken", String::new(), ruled("A1:U21", &taken)),
        ("in two pieces", String::new(), ruled("A1:U11 A12:U21", &taken)),
        ("in two lists", String::new(), ruled("A1:U11", &taken) + &ruled("A12:U21", &taken)),
        ("in two pieces side by side", String::new(), ruled("A1:K21 L1:U21", &taken)),
        ("odd", cells(odd), ruled("A1:AE31", &rule("expression", "ISODD(A1)"))),
        (
            "odd in two lists",
            cells(odd),
            ruled("A1:AE11", &rule("expression", "ISODD(A1)")) + &ruled("A12:AE31", &rule("expression", "ISODD(A12)")),
        ),
        ("a name", String::new(), ruled("A1:U21", &rule("expression", "Q"))),
        ("powers", String::new(), ruled("A1:U21", &rule("expression", "MOD(INT($Z1/2^COLUMN()),2)=1"))),
        ("a long one", String::new(), ruled("A1:U21", &rule("expression", &"1+".repeat(40_000)))),
        ("columns one by one", String::new(), one_by_one),
        ("many plans", String::new(), ruled("A1:U21", &plans)),
        ("behind many values", far + &cells(number), ruled("A1:AE31", &rule("cellIs' operator='greaterThan", "1"))),
        ("many ranges", String::new(), ruled(&many, &rule("cellIs' operator='greaterThan", "1"))),
        ("a scale by a name", cells(number), ruled("A1:AE31", &of_formula)),
        (
            "dates",
            cells(|own, _| format!("<c t='d'><v>20{}0-01-01</v></c>", u8::from(own))),
            ruled("A1:AE31", &rule("cellIs' operator='greaterThan", "36600")),
        ),
    ] {
        let content = sheet(&rows, &rules);
        // What stands in the cells may say it by itself.
        assert!(marks(&content).iter().any(|mark| *mark == "picture_unread"), "{name}");
    }
}

#[test]
fn conditions_for_readers_say_nothing() {
    let rows: String = (0..50_usize)
        .map(|row| {
            let cells: String =
                (0..40_usize).map(|x| format!("<c r='{}{}'><v>{}</v></c>", column(x), row + 1, row * x % 97)).collect();
            format!("<row r='{}'>{cells}</row>", row + 1)
        })
        .collect();
    let scale = "<cfRule type='colorScale' priority='1'><colorScale><cfvo type='min'/><cfvo type='max'/><color rgb='FFF8696B'/><color rgb='FF63BE7B'/></colorScale></cfRule>";
    let three = "<cfRule type='colorScale' priority='1'><colorScale><cfvo type='min'/><cfvo type='percentile' val='50'/><cfvo type='max'/><color rgb='FFF8696B'/><color rgb='FFFFEB84'/><color rgb='FF63BE7B'/></colorScale></cfRule>";
    let plans = ["F$5=TODAY()", "AND(F$5&gt;=$C7,F$5&lt;=$D7)", "WEEKDAY(F$5,2)&gt;5", "AND(F$5&gt;=$C7,F$5&lt;=$E7)"];
    for (name, rules) in [
        ("striped", rule("expression", "MOD(ROW(),2)=0")),
        ("a plan", plans.map(|formula| rule("expression", formula)).concat()),
        ("heat", scale.to_owned()),
        ("heat by ranks", three.to_owned()),
        ("above", rule("cellIs' operator='greaterThan", "90")),
        ("below", rule("cellIs' operator='lessThan", "5")),
        ("below a cell", rule("cellIs' operator='lessThan", "$B$2")),
        ("twice", rule("duplicateValues", "")),
        ("top", "<cfRule type='top10' dxfId='1' rank='10'/>".to_owned()),
        ("rows by words", rule("expression", "NOT(ISERROR(SEARCH(&quot;late&quot;,$C1)))")),
        ("rows of another sheet", rule("expression", "COUNTIF('Other one'!$A:$A,$A1)&gt;0")),
        ("what is there", rule("expression", "A1&lt;&gt;&quot;&quot;")),
        ("what is not", rule("expression", "ISBLANK(A1)")),
    ] {
        let content = filled(&rows, &rules);
        assert!(marks(&content).is_empty(), "{name}: {:?}", marks(&content));
    }
    // Columns with conditions of their own.
    let words: String = (0..15)
        .map(|x| column(x * 2))
        .map(|own| {
            ruled(
                &format!("{own}2:{own}40"),
                &rule("containsText", &format!("NOT(ISERROR(SEARCH(&quot;x&quot;,{own}2)))")),
            )
        })
        .collect();
    let blocks = ruled("A2:H50", &rule("expression", "$C2&gt;5")) + &ruled("J2:AF50", &rule("expression", "$K2&gt;5"));
    for rules in [words, blocks] {
        let content = sheet(&rows, &rules);
        assert!(marks(&content).is_empty(), "{rules}: {:?}", marks(&content));
    }
}
