//! File names as they were found with the readers themselves, and those of honest senders.

use expect_test::expect;

use super::check;

#[test]
fn names_that_some_readers_take() {
    check(
        "Content-Disposition: attachment; filename=x\"notes.js\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["x\"notes.js\"", "xnotes.js", "x", "notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=notes.js\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js\"", "notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename(x)=(y)notes.js(z)\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js(z)", "notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename*=\"notes.\"; filename*1=js\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.", "notes.js", "js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename*0*=utf-8''notes; filename*1=\"%2Ejs\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes%2Ejs", "notes.js", ".js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; \u{b}filename=notes.js\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: filename=notes.js\n\nx\n",
        &expect![[r#"
        text/plain filename=notes.js ["notes.js"] "x\r\n"
    "#]],
    );
}

#[test]
fn names_in_encoded_words_and_charsets() {
    check(
        "Content-Disposition: attachment; filename=\"=?utf-16?B?AG4ALgBqAHM=?=\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["渀⸀樀猀", "n.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"=?ut\n f-8?q?notes=2Ejs?=\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename*=utf-8''notes.js%00.pdf\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js\0.pdf", "notes.js"] "x\r\n"
        ambiguous name_conflict @77
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"=?utf-8?B?PT91dGYtOD9RP25vdGVzPTJFanM/PQ==?=\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["=?utf-8?Q?notes=2Ejs?=", "notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename*=IBM037''%95%96%A3%85%A2%4B%91%A2\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"=?iso-2022-kr?Q?=1B=24=29Cnotes.j=0Fs?=\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Name: notes.js\n\nx\n",
        &expect![[r#"
        text/plain ["notes.js"] "x\r\n"
    "#]],
    );
}

#[test]
fn a_description_is_a_name_where_it_is_that_of_a_program() {
    check(
        "Content-Type: application/octet-stream\nContent-Description: notes.js\n\nx\n",
        &expect![[r#"
        application/octet-stream ["notes.js"] "x\r\n"
    "#]],
    );
    check(
        "Content-Description: notes.js\nContent-Name: notes.pdf\n\nx\n",
        &expect![[r#"
        text/plain ["notes.pdf"] "x\r\n"
    "#]],
    );
    check(
        "Content-Description: minutes of shop.example.com\n\nx\n",
        &expect![[r#"
        text/plain "x\r\n"
    "#]],
    );
    check(
        "Content-Description: report.pdf\n\nx\n",
        &expect![[r#"
        text/plain "x\r\n"
    "#]],
    );
}

#[test]
fn names_of_honest_senders() {
    check(
        "Content-Disposition: attachment; filename=Dr.Smith letter.pdf\n\nx\n",
        &expect![[r#"
        text/plain attachment ["Dr.Smith letter.pdf", "Dr.Smith"] "x\r\n"
    "#]],
    );
    check(
        "Content-Disposition: attachment; filename=\"Release 1.0; notes.pdf\"\n\nx\n",
        &expect![[r#"
        text/plain attachment ["Release 1.0; notes.pdf", "Release 1.0"] "x\r\n"
    "#]],
    );
    check(
        "Content-Type: application/pdf; name=\"Invoice No.123\"\nContent-Disposition: attachment; filename=\"Invoice No.123.pdf\"\n\nx\n",
        &expect![[r#"
        application/pdf attachment ["Invoice No.123", "Invoice No.123.pdf"] "x\r\n"
    "#]],
    );
    check(
        "Content-Type: application/pdf; name=\"Long.name.do\"\nContent-Disposition: attachment; filename=\"Long.name.docx\"\n\nx\n",
        &expect![[r#"
        application/pdf attachment ["Long.name.do", "Long.name.docx"] "x\r\n"
    "#]],
    );
    check(
        "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: inline\nContent-Disposition: attachment; filename=a.pdf\n\nx\n",
        &expect![[r#"
        application/pdf inline ["a.pdf"] "x\r\n"
        application/pdf attachment ["a.pdf"] "x\r\n"
    "#]],
    );
}
