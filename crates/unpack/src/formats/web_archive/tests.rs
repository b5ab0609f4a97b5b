//! Lists as `plistlib` of Python and Safari write them, put together here object by object.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scan::content::{Content, WhyUnopened};

use crate::formats::shown::{damage, open, shown};

const PAGE: &str = "<html><body><form action=\"http://evil.example/login\"><input type=password></form></body></html>";

/// A string, or with 4 data: its marker, its length in a byte, its bytes.
fn long(sort: u8, bytes: &[u8]) -> Vec<u8> {
    [&[(sort << 4) | 0xf, 0x10, u8::try_from(bytes.len()).unwrap()][..], bytes].concat()
}

/// A list of these objects, with references of a byte, of which the first one is at the top.
fn list(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(object);
    }
    let at = u64::try_from(bytes.len()).unwrap();
    bytes.extend(offsets);
    bytes.extend([0, 0, 0, 0, 0, 0, 4, 1]);
    for number in [u64::try_from(objects.len()).unwrap(), 0, at] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

/// A web archive with this page, said to be of this type and charset.
fn archive(page: &[u8], declared: &str, charset: &str) -> Vec<u8> {
    list(&[
        vec![0xd1, 1, 2],
        long(5, b"WebMainResource"),
        vec![0xd4, 3, 4, 5, 6, 7, 8, 9, 10],
        long(5, b"WebResourceData"),
        long(5, b"WebResourceMIMEType"),
        long(5, b"WebResourceTextEncodingName"),
        long(5, b"WebResourceURL"),
        long(4, page),
        long(5, declared.as_bytes()),
        long(5, charset.as_bytes()),
        long(5, b"https://site.example/page"),
    ])
}

fn is_form(content: &Content) -> bool {
    let page = content.items.iter().find(|item| item.place == "1/plist:0");
    page.is_some_and(|page| {
        page.kind == "html"
            && page.declared == "text/html"
            && page.marks.iter().any(|mark| mark == "password_field")
            && page.links.iter().any(|link| link.target == "http://evil.example/login")
    })
}

#[test]
fn pages_of_web_archives_are_opened() {
    let wide: Vec<u8> = PAGE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (page, charset) in [(PAGE.as_bytes(), "UTF-8"), (wide.as_slice(), "UTF-16LE")] {
        let bytes = archive(page, "text/HTML; charset=x", charset);
        let content = open("a.webarchive", "", &bytes);
        assert!(content.items[0].kind == "bplist" && is_form(&content), "{content:?}");
        assert!(content.items[0].text.contains("https://site.example/page") && content.unopened.is_empty());
    }
    damage("a.webarchive", "", &archive(PAGE.as_bytes(), "text/html", ""), 300);
}

#[test]
fn the_address_of_a_page_is_what_its_links_are_read_against() {
    let page = b"<html><body><a href=\"../login\">go on to the next page</a></body></html>";
    let shown = shown("a.webarchive", &archive(page, "text/html", ""));
    assert!(shown.contains("https://site.example/login"), "{shown}");
}

#[test]
fn pages_of_web_archives_in_xml_are_opened() {
    let coded = STANDARD.encode(PAGE);
    let resource = format!(
        "<dict><key>WebResourceData</key><data>\n{coded}\n</data><key>WebResourceMIMEType</key><string>text/html</string>"
    );
    let whole = format!("<plist version=\"1.0\"><dict><key>WebMainResource</key>{resource}</dict></dict></plist>");
    let cut = format!("<plist><dict><key>WebMainResource</key>{resource}");
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    for xml in [format!("{declaration}{whole}"), whole.clone(), cut] {
        assert!(is_form(&open("a.webarchive", "", xml.as_bytes())), "{xml}");
    }
    // Of another name it is a list as well, if it says so.
    assert!(is_form(&open("a.dat", "", format!("{declaration}{whole}").as_bytes())));
    let old = open("a.webarchive", "", b"{ WebMainResource = { WebResourceData = <3c68746d6c3e>; }; }");
    assert_eq!(
        (old.items[0].marks.clone(), old.unopened[0].why),
        (vec!["unopened_container".to_owned()], WhyUnopened::Unsupported)
    );
}

#[test]
fn addresses_of_shortcuts_are_links() {
    let bytes = list(&[vec![0xd1, 1, 2], long(5, b"URL"), long(5, b"http://evil.example/login")]);
    let shown = shown("a.webloc", &bytes);
    assert!(shown.contains("Field: http://evil.example/login"), "{shown}");
}

#[test]
fn lists_that_lie() {
    let whys = |bytes: &[u8]| open("a.plist", "", bytes).unopened.iter().map(|one| one.why).collect::<Vec<_>>();
    // Dictionaries and lists that hold themselves and each other.
    assert!(whys(&list(&[vec![0xd1, 0, 1], vec![0xa2, 0, 1], long(5, b"end")])).is_empty());
    // An object beyond the end, a table that is not there, no end at all.
    assert_eq!(
        whys(&list(&[long(5, b"a"), vec![0x5f, 0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]])),
        [WhyUnopened::Broken]
    );
    let mut table = list(&[long(5, b"a")]);
    let last = table.last_mut().unwrap();
    *last = 0xff;
    assert_eq!(whys(&table), [WhyUnopened::Broken]);
    assert_eq!(whys(b"bplist00\xff\0\x01\x02\x03\x04"), [WhyUnopened::Broken]);
    // More pairs than are looked at: all of one place.
    let pairs = [&[0xdf_u8, 0x12][..], &200_001_u32.to_be_bytes(), &[0; 400_002]].concat();
    assert_eq!(whys(&list(&[pairs])), [WhyUnopened::OverBudget]);
}
