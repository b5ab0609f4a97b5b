//! Cells that conditions or patterns fill.

use super::{book, column, package};
use crate::formats::drawing::{modules, says};
use scan::content::Content;

fn sheet(value: impl Fn(bool) -> String, rules: &str) -> Content {
    let rows: String = modules(1)
        .iter()
        .enumerate()
        .map(|(y, row)| {
            let cell = |(x, own): (usize, &bool)| format!("<c r='{}{}'>{}</c>", column(x), y + 1, value(*own));
            format!("<row r='{}'>{}</row>", y + 1, row.iter().enumerate().map(cell).collect::<String>())
        })
        .collect();
    filled(&rows, rules)
}

fn filled(rows: &str, rules: &str) -> Content {
    let styles = "<?xml version='1.0'?><styleSheet><fills><fill/></fills><cellXfs><xf/></cellXfs><dxfs><dxf><font><color rgb='FFFF0000'/></font></dxf><dxf><fill><patternFill><bgColor rgb='FF000000'/></patternFill></fill></dxf></dxfs></styleSheet>";
    let sheet = format!(
        "<?xml version='1.0'?><worksheet><sheetData>{rows}</sheetData><conditionalFormatting sqref='A1:AZ60'>{rules}</conditionalFormatting></worksheet>"
    );
    package(&[("xl/worksheets/sheet1.xml", sheet), ("xl/styles.xml", styles.to_owned())])
}

fn rule(kind: &str, formula: &str) -> String {
    format!("<cfRule type='{kind}' dxfId='1' priority='1'><formula>{formula}</formula></cfRule>")
}

#[test]
fn codes_by_conditions_and_patterns() {
    let number = |own: bool| format!("<v>{}</v>", u8::from(own));
    let compared = |operator: &str| rule(&format!("cellIs' operator='{operator}"), "0.5");
    let scale = "<cfRule type='colorScale' priority='1'><colorScale><cfvo type='min'/><cfvo type='max'/><color rgb='FFFFFFFF'/><color rgb='FF000000'/></colorScale></cfRule>";
    for (name, content) in [
        ("greater", sheet(number, &compared("greaterThan"))),
        ("less", sheet(|own| number(!own), &compared("lessThan"))),
        ("a scale", sheet(number, scale)),
    ] {
        assert!(says(&content), "{name}");
        assert_eq!(content.items[0].marks, ["text_code"], "{name}");
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
    for (name, fill) in [("mixed", pattern), ("nearly its back", dotted)] {
        assert!(says(&book(&format!("{fill}<fill/>"), &rows, "")), "{name}");
    }
}

#[test]
fn conditions_that_are_not_followed_are_told() {
    let marks = |content: Content| content.items[0].marks.clone();
    let taken = rule("expression", "MID(Data!$A$1,ROW()*31+COLUMN(),1)=&quot;1&quot;");
    assert_eq!(marks(filled("", &taken)), ["picture_unread"]);
    let own = sheet(|own| format!("<v>{}</v>", u8::from(own)), &rule("expression", "ISODD(A1)"));
    assert_eq!(marks(own), ["picture_unread"]);
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
    for (name, rules) in [
        ("striped", rule("expression", "MOD(ROW(),2)=0")),
        ("a plan", rule("expression", "AND(F$5&gt;=$C7,F$5&lt;=$D7)")),
        ("heat", scale.to_owned()),
        ("above", rule("cellIs' operator='greaterThan", "90")),
        ("twice", rule("duplicateValues", "")),
    ] {
        let content = filled(&rows, &rules);
        assert!(content.items[0].marks.is_empty(), "{name}: {:?}", content.items[0].marks);
    }
}
