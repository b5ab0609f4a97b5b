#!/usr/bin/env python3
"""Makes thousands of clean messages with real documents, archives and pictures, for docs/reference/negative-controls.md.

    apt-get install libreoffice-writer libreoffice-calc libreoffice-impress qpdf ghostscript 7zip zip zstd xorriso git openssl
    pip install python-docx openpyxl xlsxwriter python-pptx xlwt odfpy reportlab fpdf2 pikepdf Pillow icalendar vobject py7zr
    python3 make_negative.py FOLDER [--each 120] [--seed 1] [--found 4000]

FOLDER/files gets what the programs made, FOLDER/mail one message a file, FOLDER/lines.jsonl the input of
`postern scan --batch --offline`. What lies on the machine under /usr/share and Python's site-packages is taken too (--found).
"""
import argparse
import csv
import email.message
import email.policy
import email.utils
import io
import json
import mimetypes
import os
import pathlib
import random
import shutil
import subprocess
import tarfile
import zipfile

WORDS = """harbour invoice Tuesday garden please find meeting attached with kind regards delivery plan winter report bridge minutes
thank you account quarter budget travel conference schedule project review customer price order number street school music river
engine paper weather figure summary agenda proposal contract draft final version table chart total average margin Größe naïve
日本語 отчёт résumé""".split()
HOSTS = ["www.company.example", "docs.partner.example", "shop.vendor.example", "intranet.corp.example"]
# What the default policy blocks by type, harmless or not, is no clean attachment.
FOUND = "pdf docx xlsx pptx odt ods odp ott ots otp rtf doc xls ppt zip gz bz2 xz tar html htm xml svg png jpg jpeg gif csv txt md json ics vcf".split()
FOUND_ROOTS = ["/usr/share", "/usr/lib/libreoffice", "/usr/lib/python3", "/usr/local/lib"]
FOUND_BYTES_MAX = 1_000_000


class Maker:
    def __init__(self, folder, each, chance):
        self.files, self.each, self.chance = folder / "files", each, chance
        self.files.mkdir(parents=True, exist_ok=True)

    def text(self, count):
        return " ".join(self.chance.choice(WORDS) for _ in range(count))

    def link(self):
        return f"https://{self.chance.choice(HOSTS)}/{self.chance.choice(WORDS[:30]).lower()}/{self.chance.randrange(9999)}"

    def paragraphs(self):
        return [self.text(self.chance.randrange(5, 80)).capitalize() + "." for _ in range(self.chance.randrange(2, 12))]

    def rows(self):
        width = self.chance.randrange(2, 9)
        head = [self.text(2) for _ in range(width)]
        return [head] + [
            [self.chance.choice([self.text(2), self.chance.randrange(10000), round(self.chance.random() * 100, 2)]) for _ in range(width)]
            for _ in range(self.chance.randrange(3, 60))
        ]

    def page(self):
        body = "".join(f"<p>{p} <a href='{self.link()}'>{self.text(2)}</a></p>" for p in self.paragraphs())
        cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in self.rows()[:12])
        return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{self.text(3)}</title></head><body><h1>{self.text(3)}</h1>{body}<table>{cells}</table></body></html>"

    def path(self, kind, number, ending):
        folder = self.files / kind
        folder.mkdir(exist_ok=True)
        return folder / f"{self.chance.choice(WORDS[:30]).lower()}-{number}.{ending}"


def picture(maker, number):
    from PIL import Image, ImageDraw

    chance = maker.chance
    size = (chance.randrange(20, 500), chance.randrange(20, 400))
    kind = number % 4
    if kind == 0:
        image = Image.effect_noise(size, 60).convert("RGB")
    elif kind == 1:
        image = Image.linear_gradient("L").resize(size).convert("RGB")
    else:
        image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randrange(2, 40)):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        draw.rectangle([x, y, x + chance.randrange(60), y + chance.randrange(60)], fill=tuple(chance.randrange(256) for _ in range(3)))
        draw.text((x, y), maker.text(3).encode("ascii", "ignore").decode(), fill=(0, 0, 0))
    return image


def pictures(maker):
    for number in range(maker.each):
        image = picture(maker, number)
        for ending, more in [("png", {"optimize": bool(number % 2)}), ("jpg", {"quality": 30 + number % 70, "progressive": bool(number % 3)}),
                             ("gif", {}), ("bmp", {}), ("webp", {"lossless": bool(number % 2)}), ("tif", {"compression": "tiff_lzw"})]:
            image.save(maker.path("picture", number, ending), **more)
        frames = [picture(maker, number + 1).resize(image.size) for _ in range(3)]
        image.save(maker.path("picture", number + 100000, "gif"), save_all=True, append_images=frames, duration=100)


def png(maker, number):
    out = io.BytesIO()
    picture(maker, number).save(out, "PNG")
    out.seek(0)
    return out


def words_docx(maker):
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for number in range(maker.each):
        document = docx.Document()
        document.core_properties.title = maker.text(3)
        document.add_heading(maker.text(4), 0)
        for paragraph in maker.paragraphs():
            added = document.add_paragraph(paragraph, style=maker.chance.choice(["Normal", "List Bullet", "Quote"]))
            if maker.chance.random() < 0.4:
                target = document.part.relate_to(maker.link(), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                link = OxmlElement("w:hyperlink")
                link.set(qn("r:id"), target)
                run, text = OxmlElement("w:r"), OxmlElement("w:t")
                text.text = maker.text(2)
                run.append(text)
                link.append(run)
                added._p.append(link)
        rows = maker.rows()[:10]
        table = document.add_table(len(rows), len(rows[0]))
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                table.cell(y, x).text = str(cell)
        if number % 3 == 0:
            document.add_picture(png(maker, number))
        document.sections[0].header.paragraphs[0].text = maker.text(4)
        document.save(maker.path("python-docx", number, "docx"))


def sheets(maker):
    import openpyxl
    import openpyxl.chart
    import openpyxl.comments
    import xlsxwriter
    import xlwt

    for number in range(maker.each):
        book = openpyxl.Workbook()
        sheet = book.active
        rows = maker.rows()
        for row in rows:
            sheet.append(row)
        sheet["J1"] = f"=SUM(A1:A{len(rows)})"
        sheet["J2"] = f'=HYPERLINK("{maker.link()}","more")'
        sheet["J3"].hyperlink = maker.link()
        sheet["A1"].comment = openpyxl.comments.Comment(maker.text(5), "me")
        other = book.create_sheet("Data")
        other.append([1, 2, 3])
        other.sheet_state = "hidden" if number % 5 == 0 else "visible"
        chart = openpyxl.chart.BarChart()
        chart.add_data(openpyxl.chart.Reference(other, min_col=1, max_col=3, min_row=1))
        other.add_chart(chart, "A5")
        book.save(maker.path("openpyxl", number, "xlsx"))

        book = xlsxwriter.Workbook(maker.path("xlsxwriter", number, "xlsx"), {"in_memory": True, "use_zip64": number % 7 == 0})
        sheet = book.add_worksheet()
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
        sheet.write_formula("K1", "=AVERAGE(B1:B9)")
        sheet.write_url("K2", maker.link(), string="see")
        sheet.insert_image("L4", "a.png", {"image_data": png(maker, number)})
        sheet.data_validation("K3", {"validate": "list", "source": ["a", "b"]})
        sheet.conditional_format("A1:A9", {"type": "3_color_scale"})
        book.close()

        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet")
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                sheet.write(y, x, cell)
        sheet.write(len(rows), 0, xlwt.Formula("SUM(A1:A3)"))
        book.save(str(maker.path("xlwt", number, "xls")))


def slides(maker):
    import pptx
    from pptx.util import Inches

    for number in range(maker.each):
        show = pptx.Presentation()
        for _ in range(maker.chance.randrange(1, 6)):
            slide = show.slides.add_slide(show.slide_layouts[1])
            slide.shapes.title.text = maker.text(4)
            frame = slide.placeholders[1].text_frame
            frame.text = maker.text(12)
            run = frame.add_paragraph().add_run()
            run.text = maker.text(2)
            run.hyperlink.address = maker.link()
            slide.notes_slide.notes_text_frame.text = maker.text(8)
        show.slides[0].shapes.add_picture(png(maker, number), Inches(1), Inches(3))
        show.save(maker.path("python-pptx", number, "pptx"))


def odf(maker):
    from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import A, H, P

    for number in range(maker.each):
        text = OpenDocumentText()
        text.text.addElement(H(outlinelevel=1, text=maker.text(3)))
        for paragraph in maker.paragraphs():
            added = P(text=paragraph)
            added.addElement(A(href=maker.link(), text=maker.text(2)))
            text.text.addElement(added)
        text.save(str(maker.path("odfpy", number, "odt")))
        book = OpenDocumentSpreadsheet()
        table = Table(name="Data")
        for row in maker.rows():
            line = TableRow()
            for cell in row:
                added = TableCell(valuetype="string")
                added.addElement(P(text=str(cell)))
                line.addElement(added)
            table.addElement(line)
        book.spreadsheet.addElement(table)
        book.save(str(maker.path("odfpy", number, "ods")))


def pdfs(maker):
    import fpdf
    import pikepdf
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    def plain(text):
        return text.encode("latin-1", "ignore").decode("latin-1")

    for number in range(maker.each):
        first = maker.path("reportlab", number, "pdf")
        paper = canvas.Canvas(str(first), pagesize=A4, pageCompression=number % 2)
        for _ in range(maker.chance.randrange(1, 4)):
            paper.bookmarkPage(f"p{number}")
            for y, paragraph in enumerate(maker.paragraphs()):
                paper.drawString(60, 780 - 20 * y, plain(paragraph)[:90])
            paper.linkURL(maker.link(), (60, 700, 200, 720))
            if number % 4 == 0:
                paper.acroForm.textfield(name=f"name{number}", x=60, y=200)
            if number % 3 == 0:
                paper.drawImage(ImageReader(png(maker, number)), 60, 300, 120, 90)
            paper.showPage()
        paper.save()
        document = fpdf.FPDF()
        document.add_page()
        document.set_font("Helvetica", size=11)
        document.write_html(f"<h1>{plain(maker.text(3))}</h1><p>{plain(maker.text(40))}</p><a href='{maker.link()}'>more</a>")
        document.output(str(maker.path("fpdf2", number, "pdf")))
        with pikepdf.open(first) as pdf:
            pdf.save(maker.path("pikepdf", number, "pdf"), object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=bool(number % 2),
                     encryption=pikepdf.Encryption(owner="owner", user="") if number % 5 == 0 else False)
        if number % 3 == 0:
            options = [["--qdf", "--object-streams=disable"], ["--linearize"], ["--compress-streams=n"], ["--recompress-flate", "--object-streams=generate"]]
            run("qpdf", *maker.chance.choice(options), first, maker.path("qpdf", number, "pdf"))
        if number % 6 == 0:
            run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={maker.path('ghostscript', number, 'pdf')}", first)


def run(*command, **more):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def libreoffice(maker):
    sources = {}
    for kind, ending in [("lo-text", "html"), ("lo-table", "csv")]:
        sources[kind] = []
        for number in range(maker.each // 2):
            path = maker.path(kind + "-source", number, ending)
            if ending == "html":
                path.write_text(maker.page(), encoding="utf-8")
            else:
                with open(path, "w", newline="", encoding="utf-8") as out:
                    csv.writer(out).writerows(maker.rows())
            sources[kind].append(path)
    sources["lo-slides"] = sorted((maker.files / "python-pptx").glob("*.pptx"))[: maker.each // 2]
    targets = {
        "lo-text": ["odt", "docx:MS Word 2007 XML", "doc:MS Word 97", "rtf", "pdf", "fodt"],
        "lo-table": ["ods", "xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97", "pdf"],
        "lo-slides": ["odp", "ppt:MS PowerPoint 97", "pdf"],
    }
    for kind, paths in sources.items():
        for target in targets[kind]:
            folder = maker.files / f"{kind}-{target.split(':')[0]}"
            extra = ["--infilter=HTML (StarWriter)"] if kind == "lo-text" else []
            try:
                run("soffice", "--headless", *extra, "--convert-to", target, "--outdir", folder, *paths, timeout=1200)
            except (subprocess.SubprocessError, OSError) as error:
                print(f"libreoffice {kind} {target}: {error}")


def texts(maker):
    import icalendar
    import vobject

    for number in range(maker.each):
        with open(maker.path("text", number, "csv"), "w", newline="", encoding="utf-8") as out:
            csv.writer(out, delimiter=maker.chance.choice(",;\t")).writerows(maker.rows())
        charset = maker.chance.choice(["utf-8", "utf-16", "utf-8-sig", "latin-1", "cp1252", "shift_jis", "koi8-r"])
        maker.path("text", number, "txt").write_bytes("\r\n".join(maker.paragraphs()).encode(charset, "ignore"))
        maker.path("text", number, "json").write_text(json.dumps(maker.rows(), indent=number % 3), encoding="utf-8")
        maker.path("text", number, "md").write_text("\n\n".join(f"## {p}\n[a]({maker.link()})" for p in maker.paragraphs()), encoding="utf-8")
        maker.path("text", number, "html").write_text(maker.page(), encoding="utf-8")
        rows = "".join(f"<row><name>{maker.text(2)}</name><link>{maker.link()}</link></row>" for _ in range(9))
        maker.path("text", number, "xml").write_text(f"<?xml version='1.0' encoding='UTF-8'?><rows>{rows}</rows>", encoding="utf-8")
        shapes = "".join(f"<rect x='{maker.chance.randrange(90)}' y='{maker.chance.randrange(90)}' width='9' height='9'/>" for _ in range(9))
        maker.path("text", number, "svg").write_text(f"<svg xmlns='http://www.w3.org/2000/svg'><title>{maker.text(2)}</title>{shapes}</svg>", encoding="utf-8")
        event = icalendar.Event()
        for key, value in [("summary", maker.text(4)), ("description", maker.text(20) + "\n" + maker.link()), ("uid", f"{number}@corp.example"), ("location", maker.link())]:
            event.add(key, value)
        calendar = icalendar.Calendar()
        calendar.add_component(event)
        maker.path("text", number, "ics").write_bytes(calendar.to_ical())
        card = vobject.vCard()
        card.add("n").value = vobject.vcard.Name(family="Doe", given=maker.chance.choice(WORDS))
        card.add("fn").value = maker.text(2)
        card.add("email").value = "doe@partner.example"
        card.add("url").value = maker.link()
        maker.path("text", number, "vcf").write_text(card.serialize(), encoding="utf-8")
        inner = email.message.EmailMessage()
        inner["From"], inner["To"], inner["Subject"] = "x@partner.example", "y@corp.example", maker.text(4)
        inner.set_content("\n".join(maker.paragraphs()))
        inner.add_attachment(png(maker, number).getvalue(), "image", "png", filename="photo.png")
        maker.path("text", number, "eml").write_bytes(inner.as_bytes(policy=email.policy.SMTP))


def signed(maker, work):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=me/emailAddress=alice@sender.example", "-days", "99",
        "-keyout", work / "key.pem", "-out", work / "certificate.pem")
    for number in range(maker.each // 4):
        source = work / "letter.txt"
        source.write_text("Content-Type: text/plain\r\n\r\n" + "\r\n".join(maker.paragraphs()), encoding="utf-8")
        common = ["-sign", "-binary", "-signer", work / "certificate.pem", "-inkey", work / "key.pem", "-in", source, "-outform", "DER"]
        run("openssl", "cms", *common, "-nodetach", "-out", maker.path("cms", number, "p7m"))
        run("openssl", "cms", *common, "-out", maker.path("cms", number, "p7s"))


def archives(maker, work):
    pool = [path for path in maker.files.rglob("*") if path.is_file() and path.stat().st_size < 200_000]
    for number in range(maker.each):
        folder = work / f"pack{number}"
        folder.mkdir()
        chosen = maker.chance.sample(pool, min(len(pool), maker.chance.randrange(1, 8)))
        for place, path in enumerate(chosen):
            inner = folder / maker.chance.choice([".", "docs", "docs/2024", "images"])
            inner.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, inner / f"{place}-{path.name}")
        level = str(number % 10)
        run("zip", "-r", "-" + level, maker.path("info-zip", number, "zip").resolve(), ".", cwd=folder)
        run("7zz", "a", "-mx=" + level, f"-m0={maker.chance.choice(['lzma', 'lzma2', 'ppmd', 'bzip2', 'deflate', 'copy'])}", maker.path("7zip", number, "7z").resolve(), ".", cwd=folder)
        run("7zz", "a", "-tzip", f"-mm={maker.chance.choice(['Deflate', 'Deflate64', 'BZip2', 'LZMA', 'PPMd', 'Copy'])}", maker.path("7zip", number, "zip").resolve(), ".", cwd=folder)
        with zipfile.ZipFile(maker.path("python", number, "zip"), "w", maker.chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])) as out:
            for path in folder.rglob("*"):
                out.write(path, path.relative_to(folder))
        # Written to a pipe: sizes stand behind the data.
        with open(maker.path("streamed", number, "zip"), "wb") as out:
            subprocess.run(["zip", "-q", "-r", "-", "."], cwd=folder, stdout=out, check=True)
        for ending, flag in [("tar", ""), ("tar.gz", "-z"), ("tar.bz2", "-j"), ("tar.xz", "-J"), ("tar.zst", "--zstd")]:
            form = maker.chance.choice(["gnu", "ustar", "pax", "v7", "oldgnu"])
            run("tar", f"--format={form}", *([flag] if flag else []), "-cf", maker.path("tar-" + form, number, ending).resolve(), ".", cwd=folder)
        with tarfile.open(maker.path("python", number, "tgz"), "w:gz") as out:
            out.add(folder, "folder")
        path = maker.path("gzip", number, chosen[0].name.split(".")[-1])
        shutil.copy(chosen[0], path)
        run(maker.chance.choice(["gzip", "bzip2", "xz"]), path)
        if number % 4 == 0:
            git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-C", folder]
            run(*git, "init")
            run(*git, "add", "-A")
            run(*git, "commit", "-m", "x")
            for ending in ["zip", "tar.gz"]:
                run(*git, "archive", "-o", maker.path("git", number, ending).resolve(), "HEAD")
        shutil.rmtree(folder)


def found(count, chance):
    """Files of this machine, as many of each ending as there are of the rarest, then more of the others."""
    by_ending = {}
    for root in FOUND_ROOTS:
        for folder, _, names in os.walk(root):
            for name in names:
                path = pathlib.Path(folder, name)
                ending = path.suffix.lstrip(".").lower()
                if ending in FOUND and path.is_file() and not path.is_symlink() and 0 < path.stat().st_size <= FOUND_BYTES_MAX:
                    by_ending.setdefault(ending, []).append(path)
    taken = []
    for ending in sorted(by_ending):
        paths = sorted(by_ending[ending])
        chance.shuffle(paths)
        taken += paths[: count // len(by_ending)]
    return taken


def mail(path, number, chance):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "Alice <alice@sender.example>", "Bob <bob@corp.example>"
    message["Subject"] = f"Papers for {chance.choice(['Monday', 'the meeting', 'your file', 'the project'])}"
    message["Date"] = email.utils.formatdate(1795600000 + number)
    message["Message-ID"] = f"<{number}.negative@sender.example>"
    message.set_content("Hello Bob,\n\nplease find the papers attached, as we said on the phone.\n\nKind regards\nAlice\n")
    kind, _ = mimetypes.guess_type(path.name)
    main, _, sub = (kind or "application/octet-stream").partition("/")
    # A compressed text is no text.
    if path.suffix in (".gz", ".bz2", ".xz", ".zst"):
        main, sub = "application", "octet-stream"
    data = path.read_bytes()
    if main in ("text", "message", "multipart"):
        message.add_attachment(b"", "application", "octet-stream", filename=path.name)
        part = list(message.iter_attachments())[-1]
        part.replace_header("Content-Type", f"{main}/{sub}" if main == "text" else "application/octet-stream")
        part.set_payload(__import__("base64").encodebytes(data).decode())
    else:
        message.add_attachment(data, main, sub, filename=path.name)
    return message.as_bytes()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--each", type=int, default=120)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--found", type=int, default=4000)
    options = options.parse_args()
    folder = options.folder.resolve()
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    maker = Maker(folder, options.each, random.Random(options.seed))
    for make in [pictures, words_docx, sheets, slides, odf, pdfs, texts, libreoffice]:
        make(maker)
        print(make.__name__, flush=True)
    signed(maker, work)
    archives(maker, work)
    shutil.rmtree(work)
    made = sorted(path for path in maker.files.rglob("*") if path.is_file() and "-source" not in str(path.parent))
    all_files = made + found(options.found, maker.chance)
    (folder / "mail").mkdir(exist_ok=True)
    with open(folder / "lines.jsonl", "w") as lines:
        for number, path in enumerate(all_files):
            name = folder / "mail" / f"{number:05}.eml"
            name.write_bytes(mail(path, number, maker.chance))
            line = {"file": str(name), "of": str(path), "client_ip": "192.0.2.10", "helo": "mail.sender.example", "rdns": "mail.sender.example",
                    "mail_from": "alice@sender.example", "rcpt_to": ["bob@corp.example"], "spf": "pass", "dkim": "pass", "dmarc": "pass"}
            lines.write(json.dumps(line) + "\n")
    print(f"{len(made)} made, {len(all_files) - len(made)} found")


main()
