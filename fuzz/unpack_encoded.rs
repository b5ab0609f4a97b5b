//! Files written as text: uuencode, yEnc, BinHex.

/// One input, behind each begin.
pub(crate) fn run(data: &[u8]) {
    for begin in [
        b"begin 644 x\n".as_slice(),
        b"=ybegin line=128 size=9 name=x\n",
        b"(This file must be converted with BinHex 4.0)\n:",
    ] {
        super::unpack_html::open(&[begin, data].concat(), "text/plain", "x.txt");
    }
}
