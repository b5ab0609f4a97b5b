//! Images of discs and disks: the input is laid over the places where their tables are.
//!
//! An input is of 64 KiB at most, so all that is reached has to lie in a short image: of UDF the anchor in the last sector, of a growing
//! VHD blocks of a few KiB. Not reached are whatever a volume says of places beyond the image; FAT32 is where its head says that
//! there is more of it than there is (a true one is of 32 MiB at least). Raw sectors of a disc have a kind of their own.

/// A mark and its place.
type Mark = (usize, &'static [u8]);

/// Where it is laid, and the marks that make a kind of it.
const LAYOUTS: [(usize, &[Mark]); 6] = [
    (0x8000, &[(0x8000, b"\x01CD001\x01")]),
    (0, &[(0, b"\xeb\x3c\x90"), (510, b"\x55\xaa")]),
    (446, &[(510, b"\x55\xaa")]),
    // The recognition sequence; the anchor, whose sequence of descriptors begins in sector 19.
    (0x8000, &[(0x8001, b"BEA01"), (0x8801, b"NSR02"), (0x1_7800, b"\x02\0\x02\0"), (0x1_7814, b"\x13\0\0\0")]),
    // A footer in front that leads to the head of a growing disk, and that.
    (0, &[(0, b"conectix"), (16, b"\0\0\0\0\0\0\x02\0"), (60, b"\0\0\0\x03"), (512, b"cxsparse")]),
    // The 17th raw sector is the first descriptor.
    (0x9300, &[(0x9311, b"CD001")]),
];
/// Length of an image, bytes: 48 sectors of a disc.
const IMAGE_BYTES: usize = 96 * 1024;

/// One input; the first byte chooses the kind.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let Some((at, marks)) = LAYOUTS.get(usize::from(*first) % LAYOUTS.len()) else { return };
    let mut image = vec![0; IMAGE_BYTES];
    for (to, byte) in image.iter_mut().skip(*at).zip(rest) {
        *to = *byte;
    }
    for (at, mark) in *marks {
        for (to, byte) in image.iter_mut().skip(*at).zip(*mark) {
            *to = *byte;
        }
    }
    super::unpack_html::open(&image, "application/octet-stream", "disk.img");
}
