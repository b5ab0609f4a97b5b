//! Reasons of refusals, for options: a word that none is can never be found.

/// Words of the journal, as `docs/reference/refusals.md` explains them.
pub(super) const WORDS: &[&str] = &[
    "address_not_ascii",
    "arguments",
    "bare_line_end_in_command",
    "bare_line_end_in_message",
    "check_down",
    "chunking_not_offered",
    "client_refused",
    "command_line_endless",
    "command_line_too_long",
    "content_refused",
    "early_talk",
    "header_too_large",
    "helo_first",
    "helo_name",
    "local_trouble",
    "loop",
    "mail_first",
    "message_too_large",
    "no_domain",
    "not_implemented",
    "not_smtp",
    "overloaded",
    "parameter_value",
    "recipient_first",
    "recipient_syntax",
    "recipient_unverified",
    "relaying_denied",
    "routing_marks",
    "second_tenant",
    "sender_syntax",
    "session_spent",
    "shutting_down",
    "source_route",
    "storage_full",
    "text_line_too_long",
    "timed_out",
    "tls_already",
    "tls_not_offered",
    "too_many_errors",
    "too_many_idle_commands",
    "too_many_recipients",
    "too_many_sessions",
    "too_many_sessions_of_prefix",
    "too_many_unknown",
    "transaction_open",
    "unknown_command",
    "unknown_parameter",
    "unknown_recipient",
    "unsynchronised",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The page is made from the code that refuses.
    #[test]
    fn every_reason_of_the_reference_is_known() {
        let page = include_str!("../../../../../docs/reference/refusals.md");
        let mut words: Vec<&str> =
            page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words, WORDS);
    }
}
