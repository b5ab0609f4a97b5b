//! A page in, what was read out.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::read;

fn check(html: &str, expected: Expect) {
    let page = read(html);
    let mut out = String::new();
    writeln!(out, "text: {}", page.text.replace('\n', " | ")).unwrap();
    if !page.hidden_text.is_empty() {
        writeln!(out, "hidden: {}", page.hidden_text.replace('\n', " | ")).unwrap();
    }
    for link in &page.links {
        writeln!(out, "{:?}: {} [{}]", link.kind, link.target, link.text).unwrap();
    }
    if !page.marks.is_empty() {
        writeln!(out, "marks: {}", page.marks.iter().copied().collect::<Vec<_>>().join(" ")).unwrap();
    }
    assert!(page.is_whole);
    expected.assert_eq(&out);
}

#[test]
fn links_with_what_they_show() {
    check(
        "<p>Go to <a href='https://evil.example/?a=1&amp;b=2'>https://<b>bank</b>.example\n /login</a> or www.plain.example now",
        expect![[r#"
            text: Go to https://bank.example /login or www.plain.example now
            Anchor: https://evil.example/?a=1&b=2 [https://bank.example /login]
            Text: www.plain.example []
        "#]],
    );
}

#[test]
fn entities_in_targets_and_text() {
    check(
        "<a href='&#104;ttps&colon;&sol;&sol;evil&period;example'>Caf&eacute; &#x1F600;</a><a HREF=//x.example>2</a>",
        expect![[r#"
            text: Café 😀2
            Anchor: https://evil.example [Café 😀]
            Anchor: //x.example [2]
        "#]],
    );
}

#[test]
fn hidden_text_stands_apart() {
    check(
        "a<div style='DISPLAY:\nnone'>one<b>two</b></div>b<span style='font-size:0px'>three</span>\
         <span style='vis/**/ibility:hidden !important'>four</span><i hidden>five</i>\
         <p style='mso-hide:all'>six<p>c<td bgcolor=#FFF><font color=white>seven</font></td>\
         <span style='font-size:0.9em'>d</span><title>eight</title>",
        expect![[r#"
            text: a | b | c d
            hidden: onetwothreefourfive | six | seven | eight
        "#]],
    );
}

#[test]
fn active_content_is_marked() {
    check(
        "<body onload=go()><form action=https://evil.example/f><input type=password></form><iframe src=//f.example></iframe>\
         <object data=x.swf></object><meta http-equiv=Refresh content=\"0; url='https://r.example/'\">\
         <a href=' java\tscript:alert(1)'>x</a><a href='data:text/html,hi'>y</a>\
         <script>location='https://s.example/x'; URL.createObjectURL(b)</script>",
        expect![[r#"
            text: xy
            Form: https://evil.example/f []
            Other: //f.example []
            Other: x.swf []
            Other: https://r.example/ []
            Anchor:  java	script:alert(1) [x]
            Anchor: data:text/html,hi [y]
            Other: https://s.example/x []
            marks: data_url event_handler form iframe object password_field refresh script smuggling
        "#]],
    );
}

#[test]
fn inline_pictures_are_no_data_url_mark() {
    check(
        "<img src='data:image/png;base64,AAAA' srcset='https://i.example/a 1x, https://i.example/b 2x'>",
        expect![[r#"
            text: 
            Image: data:image/png;base64,AAAA []
            Other: https://i.example/a []
            Other: https://i.example/b []
        "#]],
    );
}

#[test]
fn base_and_conditional_comments_count() {
    check(
        "<base href='https://evil.example/a/'><a href='login'>Bank</a><!--[if mso]><a href=\"https://mso.example/&amp;\">x</a><![endif]-->",
        expect![[r#"
            text: Bank
            Anchor: https://evil.example/a/login [Bank]
            Other: https://mso.example/& []
        "#]],
    );
}

#[test]
fn unclosed_and_broken_pages_are_read() {
    check(
        "<a href='https://one.example'>one<a href=https://two.example>two</p><li>x<li style=display:none>y<li>z<b",
        expect![[r#"
            text: onetwo | x | z
            hidden: y
            Anchor: https://one.example [one]
            Anchor: https://two.example [two x z]
        "#]],
    );
}
