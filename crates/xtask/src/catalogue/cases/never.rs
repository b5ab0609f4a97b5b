//! What may not happen to a case (`never` of the catalogue): seen in its result where a scan can show it, else by a test that is
//! named here, else put off with its reason. A word that stands in no line is a mistake of the case.

use std::path::Path;

use serde_json::Value;

/// How it is seen that something does not happen.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    /// The message is stopped, so nobody gets it.
    Stopped,
    /// The message was judged, and whoever looked at it lived on.
    Judged,
    /// There is no such file afterwards.
    NoFile(&'static str),
    /// A scan cannot show it; this test does, by package and name.
    Test(&'static str, &'static str),
    /// This release has nothing that could do it, for this reason.
    Later(&'static str),
}

/// Every word, and how it is seen.
const NEVER: &[(&str, Seen)] = &[
    ("deliver_unmodified", Seen::Stopped),
    ("deliver_as:ceo@corp.example", Seen::Stopped),
    ("panic", Seen::Judged),
    ("oom", Seen::Judged),
    ("file:/tmp/segtest-pwn", Seen::NoFile("/tmp/segtest-pwn")),
    ("dmarc_pass", Seen::Test("gateway", "case_files::forged_authors_do_not_come_through")),
    ("dmarc_none", Seen::Test("gateway", "case_files::forged_authors_do_not_come_through")),
    ("own_header_trusted", Seen::Test("gateway", "relay::forged_results_of_ours_are_removed")),
    ("write_outside_spool", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("spawn_shell", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("file_read", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("network_fetch", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("fetched_url_during_scan_without_ssrf_guard", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("fetched:169.254.169.254", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("fetched:localhost", Seen::Test("worker", "forbidden_calls_kill_at_once")),
    ("log_line_injection", Seen::Test("gateway", "log::text_lines_are_whole_and_clean")),
    ("header_injection", Seen::Test("gateway", "code_in_data::it_is_text_like_other_text")),
    ("quadratic_time", Seen::Test("mail", "nested_multiparts_that_are_not_closed")),
    ("time_over_budget", Seen::Test("unpack", "formats::archives::tests::bombs::time_runs_out_in_the_middle")),
    ("disk_over_budget", Seen::Test("unpack", "unpack::tests::bytes_and_ratio_have_limits")),
    ("rewrites_changed_visible_text", Seen::Later("links are not rewritten yet")),
    ("js:window.SEGXSS", Seen::Later("no page shows a message yet")),
    ("remote_fetch_from_preview", Seen::Later("no page shows a message yet")),
];

/// How a word is seen; none: nobody looks for it.
pub(super) fn seen(word: &str) -> Option<Seen> {
    NEVER.iter().find(|(own, _)| *own == word).map(|(_, seen)| *seen)
}

/// What is wrong with a result for this word, in words.
pub(super) fn fault(word: &str, (result, is_stopped): (&Value, bool)) -> Option<String> {
    let happened = match seen(word) {
        None => return Some(format!("nobody looks for {word}")),
        Some(Seen::Stopped) => !is_stopped,
        Some(Seen::Judged) => result.get("class").is_none() || has_failed_worker(result),
        Some(Seen::NoFile(file)) => Path::new(file).exists(),
        Some(Seen::Test(..) | Seen::Later(_)) => false,
    };
    happened.then(|| format!("has {word}"))
}

/// Did the workers that opened it die? It is judged all the same.
fn has_failed_worker(result: &Value) -> bool {
    let unopened = result.pointer("/content/unopened").and_then(Value::as_array).into_iter().flatten();
    unopened.filter_map(|one| one.get("why").and_then(Value::as_str)).any(|why| why == "worker_failed")
}

/// The tests that are named here.
pub(super) fn cited() -> impl Iterator<Item = (&'static str, &'static str)> {
    NEVER.iter().filter_map(|(_, seen)| match seen {
        Seen::Test(package, test) => Some((*package, *test)),
        Seen::Stopped | Seen::Judged | Seen::NoFile(_) | Seen::Later(_) => None,
    })
}

/// What is not seen in a result, for people: a line a word.
pub(super) fn elsewhere() -> impl Iterator<Item = String> {
    NEVER.iter().filter_map(|(word, seen)| match seen {
        Seen::Test(package, test) => Some(format!("never {word}: shown by `{package} {test}`")),
        Seen::Later(why) => Some(format!("left out: never {word} ({why})")),
        Seen::Stopped | Seen::Judged | Seen::NoFile(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_happened_is_told() {
        let judged = json!({ "class": "clean" });
        assert_eq!(fault("deliver_unmodified", (&judged, true)), None);
        assert_eq!(fault("deliver_unmodified", (&judged, false)), Some("has deliver_unmodified".to_owned()));
        assert_eq!((fault("oom", (&judged, false)), fault("dmarc_pass", (&judged, false))), (None, None));
        assert_eq!(fault("oom", (&json!({ "error": "no worker" }), false)), Some("has oom".to_owned()));
        let died =
            json!({ "class": "unscannable", "content": { "unopened": [{ "place": "1", "why": "worker_failed" }] } });
        assert_eq!(fault("panic", (&died, true)), Some("has panic".to_owned()));
        assert_eq!(fault("explodes", (&judged, true)), Some("nobody looks for explodes".to_owned()));
    }
}
