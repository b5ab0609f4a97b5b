"""Reads batches of messages on standard input and says what Python's email offers as files, by both policies.

A batch is a count, then each message behind its length, all four bytes, big end first. The answer is a line of JSON a message:
a list of [policy, name, SHA-256 of the content in hexadecimal].
"""

import email
import email.policy
import hashlib
import json
import re
import struct
import sys
import warnings

BLANKS_AT_ENDS = re.compile(rb"[ \t\x0c\n]*\n")
warnings.simplefilter("ignore")
POLICIES = [("python compat32", email.policy.compat32), ("python default", email.policy.default)]


def files(message, label, policy):
    try:
        parts = list(email.message_from_bytes(message, policy=policy).walk())
    except Exception:
        return
    for part in parts:
        # What it cannot read it does not offer.
        try:
            if part.is_multipart():
                continue
            name = part.get_filename() or ""
            is_shown = part.get_content_maintype() in ("text", "multipart", "message")
            is_file = bool(name) or part.get_content_disposition() == "attachment" or not is_shown
            content = part.get_payload(decode=True) if is_file else None
        except Exception:
            continue
        content = BLANKS_AT_ENDS.sub(b"\n", (content or b"").replace(b"\r", b"")).strip(b" \t\n\x0c")
        if content:
            name = str(name).encode("utf-8", "replace").decode("utf-8")
            yield [label, name, hashlib.sha256(content).hexdigest()]


def main():
    take, say = sys.stdin.buffer, sys.stdout
    while head := take.read(4):
        (count,) = struct.unpack(">I", head)
        messages = [take.read(*struct.unpack(">I", take.read(4))) for _ in range(count)]
        for message in messages:
            found = [file for label, policy in POLICIES for file in files(message, label, policy)]
            say.write(json.dumps(found) + "\n")
        say.flush()


main()
