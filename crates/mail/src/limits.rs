//! Every limit of the reader, with its unit. An attacker finds the missing one.

/// Bytes of one header, all fields together; what lies beyond is not read as fields.
pub const HEADER_BYTES_MAX: usize = 1024 * 1024;
/// Fields of one header.
pub const HEADER_FIELDS_MAX: usize = 10_000;
/// Lines behind an empty first line in which a header is looked for.
pub const HEADER_GUESS_LINES_MAX: usize = 16;
/// Fields of one header that say what a body is, of each kind; further ones are left out.
pub const MIME_FIELDS_MAX: usize = 64;
/// Nested multiparts and messages.
pub const PART_DEPTH_MAX: usize = 64;
/// Parts of one message, all levels together.
pub const PARTS_MAX: usize = 10_000;
/// Bytes of one file name.
pub const NAME_BYTES_MAX: usize = 255;
/// Parameters of one Content-Type or Content-Disposition.
pub const PARAMETERS_MAX: usize = 64;
/// Mailboxes of one address field.
pub const MAILBOXES_MAX: usize = 10_000;
/// Words of one mailbox; further ones are left out of its name.
pub const MAILBOX_WORDS_MAX: usize = 1_000;
/// Readings of one message, the first one included.
pub const READINGS_MAX: usize = 64;
/// Candidates for the boundary of one multipart: the usual one and four more.
pub const BOUNDARIES_MAX: usize = 5;
/// Boundaries of one message that are looked for within lines, the first ones; each costs a pass over the body.
pub const BOUNDARIES_KEPT_MAX: usize = 8;
/// Bytes of a boundary (RFC 2046 5.1.1).
pub const BOUNDARY_BYTES_USUAL: usize = 70;
/// Parts of all alternative readings of one message together; further readings are left out.
pub const ALTERNATIVE_PARTS_MAX: usize = 20_000;
/// Defects noted for one message; more say nothing new.
pub const DEFECTS_MAX: usize = 1_000;
/// Ambiguities noted for one message; the first one stops it.
pub const AMBIGUITIES_MAX: usize = 100;
/// Bytes after the header of a multipart in which a delimiter with its own boundary keeps another one from being guessed.
pub const BOUNDARY_GUESS_BYTES_MAX: usize = 4096;
/// Bytes of one encoded word in an address; what is longer is read as plain text (RFC 2047 2 allows 75).
pub const ENCODED_WORD_BYTES_MAX: usize = 512;
/// Bytes of a line before it is a defect (RFC 5322 2.1.1), line end not counted.
pub const LINE_BYTES_USUAL: usize = 998;
