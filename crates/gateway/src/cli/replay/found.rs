//! What a replay found, over all pages.

use serde_json::{Map, Value};

use crate::cli::output::{counted, list, print, print_wrapped, text};
use crate::cli::table::harmless;

/// Numbers of an answer, and their words where they are not what one wishes for.
const NOT_SAME: [(&str, &str); 3] =
    [("differing", "different"), ("needs_body", "in need of the body"), ("refused", "could not be replayed")];
/// Where a line of a difference goes on.
const HANG: usize = 4;

/// All pages as one answer.
#[derive(Debug, Default)]
pub(super) struct Found {
    answer: Map<String, Value>,
    judgements: u64,
    messages: u64,
}

impl Found {
    /// Adds a page. Judgements that are the same are only counted, unless all are `kept` for a machine.
    pub(super) fn add(&mut self, page: Value, kept: bool) {
        let Value::Object(page) = page else { return };
        for (field, value) in page {
            match value {
                Value::Array(mut results) if field == "results" => {
                    self.judgements += u64::try_from(results.len()).unwrap_or(u64::MAX);
                    results.retain(|result| kept || text(result, "result") != "same" || self.judgements == 1);
                    match self.answer.get_mut(&field) {
                        Some(Value::Array(all)) => all.append(&mut results),
                        _ => drop(self.answer.insert(field, results.into())),
                    }
                }
                Value::Number(number) => {
                    let number = number.as_u64().unwrap_or(0);
                    if field == "messages" {
                        self.messages += number;
                    }
                    let sum = self.count(&field) + number;
                    self.answer.insert(field, sum.into());
                }
                other => drop(self.answer.insert(field, other)),
            }
        }
    }

    /// Messages so far.
    pub(super) const fn messages(&self) -> u64 {
        self.messages
    }

    /// The page behind the last one.
    pub(super) fn next(&self) -> Option<&str> {
        self.answer.get("next").and_then(Value::as_str)
    }

    /// Everything could be compared and is the same.
    pub(super) fn is_same(&self) -> bool {
        NOT_SAME.iter().all(|(field, _)| self.count(field) == 0)
    }

    /// The answer for machines.
    pub(super) fn into_json(self) -> Value {
        Value::Object(self.answer)
    }

    /// For people.
    pub(super) fn show(&self) {
        let answer = Value::Object(self.answer.clone());
        for result in list(&answer, "results") {
            self.show_result(result);
        }
        let why = NOT_SAME.iter().map(|(field, words)| (self.count(field), words)).filter(|(count, _)| *count > 0);
        let why: Vec<String> = why.map(|(count, words)| format!("{count} {words}")).collect();
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
        let with = match text(&answer, "compared_with") {
            "files" => format!(" with the files in {}", harmless(text(&answer, "settings"))),
            "in_force" => " with what is in force".to_owned(),
            _ => String::new(),
        };
        let not_same = self.judgements.saturating_sub(self.count("same"));
        let judgements = counted(self.judgements, "judgement");
        print_wrapped(&format!("{judgements} replayed{with}, {not_same} not the same{why}.\n"), HANG);
        match (self.count("unjudged"), self.judgements) {
            (0, _) => {}
            (1, 0) => print("It was refused before it was judged: there is nothing to replay.\n"),
            (unjudged, _) => print_wrapped(&format!("{} had not been judged.\n", counted(unjudged, "message")), HANG),
        }
        if let Some(next) = self.next() {
            print(&format!("More: --after {next}\n"));
        }
    }

    fn show_result(&self, result: &Value) {
        let id = text(result, "id");
        let line = match text(result, "result") {
            "same" if self.judgements == 1 => format!("{id}  same\n"),
            "same" => return,
            "differs" => format!(
                "{id}  differs in {}: recorded {}, now {}\n",
                harmless(text(result, "field")),
                harmless(text(result, "recorded")),
                harmless(text(result, "computed")),
            ),
            "needs_body" => format!("{id}  needs the body: {}\n", harmless(text(result, "detail"))),
            _ => format!("{id}  could not be replayed: {}\n", harmless(text(result, "detail"))),
        };
        print_wrapped(&line, HANG);
    }

    fn count(&self, field: &str) -> u64 {
        self.answer.get(field).and_then(Value::as_u64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_become_one_answer() {
        let page = |results: &[&str], next: Option<&str>| {
            let same = results.iter().filter(|result| **result == "same").count();
            let differing = results.len() - same;
            let results: Vec<Value> = results.iter().map(|result| json!({ "id": "x", "result": result })).collect();
            json!({ "results": results, "messages": results.len(), "same": same, "differing": differing, "next": next })
        };
        let mut found = Found::default();
        found.add(page(&["same", "same"], Some("2.1")), true);
        assert_eq!((found.next(), found.is_same()), (Some("2.1"), true));
        found.add(page(&["differs", "same"], None), true);
        assert_eq!((found.next(), found.is_same(), found.messages()), (None, false, 4));
        let answer = found.into_json();
        assert_eq!((&answer["same"], &answer["differing"], list(&answer, "results").len()), (&json!(3), &json!(1), 4));
    }
}
