//! What is wrong with a message and yet normal on the Internet (defects), and what two readers could take for two
//! different messages (ambiguities). Neither is an error: parsing never fails.

/// Something the standards forbid and everybody understands in the same way. It is sent on unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Defect {
    /// What.
    pub kind: DefectKind,
    /// Byte offset in the raw message.
    pub offset: usize,
}

/// The kinds of defect; [`DefectKind::word`] is the stable name in traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DefectKind {
    /// A line over 998 bytes (RFC 5322 2.1.1).
    LongLine,
    /// Bytes over 127 in a header field.
    EightBitHeader,
    /// A header line without a colon; what follows is read as header still, and in an alternative reading as body.
    HeaderLineWithoutColon,
    /// The header ends without an empty line.
    HeaderWithoutEnd,
    /// MIME fields and no MIME-Version (RFC 2045 4).
    MissingMimeVersion,
    /// No Date field (RFC 5322 3.6).
    MissingDate,
    /// No From field (RFC 5322 3.6).
    MissingFrom,
    /// More than one of a field that may stand once (RFC 5322 3.6).
    DuplicateField,
    /// An address list that does not parse; its text is kept.
    BadAddressList,
    /// A Content-Type that does not parse; read as RFC 2045 5.2 asks.
    BadContentType,
    /// An unknown Content-Transfer-Encoding, read as octets; or a known one with something around it, read as the known one.
    UnknownEncoding,
    /// Bytes in base64 that are none. Found by [`crate::part::Part::encoding_defect`], since reading decodes no body.
    BadBase64,
    /// An escape in quoted-printable that is none. Found in the same way.
    BadQuotedPrintable,
    /// A multipart without its close delimiter.
    MissingCloseDelimiter,
    /// A multipart without a boundary parameter: a leaf, and in an alternative reading a multipart with the first boundary
    /// that its body shows.
    MissingBoundary,
    /// An encoded word that does not decode.
    BadEncodedWord,
    /// A file name longer than [`crate::limits::NAME_BYTES_MAX`]; its beginning and its end are kept, and all of the part.
    LongName,
    /// A limit of [`crate::limits`] was reached; what lies beyond was not read.
    LimitReached,
}

impl DefectKind {
    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LongLine => "long_line",
            Self::EightBitHeader => "eight_bit_header",
            Self::HeaderLineWithoutColon => "header_line_without_colon",
            Self::HeaderWithoutEnd => "header_without_end",
            Self::MissingMimeVersion => "missing_mime_version",
            Self::MissingDate => "missing_date",
            Self::MissingFrom => "missing_from",
            Self::DuplicateField => "duplicate_field",
            Self::BadAddressList => "bad_address_list",
            Self::BadContentType => "bad_content_type",
            Self::UnknownEncoding => "unknown_encoding",
            Self::BadBase64 => "bad_base64",
            Self::BadQuotedPrintable => "bad_quoted_printable",
            Self::MissingCloseDelimiter => "missing_close_delimiter",
            Self::MissingBoundary => "missing_boundary",
            Self::BadEncodedWord => "bad_encoded_word",
            Self::LongName => "long_name",
            Self::LimitReached => "limit_reached",
        }
    }
}

/// Something that two mail readers would open in two different ways: every reading is scanned, and the message is
/// stopped by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ambiguity {
    /// What.
    pub kind: AmbiguityKind,
    /// Byte offset in the raw message.
    pub offset: usize,
}

/// The kinds of ambiguity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AmbiguityKind {
    /// Two Content-Type fields in one part that differ.
    DuplicateContentType,
    /// Two Content-Transfer-Encoding fields in one part that differ.
    DuplicateEncoding,
    /// Two boundary parameters that differ.
    DuplicateBoundary,
    /// A transfer encoding other than 7bit, 8bit, binary on a multipart.
    EncodedMultipart,
    /// Non-empty text in the form of a part after the close delimiter.
    PartAfterClose,
    /// A NUL in a header.
    NulInHeader,
}

impl AmbiguityKind {
    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DuplicateContentType => "duplicate_content_type",
            Self::DuplicateEncoding => "duplicate_encoding",
            Self::DuplicateBoundary => "duplicate_boundary",
            Self::EncodedMultipart => "encoded_multipart",
            Self::PartAfterClose => "part_after_close",
            Self::NulInHeader => "nul_in_header",
        }
    }
}
