//! What a site sets of its sessions; the defaults are those of the documentation.

/// How a session of ours behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Our name, in greeting and replies.
    pub host: String,
    /// Bytes of a message, as SIZE counts them (RFC 1870).
    pub size_bytes_max: u64,
    /// Recipients of one transaction; beyond 452, and the rest stands.
    pub recipients_max: usize,
    /// Transactions of one session.
    pub transactions_max: usize,
    /// Errors since the last accepted message before 421.
    pub errors_max: usize,
    /// There is a certificate: STARTTLS is offered.
    pub offers_tls: bool,
    /// What becomes of `user%other.example@domain.example`.
    pub routing_marks: RoutingMarks,
}

/// What becomes of a recipient whose local part has `@`, `%` or `!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoutingMarks {
    /// 550 5.7.1: a next hop might take it for a route.
    Refuse,
    /// The driver decides, as for any other recipient.
    Ask,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            size_bytes_max: 50_000_000,
            recipients_max: 1_000,
            transactions_max: 1_000,
            errors_max: 20,
            offers_tls: false,
            routing_marks: RoutingMarks::Refuse,
        }
    }
}
