"""Encrypts a show of LibreOffice as PowerPoint does (MS-PPT 2.3, MS-OFFCRYPTO 2.3.5: RC4 CryptoAPI) with the password that
PowerPoint tries by itself. Usage: make_locked_show.py SHOW.ppt LOCKED.ppt; needs olefile and cryptography.

What it makes was opened by msoffcrypto-tool 6.1.0, which found the plain document again.
"""

import hashlib
import struct
import sys

import olefile
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

PASSWORD = "/01Hannes Ruescher/01"
SALT = bytes(range(16))
BITS = 128


def rc4(block, data):
    base = hashlib.sha1(SALT + PASSWORD.encode("utf-16le")).digest()
    key = hashlib.sha1(base + struct.pack("<I", block)).digest()[: BITS // 8]
    return Cipher(ARC4(key), mode=None).encryptor().update(data)


def session():
    verifier = b"sixteen of bytes"
    both = rc4(0, verifier + hashlib.sha1(verifier).digest())
    name = "Microsoft Base Cryptographic Provider v1.0\0".encode("utf-16le")
    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, BITS, 1, 0, 0) + name
    info = struct.pack("<HHII", 2, 2, 4, len(header)) + header
    info += struct.pack("<I", 16) + SALT + both[:16] + struct.pack("<I", 20) + both[16:]
    return struct.pack("<HHI", 0x0F, 0x2F14, len(info)) + info


def lock(user, document):
    user, document = bytearray(user), bytearray(document)
    edit_at = struct.unpack_from("<I", user, 16)[0]
    version, kind, size = struct.unpack_from("<HHI", document, edit_at)
    assert kind == 0x0FF5 and size == 28
    edit = bytearray(document[edit_at + 8 : edit_at + 8 + size])
    directory_at = struct.unpack_from("<I", edit, 12)[0]
    _, kind, size = struct.unpack_from("<HHI", document, directory_at)
    assert kind == 0x1772
    places, at = {}, directory_at + 8
    while at < directory_at + 8 + size:
        head = struct.unpack_from("<I", document, at)[0]
        for number in range(head >> 20):
            at += 4
            places[(head & 0xFFFFF) + number] = struct.unpack_from("<I", document, at)[0]
        at += 4
    # What is not among the objects stays as it is: here there is none.
    out = bytearray()
    moved = {}
    for number, place in places.items():
        length = struct.unpack_from("<I", document, place + 4)[0] + 8
        moved[number] = len(out)
        out += rc4(number, bytes(document[place : place + length]))
    own = max(places) + 1
    moved[own] = len(out)
    out += session()
    new_directory = len(out)
    entries = struct.pack("<I", (len(moved) << 20) | min(moved)) + b"".join(struct.pack("<I", moved[n]) for n in sorted(moved))
    assert sorted(moved) == list(range(min(moved), max(moved) + 1))
    out += struct.pack("<HHI", 0, 0x1772, len(entries)) + entries
    struct.pack_into("<I", edit, 8, 0)
    struct.pack_into("<I", edit, 12, new_directory)
    edit += struct.pack("<I", own)
    struct.pack_into("<I", user, 12, 0xF3D1C4DF)
    struct.pack_into("<I", user, 16, len(out))
    out += struct.pack("<HHI", 0, 0x0FF5, len(edit)) + edit
    return bytes(user), bytes(out)


def compound(streams):
    """A compound file (MS-CFB) of streams that are long enough to need no small sectors."""
    pad = lambda data: data + b"\0" * (-len(data) % 512)
    body, table, entries = b"", [], []
    for name, data in streams:
        data = data.ljust(4096, b"\0")
        first, count = len(table), (len(data) + 511) // 512
        table += list(range(first + 1, first + count)) + [0xFFFFFFFE]
        body += pad(data)
        entries.append((name, 2, first, len(data)))
    directory_at = len(table)
    raw = b""
    for number, (name, kind, first, size) in enumerate([("Root Entry", 5, 0xFFFFFFFE, 0)] + entries):
        wide = (name + "\0").encode("utf-16le")
        child = 1 if number == 0 else 0xFFFFFFFF
        right = number + 1 if 0 < number < len(entries) else 0xFFFFFFFF
        raw += wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, right, child)
        raw += b"\0" * 36 + struct.pack("<IQ", first, size)
    raw = pad(raw)
    count = len(raw) // 512
    table += list(range(directory_at + 1, directory_at + count)) + [0xFFFFFFFE]
    table_at = len(table)
    sectors = (len(table) + 1 + 127) // 128
    table += [0xFFFFFFFD] * sectors
    table += [0xFFFFFFFF] * (-len(table) % 128)
    places = [table_at + n for n in range(sectors)] + [0xFFFFFFFF] * (109 - sectors)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9I", 0, sectors, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *places)
    return head + body + raw + struct.pack(f"<{len(table)}I", *table)


def main():
    show = olefile.OleFileIO(sys.argv[1])
    user, document = lock(show.openstream("Current User").read(), show.openstream("PowerPoint Document").read())
    with open(sys.argv[2], "wb") as out:
        out.write(compound([("Current User", user), ("PowerPoint Document", document)]))


main()
