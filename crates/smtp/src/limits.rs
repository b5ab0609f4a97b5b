//! Every limit of a session, with its unit. Those that a site may change stand in [`crate::server::Settings`].

/// Bytes of a command line with its CRLF (RFC 5321 4.5.3.1.4).
pub const COMMAND_LINE_BYTES_MAX: usize = 512;
/// Bytes of a MAIL command with its CRLF: SIZE adds 26 (RFC 1870 3), BODY 17 (RFC 6152 2), AUTH 500 (RFC 4954 3).
pub const MAIL_LINE_BYTES_MAX: usize = 512 + 26 + 17 + 500;
/// Bytes of one command line that are skipped before the session is closed.
pub const SKIPPED_BYTES_MAX: usize = 64 * 1024;
/// Bytes of the name in HELO and EHLO (RFC 5321 4.5.3.1.2).
pub const HELO_BYTES_MAX: usize = 255;
/// Bytes of one line of a message, without its CRLF. Over 998 is common and harmless; this much is an attack.
pub const TEXT_LINE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of the header of a message, all fields together.
pub const HEADER_BYTES_MAX: usize = mail::limits::HEADER_BYTES_MAX;
/// Commands that bring a message no further (NOOP, RSET, VRFY, EHLO ...) before 421; an accepted message starts anew.
pub const IDLE_COMMANDS_MAX: usize = 100;
/// Commands answered with 4yz before 421; an accepted message starts anew. As many as the recipients of a transaction, so
/// that a client with twice as many still gets its first half through.
pub const DEFERRALS_MAX: usize = 1_000;

/// Bytes of the text of one reply line, code and enhanced code not counted; with them it stays under 512
/// (RFC 5321 4.5.3.1.5).
pub const REPLY_TEXT_BYTES_MAX: usize = 480;
/// Lines of a reply that are kept.
pub const REPLY_LINES_MAX: usize = 100;
/// Bytes of one reply of a remote server, all lines together.
pub const REPLY_BYTES_MAX: usize = 64 * 1024;
/// RCPT commands sent before their replies are read: the replies to so many fit every socket buffer (RFC 2920 3.1).
pub const PIPELINED_COMMANDS_MAX: usize = 100;
