//! A page in, what was read out.

mod types;

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
            Redirect: https://r.example/ []
            Anchor:  java	script:alert(1) [x]
            Anchor: data:text/html,hi [y]
            Redirect: https://s.example/x []
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
            Image: https://i.example/a []
            Image: https://i.example/b []
        "#]],
    );
}

#[test]
fn base_and_conditional_comments_count() {
    check(
        "<base href='https://evil.example/a/'><a href='login'>Bank</a><!--[if mso]><a href=\"https://mso.example/&amp;\">x</a><![endif]-->",
        expect![[r#"
            text: Bank
            hidden: x
            Anchor: https://evil.example/a/login [Bank]
            Anchor: https://mso.example/& [x]
            Other: https://evil.example/a/ []
        "#]],
    );
}

#[test]
fn a_base_counts_for_the_whole_page() {
    check(
        "<p><a href='login'>https://www.bank.example/login</a></p><p><img src=//i.example/a><a href='#top'>x</a> www.plain.example<base href=' https://evil.example/ '>",
        expect![[r##"
            text: https://www.bank.example/login | x www.plain.example
            Anchor: https://evil.example/login [https://www.bank.example/login]
            Image: https://i.example/a []
            Anchor: https://evil.example/#top [x]
            Text: www.plain.example []
            Other: https://evil.example/ []
        "##]],
    );
    // A browser reads what has no slashes against the base, another program does not.
    check(
        "<base href='https://evil.example/'><a href='https:www.bank.example/x'>Bank</a><a href='https:/y'>Y</a><a href='http://z.example/'>Z</a>",
        expect![[r#"
            text: BankYZ
            Anchor: https:www.bank.example/x [Bank]
            Anchor: https:/y [Y]
            Anchor: http://z.example/ [Z]
            Anchor: https://evil.example/www.bank.example/x [Bank]
            Anchor: https://evil.example/y [Y]
            Other: https://evil.example/ []
        "#]],
    );
    check(
        "<a href='https:www.bank.example/x'>Bank</a><a href='#top'>x</a>",
        expect![[r##"
            text: Bankx
            Anchor: https:www.bank.example/x [Bank]
            Anchor: #top [x]
        "##]],
    );
    // In a comment that one program reads, without a scheme, after one without an address.
    check(
        "<base target=_blank><a href='a'>x</a><base href='//one.example/p/q'><!--[if mso]><base href='http://two.example/'><![endif]-->",
        expect![[r#"
            text: x
            Anchor: https://one.example/p/a [x]
            Other: http://two.example/ []
            Anchor: http://two.example/a [x]
            Other: https://one.example/p/q []
        "#]],
    );
    let many: String = (0..20).map(|at| format!("<base href='https://{at}.example/'>")).collect();
    assert!(!read(&many).is_whole);
    assert!(read(&"<base href='https://a.example/'><a href=b>c</a>".repeat(500)).is_whole);
    let seven: String = (0..7).map(|at| format!("<base href='https://{at}.example/'>")).collect();
    let texts = read(&format!("{seven}{}", format!("<a href=b>{}</a>", "c".repeat(1_000)).repeat(10_000)));
    assert!(!texts.is_whole);
    assert!(texts.links.iter().map(|link| link.text.len()).sum::<usize>() < 24 * 1024 * 1024);
    let long =
        format!("<base href='https://a.example/{}/'>{}", "a".repeat(1_000_000), "<a href=b>c</a>".repeat(10_000));
    let page = read(&long);
    assert!(!page.is_whole);
    assert!(page.links.iter().map(|link| link.target.len()).sum::<usize>() < 16 * 1024 * 1024);
}

#[test]
fn addresses_of_pictures_may_hold_them() {
    let data = "data:image/png;base64,iVBORw0KGgo=";
    let page = read(&format!(
        "<table><tr><td background='{data}'><td background='{data}'></table><object data='data:text/html;base64,PGI+aGk8L2I+'></object><video poster='{data}'>"
    ));
    let declared: Vec<&str> = page.children.iter().map(|child| child.declared.as_str()).collect();
    assert_eq!(declared, ["image/png", "image/png", "text/html", "image/png"]);
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

#[test]
fn style_sheets_hide_by_simple_selectors() {
    check(
        "<style>.h,#i.j{display:none}p.q{font-size:1px}@media (max-width:600px){.m{display:none}}@media screen{.s{visibility:hidden}}\
         .a .b{display:none}.w{color:#fefefe}</style>\
         <p class='x h'>one</p><p id=i class=j>two</p><p class=q>three<b style='font-size:12px'>seen</b></p><p class=m>phone</p>\
         <p class=s>four<i style='visibility:visible'>too</i></p><p class=b>b</p><p class=w>five</p><p class=h style='display:block'>block</p>",
        expect![[r#"
            text: seen | phone | too | b | block
            hidden: one | two | three | four | five
        "#]],
    );
}

#[test]
fn text_is_hidden_in_many_ways() {
    check(
        "<div style='position:absolute;left:-9999px'>1</div><div style='text-indent:-999em'>2</div><div style='opacity:0'>3</div>\
         <div style='max-height:0;overflow:hidden'>4</div><div style='clip:rect(0,0,0,0)'>5</div><div style='color:transparent'>6</div>\
         <div style='color:rgba(0,0,0,0)'>7</div><div style='transform:scale(0)'>8</div><font color=#fff>9</font>\
         <template>10</template><dialog>11</dialog><div aria-hidden=true>seen </div><details><summary>more</summary>seen</details>\
         <td style='font-size:0'>12<span style='font-size:14px'>seen</span></td><div style='background:url(x.png);color:#fff'>seen</div>\
         <a style='color:#fff' href=x>13</a><template shadowrootmode=open>seen</template>",
        expect![[r#"
            text: seen | moreseen seen | seenseen
            hidden: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8910 | 11 | 12 | 13
            Image: x.png []
            Anchor: x []
        "#]],
    );
}

#[test]
fn words_are_one_over_tags() {
    check(
        "<p>Pay<b></b>Pal and <span>m</span>icro<i style='display:none'>x</i>soft, see http://ev<b></b>il.exam<!-- -->ple/<wbr>x \
         and w<span>ww.ev</span>il.example</p><xmp><a href=http://x.example>raw</a></xmp>",
        expect![[r#"
            text: PayPal and microsoft, see http://evil.example/x and www.evil.example | <a href=http://x.example>raw</a>
            hidden: x
            Text: http://evil.example/x []
            Text: www.evil.example []
            Text: http://x.example []
            Anchor: http://x.example [raw]
        "#]],
    );
}

#[test]
fn links_stand_in_every_attribute() {
    check(
        "<img src=a.png srcset='b.png 1x, c.png 2x' longdesc=//l.example/x><table background=//t.example/b></table>\
         <a href=x ping='//p.example/a //p.example/b'>p</a><button formaction=//f.example/b>b</button><video poster=//v.example/p></video>\
         <object data=//o.example/d classid=//c.example/i></object><html manifest=//m.example/m><link rel=icon href=//i.example/f>\
         <div style=\"background:url('//s.example/u')\"></div><style>@import '//y.example/i';p{background:url(//y.example/\\75 rl)}\
         q{background:-webkit-image-set('//z.example/a' 1x,\"\\2f\\2fz.example/b\" type('image/avif') 2x)}@im\\70 ort '//z.example/c';@media x{}</style>\
         <blockquote cite=//q.example/c>c</blockquote><svg><image xlink:href=//g.example/i /><use href=//u.example/s /><a xlink:href=//a.example/a>s</a></svg>\
         <div data-x='https://d.example/x' title='https://not.example/t' xmlns:x='http://not.example/ns'></div>\
         <meta property=og:url content=https://og.example/><a href=one href=two>dup</a><script type=application/ld+json>{\"u\":\"https:\\/\\/j.example\\/x\"}</script>\
         <!-- https://comment.example/x -->",
        expect![[r#"
            text: pb | cs | dup
            Image: a.png []
            Image: b.png []
            Image: c.png []
            Other: //l.example/x []
            Image: //t.example/b []
            Anchor: x [p]
            Other: //p.example/a []
            Other: //p.example/b []
            Form: //f.example/b []
            Image: //v.example/p []
            Other: //o.example/d []
            Other: //c.example/i []
            Other: //m.example/m []
            Other: //i.example/f []
            Image: //s.example/u []
            Other: //y.example/url []
            Other: //z.example/a []
            Other: //z.example/b []
            Other: //y.example/i []
            Other: //z.example/c []
            Other: //q.example/c []
            Image: //g.example/i []
            Other: //u.example/s []
            Anchor: //a.example/a [s]
            Other: https://d.example/x []
            Other: https://og.example/ []
            Anchor: one [dup]
            Other: two []
            Other: https://comment.example/x []
            Script: https://j.example/x []
            marks: object script
        "#]],
    );
}

#[test]
fn scripts_lead_smuggle_and_copy() {
    check(
        "<script>var a='ht'+'tps://'+\"one.example/\"+'x'; window.location.href = '\\x68ttps://two.example/'; window.open(atob('aHR0cHM6Ly90aHJlZS5leGFtcGxlLw=='));\
         document.write(unescape('%3Ca%20href%3D%22https%3A//four.example%22%3Ex%3C/a%3E')); navigator.clipboard.writeText('powershell');\
         var f=[77,90,144,0,3,0,0,0,4,0,0,0,255,255]; // don't https://five.example/c\n\
         var z='UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAFAAAAYS50eHQ=';</script><body onload=\"location='https://six.example/'\">",
        expect![[r#"
            text: 
            Redirect: https://two.example/ []
            Redirect: https://three.example/ []
            Redirect: https://six.example/ []
            Script: https://one.example/x []
            Script: https://five.example/c []
            marks: clipboard_write event_handler script smuggling
        "#]],
    );
}

#[test]
fn files_in_the_page_are_taken_out() {
    let file = format!("TVqQAAMAAAAEAAAA{}", "QUJDRA".repeat(60));
    for html in [
        format!("<script>go()</script><p id=x>{file}</p>"),
        format!("<div data-x='{file}' onclick=go()>x</div>"),
        format!("<script>var a = '{file}'</script>"),
        format!("<a download=x.exe href='data:application/octet-stream;base64,{file}'>x</a>"),
    ] {
        let page = read(&html);
        assert!(page.children.iter().any(|child| child.bytes.starts_with(b"MZ")), "{html}");
        assert!(page.marks.contains("smuggling"), "{html}");
    }
    assert!(read(&format!("<p>{file}</p>")).children.is_empty());
}

#[test]
fn what_stands_behind_a_limit_is_found_or_said() {
    let file = format!("TVqQAAMAAAAEAAAA{}", "QUJDRA".repeat(60));
    let filler = "x".repeat(1_100_000);
    for (decoys, is_found) in [(33, true), (500, false)] {
        let decoys = "atob('PGRpdj4=');".repeat(decoys);
        let page = read(&format!("<script>{decoys}save('{file}')</script>"));
        assert!(page.marks.contains("smuggling"));
        assert_eq!(page.children.iter().any(|child| child.bytes.starts_with(b"MZ")), is_found);
        assert_eq!(page.is_whole, is_found);
    }
    assert!(read(&format!("<script>/*{filler}*/save('{file}')</script>")).marks.contains("smuggling"));
    let whole = ["<script>", &"/*".repeat(5_000_000), "*/save()</script>"].concat();
    assert!(!read(&whole).is_whole);
    let link = "<!--[if mso]><a href=//x.example/y>z</a><![endif]-->";
    assert!(!read(&format!("<!--[if mso]>{filler}<![endif]-->{link}")).is_whole);
    let texts = format!("<p data-x='{file}'>").repeat(100);
    assert!(!read(&format!("<body onload=go()>{texts}")).is_whole);
    let texts = format!("<p>{file}</p>").repeat(100);
    assert!(!read(&format!("<body onload=go()>{texts}")).is_whole);
}

#[test]
fn xhtml_is_read_as_its_readers_do() {
    check(
        "<?xml version='1.0'?><h:html xmlns:h='http://www.w3.org/1999/xhtml'><h:body><h:a h:href='no' href='//one.example/'>a</h:a>\
         <p><![CDATA[shown & seen]]></p><h:form action='//two.example/'></h:form></h:body></h:html>",
        expect![[r#"
            text: a | shown & seen
            Anchor: no [a]
            Other: //one.example/ []
            Form: //two.example/ []
            marks: form
        "#]],
    );
}

#[test]
fn pages_inside_pages_are_children() {
    let page = read(
        "<iframe srcdoc='&lt;a href=x&gt;y'></iframe><a href='data:text/html;base64,PGI+aGk8L2I+'>d</a><img src='data:image/png;base64,iVBORw0KGgo='>\
                     <object data='data:text/html,%3Cform%20action=//e.example%3E'></object>",
    );
    let children: Vec<_> = page
        .children
        .iter()
        .map(|child| (child.step, child.declared.as_str(), String::from_utf8_lossy(&child.bytes).into_owned()))
        .collect();
    expect![[r#"
        [
            (
                "srcdoc",
                "text/html",
                "<a href=x>y",
            ),
            (
                "data",
                "text/html",
                "<b>hi</b>",
            ),
            (
                "data",
                "image/png",
                "�PNG\r\n\u{1a}\n",
            ),
            (
                "data",
                "text/html",
                "<form action=//e.example>",
            ),
        ]
        {"data_url", "iframe", "object", "srcdoc"}"#]]
    .assert_eq(&format!("{children:#?}\n{:?}", page.marks));
}

#[test]
fn malformed_tags_are_read_as_browsers_do() {
    check(
        "<a/href=//one.example/>1</a><a\nhref\n=\n'//two.example/'>2</a><A HREF=`//three.example/`>3</a><a href=\"//four.example/\"title=x>4<a href=//five.example/>5</a>\
         <p/><div<a href=//not.example>x</div><noscript><a href=//six.example/>6</a></noscript><select><title><a href=//seven.example/>7</a></title></select>\
         <svg><![CDATA[<a href=//not.example>]]></svg><plaintext><a href=//raw.example/>8",
        expect![[r#"
            text: 12345 | x | 6 | <a href=//not.example><a href=//raw.example/>8
            hidden: <a href=//seven.example/>7</a>
            Anchor: //one.example/ [1]
            Anchor: //two.example/ [2]
            Anchor: `//three.example/` [3]
            Anchor: //four.example/ [4]
            Anchor: //five.example/ [5]
            Other: //not.example []
            Anchor: //six.example/ [6]
            Anchor: //seven.example/ [7]
            Anchor: //not.example []
            Anchor: //raw.example/ [8]
        "#]],
    );
}

#[test]
fn conditional_comments_are_shown_and_hidden() {
    check(
        "<!--[if mso]><v:roundrect href='https://vml.example/x' fillcolor=#000><center>Pay now</center></v:roundrect><v:fill src='https://vml.example/i.png'/><![endif]-->\
         <!--[if !mso]><!--><a href='https://web.example/'>Pay</a><!--<![endif]-->",
        expect![[r#"
            text: Pay
            hidden: Pay now
            Anchor: https://web.example/ [Pay]
            Anchor: https://vml.example/x [Pay now]
            Image: https://vml.example/i.png []
        "#]],
    );
}

#[test]
fn attributes_hold_words_that_are_seen() {
    check(
        "<form action=/x><input placeholder='Your password' type=password><input type=submit value='Sign in'></form><a href=//x.example><img alt='Pay now' src=i.png></a>",
        expect![[r#"
            text: Your password Sign in Pay now
            Form: /x []
            Anchor: //x.example [Pay now]
            Image: i.png []
            marks: form password_field
        "#]],
    );
}

#[test]
fn control_characters_in_tags_make_another_page() {
    let other = super::without_controls("<a\x0bhref=//one.example/>x</a><scr\0ipt>1</scr\0ipt>").unwrap();
    assert_eq!(other, "<a href=//one.example/>x</a><script>1</script>");
    assert_eq!(super::without_controls("<a href=x>\t\r\n\x0c</a>"), None);
}

#[test]
fn deep_and_long_pages_cost_little() {
    let deep = format!("{}x", "<div style='color:red'>".repeat(20_000));
    assert_eq!(read(&deep).text, "x");
    let closes = format!("{}{}", "<b style=color:red>".repeat(5000), "</i></b>".repeat(5000));
    assert!(read(&closes).is_whole);
    let nested = "<noscript>".repeat(2000) + "<a href=//x.example>y</a>";
    let nested = read(&nested);
    assert!(nested.is_whole && nested.links.iter().any(|link| link.target == "//x.example"));
    for tag in ["noscript", "noembed", "noframes"] {
        for depth in 1..20 {
            let page = read(&(format!("<{tag}>").repeat(depth) + "<p>seen <a href=//x.example>y</a>"));
            assert!(page.links.len() == 1 && page.text.contains("seen"), "{tag} {depth}: {page:?}");
        }
    }
    let comments = "<!--[if mso]><a href=//x.example/y>z</a><![endif]-->".repeat(5000);
    assert!(read(&comments).links.len() >= 5000);
    let quotes = format!("<script>{}</script>", "'\"+".repeat(50_000));
    assert!(read(&quotes).links.is_empty());
    let brackets = format!("<script>{}</script>", "[(1,".repeat(50_000));
    assert!(read(&brackets).links.is_empty());
    let urls = format!("<div style='{}'>", "url(".repeat(50_000));
    assert!(read(&urls).is_whole);
}

/// Spellings of one page that was made to hide links, and where each leads.
#[test]
fn every_link_of_a_page_made_to_hide_them_has_its_host() {
    let hrefs = [
        "http://evil.example/plain",
        "http://www.bank.example@evil.example/userinfo",
        "http://www.bank.example%2f@evil.example/",
        "ht\ttp://evil.example/tab",
        "http:\\\\evil.example\\backslash",
        "https:/evil.example/one-slash",
        "//evil.example/schemeless",
        "\u{1}http://evil.example/ctl",
        "http://evil。example/ideographic-dot",
        "http://evil.example:80\\@bank.example/",
        "http://evil.example/&#x72;ef",
        "http://evil.example/%2e%2e/%0d%0aSet-Cookie:x=1",
        "relative-to-base",
        "http://ev<!-- -->il.example/",
        "&#0000104;ttp&colon;//evil&period;example",
        "http://evil.example&sol;a&NewLine;b",
    ];
    for href in hrefs {
        let page = read(&format!("<base href='http://evil.example/'><a href=\"{href}\">https://www.bank.example/</a>"));
        let link = &page.links[0];
        let host = mail::links::normal(&link.target).map(|link| link.host);
        assert_eq!(host.as_deref(), Some("evil.example"), "{href:?} {link:?}");
        assert_eq!(link.text, "https://www.bank.example/");
    }
}
