//! The extensions of SMTP: the one list of what our server offers and what our client makes use of.
//!
//! An extension is offered when all of it works, not before (BDAT, CHUNKING, SMTPUTF8, DSN, AUTH are not).

/// An extension of SMTP that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Commands without waiting for the reply (RFC 2920).
    Pipelining,
    /// Size of the message in MAIL (RFC 1870).
    Size,
    /// Bodies of eight bits (RFC 6152).
    EightBitMime,
    /// Codes such as 5.7.1 in replies (RFC 2034).
    EnhancedStatusCodes,
    /// TLS in the session (RFC 3207).
    StartTls,
}

/// All of them, in the order in which we offer them.
pub const ALL: [Extension; 5] = [
    Extension::Pipelining,
    Extension::Size,
    Extension::EightBitMime,
    Extension::EnhancedStatusCodes,
    Extension::StartTls,
];

impl Extension {
    /// The word in the reply to EHLO.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Pipelining => "PIPELINING",
            Self::Size => "SIZE",
            Self::EightBitMime => "8BITMIME",
            Self::EnhancedStatusCodes => "ENHANCEDSTATUSCODES",
            Self::StartTls => "STARTTLS",
        }
    }
}

/// The lines that our server answers to EHLO after the first.
#[must_use]
pub fn offer(size_bytes_max: u64, with_tls: bool) -> Vec<String> {
    let offered = ALL.into_iter().filter(|extension| with_tls || *extension != Extension::StartTls);
    offered
        .map(|extension| match extension {
            Extension::Size => format!("SIZE {size_bytes_max}"),
            other => other.keyword().to_owned(),
        })
        .collect()
}

/// What a remote server offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// PIPELINING.
    pub pipelining: bool,
    /// SIZE; 0 where the server names no limit.
    pub size_bytes_max: Option<u64>,
    /// 8BITMIME.
    pub eight_bit_mime: bool,
    /// STARTTLS.
    pub start_tls: bool,
}

impl Offered {
    /// Reads the lines of a reply to EHLO; the first is the server's name.
    #[must_use]
    pub fn parse(lines: &[String]) -> Self {
        let mut offered = Self::default();
        for line in lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let keyword = words.next().unwrap_or_default();
            match ALL.into_iter().find(|extension| extension.keyword().eq_ignore_ascii_case(keyword)) {
                Some(Extension::Pipelining) => offered.pipelining = true,
                Some(Extension::Size) => {
                    offered.size_bytes_max = Some(words.next().and_then(|size| size.parse().ok()).unwrap_or(0));
                }
                Some(Extension::EightBitMime) => offered.eight_bit_mime = true,
                Some(Extension::StartTls) => offered.start_tls = true,
                Some(Extension::EnhancedStatusCodes) | None => {}
            }
        }
        offered
    }
}
