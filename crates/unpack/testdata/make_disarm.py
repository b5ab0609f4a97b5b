#!/usr/bin/env python3
"""Makes the armed documents under disarm/: files of LibreOffice with something put into them that acts.

    apt-get install libreoffice-impress
    python3 make_disarm.py

The samples are kept beside this script; it is run again only to change them. Nothing in them does harm: the macros, objects
and addresses are names without anything behind them.
"""
import io
import pathlib
import subprocess
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent
OUT = HERE / "disarm"
OUT.mkdir(exist_ok=True)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def relation(number, kind, target, external=False):
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'


def armed(source, target, changes, parts):
    before = zipfile.ZipFile(source)
    out = zipfile.ZipFile(OUT / target, "w", zipfile.ZIP_DEFLATED)
    for info in before.infolist():
        data = before.read(info.filename)
        for name, old, new in changes:
            if name == info.filename:
                assert old.encode() in data, (name, old)
                data = data.replace(old.encode(), new.encode(), 1)
        method = zipfile.ZIP_STORED if info.filename == "mimetype" else zipfile.ZIP_DEFLATED
        out.writestr(zipfile.ZipInfo(info.filename), data, method)
    for name, data in parts:
        out.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    out.close()


TYPES = "[Content_Types].xml"
MAIN = "application/vnd.openxmlformats-officedocument."

armed(
    HERE / "office/lo.docx",
    "armed.docm",
    [
        (TYPES, MAIN + "wordprocessingml.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        (
            "word/_rels/document.xml.rels",
            "</Relationships>",
            relation(90, "vbaProject", "vbaProject.bin")
            + relation(91, "oleObject", "embeddings/oleObject1.bin")
            + relation(92, "image", "http://track.example/x.png", True)
            + relation(93, "aFChunk", "chunk.mht")
            + "</Relationships>",
        ),
        (
            "word/document.xml",
            "</w:body>",
            '<w:p><w:r><w:object><o:OLEObject Type="Embed" ProgID="Package" r:id="rId91"/></w:object></w:r>'
            '<w:r><w:pict><v:shape style="width:9pt;height:9pt"><v:imagedata r:id="rId92"/></v:shape></w:pict></w:r>'
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDEAUTO c:\\\\x.exe "y"</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>shown instead</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:altChunk r:id="rId93"/></w:body>',
        ),
    ],
    [
        ("word/vbaProject.bin", OLE + b" project"),
        ("word/embeddings/oleObject1.bin", OLE + b" object"),
        ("word/chunk.mht", b"<html><script>go()</script></html>"),
    ],
)

armed(
    HERE / "office/lo.xlsx",
    "armed.xlsm",
    [
        (TYPES, MAIN + "spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        (
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            relation(80, "externalLink", "externalLinks/externalLink1.xml")
            + relation(82, "vbaProject", "vbaProject.bin")
            + "</Relationships>",
        ),
        (
            "xl/workbook.xml",
            "</sheets>",
            '</sheets><externalReferences><externalReference r:id="rId80"/></externalReferences>',
        ),
        (
            "xl/worksheets/sheet1.xml",
            "</sheetData>",
            '<row r="90"><c r="A90"><f>[1]Sheet1!A1</f><v>4142</v></c><c r="B90"><f>cmd|\'/C x\'!A0</f><v>4243</v></c></row></sheetData>',
        ),
    ],
    [
        ("xl/externalLinks/externalLink1.xml", b'<externalLink><ddeLink ddeService="cmd" ddeTopic="x"/></externalLink>'),
        ("xl/vbaProject.bin", OLE + b" project"),
    ],
)

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pptx", "--outdir", folder, str(HERE / "office/lo.odp")], check=True
    )
    show = pathlib.Path(folder) / "lo.pptx"
    armed(
        show,
        "armed.pptm",
        [
            (
                TYPES,
                MAIN + "presentationml.presentation.main+xml",
                "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                "</Relationships>",
                relation(80, "vbaProject", "vbaProject.bin") + "</Relationships>",
            ),
            (
                "ppt/slides/_rels/slide1.xml.rels",
                "</Relationships>",
                relation(81, "oleObject", "../embeddings/oleObject1.bin")
                + relation(82, "hyperlink", "file://share.example/x", True)
                + "</Relationships>",
            ),
            (
                "ppt/slides/slide1.xml",
                "</p:spTree>",
                '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="90" name="object"><a:hlinkClick r:id="rId82"/></p:cNvPr>'
                "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData "
                'uri="http://schemas.openxmlformats.org/presentationml/2006/ole"><p:oleObj r:id="rId81" progId="Package">'
                "<p:embed/></p:oleObj></a:graphicData></a:graphic></p:graphicFrame></p:spTree>",
            ),
        ],
        [("ppt/vbaProject.bin", OLE + b" project"), ("ppt/embeddings/oleObject1.bin", OLE + b" object")],
    )

text = zipfile.ZipFile(HERE / "office/lo.odt").read("content.xml").decode()
place = "<office:scripts/>" if "<office:scripts/>" in text else "<office:font-face-decls"
scripts = (
    "<office:scripts><office:event-listeners><script:event-listener script:language=\"ooo:script\" "
    'script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic"/>'
    "</office:event-listeners></office:scripts>"
)
armed(
    HERE / "office/lo.odt",
    "armed.odt",
    [
        ("content.xml", place, scripts + ("" if place.endswith("/>") else place)),
        (
            "content.xml",
            "</office:text>",
            '<text:p><draw:frame svg:width="1cm" svg:height="1cm"><draw:object-ole xlink:href="./Object 1"/></draw:frame>'
            '<text:a xlink:href="macro:///Standard.Module1.Main()">press here</text:a></text:p></office:text>',
        ),
    ],
    [("Basic/Standard/Module1.xml", b'<script:module xmlns:script="x">Sub Main\nEnd Sub</script:module>'), ("Object 1", OLE)],
)
