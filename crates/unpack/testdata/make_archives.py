#!/usr/bin/env python3
"""Makes the archives of `archives/` by programs that are not ours. Run once, by hand, on Debian with: 7zip gcab genisoimage
xorriso udftools dosfstools mtools ncompress lzip zstd xz-utils wimtools qemu-utils rpm cpio binutils sharutils macutils
cabextract arj jlha-utils python3. Everything in them is harmless. The `.rar` files were written by `rars` 0.12 with its
feature `write`, for want of another program that is free."""

import gzip
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import io

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "archives")
FILES = {
    "hello.txt": b"Hello from inside, see http://in.example/hello\n",
    "sub/run.exe": b"MZ\x90\x00" + b"harmless " * 30,
    "empty.txt": b"",
}


def run(*command, cwd=None, data=None):
    subprocess.run(command, cwd=cwd, input=data, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def output(*command, cwd=None, data=None):
    return subprocess.run(command, cwd=cwd, input=data, check=True, capture_output=True).stdout


def out(name):
    path = os.path.join(OUT, name)
    if os.path.exists(path):
        os.remove(path)
    return path


def save(name, data):
    with open(out(name), "wb") as file:
        file.write(data)


def sevenzip(root):
    run("7zz", "a", "-mx=9", out("solid.7z"), "hello.txt", "sub", "empty.txt", cwd=root)
    run("7zz", "a", "-ms=off", "-m0=bzip2", out("bzip2.7z"), "hello.txt", "sub", cwd=root)
    run("7zz", "a", "-m0=ppmd", out("ppmd.7z"), "hello.txt", cwd=root)
    run("7zz", "a", "-m0=copy", out("copy.7z"), "hello.txt", "sub", cwd=root)
    run("7zz", "a", "-m0=bcj", "-m1=lzma2", out("bcj.7z"), "sub", cwd=root)
    run("7zz", "a", "-pSecret-42", out("locked.7z"), "hello.txt", "sub", cwd=root)
    run("7zz", "a", "-pSecret-42", "-mhe=on", out("hidden.7z"), "hello.txt", "sub", cwd=root)
    for method in ["Deflate64", "BZip2", "LZMA", "PPMd", "XZ"]:
        run("7zz", "a", "-tzip", f"-mm={method}", out(f"{method.lower()}.zip"), "hello.txt", "sub", cwd=root)
    run("7zz", "a", "-tzip", "-pSecret-42", "-mem=AES256", out("aes256.zip"), "hello.txt", "sub", cwd=root)
    run("7zz", "a", "-tzip", "-pSecret-42", "-mem=AES128", out("aes128.zip"), "hello.txt", cwd=root)
    run("7zz", "a", "-tzip", "-pSecret-42", "-mem=ZipCrypto", out("zipcrypto.zip"), "hello.txt", "sub", cwd=root)
    run("7zz", "a", "-twim", out("files.wim"), "hello.txt", cwd=root)


def streams(root):
    hello = FILES["hello.txt"]
    for command, name in [(("gzip", "-c"), "hello.txt.gz"), (("bzip2", "-c"), "hello.txt.bz2"), (("xz", "-c"), "hello.txt.xz"),
                          (("zstd", "-q", "-c"), "hello.txt.zst"), (("lzip", "-c"), "hello.txt.lz"),
                          (("xz", "--format=lzma", "-c"), "hello.txt.lzma")]:
        save(name, output(*command, "hello.txt", cwd=root) if command[0] == "gzip" else output(*command, data=hello))
    text = b"".join(b"%d " % (n % 611) for n in range(9000))
    save("numbers.txt.Z", output("compress", "-c", data=text))
    save("small.txt.Z", output("compress", "-f", "-b", "10", "-c", data=text[:3000]))


def tars(root):
    def make(name, form):
        with tarfile.open(out(name), "w", format=form) as tar:
            for path, data in FILES.items():
                info = tarfile.TarInfo(path)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
            long = tarfile.TarInfo("a" * 60 + "/" + "b" * 60 + "/long.txt" if form == tarfile.USTAR_FORMAT else "a" * 200 + ".txt")
            long.size = 4
            tar.addfile(long, io.BytesIO(b"long"))
            for kind, target in [(tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "hello.txt"), (tarfile.CHRTYPE, "")]:
                link = tarfile.TarInfo("link%s" % kind.decode())
                link.type = kind
                link.linkname = target
                tar.addfile(link)
    make("ustar.tar", tarfile.USTAR_FORMAT)
    make("gnu.tar", tarfile.GNU_FORMAT)
    make("pax.tar", tarfile.PAX_FORMAT)
    for name in ["ustar.tar", "gnu.tar", "pax.tar"]:
        path = os.path.join(OUT, name)
        data = open(path, "rb").read()
        os.remove(path)
        save(name + ".gz", gzip.compress(data, 9, mtime=0))
    run("tar", "--format=v7", "-cf", out("old.tar"), "hello.txt", "sub", cwd=root)
    sparse = os.path.join(root, "sparse.bin")
    with open(sparse, "wb") as file:
        file.seek(1 << 20)
        file.write(b"MZ behind the hole")
    run("tar", "--format=gnu", "-Scf", out("sparse.tar"), "sparse.bin", cwd=root)
    run("tar", "--format=pax", "-Scf", out("sparse-pax.tar"), "sparse.bin", cwd=root)
    os.remove(sparse)
    for name in ["old.tar", "sparse.tar", "sparse-pax.tar"]:
        path = os.path.join(OUT, name)
        data = open(path, "rb").read()
        os.remove(path)
        save(name + ".gz", gzip.compress(data, 9, mtime=0))


def cabinets(root):
    run("gcab", "-c", out("stored.cab"), "hello.txt", "sub/run.exe", cwd=root)
    text = b"".join(b"line %d of the text\n" % n for n in range(6000))
    with open(os.path.join(root, "long.txt"), "wb") as file:
        file.write(text)
    run("gcab", "-z", "-c", out("mszip.cab"), "hello.txt", "sub/run.exe", "long.txt", cwd=root)
    os.remove(os.path.join(root, "long.txt"))


def packages(root):
    run("ar", "rcD", out("files.a"), "hello.txt", "sub/run.exe", cwd=root)
    names = b"hello.txt\nsub/run.exe\n"
    for form in ["newc", "odc", "bin", "crc"]:
        save(form + ".cpio", output("cpio", "-o", "-H", form, cwd=root, data=names))
    with tempfile.TemporaryDirectory() as deb:
        os.makedirs(os.path.join(deb, "DEBIAN"))
        os.makedirs(os.path.join(deb, "usr"))
        shutil.copy(os.path.join(root, "sub/run.exe"), os.path.join(deb, "usr/run.exe"))
        with open(os.path.join(deb, "DEBIAN/control"), "w") as file:
            file.write("Package: x\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: x\n")
        run("dpkg-deb", "-Zxz", "--root-owner-group", "-b", deb, out("x.deb"))
    with tempfile.TemporaryDirectory() as top:
        spec = os.path.join(top, "x.spec")
        with open(spec, "w") as file:
            file.write("Name: x\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n%description\nx\n%install\n"
                       f"mkdir -p %{{buildroot}}/opt\ncp {root}/sub/run.exe %{{buildroot}}/opt/run.exe\n%files\n/opt/run.exe\n")
        run("rpmbuild", "-bb", "--define", f"_topdir {top}", "--define", "_binary_payload w9.gzdio", spec)
        shutil.copy(os.path.join(top, "RPMS/noarch/x-1-1.noarch.rpm"), out("x.rpm"))


SECTOR = 2048


def sector(image, number):
    return image[number * SECTOR:(number + 1) * SECTOR]


def udf_alone(bridge):
    """The UDF volume of a disc that is ISO 9660 as well, without anything of the latter: its recognition sequence moves to where the
    descriptors stood, and the tables of paths and the folders go."""
    image = bytearray(bridge)
    first = sector(bridge, 16)
    tables = [struct.unpack("<I", first[140:144])[0], struct.unpack(">I", first[148:152])[0]]
    gone = [16, 17, 18, 19, 20] + tables
    folders = [struct.unpack("<I", first[158:162])[0]]
    while folders:
        place = folders.pop()
        gone.append(place)
        records = sector(bridge, place)
        at = 0
        while records[at]:
            record = records[at:at + records[at]]
            if record[25] & 2 and record[32:34] not in (b"\1\0", b"\1\1"):
                folders.append(struct.unpack("<I", record[2:6])[0])
            at += records[at]
    for number in gone:
        image[number * SECTOR:(number + 1) * SECTOR] = bytes(SECTOR)
    image[16 * SECTOR:19 * SECTOR] = bridge[18 * SECTOR:21 * SECTOR]
    assert b"CD001" not in image
    return bytes(image)


def tagged(descriptor, place):
    """A descriptor with its tag made right again (ECMA-167 3/7.2): sum of its body, place, sum of the tag."""
    body = bytearray(descriptor)
    length = struct.unpack("<H", body[10:12])[0]
    crc = 0
    for byte in body[16:16 + length]:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    body[8:10] = struct.pack("<H", crc)
    body[12:16] = struct.pack("<I", place)
    body[4] = (sum(body[:16]) - body[4]) & 0xff
    return bytes(body)


def small_udf(image):
    """The same volume in 48 sectors: its descriptors at 19, its partition at 25, its one anchor in the last sector. Fuzzing lays no more
    than 64 KiB into an image."""
    small = bytearray(48 * SECTOR)

    def put(number, data):
        small[number * SECTOR:(number + 1) * SECTOR] = data

    for number in (16, 17, 18):
        put(number, sector(image, number))
    for number in range(6):
        descriptor = bytearray(sector(image, 32 + number))
        if descriptor[0] == 5:
            descriptor[188:196] = struct.pack("<II", 25, 22)
        put(19 + number, tagged(descriptor, 19 + number))
    for block in range(17):
        put(25 + block, sector(image, 257 + block))
    anchor = bytearray(sector(image, 256))
    anchor[16:32] = struct.pack("<IIII", 6 * SECTOR, 19, 6 * SECTOR, 19)
    put(47, tagged(anchor, 47))
    return bytes(small)


def small_vhd(disk):
    """A disk as a growing VHD (Virtual Hard Disk Image Format Specification 1.0) of small blocks, of which those are left out that are
    empty: by its makers they are of 2 MiB each, and no input of fuzzing is so large."""
    block = 4096

    def summed(head, at):
        head[at:at + 4] = struct.pack(">I", ~sum(head) & 0xffffffff)
        return bytes(head)

    footer = bytearray(struct.pack(">8sIIQI4sI4sQQHBBI", b"conectix", 2, 0x10000, 512, 0, b"test", 0x10000, b"Wi2k", len(disk),
                                   len(disk), 80, 2, 18, 3).ljust(512, b"\0"))
    footer = summed(footer, 64)
    count = -(-len(disk) // block)
    head = bytearray(struct.pack(">8sQQIII", b"cxsparse", 2**64 - 1, 1536, 0x10000, count, block).ljust(1024, b"\0"))
    head = summed(head, 36)
    at = 1536 + -(-count * 4 // 512) * 512
    table, blocks = b"", b""
    for number in range(count):
        data = disk[number * block:(number + 1) * block].ljust(block, b"\0")
        if not data.strip(b"\0"):
            table += b"\xff\xff\xff\xff"
            continue
        table += struct.pack(">I", (at + len(blocks)) // 512)
        blocks += b"\xff".ljust(512, b"\0") + data
    return footer + head + table.ljust(at - 1536, b"\xff") + blocks + footer


def discs(root):
    def packed(name, path):
        with open(path, "rb") as file:
            save(name + ".xz", lzma.compress(file.read(), preset=6 | lzma.PRESET_EXTREME))
    with tempfile.TemporaryDirectory() as work:
        image = os.path.join(work, "x.iso")
        run("genisoimage", "-quiet", "-o", image, root)
        packed("plain.iso", image)
        run("genisoimage", "-quiet", "-J", "-r", "-o", image, root)
        packed("joliet-rock.iso", image)
        run("genisoimage", "-quiet", "-udf", "-o", image, root)
        packed("bridge.iso", image)
        alone = udf_alone(open(image, "rb").read())
        save("udf.iso.xz", lzma.compress(alone, preset=6 | lzma.PRESET_EXTREME))
        save("small-udf.iso.xz", lzma.compress(small_udf(alone), preset=6 | lzma.PRESET_EXTREME))
        image = os.path.join(work, "pure.udf")
        run("truncate", "-s", "2M", image)
        run("mkudffs", "--utf8", "-b", "2048", "-l", "LABEL", image)
        packed("empty-udf.iso", image)
        floppy = os.path.join(work, "floppy.img")
        run("mformat", "-C", "-i", floppy, "-f", "1440", "::")
        run("mcopy", "-i", floppy, "-s", os.path.join(root, "hello.txt"), os.path.join(root, "sub"), "::")
        with open(os.path.join(work, "A long file name.txt"), "wb") as file:
            file.write(b"long name\n" * 200)
        run("mcopy", "-i", floppy, os.path.join(work, "A long file name.txt"), "::")
        run("mcopy", "-i", floppy, os.path.join(root, "hello.txt"), "::gone.exe")
        run("mdel", "-i", floppy, "::gone.exe")
        packed("floppy.img", floppy)
        save("small.vhd.xz", lzma.compress(small_vhd(open(floppy, "rb").read()), preset=6 | lzma.PRESET_EXTREME))
        for bits, size in [(16, "16M"), (32, "40M")]:
            image = os.path.join(work, f"fat{bits}.img")
            run("truncate", "-s", size, image)
            run("mkfs.vfat", "-F", str(bits), image)
            run("mcopy", "-i", image, "-s", os.path.join(root, "hello.txt"), os.path.join(root, "sub"), "::")
            packed(f"fat{bits}.img", image)
        part = os.path.join(work, "part.img")
        run("truncate", "-s", "4M", part)
        run("mkfs.vfat", "-F", "12", part)
        run("mcopy", "-i", part, "-s", os.path.join(root, "hello.txt"), os.path.join(root, "sub"), "::")
        body = open(part, "rb").read()
        sectors = len(body) // 512
        mbr = bytearray(512)
        mbr[446:462] = struct.pack("<B3sB3sII", 0x80, b"\1\1\0", 6, b"\xfe\xff\xff", 2048, sectors)
        mbr[510:512] = b"\x55\xaa"
        disk = bytes(mbr) + bytes(2047 * 512) + body
        save("disk.img.xz", lzma.compress(disk, preset=6))
        raw = os.path.join(work, "disk.raw")
        with open(raw, "wb") as file:
            file.write(disk)
        gpt = os.path.join(work, "gpt.img")
        with open(gpt, "wb") as file:
            file.write(bytes(2048 * 512) + body + bytes(2048 * 512))
        run("sfdisk", gpt, data=b"label: gpt\nstart=2048, size=%d, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n" % sectors)
        packed("gpt.img", gpt)
        for form, options in [("vpc", ["-o", "subformat=dynamic"]), ("vpc", ["-o", "subformat=fixed"]), ("vhdx", []), ("vmdk", [])]:
            name = {"vpc": "dynamic.vhd" if "dynamic" in str(options) else "fixed.vhd"}.get(form, f"disk.{form}")
            image = os.path.join(work, name)
            run("qemu-img", "convert", "-f", "raw", "-O", form, *options, raw, image)
            packed(name, image)


def mac(root):
    save("hello.uu", uu("hello.txt", FILES["hello.txt"]))
    save("run.uu64", output("uuencode", "-m", "sub/run.exe", "run.exe", cwd=root))


def uu(name, data):
    return subprocess.run(["uuencode", name], input=data, check=True, capture_output=True).stdout


def bombs(root):
    zeros = bytes(64 << 20)
    with open(os.path.join(root, "zeros"), "wb") as file:
        file.write(zeros)
    run("7zz", "a", "-mx=9", out("zeros.7z"), "zeros", cwd=root)
    os.remove(os.path.join(root, "zeros"))
    save("zeros.lzma", output("xz", "--format=lzma", "-9", "-c", data=zeros))
    save("zeros.lz", output("lzip", "-9", "-c", data=zeros))
    save("zeros.Z", output("compress", "-c", data=zeros))


def old(root):
    run("arj", "a", "-y", out("files.arj"), "hello.txt", cwd=root)
    run("jlha", "a", out("files.lzh"), "hello.txt", cwd=root)


def main():
    os.makedirs(OUT, exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        for path, data in FILES.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(data)
        for step in [sevenzip, streams, tars, cabinets, packages, discs, mac, bombs, old]:
            try:
                step(root)
            except Exception as error:
                print(step.__name__, error)


if __name__ == "__main__":
    main()
