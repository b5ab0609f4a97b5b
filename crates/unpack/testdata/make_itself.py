#!/usr/bin/env python3
"""Makes `archives/itself.gz`, which opens to its own bytes. The plan is that of R. Cox, "Zip Files All The Way Down" (2010): the
stream prints its head, then two instructions of equal length describe each other, until what was printed is what stands there."""

import gzip
import os
import struct
import zlib

HEAD = b"\x1f\x8b\x08\x08" + bytes(5) + b"\xff" + b"r.gz\0"
STEP = 5
"""Bytes of an instruction: either of them ends at a byte."""


def literal(count):
    """A stored block (RFC 1951 3.2.4) of so many bytes, which follow."""
    return b"\0" + struct.pack("<HH", count, count ^ 0xFFFF)


def repeat(count):
    """A block with fixed codes (RFC 1951 3.2.6) that prints the last `count` bytes again, 17 to 20 of them, by two copies."""
    bits = [0, 1, 0]
    for _ in range(2):
        bits += code(count // 2 - 2, 7) + code(8, 5) + number(count - 17, 3)
    bits += code(0, 7)
    return bytes(sum(bit << at for at, bit in enumerate(bits[8 * byte : 8 * byte + 8])) for byte in range(STEP))


def code(value, count):
    return number(value, count)[::-1]


def number(value, count):
    return [value >> at & 1 for at in range(count)]


def whole(checksum, length):
    tail = b"\x01\0\0\xff\xff" + struct.pack("<II", checksum, length)
    none, one, four, last = literal(0), literal(STEP), literal(4 * STEP), literal(STEP + len(tail))
    again, end = repeat(4 * STEP), repeat(STEP + len(tail))
    return b"".join([
        HEAD, four, HEAD, four, again, one, again, one, one, four, again, one, one, four, again,
        four, again, four, again, four, again, four, again, none, none, last, again, none, none, last, end, tail, end, tail,
    ])


def with_its_checksum():
    """The checksum stands in what it is of. It is linear in its own bits, so 32 equations say which it must be."""
    length = len(whole(0, 0))
    base = zlib.crc32(whole(0, length))
    columns = [zlib.crc32(whole(1 << bit, length)) ^ base ^ 1 << bit for bit in range(32)]
    rows = [sum((column >> row & 1) << bit for bit, column in enumerate([*columns, base])) for row in range(32)]
    for bit in range(32):
        pivot = next(row for row in range(bit, 32) if rows[row] >> bit & 1)
        rows[bit], rows[pivot] = rows[pivot], rows[bit]
        rows = [row ^ rows[bit] if at != bit and row >> bit & 1 else row for at, row in enumerate(rows)]
    return whole(sum((row >> 32 & 1) << bit for bit, row in enumerate(rows)), length)


made = with_its_checksum()
assert gzip.decompress(made) == made
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "archives", "itself.gz"), "wb") as file:
    file.write(made)
