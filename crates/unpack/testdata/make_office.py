#!/usr/bin/env python3
"""Makes the documents in testdata/office by independent programs: LibreOffice (soffice, headless), python-docx, openpyxl,
python-pptx, qrcode, XlsxWriter, xlwt, msoffcrypto-tool. Run once; the files are kept.

    pip install python-docx openpyxl python-pptx 'qrcode[pil]' XlsxWriter xlwt msoffcrypto-tool
    python3 make_office.py office
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import docx
import msoffcrypto.format.ooxml
import openpyxl
import pptx
import qrcode
import xlsxwriter
import xlwt

OUT = pathlib.Path(sys.argv[1])
HTML = """<html><head><title>Minutes of the meeting</title></head><body><h1>Minutes</h1>
<p>Dear all, please see <a href="https://minutes.example/2024">the minutes</a> of last <b>Mon</b>day. Gr&uuml;&szlig;e</p>
<table><tr><td>Item</td><td>Price</td></tr><tr><td>Apples</td><td>12.50</td></tr></table></body></html>"""
CSV = "Item,Price,When\nApples,12.5,2024-03-01\nPears,7,2024-03-02\nGr\u00fc\u00dfe,1,2024-03-03\n"


def convert(source, target, extra=()):
    """One conversion by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["soffice", "--headless", *extra, "--convert-to", target, "--outdir", folder, str(source)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = next(pathlib.Path(folder).iterdir())
        shutil.copy(made, OUT / ("lo" + made.suffix))


def by_libreoffice(work):
    page = work / "lo.html"
    page.write_text(HTML, encoding="utf-8")
    for target in ("docx:MS Word 2007 XML", "doc:MS Word 97", "rtf", "odt", "fodt"):
        convert(page, target, ["--writer"])
    table = work / "lo.csv"
    table.write_text(CSV, encoding="utf-8")
    for target in ("xlsx", "xls", "ods"):
        convert(table, target, ["--infilter=CSV:44,34,76,1"])
    lock()
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Quarterly review"
    box = slide.shapes.add_textbox(0, 0, 3000000, 1000000)
    run = box.text_frame.paragraphs[0].add_run()
    run.text = "our site"
    run.hyperlink.address = "https://review.example/q1"
    slide.notes_slide.notes_text_frame.text = "remember the budget"
    show.save(work / "show.pptx")
    for target in ("ppt", "odp"):
        convert(work / "show.pptx", target)
    # Large by their empty space only.
    subprocess.run(["gzip", "-9nf", OUT / "lo.ppt", OUT / "lo.fodt"], check=True)


def pictures(work):
    """A QR code as a picture in each of the old formats."""
    picture = work / "code.png"
    qrcode.make("http://evil.example/x", border=4).save(picture)
    document = docx.Document()
    document.add_picture(str(picture))
    document.save(work / "code.docx")
    with xlsxwriter.Workbook(work / "code.xlsx") as book:
        book.add_worksheet().insert_image("A1", str(picture))
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[6]).shapes.add_picture(str(picture), 0, 0)
    show.save(work / "code.pptx")
    for source, target in (("docx", "doc"), ("xlsx", "xls"), ("pptx", "ppt")):
        subprocess.run(
            ["soffice", "--headless", "--convert-to", target, "--outdir", OUT, work / f"code.{source}"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["gzip", "-9nf", OUT / f"code.{target}"], check=True)


def lock():
    """Old documents with a password, by LibreOffice over its UNO bridge; needs the system's python3-uno."""
    subprocess.run(["/usr/bin/python3", "-c", LOCK, str(OUT.resolve())], check=True)


LOCK = '''
import subprocess, sys, time
import uno
from com.sun.star.beans import PropertyValue

def value(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made

office = ["soffice", "--headless", "--norestore", "--accept=socket,host=127.0.0.1,port=2083;urp;"]
subprocess.Popen(office, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(60):
    try:
        remote = resolver.resolve("uno:socket,host=127.0.0.1,port=2083;urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(1)
desktop = remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
for source, target, form, word in (
    ("lo.xls", "velvet.xls", "MS Excel 97", "VelvetSweatshop"),
    ("lo.xls", "locked.xls", "MS Excel 97", "Sommer-2024!"),
    ("lo.doc", "locked.doc", "MS Word 97", "Sommer-2024!"),
    ("lo.odt", "locked.odt", "writer8", "Sommer-2024!"),
):
    made = desktop.loadComponentFromURL(f"file://{sys.argv[1]}/{source}", "_blank", 0, (value("Hidden", True),))
    made.storeToURL(f"file://{sys.argv[1]}/{target}", (value("FilterName", form), value("Password", word)))
    made.close(True)
desktop.terminate()
'''


def by_libraries(work):
    document = docx.Document()
    document.add_heading("Contract")
    paragraph = document.add_paragraph("The parties agree to ")
    paragraph.add_run("pay").bold = True
    paragraph.add_run("ments.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "left cell"
    table.cell(0, 1).text = "right cell"
    document.sections[0].header.paragraphs[0].text = "Header line"
    document.core_properties.keywords = "keyword one"
    document.save(OUT / "library.docx")
    # What the library's template carries along and nobody needs.
    subprocess.run(["zip", "-qd", OUT / "library.docx", "word/stylesWithEffects.xml", "docProps/thumbnail.jpeg"], check=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Name"
    sheet["B1"] = 42
    sheet["A2"] = "link"
    sheet["A2"].hyperlink = "https://sheet.example/a"
    sheet["A3"] = '=HYPERLINK("https://formula.example/b","click")'
    secret = book.create_sheet("Secret")
    secret["A1"] = "hidden cell"
    secret.sheet_state = "veryHidden"
    book.save(OUT / "library.xlsx")
    for password, name in (("VelvetSweatshop", "velvet.xlsx"), ("Sommer-2024!", "locked.xlsx")):
        with open(OUT / "library.xlsx", "rb") as plain, open(OUT / name, "wb") as locked:
            msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, locked)
    old = xlwt.Workbook()
    sheet = old.add_sheet("Shown")
    sheet.write(0, 0, "old cell")
    sheet.write(0, 1, 7)
    sheet.write(1, 0, xlwt.Formula('HYPERLINK("https://old.example/c";"go")'))
    hidden = old.add_sheet("Away")
    hidden.write(0, 0, "old hidden")
    hidden.visibility = 2
    old.save(str(OUT / "library.xls"))


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        by_libreoffice(pathlib.Path(folder))
        pictures(pathlib.Path(folder))
        by_libraries(pathlib.Path(folder))
