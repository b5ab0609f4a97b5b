//! Comments of documents, books and shows: what they say and where they lead, of the old kind and of the new.

use expect_test::expect;

use super::{check, document, relations};

#[test]
fn comments_on_a_text() {
    let comments = "<?xml version='1.0'?><w:comments xmlns:w='w' xmlns:r='r'><w:comment w:id='0' w:author='Ann'><w:p><w:r>\
        <w:annotationRef/></w:r><w:r><w:t>ask </w:t></w:r><w:hyperlink r:id='r1'><w:r><w:t>the ba</w:t></w:r><w:r><w:t>nk</w:t>\
        </w:r></w:hyperlink></w:p></w:comment><w:comment w:id='1' w:author='Bob'><w:p><w:r><w:t>or https://sec</w:t></w:r><w:r>\
        <w:t>ond.example/y</w:t></w:r></w:p></w:comment></w:comments>";
    let links = relations(&[("r1", "hyperlink", "http://comment.example/x", true)]);
    check(
        &[
            ("word/document.xml", &document("<w:p><w:r><w:t>body</w:t></w:r></w:p>")),
            ("word/comments.xml", comments),
            ("word/_rels/comments.xml.rels", &links),
        ],
        &expect![[r#"
            1 docx []
              body
              ask the bank
              or https://second.example/y
              -> http://comment.example/x Anchor "the bank"
              -> https://second.example/y Text ""
        "#]],
    );
}

/// The runs of a comment are pieces of one text; a thread says the address behind its words itself.
#[test]
fn comments_on_cells() {
    let sheet = "<?xml version='1.0'?><worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>cell</t></is></c></row>\
        </sheetData></worksheet>";
    let comments = "<?xml version='1.0'?><comments><authors><author>Ann</author></authors><commentList><comment ref='A1' \
        authorId='0'><text><r><rPr><b/></rPr><t>Ann:</t></r><r><t xml:space='preserve'>\nsee https://com</t></r><r><t>ment.example/x</t>\
        </r></text></comment><comment ref='B1' authorId='0'><text><t>another</t></text></comment></commentList></comments>";
    let threads = "<?xml version='1.0'?><ThreadedComments><threadedComment ref='A1' id='{1}'><text>our site, https://thread.example/y\
        </text><extLst><ext><x:checksum>1</x:checksum><x:hyperlink startIndex='0' length='8' url='https://behind.example/z'/></ext>\
        </extLst></threadedComment></ThreadedComments>";
    check(
        &[
            ("xl/worksheets/sheet1.xml", sheet),
            ("xl/comments1.xml", comments),
            ("xl/threadedComments/threadedComment1.xml", threads),
        ],
        &expect![[r#"
            1 xlsx []
              cell
              Ann:
              see https://comment.example/x
              another
              our site, https://thread.example/y
              -> https://behind.example/z Anchor ""
              -> https://comment.example/x Text ""
              -> https://thread.example/y Text ""
        "#]],
    );
}

#[test]
fn comments_on_slides() {
    let slide = "<?xml version='1.0'?><p:sld><a:p><a:r><a:t>slide</a:t></a:r></a:p></p:sld>";
    let old = "<?xml version='1.0'?><p:cmLst xmlns:p='p'><p:cm authorId='0' idx='1'><p:pos x='10' y='10'/><p:text>see \
        https://old.example/x</p:text></p:cm></p:cmLst>";
    let new = "<?xml version='1.0'?><p188:cmLst xmlns:p188='q'><p188:cm id='{1}'><p188:txBody><a:bodyPr/><a:p><a:r><a:t>ask </a:t>\
        </a:r><a:r><a:rPr><a:hlinkClick r:id='r1'/></a:rPr><a:t>the bank</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>";
    let links = relations(&[("r1", "hyperlink", "http://new.example/y", true)]);
    check(
        &[
            ("ppt/slides/slide1.xml", slide),
            ("ppt/comments/comment1.xml", old),
            ("ppt/comments/modernComment_100_0.xml", new),
            ("ppt/comments/_rels/modernComment_100_0.xml.rels", &links),
        ],
        &expect![[r#"
            1 pptx []
              slide
              see https://old.example/x
              ask the bank
              -> http://new.example/y Anchor "the bank"
              -> https://old.example/x Text ""
        "#]],
    );
}
