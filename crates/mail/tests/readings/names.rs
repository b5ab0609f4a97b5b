//! Every name a file could get (RFC 2183 2.3, RFC 2231).

use expect_test::expect;

use super::check;

#[test]
fn conflicts() {
    check(
        "Content-Type: application/x; name=a.txt\nContent-Disposition: attachment; filename=a.exe\n\nx\n",
        &expect![[r#"
            application/x attachment ["a.txt", "a.exe"] "x\r\n"
            ambiguous name_conflict @118
        "#]],
    );
    check(
        "Content-Type: application/x; name=a.txt\nContent-Disposition: attachment; filename*=utf-8''%c3%a4.txt\n\nx\n",
        &expect![[r#"
            application/x attachment ["a.txt", "ä.txt"] "x\r\n"
        "#]],
    );
    check(
        "Content-Disposition: attachment; filename=a.txt\nContent-Disposition: attachment; filename=a.exe\n\nx\n",
        &expect![[r#"
            text/plain attachment ["a.txt", "a.exe"] "x\r\n"
            ambiguous name_conflict @126
        "#]],
    );
}

#[test]
fn all_forms() {
    check(
        "Content-Type: application/x; name=\"report.pdf\"; name*=utf-8''r%65port.scr\nContent-Disposition: attachment; filename=\"report.txt\"; filename*=utf-8''report%2Eexe; filename*0=\"rep\"; filename*1=\"ort.js\"\n\nx\n",
        &expect![[r#"
            application/x attachment ["report.pdf", "report.scr", "report.txt", "report.exe", "report.js"] "x\r\n"
            ambiguous name_conflict @152
        "#]],
    );
}

#[test]
fn spellings() {
    check(
        "Content-Disposition: attachment; filename=\"a.exe\".txt\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a.exe", "a.exe.txt"] "x\r\n"
        ambiguous name_conflict @77
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=a.exe b.txt\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a.exe b.txt", "a.exe"] "x\r\n"
        ambiguous name_conflict @77
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"a.exe;b.txt\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a.exe;b.txt", "a.exe"] "x\r\n"
        ambiguous name_conflict @77
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"a.exe\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a.exe"] "x\r\n"
    "#]],
    );
}

#[test]
fn charsets_that_nobody_knows() {
    check(
        "Content-Disposition: attachment; filename*=no-such'x'%61.exe\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a.exe"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"=?no-such?B?YS5leGU=?=\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a.exe"] "x\r\n"
        defect bad_encoded_word @77
    "#]],
    );
}

#[test]
fn controls_are_kept() {
    check(
        "Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEfdp.exe\n\nx\n",
        &expect![[r#"
        text/plain attachment ["a\u{202e}fdp.exe"] "x\r\n"
    "#]],
    );
}

#[test]
fn what_is_no_name() {
    check(
        "Content-Description: a.txt\nContent-ID: <b.exe>\nContent-Location: c.exe\n\nx\n",
        &expect![[r#"
        text/plain "x\r\n"
    "#]],
    );
}
