//! Elements of BER (ITU-T X.690): as much as the envelopes of mail need. Lengths may be indefinite, octets may stand in pieces.

/// `SEQUENCE`, constructed.
pub(super) const SEQUENCE: u8 = 0x30;
/// `OBJECT IDENTIFIER`.
pub(super) const IDENTIFIER: u8 = 0x06;
/// `[0]`, constructed.
pub(super) const CONTEXT_0: u8 = 0xa0;
/// Elements within each other.
const DEPTH_MAX: u32 = 24;

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    /// Without the marks that end an indefinite length. Cut short where the bytes end early.
    pub(super) content: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element at the start, and what stands behind it.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        read_within(bytes, 0)
    }

    /// The elements in a constructed one.
    pub(super) fn children(&self) -> impl Iterator<Item = Self> + use<'a> {
        let mut left = self.content;
        std::iter::from_fn(move || {
            let (child, rest) = read_within(left, 1)?;
            left = rest;
            Some(child)
        })
    }

    /// The octets of a string, its pieces put together.
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        self.push_octets(&mut octets, 0);
        octets
    }

    fn push_octets(&self, to: &mut Vec<u8>, depth: u32) {
        if self.tag & 0x20 == 0 || depth >= DEPTH_MAX {
            return to.extend_from_slice(self.content);
        }
        for piece in self.children() {
            piece.push_octets(to, depth.saturating_add(1));
        }
    }
}

fn read_within(bytes: &[u8], depth: u32) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    // Tags of several bytes are not used here, and a tag of 0 ends an indefinite length.
    if tag & 0x1f == 0x1f || *tag == 0 {
        return None;
    }
    if *length == 0x80 {
        return indefinite(*tag, rest, depth);
    }
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let (number, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
        let number =
            number.iter().try_fold(0_usize, |number, byte| Some(number.checked_mul(256)? | usize::from(*byte)))?;
        (number, rest)
    };
    let (content, rest) = rest.split_at(length.min(rest.len()));
    Some((Element { tag: *tag, content }, rest))
}

/// Content up to the two zeros that end it; the elements in it are passed over one by one.
fn indefinite(tag: u8, content: &[u8], depth: u32) -> Option<(Element<'_>, &[u8])> {
    if depth >= DEPTH_MAX {
        return None;
    }
    let mut left = content;
    loop {
        if let Some(rest) = left.strip_prefix(&[0, 0]) {
            let length = content.len().saturating_sub(left.len());
            return Some((Element { tag, content: content.get(..length)? }, rest));
        }
        match read_within(left, depth.saturating_add(1)) {
            Some((_, rest)) => left = rest,
            None => return Some((Element { tag, content }, &[])),
        }
    }
}
