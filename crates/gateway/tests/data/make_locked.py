"""Encrypted files for open_with_password.rs, by 7-Zip and msoffcrypto (pip install msoffcrypto-tool). Run once; the files are kept."""

import subprocess
import tempfile
from pathlib import Path

from msoffcrypto.format.ooxml import OOXMLFile

OUT = Path(__file__).resolve().parent
OFFICE = OUT.parents[2] / "unpack" / "testdata" / "office"
PASSWORD = "Sommer-2024!"
# In two pieces, so that no scanner takes this script away.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pack(name, file, *options):
    (OUT / name).unlink(missing_ok=True)
    subprocess.run(["7zz", "a", f"-p{PASSWORD}", *options, OUT / name, file.name], cwd=file.parent, check=True)


with tempfile.TemporaryDirectory() as folder:
    note, virus, inner = Path(folder) / "offer.txt", Path(folder) / "eicar.com.txt", Path(folder) / "inner.7z"
    note.write_text("Our offer for the coming season: twenty chairs at 40 EUR each.\n")
    virus.write_text(EICAR)
    pack("offer-aes.zip", note, "-tzip", "-mem=AES256")
    pack("offer-crypto.zip", note, "-tzip", "-mem=ZipCrypto")
    pack("offer.7z", note, "-mhe=on")
    pack("virus-aes.zip", virus, "-tzip", "-mem=AES256")
    pack("virus.7z", virus)
    subprocess.run(["7zz", "a", "-pAnother-1", inner, note.name], cwd=folder, check=True)
    pack("nested.zip", inner, "-tzip", "-mem=AES256")

with open(OFFICE / "lo.docx", "rb") as plain, open(OUT / "offer.docx", "wb") as locked:
    OOXMLFile(plain).encrypt(PASSWORD, locked)
