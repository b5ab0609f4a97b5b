//! `postern rescan`: what is new about files and links is held against what delivered mail is found again by.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use mail::envelope::TenantId;
use mail::links::{Flags, normal};
use serde_json::{Value, json};
use signatures::HashList;
use signatures::limits::{TLSH_BYTES_MAX, TLSH_BYTES_MIN};
use store::journal::FeaturesRow;

use super::Handlers;
use super::queue::time;
use super::trace::{each_once, status};
use crate::control::protocol::{Fault, NamedText};

/// Lines of one list of links.
const LINK_LINES_MAX: usize = 100_000;
/// Messages in one answer; more say that a list is too wide.
const FOUND_MAX: usize = 10_000;

/// What is looked for.
struct Wanted {
    hashes: Vec<HashList>,
    links: Vec<LinkList>,
}

/// Hosts, with all below them, and whole addresses.
struct LinkList {
    name: String,
    hosts: HashSet<String>,
    addresses: HashSet<String>,
}

/// Every message since a moment that holds something of the lists, newest first.
pub(super) async fn rescan(
    handlers: &Handlers,
    (hashes, links): (&[NamedText], &[NamedText]),
    since: i64,
) -> Result<Value, Fault> {
    let (hashes, links) = (hashes.to_vec(), links.to_vec());
    let wanted = Arc::new(aside(move || Wanted::read(&hashes, &links)).await??);
    handlers.journal.settle().await?;
    let mut answer = Answer::default();
    let mut after = None;
    loop {
        let page = handlers.journal.features(TenantId::DEFAULT, since, after).await?;
        let wanted = Arc::clone(&wanted);
        for Compared { row, misses_tlsh, matches } in aside(move || wanted.compare(page.rows)).await? {
            answer.looked_at += 1;
            answer.cut += u64::from(row.features.is_cut);
            answer.without_tlsh += u64::from(misses_tlsh);
            if !matches.is_empty() {
                answer.found(|| shown(handlers, &row, &matches));
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(answer.told())
}

/// What is answered.
#[derive(Default)]
struct Answer {
    looked_at: u64,
    /// Messages of which not all was kept.
    cut: u64,
    without_tlsh: u64,
    rows: Vec<Value>,
    /// Messages found beyond those.
    left_out: u64,
}

impl Answer {
    /// One more, listed while there is room.
    fn found(&mut self, row: impl FnOnce() -> Value) {
        if self.rows.len() < FOUND_MAX {
            self.rows.push(row());
        } else {
            self.left_out += 1;
        }
    }

    fn told(self) -> Value {
        json!({
            "looked_at": self.looked_at, "kept_in_part": self.cut, "without_tlsh": self.without_tlsh,
            "left_out": self.left_out, "rows": self.rows,
        })
    }
}

/// A message held against the lists.
struct Compared {
    row: FeaturesRow,
    misses_tlsh: bool,
    matches: Vec<Value>,
}

/// Long lists against long pages: not on the threads that serve sessions.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::unavailable(format!("rescan: {error}"), ""))
}

impl Wanted {
    fn read(hashes: &[NamedText], links: &[NamedText]) -> Result<Self, Fault> {
        let mut lists = Vec::new();
        for text in hashes {
            let (list, faults) = HashList::parse(&label(&text.name), &text.text)
                .map_err(|error| Fault::usage(format!("{}: {error}", text.name), ""))?;
            if let Some(fault) = faults.first() {
                let message = format!("{}:{}: {}", text.name, fault.line, fault.message);
                return Err(Fault::usage(message, fault.hint.clone()));
            }
            if list.counts() == (0, 0) {
                return Err(empty(&text.name, "hash"));
            }
            lists.push(list);
        }
        let links = links.iter().map(LinkList::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { hashes: lists, links })
    }

    fn compare(&self, rows: Vec<FeaturesRow>) -> Vec<Compared> {
        let compared = rows.into_iter().map(|row| Compared {
            misses_tlsh: self.misses_tlsh(&row),
            matches: self.matches(&row),
            row,
        });
        compared.collect()
    }

    /// A near copy is looked for, and a file that is large enough for a TLSH has none: none was asked for when it came.
    fn misses_tlsh(&self, row: &FeaturesRow) -> bool {
        let sizes = TLSH_BYTES_MIN..=TLSH_BYTES_MAX;
        let could = |size: u64| usize::try_from(size).is_ok_and(|size| sizes.contains(&size));
        let mut files = row.features.files.iter();
        self.hashes.iter().any(HashList::wants_tlsh) && files.any(|file| file.tlsh.is_empty() && could(file.size))
    }

    fn matches(&self, row: &FeaturesRow) -> Vec<Value> {
        let mut matches = Vec::new();
        for file in &row.features.files {
            let tlsh = Some(file.tlsh.as_str()).filter(|hash| !hash.is_empty());
            for known in self.hashes.iter().filter_map(|list| list.find(&file.sha256, tlsh)) {
                matches.push(json!({
                    "list": known.list, "label": known.label, "place": file.place, "name": file.name,
                    "type": file.kind, "sha256": signatures::hashes::hex(&file.sha256), "distance": known.distance,
                }));
            }
        }
        for link in &row.features.links {
            for list in self.links.iter().filter(|list| list.has(link)) {
                matches.push(json!({ "list": list.name, "link": link }));
            }
        }
        matches
    }
}

impl LinkList {
    /// One host or address a line; `#` begins a comment.
    fn read(text: &NamedText) -> Result<Self, Fault> {
        let mut list = Self { name: label(&text.name), hosts: HashSet::new(), addresses: HashSet::new() };
        for (number, line) in text.text.lines().enumerate() {
            let line = line.split(" #").next().unwrap_or("").trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if number >= LINK_LINES_MAX {
                let message = format!("{} has more than {LINK_LINES_MAX} lines", text.name);
                return Err(Fault::usage(message, "split it"));
            }
            let place = || format!("{}:{}", text.name, number + 1);
            if is_defanged(line) {
                let message = format!("{}: `{line}` is defanged, and no link is kept like that", place());
                return Err(Fault::usage(message, "write http:// and . as they are"));
            }
            if line.contains("://") {
                let address = pipeline::features::link_of(line)
                    .ok_or_else(|| Fault::usage(format!("{}: `{line}` is no address", place()), "https://host/path"))?;
                list.addresses.insert(address);
            } else {
                let host = mail::address::Domain::parse(line.trim_start_matches("*.")).map_err(|_| {
                    Fault::usage(format!("{}: `{line}` is no host", place()), "one host or address a line")
                })?;
                list.hosts.insert(host.as_str().to_owned());
            }
        }
        if list.hosts.is_empty() && list.addresses.is_empty() {
            return Err(empty(&text.name, "host and no address"));
        }
        Ok(list)
    }

    fn has(&self, link: &str) -> bool {
        let host = link.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':', '?']).next().unwrap_or("");
        // The host and what lies above it, so that a list of any length costs a few look-ups.
        let mut above = std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, rest)| rest));
        above.any(|host| self.hosts.contains(host)) || self.addresses.contains(link)
    }
}

// What a match names: the list by its file name, wherever that lies.
fn label(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

// `hxxp://evil[.]example/`, `evil(.)example`: what is meant might be guessed, the scheme not always.
fn is_defanged(line: &str) -> bool {
    if line.contains("://") {
        return normal(line).is_some_and(|link| link.flags.has(Flags::DEFANGED));
    }
    let line = line.to_ascii_lowercase();
    ["[.", ".]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", "[:]"].iter().any(|sign| line.contains(sign))
}

// Nothing would be found, and that would be believed.
fn empty(name: &str, what: &str) -> Fault {
    Fault::usage(format!("{name} is empty: it holds no {what}"), "was it fetched whole?")
}

fn shown(handlers: &Handlers, row: &FeaturesRow, matches: &[Value]) -> Value {
    let (status, changed_for) = status(handlers, &row.row);
    json!({
        "id": row.row.id, "at": time(row.row.at), "sender": row.row.sender, "recipients": each_once(&row.row.recipients),
        "delivered": each_once(&row.delivered), "subject": row.row.subject, "status": status,
        "original_kept": !changed_for.is_empty(), "changed_for": each_once(&changed_for), "matches": matches,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<LinkList, Fault> {
        LinkList::read(&NamedText { name: "lists/new.txt".into(), text: text.into() })
    }

    #[test]
    fn hosts_match_what_lies_below_them_and_addresses_themselves() {
        let list = list("# new ones\nevil.example # of today\nhttps://Shared.Example/bad\n").unwrap();
        let has = |link: &str| list.has(link);
        assert!(
            has("https://evil.example/x") && has("http://a.b.evil.example:81/") && has("https://shared.example/bad")
        );
        assert!(
            !has("https://notevil.example/")
                && !has("https://shared.example/good")
                && !has("https://evil.example.org/")
        );
    }

    #[test]
    fn what_one_answer_cannot_hold_is_counted() {
        let mut answer = Answer::default();
        (0..FOUND_MAX + 2).for_each(|number| answer.found(|| json!(number)));
        let told = answer.told();
        assert_eq!((told["rows"].as_array().map(Vec::len), &told["left_out"]), (Some(FOUND_MAX), &json!(2)));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let fault = list("good.example\nnot a host\n").map(|_| ()).unwrap_err();
        assert_eq!(fault.message, "lists/new.txt:2: `not a host` is no host");
        for empty in ["", "# evil.example\n\n"] {
            let fault = list(empty).map(|_| ()).unwrap_err();
            assert_eq!(fault.message, "lists/new.txt is empty: it holds no host and no address");
        }
        assert_eq!(list("evil.example\n").unwrap().name, "new.txt", "a match names the list alone");
    }

    #[test]
    fn a_defanged_line_is_refused() {
        for line in [
            "hxxp://evil.example/",
            "hXXps://evil[.]example/x",
            "https://evil[.]example/",
            "http[:]//evil.example/",
            "evil[.]example",
            "evil(.)example",
            "evil[DOT]example",
        ] {
            let fault = list(&format!("good.example\n{line}\n")).map(|_| ()).unwrap_err();
            assert!(fault.message.starts_with(&format!("lists/new.txt:2: `{line}` is defanged")), "{fault}");
            assert_eq!(fault.hint, "write http:// and . as they are");
        }
        // In a path they are what they are.
        assert!(list("https://shared.example/a[.]b(.)c\n").is_ok());
    }

    #[test]
    fn a_recipient_is_named_once() {
        let addresses = ["a@b.example", "c@b.example", "a@b.example"].map(str::to_owned);
        assert_eq!(each_once(&addresses), ["a@b.example", "c@b.example"]);
    }
}
