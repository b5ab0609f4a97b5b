//! Archives that are cut short or changed anywhere: nothing panics, nothing grows, and what is missing is said.
#![expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "numbers of the test itself")]

use super::{open_with, sample};
use crate::budget::Limits;

/// Name and bytes; those with a slow derivation of keys are left out.
const SAMPLES: &[(&str, &[u8])] = &[
    ("deflate64.zip", sample!("deflate64.zip")),
    ("lzma.zip", sample!("lzma.zip")),
    ("ppmd.zip", sample!("ppmd.zip")),
    ("zipcrypto.zip", sample!("zipcrypto.zip")),
    ("solid.7z", sample!("solid.7z")),
    ("ppmd.7z", sample!("ppmd.7z")),
    ("bcj.7z", sample!("bcj.7z")),
    ("v20.rar", sample!("v20.rar")),
    ("v29.rar", sample!("v29.rar")),
    ("v29-solid.rar", sample!("v29-solid.rar")),
    ("v50.rar", sample!("v50.rar")),
    ("v50-solid.rar", sample!("v50-solid.rar")),
    ("stored.cab", sample!("stored.cab")),
    ("mszip.cab", sample!("mszip.cab")),
    ("hello.txt.gz", sample!("hello.txt.gz")),
    ("hello.txt.bz2", sample!("hello.txt.bz2")),
    ("hello.txt.xz", sample!("hello.txt.xz")),
    ("hello.txt.zst", sample!("hello.txt.zst")),
    ("hello.txt.lz", sample!("hello.txt.lz")),
    ("hello.txt.lzma", sample!("hello.txt.lzma")),
    ("small.txt.Z", sample!("small.txt.Z")),
    ("ustar.tar.gz", sample!("ustar.tar.gz")),
    ("files.a", sample!("files.a")),
    ("newc.cpio", sample!("newc.cpio")),
    ("x.deb", sample!("x.deb")),
    ("hello.uu", sample!("hello.uu")),
];

/// Seeded, so that a failure comes again: xorshift64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }

    /// Changes a few places.
    pub(super) fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes[at] = 0xff,
                1 => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..bytes.len().min(at + 5))),
                3 => bytes[at] = self.below(256) as u8,
                _ => {
                    let copy = bytes[at..bytes.len().min(at + 40)].to_vec();
                    bytes.splice(at..at, copy);
                }
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
    }
}

fn small() -> Limits {
    Limits { unpacked_bytes: 2 << 20, files: 200, ..Limits::default() }
}

#[test]
fn changed_archives_never_panic() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..2600 {
        let (name, bytes) = SAMPLES[round % SAMPLES.len()];
        let mut bytes = bytes.to_vec();
        random.mutate(&mut bytes);
        let content = open_with(&bytes, &["Secret-42"], small());
        assert!(!content.items.is_empty() && content.items.len() <= 200, "{name} {round}");
    }
}

#[test]
fn changed_images_never_panic() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let images =
        [sample!("plain.iso.xz"), sample!("joliet-rock.iso.xz"), sample!("bridge.iso.xz"), sample!("floppy.img.xz")];
    for packed in images {
        let mut image = Vec::new();
        std::io::Read::read_to_end(&mut lzma_rust2::XzReader::new(packed, true), &mut image).unwrap();
        // Changes where something is.
        let used: Vec<usize> = (0..image.len()).filter(|at| image[*at] != 0).collect();
        for _ in 0..60 {
            let mut changed = image.clone();
            for _ in 0..=random.below(20) {
                changed[used[random.below(used.len())]] = random.below(256) as u8;
            }
            assert!(!open_with(&changed, &[], small()).items.is_empty());
        }
    }
}

#[test]
fn archives_cut_short_are_said_so() {
    // What compress writes has neither a size nor a sum.
    for (name, bytes) in SAMPLES.iter().filter(|(name, _)| *name != "small.txt.Z") {
        let content = open_with(&bytes[..bytes.len() * 2 / 3], &["Secret-42"], Limits::default());
        assert!(!content.unopened.is_empty(), "{name}: {content:?}");
    }
}
