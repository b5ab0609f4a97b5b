//! Images of discs and disks: the input is laid over the places where their tables are.

/// A mark and its place.
type Mark = (usize, &'static [u8]);

/// Where it is laid, and the marks that make a kind of it.
const LAYOUTS: [(usize, &[Mark]); 3] = [
    (0x8000, &[(0x8000, b"\x01CD001\x01")]),
    (0, &[(0, b"\xeb\x3c\x90"), (510, b"\x55\xaa")]),
    (446, &[(510, b"\x55\xaa")]),
];
/// Length of an image, bytes.
const IMAGE_BYTES: usize = 96 * 1024;

/// One input; the first byte chooses the kind.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let Some((at, marks)) = LAYOUTS.get(usize::from(*first % 3)) else { return };
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
