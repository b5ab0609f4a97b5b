//! What a child does with a request: unpacks it, with the rules of signatures over everything that is found, and copies of it
//! if they are wanted, within the CPU time of its lane.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use bytes::Bytes;
use rustix::time::{ClockId, clock_gettime};
use scan::content::{Content, Item, RuleMatch, Unopened, WhyUnopened};
use signatures::{Rules, Scanner};
use unpack::{Budget, Limits, Part, Request};

use crate::child::{Asked, Task, socket};
use crate::files::{Copies, Source};
use crate::frame::{self, Setup};
use crate::lane::Lane;

/// Names of one file that rules are told, one after the other.
const NAMES_MAX: usize = 16;
/// Characters of what a rule says of itself.
const REASON_CHARS_MAX: usize = 200;

/// True types of which a TLSH is made always: what runs, and documents that hold macros or other files. Of the rest it would
/// cost as much time as everything else that a worker does (13 ms a megabyte), so it waits for a list that asks for it.
const NEAR_ALWAYS: [&str; 32] = [
    "exe", "elf", "macho", "class", "jar", "apk", "dex", "appx", "msix", "msi", "swf", "lnk", "chm", "hlp", "script",
    "hta", "vba", "doc", "xls", "ppt", "docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam",
    "rtf", "onenote",
];

/// See the head of this file. It lives as long as its process.
pub(super) struct Looker<'r> {
    lane: Lane,
    limits: Limits,
    tlsh: bool,
    scanner: Option<Scanner<'r>>,
    /// Places of what the rules did not see whole.
    unseen: Vec<String>,
}

impl<'r> Looker<'r> {
    pub(super) fn new(setup: &Setup, rules: Option<&'r Rules>) -> Self {
        let limits = Limits { cpu: setup.cpu, ..Limits::default() };
        Self { lane: setup.lane, limits, tlsh: setup.tlsh, scanner: rules.map(Scanner::new), unseen: Vec::new() }
    }

    pub(super) const fn lane(&self) -> Lane {
        self.lane
    }

    /// What would be set up at first use is set up while everything is still allowed.
    pub(super) fn warm_up(&mut self) {
        // The first reading of the clock asks the kernel where the quick way is, by a call that is refused later.
        let _ = clock_gettime(ClockId::Monotonic);
        let page = b"<p style='color:#fff'>x<a href='https://a.example/&amp;'>y</a>";
        let part = Part { declared: "text/html".to_owned(), bytes: Bytes::from_static(page), ..Part::default() };
        let request = Request { parts: vec![part], ..Request::default() };
        std::hint::black_box(self.answer(Asked {
            number: 0,
            lane: self.lane,
            task: Task::Unpack,
            request: &request,
            file: None,
        }));
        // The writers of pages and archives set up tables of their own.
        std::hint::black_box(self.disarm(0, &request));
        if let Some(scanner) = &mut self.scanner {
            scanner.warm_up();
        }
    }

    pub(super) fn answer(&mut self, asked: Asked<'_>) -> Vec<u8> {
        let Asked { number, request, file, task, .. } = asked;
        if task == Task::Disarm {
            return self.disarm(number, request);
        }
        let (content, sources) = match file {
            Some(file) => self.unpack_into(request, file),
            None => (self.unpack(request, &mut |_, _| {}), Vec::new()),
        };
        let is_late = content.unopened.iter().any(|one| one.why == WhyUnopened::OverTime);
        if is_late && self.lane == Lane::Quick {
            return frame::late(number);
        }
        frame::answer(number, request, &content, &sources)
    }

    fn disarm(&self, number: u32, request: &Request) -> Vec<u8> {
        let mut budget = Budget::with_clock(self.limits, cpu_time);
        let outcomes = unpack::disarm::disarm_all(request, &mut budget);
        if budget.is_late() && self.lane == Lane::Quick {
            return frame::late(number);
        }
        frame::disarmed::answer(number, &outcomes)
    }

    fn unpack_into(&mut self, request: &Request, file: BorrowedFd<'_>) -> (Content, Vec<Option<Source>>) {
        let mut write = |bytes: &[u8]| socket::write_to(file, bytes);
        let mut copies = Copies::new(request, &mut write);
        let mut content = self.unpack(request, &mut |item, bytes| copies.take(item, bytes));
        let sources = copies.finish(&mut content);
        (content, sources)
    }

    fn unpack(&mut self, request: &Request, copy: &mut dyn FnMut(&Item, &[u8])) -> Content {
        let mut budget = Budget::with_clock(self.limits, cpu_time);
        let mut content = unpack::unpack_with(request, &mut budget, &mut |item, bytes| {
            copy(item, bytes);
            self.look(item, bytes);
        });
        let unseen = self.unseen.drain(..).map(|place| Unopened { place, why: WhyUnopened::OverBudget });
        content.unopened.extend(unseen);
        content
    }

    fn look(&mut self, item: &mut Item, bytes: &[u8]) {
        if self.tlsh || NEAR_ALWAYS.contains(&item.kind.as_str()) {
            item.tlsh = signatures::tlsh(bytes).unwrap_or_default();
        }
        let Some(scanner) = &mut self.scanner else { return };
        // Rules may ask for the name, and any of them may be the one that the file is saved under.
        let names = item.names.iter().map(String::as_str).take(NAMES_MAX);
        let names: Vec<&str> = if item.names.is_empty() { vec![""] } else { names.collect() };
        let (mut matches, mut is_whole) = (Vec::new(), true);
        for name in names {
            let scanned = scanner.scan_named(bytes, name, &item.kind);
            is_whole &= scanned.whole;
            for found in &scanned.matches {
                let found = RuleMatch {
                    rule: found.rule.to_owned(),
                    set: found.namespace.to_owned(),
                    severity: found.severity.word().to_owned(),
                    reason: found.reason.chars().take(REASON_CHARS_MAX).collect(),
                    is_listed: false,
                };
                if !matches.contains(&found) {
                    matches.push(found);
                }
            }
        }
        item.matches = matches;
        if !is_whole || item.names.len() > NAMES_MAX {
            self.unseen.push(item.place.clone());
        }
    }
}

/// Of this thread, which is the whole process.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
