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
pub const CHECKS: [Check; 9] = [
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
    Check { name: "policy", need: Need::Required, down: "rules cannot be evaluated", then: REFUSED_FOR_NOW },
];

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
    page
}

#[cfg(test)]
mod tests;
