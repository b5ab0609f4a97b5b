//! How a sandbox is spoken to: where a file is given, where its state and its report are asked for, and which of their values
//! mean what. CAPE is one description among others.

use net::http::Method;
use net::http::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::pick::{Pointer, Scalar};
use crate::scanners::{ScanTrouble, ScannerAnswer};

/// What stands for the id of a task in a path.
pub(super) const ID: &str = "{id}";

/// A sandbox by HTTP with JSON. Paths stand below the origin's own.
#[derive(Clone, Debug, PartialEq)]
pub struct DetonationService {
    /// Name in traces; part of the key under which verdicts are kept.
    pub name: String,
    /// Fields of every request, for instance one with a token; mark it as sensitive and it is in no log.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// How a file is given.
    pub submit_method: Method,
    /// Where.
    pub submit_path: String,
    /// As what.
    pub form: Form,
    /// Where the answer to that has the id of the task, or the ids.
    pub id: Pointer,
    /// Where the state is asked for; `{id}` stands for the id.
    pub state_path: String,
    /// Where the answer has the state.
    pub state: Pointer,
    /// States of a task that has ended well.
    pub done: Vec<String>,
    /// States of one that has not.
    pub failed: Vec<String>,
    /// Where the report is; none: the answer with the state is the report.
    pub report_path: Option<String>,
    /// How a report is read.
    pub verdict: Verdict,
    /// Where a report names what was found.
    pub names: Option<Pointer>,
    /// Where any answer says `true` if the service refuses, whatever its status.
    pub refused: Option<Pointer>,
}

/// What a file is sent as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// `multipart/form-data` (RFC 7578): the file in the field of this name, with others before it.
    Multipart {
        /// Name of the field that has the file.
        field: String,
        /// Other fields.
        others: Vec<(String, String)>,
    },
    /// The file is the body.
    Raw,
}

/// How a report is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// By a number.
    Score {
        /// Where it stands.
        pointer: Pointer,
        /// Malware from here.
        malicious_from: f64,
        /// Suspicious from here.
        suspicious_from: f64,
    },
    /// By a word; what is in no list is no verdict. Compared without case.
    Word {
        /// Where it stands.
        pointer: Pointer,
        /// Words for malware.
        malicious: Vec<String>,
        /// Words for what is suspicious.
        suspicious: Vec<String>,
        /// Words for what is clean.
        clean: Vec<String>,
    },
}

/// The description cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadService {
    /// A path is none.
    #[error("`{0}` must begin with / and hold no spaces")]
    Path(String),
    /// The id has no place in a path.
    #[error("`{0}` must hold {ID}")]
    NoId(String),
    /// No state means that a task is done.
    #[error("no state means that a task is done")]
    NoDone,
    /// A field of the form has no good name.
    #[error("`{0}` cannot be the name of a field")]
    Field(String),
    /// The token cannot stand in a field.
    #[error("the token cannot stand in a header field")]
    Token,
}

impl DetonationService {
    /// CAPE by its API v2, with a token.
    ///
    /// # Errors
    /// [`BadService::Token`].
    pub fn cape(token: &str, malicious_from: f64, suspicious_from: f64) -> Result<Self, BadService> {
        let mut authorization = HeaderValue::try_from(format!("Token {token}")).map_err(|_| BadService::Token)?;
        authorization.set_sensitive(true);
        let pointer = |steps: &[&str]| Pointer::from_steps(steps);
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Ok(Self {
            name: "cape".to_owned(),
            headers: vec![(AUTHORIZATION, authorization)],
            submit_method: Method::Post,
            submit_path: "/apiv2/tasks/create/file/".to_owned(),
            form: Form::Multipart { field: "file".to_owned(), others: Vec::new() },
            // One file may become several tasks.
            id: pointer(&["data", "task_ids", "*"]),
            state_path: "/apiv2/tasks/status/{id}/".to_owned(),
            state: pointer(&["data"]),
            done: words(&["reported"]),
            failed: words(&["failed_analysis", "failed_processing", "failed_reporting", "banned"]),
            report_path: Some("/apiv2/tasks/get/report/{id}/json/".to_owned()),
            verdict: Verdict::Score { pointer: pointer(&["malscore"]), malicious_from, suspicious_from },
            names: Some(pointer(&["detections", "*", "family"])),
            refused: Some(pointer(&["error"])),
        })
    }

    /// Looks whether the description can work at all.
    ///
    /// # Errors
    /// [`BadService`] with what cannot.
    pub fn check(&self) -> Result<(), BadService> {
        let paths = [Some(&self.submit_path), Some(&self.state_path), self.report_path.as_ref()];
        for (at, path) in paths.into_iter().enumerate().filter_map(|(at, path)| path.map(|path| (at, path))) {
            if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(BadService::Path(path.clone()));
            }
            if at > 0 && !path.contains(ID) {
                return Err(BadService::NoId(path.clone()));
            }
        }
        if self.done.is_empty() {
            return Err(BadService::NoDone);
        }
        let Form::Multipart { field, others } = &self.form else { return Ok(()) };
        let is_name = |name: &&String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        match [field].into_iter().chain(others.iter().map(|(name, _)| name)).find(|name| !is_name(name)) {
            Some(bad) => Err(BadService::Field(bad.clone())),
            None => Ok(()),
        }
    }
}

impl Verdict {
    pub(super) const fn pointer(&self) -> &Pointer {
        match self {
            Self::Score { pointer, .. } | Self::Word { pointer, .. } => pointer,
        }
    }

    /// What the values at its place and the names say together. No value is no verdict.
    pub(super) fn read(&self, values: &[Scalar], names: &[Scalar]) -> Result<ScannerAnswer, ScanTrouble> {
        let names: Vec<_> = names.iter().map(Scalar::text).collect();
        let named = |otherwise: String| {
            if names.is_empty() { vec![otherwise] } else { names.iter().map(|name| name.to_string()).collect() }
        };
        let (level, otherwise) = match self {
            Self::Score { malicious_from, suspicious_from, .. } => {
                let scores = values.iter().filter_map(Scalar::number);
                let score = scores.reduce(f64::max).ok_or(ScanTrouble::Garbage)?;
                (Level::of_score(score, *malicious_from, *suspicious_from), format!("score {score}"))
            }
            Self::Word { malicious, suspicious, clean, .. } => {
                let word = values.first().ok_or(ScanTrouble::Garbage)?.text();
                let lists = [(malicious, Level::Malicious), (suspicious, Level::Suspicious), (clean, Level::Clean)];
                let is_in = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(&word));
                let found = lists.into_iter().find(|(list, _)| is_in(list)).ok_or(ScanTrouble::Garbage)?;
                (found.1, word.to_string())
            }
        };
        Ok(match level {
            Level::Malicious => ScannerAnswer::infected(named(otherwise).iter().map(String::as_str)),
            Level::Suspicious => ScannerAnswer::suspicious(named(otherwise).iter().map(String::as_str)),
            // It has a name for it, whatever the number says.
            Level::Clean if !names.is_empty() => ScannerAnswer::suspicious(named(otherwise).iter().map(String::as_str)),
            Level::Clean => ScannerAnswer::Clean,
        })
    }
}

#[derive(Clone, Copy)]
enum Level {
    Clean,
    Suspicious,
    Malicious,
}

impl Level {
    fn of_score(score: f64, malicious_from: f64, suspicious_from: f64) -> Self {
        if score >= malicious_from {
            Self::Malicious
        } else if score >= suspicious_from {
            Self::Suspicious
        } else {
            Self::Clean
        }
    }
}
