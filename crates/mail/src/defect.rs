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
    /// A NUL outside of headers; kept in the content.
    NulInBody,
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
    /// A multipart whose boundary never comes: a leaf, and in an alternative reading a multipart with the first boundary
    /// that its body shows.
    BoundaryNeverSeen,
    /// A boundary of more than 70 characters (RFC 2046 5.1.1); everybody takes it whole.
    LongBoundary,
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
            Self::NulInBody => "nul_in_body",
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
            Self::BoundaryNeverSeen => "boundary_never_seen",
            Self::LongBoundary => "long_boundary",
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

/// The kinds of ambiguity. Each comes with an alternative reading where the tree differs, or with another content of the part
/// ([`crate::part::Part::contents`]). What clients do is said where it is published; see also
/// draft-chen-email-mime-ambiguity-defense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AmbiguityKind {
    /// Two Content-Type fields in one part that differ: the first counts (Outlook, most parsers), the last (some web mail) or
    /// one between them (RFC 7103 7; "Inbox Invasion", CCS 2024).
    DuplicateContentType,
    /// A Content-Type that is a multipart or a message for lenient readers and text/plain (RFC 2045 5.2) for strict ones: no
    /// subtype, an encoded word, no semicolon before the parameters, an empty parameter, quotes or comments around the type.
    MalformedContentType,
    /// Two charset parameters of a text that differ.
    DuplicateCharset,
    /// Two Content-Transfer-Encoding fields in one part that differ (Amavis issue 112).
    DuplicateEncoding,
    /// Two encodings named in one field (`8bit; base64`): the first counts, or the last.
    ConflictingEncoding,
    /// Two Content-Disposition fields in one part that differ: attached for one reader, shown for the other.
    DuplicateDisposition,
    /// File names of one part that end differently: another program opens the file (CVE-2024-39929).
    NameConflict,
    /// Two boundary parameters that differ (CVE-2024-28054: first or last).
    DuplicateBoundary,
    /// A boundary by RFC 2231 or as an encoded word: some readers decode it, some see another one or none.
    EncodedBoundary,
    /// A boundary that differs with the reader's knowledge of comments, quoted pairs, quotes, blanks or semicolons in quotes
    /// (CVE-2026-116272).
    BoundarySpelling,
    /// An empty boundary: none, or every line of two hyphens.
    EmptyBoundary,
    /// A transfer encoding other than 7bit, 8bit, binary on a multipart (forbidden by RFC 2045 6.4): ignored, or undone first.
    EncodedMultipart,
    /// A type of message that nobody knows: some programs read all of `message/` as a message, others none of it.
    UnknownMessageType,
    /// An encoding on a message/rfc822 whose body also reads as a message without decoding.
    EncodedMessage,
    /// A delimiter after the close delimiter: epilogue (RFC 2046 5.1.1), or one more part.
    PartAfterClose,
    /// Fields of a part before the first delimiter or after the close delimiter: text that nobody shows (RFC 2046 5.1.1), or a
    /// part.
    PartOutside,
    /// A line that begins like a delimiter and goes on (`--bX` for boundary `b`, `--b--junk`): RFC 2046 5.1.1 lets a prefix
    /// suffice, many readers compare the whole line.
    DelimiterWithTail,
    /// A boundary that begins another one which is open at the same time: the outer multipart owns lines of the inner one, or
    /// the reverse, for readers that compare prefixes.
    PrefixBoundary,
    /// A delimiter with blanks before it: text, or a delimiter for readers that trim lines.
    IndentedDelimiter,
    /// A delimiter that does not begin its line: text, or a delimiter for readers that look for it anywhere.
    DelimiterWithinLine,
    /// A delimiter before the empty line that ends a header which says what the part is: the part is empty, or the delimiter is a
    /// line without a colon.
    DelimiterInHeader,
    /// A delimiter in the other case.
    DelimiterCase,
    /// A NUL in a delimiter: text, or a delimiter for readers that drop NUL.
    NulInDelimiter,
    /// A NUL in a header: dropped, the end of the value, or a character like others.
    NulInHeader,
    /// A lone CR within a header: a line end for some readers.
    LoneCrInHeader,
    /// A delimiter that begins or ends a line only where a lone CR ends lines.
    LoneCrAtDelimiter,
    /// In a message with CRLF, a lone LF ends a field or stands at a delimiter: no line end for strict readers.
    LoneLf,
    /// A line of blanks in a header: folding (RFC 5322 4.2), or the end of the header.
    BlankHeaderLine,
    /// In a header, a line without a colon before fields of MIME: passed over, or the first line of the body.
    BadHeaderLine,
    /// A header whose first line is an indented field: read, or dropped as a continuation of nothing (espoofer A9).
    IndentedFirstLine,
    /// A field of MIME with blanks before its colon (RFC 5322 4.5.8 allows it in old mail): read, or another field.
    SpacedFieldName,
    /// A header after an empty line: body, or header for readers that pass over empty lines.
    EmptyFirstLine,
    /// Data after the padding of base64: dropped, or decoded (RFC 2045 6.8 leaves it open).
    DataAfterPadding,
}

impl AmbiguityKind {
    /// Every kind.
    pub const ALL: [Self; 33] = [
        Self::DuplicateContentType,
        Self::MalformedContentType,
        Self::DuplicateCharset,
        Self::DuplicateEncoding,
        Self::ConflictingEncoding,
        Self::DuplicateDisposition,
        Self::NameConflict,
        Self::DuplicateBoundary,
        Self::EncodedBoundary,
        Self::BoundarySpelling,
        Self::EmptyBoundary,
        Self::EncodedMultipart,
        Self::UnknownMessageType,
        Self::EncodedMessage,
        Self::PartAfterClose,
        Self::PartOutside,
        Self::DelimiterWithTail,
        Self::PrefixBoundary,
        Self::IndentedDelimiter,
        Self::DelimiterWithinLine,
        Self::DelimiterInHeader,
        Self::DelimiterCase,
        Self::NulInDelimiter,
        Self::NulInHeader,
        Self::LoneCrInHeader,
        Self::LoneCrAtDelimiter,
        Self::LoneLf,
        Self::BlankHeaderLine,
        Self::BadHeaderLine,
        Self::IndentedFirstLine,
        Self::SpacedFieldName,
        Self::EmptyFirstLine,
        Self::DataAfterPadding,
    ];

    /// Stable snake_case name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DuplicateContentType => "duplicate_content_type",
            Self::MalformedContentType => "malformed_content_type",
            Self::DuplicateCharset => "duplicate_charset",
            Self::DuplicateEncoding => "duplicate_encoding",
            Self::ConflictingEncoding => "conflicting_encoding",
            Self::DuplicateDisposition => "duplicate_disposition",
            Self::NameConflict => "name_conflict",
            Self::DuplicateBoundary => "duplicate_boundary",
            Self::EncodedBoundary => "encoded_boundary",
            Self::BoundarySpelling => "boundary_spelling",
            Self::EmptyBoundary => "empty_boundary",
            Self::EncodedMultipart => "encoded_multipart",
            Self::UnknownMessageType => "unknown_message_type",
            Self::EncodedMessage => "encoded_message",
            Self::PartAfterClose => "part_after_close",
            Self::PartOutside => "part_outside",
            Self::DelimiterWithTail => "delimiter_with_tail",
            Self::PrefixBoundary => "prefix_boundary",
            Self::IndentedDelimiter => "indented_delimiter",
            Self::DelimiterWithinLine => "delimiter_within_line",
            Self::DelimiterInHeader => "delimiter_in_header",
            Self::DelimiterCase => "delimiter_case",
            Self::NulInDelimiter => "nul_in_delimiter",
            Self::NulInHeader => "nul_in_header",
            Self::LoneCrInHeader => "lone_cr_in_header",
            Self::LoneCrAtDelimiter => "lone_cr_at_delimiter",
            Self::LoneLf => "lone_lf",
            Self::BlankHeaderLine => "blank_header_line",
            Self::BadHeaderLine => "bad_header_line",
            Self::IndentedFirstLine => "indented_first_line",
            Self::SpacedFieldName => "spaced_field_name",
            Self::EmptyFirstLine => "empty_first_line",
            Self::DataAfterPadding => "data_after_padding",
        }
    }
}
