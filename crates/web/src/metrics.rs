//! What is measured: the one table of all metrics, of which the page `docs/reference/metrics.md` is made. Every counter is
//! there with 0 from the start, with each value of its label: an alarm on an increase must see the first event, too.

/// How a value moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only upwards, from 0 at the start of the program.
    Counter,
    /// Up and down; written when it is asked for.
    Gauge,
}

impl Kind {
    /// As Prometheus says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
        }
    }
}

/// The label of a metric with all its values: none of them is anybody's to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// All that it may say.
    pub values: &'static [&'static str],
}

/// One metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it is told apart by.
    pub label: Option<Label>,
    /// What it says, for the operator.
    pub what: &'static str,
}

/// All metrics, by subject.
pub const METRICS: &[Metric] = &[
    gauge("postern_account_recipients", "pairs of message and recipient in each state of the account").by(
        "state",
        &[
            "accepted",
            "added",
            "queued",
            "held",
            "quarantined",
            "delivered",
            "bounced",
            "discarded",
            "deleted",
            "damaged",
        ],
    ),
    gauge("postern_account_difference", "what is missing between the two sides of the account; must be 0"),
    gauge("postern_store_healthy", "1, or 0 after a failed write: no mail is taken then"),
    gauge("postern_store_has_room", "1, or 0 while the disk is too full for another message: new mail gets 452"),
    counter("postern_sessions_total", "SMTP sessions begun"),
    counter("postern_tls_handshakes_failed_total", "STARTTLS that came to nothing"),
    counter("postern_refusals_total", "refusals by stage; content: after judging").by(
        "stage",
        &["connect", "helo", "starttls", "mail", "rcpt", "data", "message", "command", "content"],
    ),
    counter("postern_refusals_uncounted_total", "refusals beyond the cap of a network, not in the journal"),
    counter("postern_messages_accepted_total", "messages acknowledged with 250"),
    counter("postern_verdicts_total", "judgements by class")
        .by("class", &["clean", "bulk", "spam", "phishing", "malware", "policy", "unscannable"]),
    counter("postern_changed_copies_total", "forms of copies that rules change: disarmed, rebuilt, without attachments")
        .by("outcome", &["made", "nothing_to_do", "impossible", "not_now"]),
    counter("postern_held_unjudged_total", "messages accepted before they could be judged"),
    counter("postern_panics_total", "bugs of ours that stopped the judging of a message; each is worth a report"),
    counter("postern_deliveries_total", "outcomes of attempts by recipient")
        .by("event", &["delivered", "deferred", "bounced"]),
    counter(
        "postern_deliveries_maybe_repeated_total",
        "copies that may have arrived already and go out again: no reply came to the end of the message, or the last run \
         ended without warning",
    )
    .by("why", &["no_reply", "unclean_stop"]),
    counter("postern_worker_starts_total", "worker processes started"),
    counter("postern_worker_restarts_total", "workers replaced").by("why", &["died", "slow", "lied"]),
    counter("postern_worker_failed_messages_total", "messages that two workers gave up"),
    counter("postern_worker_start_failures_total", "workers that did not start"),
    counter(
        "postern_worker_violations_total",
        "workers killed by the kernel for a forbidden call: an attack, or a bug of ours",
    ),
    counter("postern_worker_late_total", "messages that needed more time than the quick lane gives"),
    counter("postern_worker_slow_lane_full_total", "messages put off because the slow lane was full"),
    counter("postern_scanner_failures_total", "times that an outside scanner had no answer about a file of a message"),
    counter(
        "postern_scanner_let_through_total",
        "messages judged without a required scanner, because `fail_open` is written: unscanned mail",
    ),
    counter(
        "postern_scanner_old_signatures_total",
        "messages scanned with signatures that are older than seven days",
    ),
    counter("postern_ocr_pictures_total", "pictures whose text was read"),
    counter("postern_ocr_failures_total", "messages with pictures that were not read")
        .by("why", &["timed_out", "busy", "no_program", "failed"]),
    counter("postern_log_flushes_total", "flushes of the log; far fewer than messages under load"),
    counter("postern_log_segments_reused_total", "segments of the log taken back"),
    counter("postern_log_full_total", "times that the log found no space"),
    counter("postern_log_failures_total", "failed writes or flushes: act"),
    counter("postern_store_set_aside_total", "damaged entries or bodies set aside: look into corrupt/"),
    counter("postern_store_damaged_files_total", "damaged search files set aside"),
];

const fn counter(name: &'static str, what: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, label: None, what }
}

const fn gauge(name: &'static str, what: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, label: None, what }
}

impl Metric {
    const fn by(self, name: &'static str, values: &'static [&'static str]) -> Self {
        Self { label: Some(Label { name, values }), ..self }
    }

    // Describes it; a counter is there with 0 from now on, a gauge when it is written.
    fn register(&self) {
        match self.kind {
            Kind::Gauge => metrics::describe_gauge!(self.name, self.what),
            Kind::Counter => {
                metrics::describe_counter!(self.name, self.what);
                match self.label {
                    None => metrics::counter!(self.name).increment(0),
                    Some(label) => {
                        for value in label.values {
                            metrics::counter!(self.name, label.name => *value).increment(0);
                        }
                    }
                }
            }
        }
    }
}

/// Makes all of them known to the recorder of this process.
pub(crate) fn register() {
    METRICS.iter().for_each(Metric::register);
}
