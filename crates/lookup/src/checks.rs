//! Every check by name: may a message be judged without it, and what happens when it is down. The page of fail modes is
//! made from this table.

/// How much a check is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Without it there is no verdict: 451 4.7.1 in the session, after the 250 hold and another try.
    Required,
    /// Without it the message is judged all the same, and the trace says "not checked".
    Advisory,
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable name, as in traces and `failed_checks`.
    pub name: &'static str,
    /// How much it is needed.
    pub need: Need,
    /// What "down" means for it.
    pub down: &'static str,
    /// What happens then.
    pub then: &'static str,
}

const REFUSED_FOR_NOW: &str = "451 4.7.1 in the session; after the 250 held and tried again, after 24 h quarantine";
const JUDGED_WITHOUT: &str = "judged without it; the trace says \"not checked\"";

/// All checks, in the order of the line.
pub const CHECKS: [Check; 11] = [
    Check { name: "parse", need: Need::Required, down: "the reader fails (a bug of ours)", then: REFUSED_FOR_NOW },
    Check {
        name: "unpack",
        need: Need::Required,
        down: "no worker answers, or it dies on the message",
        then: "a second try in a fresh worker, then quarantine as unscannable; none: 451 4.7.1; too many wait: 451 4.3.2",
    },
    Check {
        name: "spf",
        need: Need::Advisory,
        down: "DNS does not answer",
        then: "result temperror; judged without it",
    },
    Check {
        name: "dkim",
        need: Need::Advisory,
        down: "a key's DNS does not answer",
        then: "result temperror; judged without it",
    },
    Check {
        name: "dmarc",
        need: Need::Required,
        down: "DNS does not answer and the record decides",
        then: REFUSED_FOR_NOW,
    },
    Check { name: "arc", need: Need::Advisory, down: "a key's DNS does not answer", then: "the chain is not believed" },
    Check { name: "reverse_dns", need: Need::Advisory, down: "DNS does not answer", then: JUDGED_WITHOUT },
    Check {
        name: "dns_lists",
        need: Need::Advisory,
        down: "the list does not answer, answers \"blocked\", or fails its self-test",
        then: JUDGED_WITHOUT,
    },
    Check {
        name: "scanner:NAME",
        need: Need::Required,
        down: "an outside scanner that `[[scanner]]` requires has no answer about a file; each way of that stands below",
        then: REFUSED_FOR_NOW,
    },
    Check {
        name: "ocr",
        need: Need::Advisory,
        down: "a picture that is likely to hold text was not read: it is off, there is no program, its time was over, it moves (all but \
               the first picture of a GIF or PNG) or does not say its size",
        then: JUDGED_WITHOUT,
    },
    Check { name: "policy", need: Need::Required, down: "rules cannot be evaluated", then: REFUSED_FOR_NOW },
];

/// A way in which an outside scanner does not say "clean" or "infected", and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScannerFailure {
    /// What it does.
    pub does: &'static str,
    /// What follows where it is required.
    pub required: &'static str,
    /// What follows where it is not.
    pub advisory: &'static str,
}

const WITHOUT: &str = "judged without it, \"not checked: scanner:NAME\"";

/// Each way in which an outside scanner can fail.
pub const SCANNER_FAILURES: [ScannerFailure; 12] = [
    fails("nobody listens, no such socket, no such name"),
    fails("it does not answer within `scan_timeout_ms`, or all of them within the time for a message"),
    fails("it closes the connection, at whatever byte"),
    fails("its answer is none of its protocol, or comes before it has the whole file"),
    fails("its queue is full, or too many files are copied for scanners now"),
    fails("it says that it failed"),
    fails("its signatures are older than `signatures_age_max_d`"),
    ScannerFailure {
        does: "the file is larger than it takes (`file_bytes_max`, its own limit), or it gave up inside",
        required: "unscannable, and quarantine at once whatever the policy lets through: another try would bring the same",
        advisory: WITHOUT,
    },
    ScannerFailure {
        does: "by its own settings it does not look into files like this",
        required: "its word is taken: judged without it, the trace says how many files it does not want",
        advisory: "the same",
    },
    ScannerFailure {
        does: "a sandbox has the file",
        required: "250 and held, `check_failed: scanner:NAME (running)`, up to `wait_max_s`; judged again each minute",
        advisory: "the same",
    },
    ScannerFailure {
        does: "a sandbox had the file for `wait_max_s` (10 minutes unless you write another time) and has no verdict",
        required: "the hold ends: unscannable, and quarantine at once whatever the policy lets through",
        advisory: WITHOUT,
    },
    ScannerFailure {
        does: "a sandbox is down, has too many files, or says that it failed",
        required: "held and asked again, after 24 h quarantine: an outage, longer than the time of a verdict",
        advisory: WITHOUT,
    },
];

const fn fails(does: &'static str) -> ScannerFailure {
    ScannerFailure { does, required: REFUSED_FOR_NOW, advisory: WITHOUT }
}

/// What becomes of a copy that a rule wants changed, and that cannot be: the action, what fails, and then.
const CHANGE_FAILURES: [(&str, &str, &str); 3] = [
    (
        "`disarm`",
        "a file has no disarmed form: it is encrypted, broken, or of a kind that we only read",
        "quarantine: it is neither delivered as it was nor left out in silence",
    ),
    ("`disarm`", "no worker answers, or it dies on the file", REFUSED_FOR_NOW),
    (
        "`disarm`, `remove`, `rebuild`",
        "the original cannot be kept",
        "451 in the session: the changed copy and its original are one record, nothing is accepted without both",
    ),
];

/// What `fail_open = true` makes of all this.
const FAIL_OPEN: &str = "With `fail_open = true` a required scanner that has no answer lets the message through: each time an error \
    `let_through_unscanned` in the log, `postern_scanner_let_through_total` counts, the trace says \"not checked\". What is too large \
    for it stays unscannable. It must be written for each scanner by itself.\n";

impl Need {
    /// `required` or `advisory`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Advisory => "advisory",
        }
    }
}

impl Check {
    /// The check of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CHECKS.iter().find(|check| check.name == name)
    }
}

/// The table as Markdown, for the page of fail modes.
#[must_use]
pub fn fail_modes() -> String {
    let mut page = String::from("| check | need | down means | then |\n|---|---|---|---|\n");
    for check in &CHECKS {
        page.push_str(&format!("| {} | {} | {} | {} |\n", check.name, check.need.word(), check.down, check.then));
    }
    page.push_str("\n## When an outside scanner says nothing\n\n");
    page.push_str("| it | `required = true` | `required = false` |\n|---|---|---|\n");
    for failure in &SCANNER_FAILURES {
        page.push_str(&format!("| {} | {} | {} |\n", failure.does, failure.required, failure.advisory));
    }
    page.push('\n');
    page.push_str(FAIL_OPEN);
    page.push_str("\n## When a copy cannot be changed\n\n| a rule says | and | then |\n|---|---|---|\n");
    for (action, fails, then) in &CHANGE_FAILURES {
        page.push_str(&format!("| {action} | {fails} | {then} |\n"));
    }
    page
}

#[cfg(test)]
mod tests;
