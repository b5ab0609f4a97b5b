//! File names as each reader takes them.

use super::*;
use crate::parameters;

fn check(value: &str, expected: &[&str]) {
    let mut names: Vec<String> = Vec::new();
    for name in candidates(&parameters::read(value.as_bytes())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    assert_eq!(names, expected, "{value}");
}

#[test]
fn usual_names() {
    check("attachment", &[]);
    check("attachment; filename=a.pdf", &["a.pdf"]);
    check("attachment; filename=\"a b.pdf\"; size=3", &["a b.pdf"]);
    check("a/b; name=\"=?utf-8?Q?a=2Eexe?=\"", &["a.exe"]);
    check("a/b; name*=utf-8''%e2%82%ac.exe", &["\u{20ac}.exe"]);
    check("a/b; name*=no-such''%61.exe", &["a.exe"]);
    check("a/b; name*0=\"a.\"; name*1=exe", &["a.exe"]);
    check("a/b; description=x.exe; id=y.exe", &[]);
}

#[test]
fn names_with_escapes_that_shift_nothing() {
    check("a/b; name=\"=?iso-2022-jp?Q?a.j=1B(B=1B(Bs?=\"", &["a.js", "a.j\u{fffd}s"]);
    check("a/b; name=\"=?iso-2022-jp?Q?a.j=1B$B=1B(Bs?=\"", &["a.js", "a.j\u{fffd}s"]);
    check("a/b; name*=iso-2022-jp''a.j%1B%24B%1B%28Bs", &["a.js", "a.j\u{fffd}s"]);
    check("a/b; name=\"=?iso-2022-jp?B?GyRCRnxLXBsoQi5wZGY=?=\"", &["\u{65e5}\u{672c}.pdf"]);
    check("a/b; name=\"=?hz-gb-2312?Q?a.j~{~}s?=\"", &["a.js"]);
    check("a/b; name=\"=?x-unicode-2-0-utf-7?Q?a+AC4-js?=\"", &["a.js"]);
}

#[test]
fn names_that_readers_take_in_other_ways() {
    check("attachment; filename=a.exe b.txt", &["a.exe b.txt", "a.exe"]);
    check("attachment; filename=\"a.exe\".txt", &["a.exe", "a.exe.txt"]);
    check("attachment; filename=\"a.exe;b.txt\"", &["a.exe;b.txt", "a.exe"]);
    check(r#"attachment; filename="a\.exe""#, &["a.exe", r"a\.exe"]);
    check(r#"attachment; filename="a.txt\".exe""#, &["a.txt\".exe", r"a.txt\", r"a.txt\.exe"]);
    check("attachment; filename=\"a.exe", &["a.exe"]);
    check("attachment; filename=\"a\r\n b.exe\"", &["a b.exe"]);
    check("a/b; name*0=a.exe; name*2=.txt", &["a.exe.txt", "a.exe"]);
    check("a/b; name*0=a.; name*1=exe; name*1=txt", &["a.exe", "a.txt"]);
}

#[test]
fn names_that_are_run_for_few_readers() {
    check("attachment; filename=a.txt;.bat", &["a.txt", "a.txt;.bat"]);
    check("attachment; filename=a.txt; b;.bat; size=3", &["a.txt", "a.txt; b;.bat"]);
    check("attachment; filename=\"a%2Ebat\"", &["a%2Ebat", "a.bat"]);
    check("attachment; filename=a%2ejs", &["a%2ejs", "a.js"]);
    check("attachment; filename=\"a.b\r\n at\"", &["a.b at", "a.bat"]);
    // Good names are written so too.
    check("attachment; filename=a.txt; size=3", &["a.txt"]);
    check("attachment; filename=Smith;.pdf", &["Smith"]);
    check("attachment; filename=\"My%20File.pdf\"", &["My%20File.pdf"]);
    check("attachment; filename=\"100%25.exe\"", &["100%25.exe"]);
    check("attachment; filename=\"a long\r\n name.pdf\"", &["a long name.pdf"]);
}

#[test]
fn controls_are_kept() {
    check("a/b; name*=utf-8''a%E2%80%AEfdp.exe", &["a\u{202e}fdp.exe"]);
    check("a/b; name=\"a\u{200b}.exe\"", &["a\u{200b}.exe"]);
}

#[test]
fn conflicts() {
    let conflict = |names: &[&str]| NamesConflict::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(conflict(&[]), None);
    assert_eq!(conflict(&["a.exe"]), None);
    assert_eq!(conflict(&["a.pdf", "\u{e4}.pdf"]), Some(NamesConflict::Name));
    assert_eq!(conflict(&["a.pdf", "b.PDF . "]), Some(NamesConflict::Name));
    assert_eq!(conflict(&["a.pdf", "a"]), Some(NamesConflict::Name));
    assert_eq!(conflict(&["a.pdf", "a.exe"]), Some(NamesConflict::Ending));
}

#[test]
fn endings_are_what_some_desktop_opens() {
    let check = |name: &str, expected: &[&str]| assert_eq!(endings(name), expected, "{name:?}");
    check("report.PDF", &["pdf"]);
    check("setup.exe. . ", &["exe"]);
    check("setup.exe\u{a0}\u{200b}", &["exe"]);
    check("setup.exe:stream", &["exe"]);
    check("Re: invoice.js", &["js"]);
    check("C:x.vbs", &["vbs"]);
    check("a.pdf:b.hta:$DATA", &["pdf", "hta"]);
    check("..\\dir\\x.js", &["js"]);
    check(".hta", &["hta"]);
    check("notes.js\\", &["js"]);
    check("notes.js>", &["js"]);
    check("notes.js(1)", &["js"]);
    check("README", &[]);
    check("", &[]);
}

#[test]
fn what_is_run_is_in_order() {
    assert!(RUN_BY_OPENING.is_sorted());
    assert!(is_run_by_opening("xll") && is_run_by_opening("app") && !is_run_by_opening("pdf"));
}
