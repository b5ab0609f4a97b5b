//! A header: fields by their places in the raw bytes (RFC 5322 2.2), with views that unfold and decode.

use std::ops::Range;

/// The fields of one header, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Each field by its places.
    pub fields: Vec<Field>,
    /// Offset of the first byte after the header and its empty line.
    pub end: usize,
}

/// Where one field stands. All ranges are byte offsets in the raw message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, without the colon.
    pub name: Range<usize>,
    /// The value, after the colon, without the last line end; still folded and encoded.
    pub value: Range<usize>,
    /// The whole field with its line end: removing these bytes removes the field.
    pub whole: Range<usize>,
}

/// One field with the bytes that it points into.
#[derive(Clone, Copy, Debug)]
pub struct FieldRef<'a> {
    raw: &'a [u8],
    field: &'a Field,
}
