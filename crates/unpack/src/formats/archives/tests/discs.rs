//! Images of discs and disks, and packages.

use expect_test::{Expect, expect};

use super::{sample, shown};

/// The images are packed: they are mostly empty.
fn inside(bytes: &[u8]) -> String {
    let shown = shown(bytes);
    let inner: Vec<&str> = shown.lines().skip(1).map(|line| line.trim_start_matches("1/xz:0")).collect();
    inner.join("\n")
}

fn check(bytes: &[u8], expected: &Expect) {
    expected.assert_eq(&inside(bytes));
}

#[test]
fn discs() {
    check(
        sample!("plain.iso.xz"),
        &expect![[r#"
         iso "" 362496
        /iso:0 empty "EMPTY.TXT" 0
        /iso:1 text "HELLO.TXT" 47
        /iso:2 exe "SUB/RUN.EXE" 274"#]],
    );
    check(
        sample!("joliet-rock.iso.xz"),
        &expect![[r#"
         iso "" 378880
        /iso:0 empty "empty.txt|EMPTY.TXT" 0
        /iso:1 text "hello.txt|HELLO.TXT" 47
        /iso:2 exe "sub/run.exe|sub/RUN.EXE" 274
        /iso:3 empty "empty.txt" 0"#]],
    );
    check(
        sample!("bridge.iso.xz"),
        &expect![[r#"
         iso "" 870400
        /iso:0 empty "EMPTY.TXT" 0
        /iso:1 text "HELLO.TXT|hello.txt" 47
        /iso:2 exe "SUB/RUN.EXE|sub/run.exe" 274
        /iso:3 empty "empty.txt" 0"#]],
    );
    check(sample!("empty-udf.iso.xz"), &expect![[r#" iso "" 2097152"#]]);
}

/// Without anything of ISO 9660: with the anchor where it stands as a rule, and in the last sector.
#[test]
fn discs_of_udf_alone() {
    for (bytes, size) in [(sample!("udf.iso.xz"), 870_400), (sample!("small-udf.iso.xz"), 98_304)] {
        let files = "/iso:0 empty \"empty.txt\" 0\n/iso:1 text \"hello.txt\" 47\n/iso:2 exe \"sub/run.exe\" 274";
        assert_eq!(inside(bytes), format!(" iso \"\" {size}\n{files}"));
    }
}

#[test]
fn floppies_and_disks() {
    check(
        sample!("floppy.img.xz"),
        &expect![[r#"
         img "" 1474560
        /fat:0 text "HELLO.TXT" 47
        /fat:1 text "A long file name.txt|ALONGF~1.TXT" 2000
        /fat:2 exe "SUB/RUN.EXE" 274"#]],
    );
    for (kind, bytes, size) in [
        ("img", sample!("fat16.img.xz"), 16_777_216),
        ("img", sample!("disk.img.xz"), 5_242_880),
        ("img", sample!("gpt.img.xz"), 6_291_456),
        ("vhd", sample!("fixed.vhd.xz"), 5_257_728),
        ("vhd", sample!("dynamic.vhd.xz"), 2_100_224),
    ] {
        let files = "/fat:0 text \"HELLO.TXT\" 47\n/fat:1 exe \"SUB/RUN.EXE\" 274";
        assert_eq!(inside(bytes), format!(" {kind} \"\" {size}\n{files}"));
    }
    check(
        sample!("small.vhd.xz"),
        &expect![[r#"
         vhd "" 26624
        /fat:0 text "HELLO.TXT" 47
        /fat:1 text "A long file name.txt|ALONGF~1.TXT" 2000
        /fat:2 exe "SUB/RUN.EXE" 274"#]],
    );
}

#[test]
fn a_large_volume() {
    check(
        sample!("fat32.img.xz"),
        &expect![[r#"
         img "" 41943040
        /fat:0 text "HELLO.TXT" 47
        /fat:1 exe "SUB/RUN.EXE" 274"#]],
    );
}

#[test]
fn disks_that_are_not_opened_are_said_so() {
    check(
        sample!("disk.vhdx.xz"),
        &expect![[r#"
         vhdx "" 16777216 unopened_container
        unopened 1/xz:0 unsupported"#]],
    );
    check(
        sample!("disk.vmdk.xz"),
        &expect![[r#"
         vmdk "" 196608 unopened_container
        unopened 1/xz:0 unsupported"#]],
    );
    check(sample!("files.wim"), &expect!["unopened 1 unsupported"]);
    check(sample!("files.arj"), &expect!["unopened 1 unsupported"]);
    check(sample!("files.lzh"), &expect!["unopened 1 unsupported"]);
}

#[test]
fn packages() {
    check(
        sample!("files.a"),
        &expect![[r#"
        1/ar:0 text "hello.txt" 47
        1/ar:1 exe "run.exe" 274"#]],
    );
    check(
        sample!("newc.cpio"),
        &expect![[r#"
        1/cpio:0 text "hello.txt" 47
        1/cpio:1 exe "sub/run.exe" 274"#]],
    );
    check(
        sample!("crc.cpio"),
        &expect![[r#"
        1/cpio:0 text "hello.txt" 47
        1/cpio:1 exe "sub/run.exe" 274"#]],
    );
    check(
        sample!("odc.cpio"),
        &expect![[r#"
        1/cpio:0 text "hello.txt" 47
        1/cpio:1 exe "sub/run.exe" 274"#]],
    );
    check(
        sample!("bin.cpio"),
        &expect![[r#"
        1/cpio:0 text "hello.txt" 47
        1/cpio:1 exe "sub/run.exe" 274"#]],
    );
    check(
        sample!("x.deb"),
        &expect![[r#"
        1/ar:0 text "debian-binary" 4
        1/ar:1 xz "control.tar.xz" 276
        1/ar:1/xz:0 tar "control.tar" 10240
        1/ar:1/xz:0/tar:1 text "./control" 85
        1/ar:2 xz "data.tar.xz" 228
        1/ar:2/xz:0 tar "data.tar" 10240
        1/ar:2/xz:0/tar:2 exe "./usr/run.exe" 274"#]],
    );
    check(
        sample!("x.rpm"),
        &expect![[r#"
        1/rpm:0 gz "" 112
        1/rpm:0/gz:0 cpio "" 524
        1/rpm:0/gz:0/cpio:0 exe "./opt/run.exe" 274"#]],
    );
}
