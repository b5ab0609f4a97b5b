#!/usr/bin/env python3
"""Makes documents of the old formats whose cells and shapes draw a code, and some whose do not, by LibreOffice, python-docx, python-pptx
and qrcode. Of presentations only the stream of the slides is kept: the picture of the first one is large.

    pip install python-docx python-pptx qrcode olefile
    python3 make_shaded.py office
"""

import gzip
import pathlib
import subprocess
import sys
import tempfile

import docx
import olefile
import pptx
import qrcode
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Twips
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Emu

OUT = pathlib.Path(sys.argv[1])
SAYS = "https://evil.example/drawn?x=1"


def matrix():
    code = qrcode.QRCode(border=1, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(SAYS)
    code.make(fit=True)
    return code.get_matrix()


def shade(cell, colour):
    ground = OxmlElement("w:shd")
    ground.set(qn("w:val"), "clear")
    ground.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(ground)


def tables(work):
    document = docx.Document()
    modules = matrix()
    table = document.add_table(rows=len(modules), cols=len(modules[0]))
    table.autofit = False
    for row, own in zip(table.rows, modules):
        row.height, row.height_rule = Twips(120), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell, is_dark in zip(row.cells, own):
            cell.width = Twips(120)
            shade(cell, "000000" if is_dark else "FFFFFF")
    document.save(work / "shaded.docx")
    document = docx.Document()
    table = document.add_table(rows=30, cols=4)
    for y, row in enumerate(table.rows):
        for x, cell in enumerate(row.cells):
            cell.text = f"r{y}c{x}"
            shade(cell, "DDDDDD" if y % 2 else "FFFFFF")
    document.save(work / "striped.docx")


def shows(work):
    boxes = [(500_000 + x * 100_000, 400_000 + y * 100_000, 100_000, (0, 0, 0))
             for y, row in enumerate(matrix()) for x, is_dark in enumerate(row) if is_dark]
    chart = [(500_000 + x * 900_000, 400_000 + y * 900_000, 700_000, (30 * x, 100, 200)) for y in range(5) for x in range(8)]
    for name, all_shapes in (("drawn", boxes), ("boxes", chart)):
        show = pptx.Presentation()
        slide = show.slides.add_slide(show.slide_layouts[6])
        for x, y, side, colour in all_shapes:
            shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(x), Emu(y), Emu(side), Emu(side))
            shape.fill.solid()
            shape.fill.fore_color.rgb = RGBColor(*colour)
            shape.line.fill.background()
        show.save(work / f"{name}.pptx")


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    tables(work)
    shows(work)
    for name, source, target in (("shaded", "docx", "doc"), ("striped", "docx", "doc"), ("drawn", "pptx", "ppt"), ("boxes", "pptx", "ppt")):
        subprocess.run(["soffice", "--headless", "--convert-to", target, "--outdir", work, work / f"{name}.{source}"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = work / f"{name}.{target}"
        if target == "doc":
            bytes_of, end = made.read_bytes(), "doc"
        else:
            bytes_of, end = olefile.OleFileIO(made).openstream("PowerPoint Document").read(), "show"
        (OUT / f"{name}.{end}.gz").write_bytes(gzip.compress(bytes_of, 9, mtime=0))
